"""Which column of a file holds what: the mapping of council.yaml, and its placeholders."""
