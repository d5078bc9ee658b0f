"""Figures of the three stages of the procedure."""
