"""What explains the settings to people and editors, made from the models."""
