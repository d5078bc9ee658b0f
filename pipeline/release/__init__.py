"""What must hold of finished files before they are published: no faults, no personal data, no withheld number."""
