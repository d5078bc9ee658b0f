"""A proposal on the terminal, as lines of YAML, and in council.yaml."""
