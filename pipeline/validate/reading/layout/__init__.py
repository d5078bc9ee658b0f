"""What a sheet shows differently from what it holds, and which sheets and files are an extract."""
