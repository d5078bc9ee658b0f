"""Files that hold the records of several extracts, and which rows are of which."""
