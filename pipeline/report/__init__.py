"""Prose, charts and tables from the published figures, and the documents made of them."""
