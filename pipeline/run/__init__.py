"""The chain: four notebooks in order, each in a process of its own, and an output that is swapped in whole."""
