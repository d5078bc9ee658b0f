"""The rules that extracts have to meet, and the two ways of evaluating them."""
