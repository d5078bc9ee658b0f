"""What the writer's own words say: numbers in words, and claims."""
