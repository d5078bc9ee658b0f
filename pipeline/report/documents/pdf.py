"""The committee's PDF: the same page, laid out on A4 with WeasyPrint, tagged for a screen reader (PDF/UA-1)."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing import get_context, parent_process
from threading import Thread

from pipeline.artifacts import FormatUnavailable
from pipeline.report.fonts import FACES, FAMILY, face
from pipeline.system.imports import uncollected, without_a_compiler
from pipeline.system.signals import unheard

LIBRARIES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"  # Debian's names for what WeasyPrint calls
# A box for each number that only a machine would ask for: a tenth of the time of laying out.
FOR_MACHINES = re.compile(r"""</?(?:data|time)(?:\s+[\w-]+="[^"]*")*>""")
# Important, or the page's own style would go before.
STYLE = (
    f"body{{font-family:'{FAMILY}',sans-serif!important;font-size:9.5pt!important}}"
    f"@page{{@bottom-right{{font-family:'{FAMILY}',sans-serif!important;font-size:8pt!important}}"
    f"@top-right{{font-family:'{FAMILY}',sans-serif!important;font-size:8pt!important}}}}"
)


@contextmanager
def process_of_its_own() -> Iterator[Executor]:
    """A process for the PDF, as slow as all other files together; it starts when it is first given something to do."""
    with _Unheard(1, mp_context=get_context("spawn"), initializer=_at_the_start) as process:
        yield process


class _Unheard(ProcessPoolExecutor):
    """Leaves Ctrl-C to the process that waits for it."""

    def submit(self, *work):
        with unheard():  # the first time it starts the process
            return super().submit(*work)


def _at_the_start() -> None:
    """End with the process that waits for this one, however it ends."""

    def follow() -> None:
        parent_process().join()
        os._exit(1)

    Thread(target=follow, daemon=True).start()


def get_ready() -> None:
    """Import what laying out needs, while the notebooks run."""
    with suppress(ImportError, OSError), without_a_compiler():
        import weasyprint  # noqa: F401

        face("normal", 400)


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
        f"@font-face{{font-family:'{FAMILY}';font-style:{style};font-weight:{weight};src:url({face(style, weight).as_uri()})}}"
        for style, weight in FACES
    )
    fonts = FontConfiguration()
    sheet = CSS(
        string=faces + STYLE, font_config=fonts, url_fetcher=URLFetcher(allowed_protocols={"file"})
    )
    with uncollected():  # laying out makes millions of objects and drops few
        page = HTML(
            string=FOR_MACHINES.sub("", html),
            url_fetcher=URLFetcher(allowed_protocols={"data"}, fail_on_errors=True),
        )
        return page.write_pdf(stylesheets=[sheet], font_config=fonts, pdf_variant="pdf/ua-1")
