"""The declarations of all figures, by subject."""
