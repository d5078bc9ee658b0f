"""What earlier reports published: published.csv, checked and completed, and our own reports."""
