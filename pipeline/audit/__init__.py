"""For the auditor: from any number of a finished report to the rows behind it, and back."""
