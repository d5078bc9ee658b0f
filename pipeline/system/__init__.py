"""What an operating system is asked: folders, temporary files, archives, imports, signals and its errors."""
