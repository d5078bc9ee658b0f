"""How the page looks: our stylesheet in the council's colour."""

from __future__ import annotations

from pathlib import Path

from pipeline.settings import Council, Settings

TEMPLATES = Path(__file__).parent / "templates"
DEFAULT_COLOUR: str = Council.model_fields["colour"].default


def stylesheet(settings: Settings) -> str:
    """The CSS of a council's page."""
    return stylesheet_in_colour(settings.council.colour)


def stylesheet_in_colour(colour: str = DEFAULT_COLOUR) -> str:
    """The CSS of a page in any colour; without one, for a page of several councils."""
    css = (TEMPLATES / "annual-report.css").read_text(encoding="utf-8").strip()
    return f"{css}\n:root{{--brand:{colour}}}"
