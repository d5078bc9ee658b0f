"""A Word file that came back: opened safely, its paragraphs and comments, and its report."""
