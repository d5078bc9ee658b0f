"""The edits that can be made in commentary and settings, and the making of them."""
