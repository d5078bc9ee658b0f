"""The committee's PDF: the same page, laid out on A4 with WeasyPrint, tagged for a screen reader (PDF/UA-1)."""

from __future__ import annotations

import gc
from pathlib import Path

LIBRARIES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"  # Debian's names for what WeasyPrint calls
# The font of the charts, which matplotlib ships with its licence, so that pages look the same everywhere.
FACES = {("normal", 400): "DejaVuSans.ttf", ("normal", 700): "DejaVuSans-Bold.ttf", ("italic", 400): "DejaVuSans-Oblique.ttf"}
# Important, or the page's own style would go before.
STYLE = (
    "body{font-family:'DejaVu Sans',sans-serif!important;font-size:9.5pt!important}"
    "@page{@bottom-right{font-family:'DejaVu Sans',sans-serif!important;font-size:8pt!important}"
    "@top-right{font-family:'DejaVu Sans',sans-serif!important;font-size:8pt!important}}"
)


class CannotMake(Exception):
    """A format that this machine cannot make: what is missing, and the one command that brings it."""


def render_pdf(html: str) -> bytes:
    """The page as PDF/UA-1, dated by the page's own meta data; nothing is fetched. Raises CannotMake without its libraries."""
    try:
        from weasyprint import CSS, HTML
        from weasyprint.text.fonts import FontConfiguration
        from weasyprint.urls import URLFetcher
    except (ImportError, OSError):
        raise CannotMake(
            f"annual-report.pdf was not made, because this machine lacks libraries for it. On Debian: apt-get install {LIBRARIES}"
        ) from None
    import matplotlib

    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    faces = "".join(
        f"@font-face{{font-family:'DejaVu Sans';font-style:{style};font-weight:{weight};src:url({(folder / name).as_uri()})}}"
        for (style, weight), name in FACES.items()
    )
    fonts = FontConfiguration()
    sheet = CSS(string=faces + STYLE, font_config=fonts, url_fetcher=URLFetcher(allowed_protocols={"file"}))
    collects = gc.isenabled()
    gc.disable()  # laying out makes millions of objects and drops few: collecting would take a quarter of the time
    try:
        page = HTML(string=html, url_fetcher=URLFetcher(allowed_protocols={"data"}, fail_on_errors=True))
        return page.write_pdf(stylesheets=[sheet], font_config=fonts, pdf_variant="pdf/ua-1")
    finally:
        if collects:
            gc.enable()
