"""The council compared with similar authorities: rates and shares, their tables and their chart."""
