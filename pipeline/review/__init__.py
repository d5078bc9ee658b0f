"""Word files that come back from readers: what they changed, and the edits that can be applied."""
