"""The committee's PDF: the page laid out on A4 by WeasyPrint, tagged for screen readers."""

from __future__ import annotations

import os
import re
import sys
from concurrent.futures import Executor
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.artifacts import REPORT_PDF, FormatUnavailable
from pipeline.problem import Kind
from pipeline.report.documents.pdf.charts import with_simpler_charts
from pipeline.report.documents.pdf.structure import finish_structure
from pipeline.report.fonts import FONT_FACES, FONT_FAMILY, face_path
from pipeline.system.errors import ProcessKilled
from pipeline.system.imports import environment_variables, gc_paused
from pipeline.system.limits import (
    DOCUMENT_MINUTES_KEY,
    LimitWatch,
    too_large_problem,
    too_slow_problem,
)
from pipeline.system.processes.children import SingleProcess

if TYPE_CHECKING:
    from pipeline.settings.models import RunLimits

LIBRARIES = "libpango-1.0-0 libpangoft2-1.0-0"  # Debian packages for WeasyPrint
OLDEST_PANGO = (1, 44)  # for WeasyPrint
# In a PDF the heading of a group of rows is a heading; on the page it is a plain cell.
GROUP_HEADING = re.compile(r'(<tr class="group"><)td( .*?</)td>', re.DOTALL)
# A box for each number that only a machine would ask for takes a tenth of the time of the layout.
MACHINE_READABLE_TAGS = re.compile(r"""</?(?:data|time)(?:\s+[\w-]+="[^"]*")*>""")
# The drawing of a chart for a phone, which is only parsed.
NARROW_DRAWING = re.compile(r"<source [^>]*>")
# !important, because the page's own style would take precedence.
PDF_STYLE = (
    f"body{{font-family:'{FONT_FAMILY}',sans-serif!important;font-size:10.5pt!important;"
    # The letters of a ligature would be missing from the text that a screen reader gets.
    "font-variant-ligatures:none}"
    f"@page{{font-variant-ligatures:none;@bottom-right{{font-family:'{FONT_FAMILY}',sans-serif!important;font-size:9pt!important}}"
    f"@top-right{{font-family:'{FONT_FAMILY}',sans-serif!important;font-size:9pt!important}}}}"
    # Where the second half of the contents begins with a section, WeasyPrint need not look for the
    # height of two equal columns, each of the three times that it lays out the contents.
    "nav>ul:has(>.second-column){column-fill:auto}"
)


def pdf_process(context: BaseContext | None = None) -> SingleProcess:
    """A process for the PDF, as slow as all other files; it starts with its first job.

    context: how it starts; by default without anything of this process.
    """
    return SingleProcess(context or get_context("spawn"), _fix_date)


def _fix_date() -> None:
    # fontTools, which WeasyPrint calls for emoji, writes the time of day without it.
    os.environ["SOURCE_DATE_EPOCH"] = "0"


def preload_pdf_libraries() -> None:
    """Import what the layout needs, while the notebooks run."""
    with suppress(FormatUnavailable):
        check_pdf_available()


class PdfJob:
    """The layout of a page in another process, which is killed if it exceeds a limit."""

    def __init__(self, html: str, process: Executor, limits: RunLimits) -> None:
        self._limits = limits
        pid = process.submit(os.getpid)
        self._rendering = process.submit(render_pdf, html)
        self._watch = LimitWatch(
            lambda: pid.result() if pid.done() and not pid.exception() else None,
            limits.memory_gigabytes,
            limits.document_minutes,
        )
        self._watch.start()
        self._rendering.add_done_callback(self._watch.stop)

    @property
    def is_finished(self) -> bool:
        """Whether the layout has ended, with whatever result."""
        return self._rendering.done()

    def result(self) -> bytes:
        """The PDF. Raises Problem if it exceeded a limit, and FormatUnavailable."""
        minutes, gigabytes = self._limits.document_minutes, self._limits.memory_gigabytes
        try:
            return self._rendering.result()
        except ProcessKilled:
            if self._watch.is_too_large:
                problem = too_large_problem(Kind.MACHINE, REPORT_PDF, gigabytes)
            elif self._watch.is_too_slow:
                problem = too_slow_problem(Kind.MACHINE, REPORT_PDF, minutes, DOCUMENT_MINUTES_KEY)
            else:
                raise
            raise problem from None


def install_command() -> str:
    """What installs the libraries of the PDF here: of conda's environment, or of the system."""
    if Path(sys.prefix, "conda-meta").is_dir():
        return "With conda: conda install -c conda-forge pango harfbuzz"
    if sys.platform == "darwin":
        return "With Homebrew: brew install pango"
    if sys.platform == "win32":
        return "In the folder of the checkout: conda env create -f environment.yml"
    return f"On Debian: apt-get install {LIBRARIES}"


def check_pdf_available() -> None:
    """Raise FormatUnavailable if WeasyPrint's libraries are missing."""
    try:
        # WeasyPrint asks for each library under the names that it has on other systems, and for
        # each of those Python would call a compiler, if the system has one: 18 times.
        with environment_variables({"PATH": os.devnull}):
            import weasyprint  # noqa: F401
    except (ImportError, OSError):
        raise FormatUnavailable(
            "annual-report.pdf was not made, because this machine lacks libraries for it. "
            f"{install_command()}"
        ) from None


def render_pdf(html: str) -> bytes:
    """The page as PDF/UA-1, dated by the page's own metadata; nothing is fetched.

    Raises FormatUnavailable if WeasyPrint's libraries are missing.
    """
    check_pdf_available()
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

    fonts = FontConfiguration()
    style = CSS(
        string=_font_faces() + PDF_STYLE,
        font_config=fonts,
        url_fetcher=URLFetcher(allowed_protocols={"file"}),
    )
    with gc_paused():  # the layout makes millions of objects and drops few
        page = HTML(
            string=_printed_page(html),
            url_fetcher=URLFetcher(allowed_protocols={"data"}, fail_on_errors=True),
        )
        pdf: bytes = page.write_pdf(
            stylesheets=[style],
            font_config=fonts,
            finisher=finish_structure,
            pdf_variant="pdf/ua-1",
            # WeasyPrint takes fonts apart with HarfBuzz or with fontTools, whichever the machine
            # has. The files would differ, and with fontTools contain the time of day.
            full_fonts=True,
        )
    return pdf


def _printed_page(html: str) -> str:
    """The page without what only a screen or a machine asks for."""
    html = NARROW_DRAWING.sub("", MACHINE_READABLE_TAGS.sub("", html))
    return with_simpler_charts(GROUP_HEADING.sub(r"\1th\2th>", html))


def _font_faces() -> str:
    """CSS that loads each face of the font from its file."""
    return "".join(
        f"@font-face{{font-family:'{FONT_FAMILY}';font-style:{style};font-weight:{weight};"
        f"src:url({face_path(style, weight).as_uri()})}}"
        for style, weight in FONT_FACES
    )
