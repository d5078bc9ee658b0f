"""How the page looks: our stylesheet in the council's colour."""

from __future__ import annotations

from pathlib import Path

from pipeline.settings import Settings

TEMPLATES = Path(__file__).parent / "templates"


def stylesheet(settings: Settings) -> str:
    """The page's CSS."""
    css = (TEMPLATES / "annual-report.css").read_text(encoding="utf-8").strip()
    return f"{css}\n:root{{--brand:{settings.council.colour}}}"
