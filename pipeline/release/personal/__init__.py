"""The search for personal data in what is published."""
