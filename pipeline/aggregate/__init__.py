"""The figures, and the rows that each is made of."""
