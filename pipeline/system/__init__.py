"""The operating system: folders, temporary files, archives, imports, signals and its errors."""
