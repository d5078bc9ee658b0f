"""The forms in which the report is made, and what is said where a machine cannot make one."""

from __future__ import annotations

FORMATS = ("html", "pdf", "docx", "data")
DRAFT = "Draft: numbers and words may still change"  # on every one that is not final


class CannotMake(Exception):
    """A format that this machine cannot make: what is missing, and the one command that brings it."""
