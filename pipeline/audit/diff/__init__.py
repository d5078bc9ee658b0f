"""The changes between two reports."""
