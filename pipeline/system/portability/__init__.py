"""What Windows does otherwise than the systems of POSIX: names, renames and programs."""
