"""The paragraphs of the Word file: their bookmarks, and where the text of each is defined."""
