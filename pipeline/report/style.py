"""How the page looks: our stylesheet in the council's colour."""

from __future__ import annotations

from pathlib import Path

from pipeline.settings import Council, Settings

TEMPLATES = Path(__file__).parent / "templates"


def stylesheet(settings: Settings) -> str:
    """The page's CSS."""
    return stylesheet_in_colour(settings.council.colour)


def stylesheet_in_colour(colour: str = Council.model_fields["colour"].default) -> str:
    """The same for a page of no one council."""
    css = (TEMPLATES / "annual-report.css").read_text(encoding="utf-8").strip()
    return f"{css}\n:root{{--brand:{colour}}}"
