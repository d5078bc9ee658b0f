"""Reference data: files that other bodies publish, read without a network, to compare with."""
