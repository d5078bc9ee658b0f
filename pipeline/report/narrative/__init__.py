"""Sentences: the template language, commentary and the claims in it."""
