"""The committee's PDF: the same page, laid out on A4 with WeasyPrint, tagged for a screen reader (PDF/UA-1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing import get_context

from pipeline.artifacts import FormatUnavailable
from pipeline.report.fonts import FONT_FACES, FONT_FAMILY, face_path
from pipeline.system.imports import compiler_hidden, gc_paused
from pipeline.system.signals import exit_with_parent, sigint_blocked

LIBRARIES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"  # Debian's names for what WeasyPrint calls
# A box for each number that only a machine would ask for: a tenth of the time of laying out.
MACHINE_READABLE_TAGS = re.compile(r"""</?(?:data|time)(?:\s+[\w-]+="[^"]*")*>""")
# Important, or the page's own style would go before.
PDF_FONT_STYLE = (
    f"body{{font-family:'{FONT_FAMILY}',sans-serif!important;font-size:9.5pt!important}}"
    f"@page{{@bottom-right{{font-family:'{FONT_FAMILY}',sans-serif!important;font-size:8pt!important}}"
    f"@top-right{{font-family:'{FONT_FAMILY}',sans-serif!important;font-size:8pt!important}}}}"
)


@contextmanager
def pdf_process() -> Iterator[Executor]:
    """A process for the PDF, as slow as all other files together; it starts when it is first given something to do."""
    with _SigintBlockedExecutor(
        1, mp_context=get_context("spawn"), initializer=exit_with_parent
    ) as process:
        yield process


class _SigintBlockedExecutor(ProcessPoolExecutor):
    """Leaves Ctrl-C to the process that waits for it."""

    def submit(self, *work):
        with sigint_blocked():  # the first time it starts the process
            return super().submit(*work)


def preload_pdf_libraries() -> None:
    """Import what laying out needs, while the notebooks run."""
    with suppress(ImportError, OSError), compiler_hidden():
        import weasyprint  # noqa: F401

        face_path("normal", 400)


def render_pdf(html: str) -> bytes:
    """The page as PDF/UA-1, dated by the page's own meta data; nothing is fetched. Raises FormatUnavailable without its libraries."""
    try:
        from weasyprint import CSS, HTML
        from weasyprint.text.fonts import FontConfiguration
        from weasyprint.urls import URLFetcher
    except (ImportError, OSError):
        raise FormatUnavailable(
            f"annual-report.pdf was not made, because this machine lacks libraries for it. On Debian: apt-get install {LIBRARIES}"
        ) from None
    faces = "".join(
        f"@font-face{{font-family:'{FONT_FAMILY}';font-style:{style};font-weight:{weight};src:url({face_path(style, weight).as_uri()})}}"
        for style, weight in FONT_FACES
    )
    fonts = FontConfiguration()
    sheet = CSS(
        string=faces + PDF_FONT_STYLE,
        font_config=fonts,
        url_fetcher=URLFetcher(allowed_protocols={"file"}),
    )
    with gc_paused():  # laying out makes millions of objects and drops few
        page = HTML(
            string=MACHINE_READABLE_TAGS.sub("", html),
            url_fetcher=URLFetcher(allowed_protocols={"data"}, fail_on_errors=True),
        )
        return page.write_pdf(stylesheets=[sheet], font_config=fonts, pdf_variant="pdf/ua-1")
