"""The committee's PDF: the same page, laid out on A4 with WeasyPrint, tagged for a screen reader (PDF/UA-1)."""

from __future__ import annotations

import gc

from pipeline.report.fonts import FACES, FAMILY, face
from pipeline.report.formats import CannotMake

LIBRARIES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"  # Debian's names for what WeasyPrint calls
# Important, or the page's own style would go before.
STYLE = (
    f"body{{font-family:'{FAMILY}',sans-serif!important;font-size:9.5pt!important}}"
    f"@page{{@bottom-right{{font-family:'{FAMILY}',sans-serif!important;font-size:8pt!important}}"
    f"@top-right{{font-family:'{FAMILY}',sans-serif!important;font-size:8pt!important}}}}"
)


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
    faces = "".join(
        f"@font-face{{font-family:'{FAMILY}';font-style:{style};font-weight:{weight};src:url({face(style, weight).as_uri()})}}"
        for style, weight in FACES
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
