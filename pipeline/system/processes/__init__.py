"""The processes of a command, and the signals that stop them."""
