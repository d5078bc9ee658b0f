"""Many councils and years at once."""
