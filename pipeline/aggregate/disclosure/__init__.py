"""Which numbers are withheld to protect people."""
