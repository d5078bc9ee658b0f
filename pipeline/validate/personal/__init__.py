"""What personal data looks like in a text, and what of it a message must not repeat."""
