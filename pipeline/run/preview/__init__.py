"""The draft in a browser, rebuilt on every change."""
