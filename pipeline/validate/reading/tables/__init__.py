"""The table of an extract: where it is in a file or sheet, and which of its rows are records."""
