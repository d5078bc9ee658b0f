"""The chain: four notebooks in order, each in its own process, and a report swapped in whole."""
