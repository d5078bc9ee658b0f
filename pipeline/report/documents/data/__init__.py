"""The tables of the open data, and what describes them for machines and for people."""
