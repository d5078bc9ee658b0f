"""What a process imports before it is given work."""
