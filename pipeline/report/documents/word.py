"""The committee's Word file: the page converted by pandoc, then laid out as a report."""

from __future__ import annotations

import base64
import io
import subprocess

import nbformat
from bs4 import BeautifulSoup, Tag
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from pipeline.artifacts import (
    PARAGRAPHS_PATH,
    REPORT_ID_PROPERTY,
    REPORT_WORD,
    FormatUnavailable,
)
from pipeline.problem import Kind
from pipeline.report.documents.page import attribute_text, parse_element, select_required
from pipeline.report.documents.word_layout import finish_document
from pipeline.report.figures import Published
from pipeline.report.outputs import published_outputs
from pipeline.report.paragraphs.build import paragraph_record
from pipeline.report.paragraphs.marks import mark_paragraphs
from pipeline.report.paragraphs.record import digest_of
from pipeline.settings import Settings
from pipeline.settings.models import RunLimits
from pipeline.system.archives import reproducible_zip
from pipeline.system.limits import (
    DOCUMENT_MINUTES_KEY,
    GIGABYTE,
    SECONDS_PER_MINUTE,
    too_large_problem,
    too_slow_problem,
)
from pipeline.system.temporary import temporary_folder

PANDOC_OUT_OF_MEMORY = 251  # its exit code above the limit that it is given
LOGO_HEIGHT_MM = 16  # as in the PDF
# Elements that only a browser needs.
BROWSER_ONLY = ".skip, .draft, style, meta, head title, footer a, .glance figure, source"
# Elements that pandoc does not know, or that would fold their content away.
UNWRAPPED = (
    "data, time, details, figure, figcaption, picture, .scroll, .fits, header, main, nav, footer, "
    ".page"
)
OPENING_QUOTE, CLOSING_QUOTE = "\u201c", "\u201d"  # on the page they are part of the style
# fmt: off
# Class of a paragraph on the page → style of the paragraph in Word.
STYLE_OF_CLASS = {
    "headline": "Headline", "subtitle": "Chart subtitle", "source": "Small print",
    "shorthand": "Table note", "break": "Table note", "period": "Subtitle",
    "authority": "Subtitle", "notice": "Notice",
}
# fmt: on


def render_word(
    html: str,
    notebook: nbformat.NotebookNode,
    settings: Settings,
    final: bool,
    figures: Published | None = None,
) -> dict[str, bytes]:
    """The page as a Word file with the charts as PNG, dated by the data; and its paragraphs.

    These are in a file of the audit, by which a copy that comes back from a reader is understood.

    html: the finished page. notebook: the executed report notebook, which holds the PNG of each
        chart. final: False marks every page as a draft. figures: those of the run, which are
        otherwise read.
    Raises FormatUnavailable if pandoc is not installed, and Problem if it exceeds a limit.
    """
    charts = _chart_images(notebook)
    stand_ins = {alt: _stand_in(png, alt) for alt, png in charts.items()}
    page = _simplify_for_pandoc(html, stand_ins)
    marked = mark_paragraphs(page)
    record = paragraph_record(marked, notebook, settings, figures or Published.read(settings))
    content = record.as_json()
    simple_html = _unwrapped(page)
    document = _convert_with_pandoc(simple_html, digest_of(content), settings.council.run_limits)
    finished = finish_document(document, settings, final)
    replacements = [(stand_ins[alt], png) for alt, png in charts.items()]
    word = reproducible_zip(finished, settings.report.data_as_at, replacements)
    return {REPORT_WORD: word, PARAGRAPHS_PATH: content}


def pandoc_path() -> str:
    """The program that converts the page. Raises FormatUnavailable without it."""
    try:
        import pypandoc

        return str(pypandoc.get_pandoc_path())
    except (ImportError, OSError):
        raise FormatUnavailable(
            "annual-report.docx was not made, because pandoc is not installed. "
            "Install it with: pip install pypandoc-binary"
        ) from None


def _chart_images(notebook: nbformat.NotebookNode) -> dict[str, bytes]:
    """Alternative text of each chart → its PNG, which the notebook keeps with the SVG."""
    return {
        output.place["alt"]: base64.b64decode(output.data["image/png"])
        for output in published_outputs(notebook)
        if "image/png" in output.data
    }


def _stand_in(png: bytes, alt: str) -> bytes:
    """An empty picture of the size of a chart, of which pandoc takes in a dozen in no time.

    alt: makes it unlike all others, or the Word file would have one picture for several charts.
    """
    text = PngInfo()
    text.add_text("Title", alt)
    stand_in = io.BytesIO()
    with Image.open(io.BytesIO(png)) as chart:
        empty = Image.new("1", chart.size)
        empty.save(stand_in, "PNG", dpi=chart.info.get("dpi"), pnginfo=text)
    return stand_in.getvalue()


def _simplify_for_pandoc(html: str, chart_images: dict[str, bytes]) -> BeautifulSoup:
    """The page in elements that pandoc knows: nothing for a browser, nothing folded, charts as PNG.

    chart_images: alternative text → PNG.
    """
    page = BeautifulSoup(html, "html.parser")
    for element in page.select(BROWSER_ONLY):
        element.decompose()
    _replace_images(page, chart_images)
    _turn_lists_into_lines(page)
    _format_tables(page)
    _name_styles(page)
    _mark_contents(page)
    title = select_required(page, "h1").extract()
    select_required(page, "body").insert(0, title)
    return page


def _unwrapped(page: BeautifulSoup) -> str:
    """The simplified page without the elements that pandoc would not understand, as text."""
    for summary in page.find_all("summary"):
        summary.decompose()
    for element in page.select(UNWRAPPED):
        element.unwrap()
    return str(page)


def _replace_images(page: BeautifulSoup, chart_images: dict[str, bytes]) -> None:
    for image in page.find_all("img"):
        alt = attribute_text(image, "alt")
        if alt in chart_images:
            encoded = base64.b64encode(chart_images[alt]).decode()
            image["src"] = f"data:image/png;base64,{encoded}"
    for logo in page.select("img.logo"):
        logo["height"] = f"{LOGO_HEIGHT_MM}mm"


def _turn_lists_into_lines(page: BeautifulSoup) -> None:
    """Write the year at a glance as a line for each entry, and the types of item as one list."""
    for entries in page.select("ul.glance"):
        entries.replace_with(_glance_as_lines(entries))
    for item_types in page.select("ul.item-types"):
        types = [entry.decode_contents() for entry in item_types.find_all("li")]
        item_types.replace_with(parse_element(f"<p>{'; '.join(types)}</p>"))


def _glance_as_lines(entries: Tag) -> Tag:
    """The year at a glance as lines of text: name, this year's number, last year's."""
    lines = []
    for entry in entries.find_all("li"):
        name = select_required(entry, ".what").decode_contents()
        value = select_required(entry, ".value").decode_contents()
        earlier = entry.select_one(".before")
        comparison = f" ({earlier.decode_contents()})" if earlier else ""
        lines.append(f"<p><strong>{name}: {value}</strong>{comparison}</p>")
    return parse_element(f"<div>{''.join(lines)}</div>")


def _format_tables(page: BeautifulSoup) -> None:
    """Align numbers to the right, and set totals and the terms of the cover in bold."""
    for table in page.select("table.numbers"):
        cells = "tr:not(.group) td, thead th + th"
        if "counted" in table["class"]:
            cells = "td:last-child, thead th:last-child"
        for cell in table.select(cells):
            cell["style"] = "text-align:right"
    for cell in page.select("tfoot th, tfoot td, .cover th"):
        contents = list(cell.contents)
        strong = page.new_tag("strong")
        strong.extend(contents)
        cell.append(strong)


def _name_styles(page: BeautifulSoup) -> None:
    """Wrap paragraphs in the <div> from which pandoc takes the name of their Word style."""
    for name, style in STYLE_OF_CLASS.items():
        for element in page.select(f"p.{name}"):
            _wrap_in_style(page, element, style)
    for element in page.select(".quotation figcaption"):
        _wrap_in_style(page, element, "Quoted from")
    for element in page.select(".quotation blockquote p"):
        element.insert(0, OPENING_QUOTE)
        element.append(CLOSING_QUOTE)


def _mark_contents(page: BeautifulSoup) -> None:
    """Write the contents as paragraphs in the styles of Word's own."""
    for contents in page.find_all("nav"):
        title = select_required(contents, "h2")
        title.name = "p"
        _wrap_in_style(page, title, "TOC Heading")
        for link in contents.find_all("a"):
            level = len(link.find_parents("ul"))
            entry = link.wrap(page.new_tag("p"))
            _wrap_in_style(page, entry, f"TOC {level}")
        for element in contents.find_all(["ul", "li"]):
            element.unwrap()


def _wrap_in_style(page: BeautifulSoup, element: Tag, style: str) -> None:
    element.wrap(page.new_tag("div", attrs={"data-custom-style": style}))


def _convert_with_pandoc(html: str, report_id: str, limits: RunLimits) -> bytes:
    """The page as a Word file in pandoc's own style. Raises FormatUnavailable without pandoc.

    report_id: a property of the file, by which a copy is led back to its report.
    """
    pandoc = pandoc_path()
    minutes, gigabytes = limits.document_minutes, limits.memory_gigabytes
    with temporary_folder() as folder:
        document = folder / "report.docx"
        command = [
            pandoc,
            "--from=html",
            "--to=docx",
            "--shift-heading-level-by=-1",
            "--sandbox",
            f"--metadata={REPORT_ID_PROPERTY}:{report_id}",
            f"--output={document}",
            f"--data-dir={folder}",  # so that the user's own reference document is not used
            *("+RTS", f"-M{int(gigabytes * GIGABYTE)}", "-RTS"),
        ]
        try:
            result = subprocess.run(
                command,
                input=html.encode(),
                capture_output=True,
                check=False,
                timeout=minutes * SECONDS_PER_MINUTE,
            )
        except subprocess.TimeoutExpired:
            raise too_slow_problem(
                Kind.MACHINE, REPORT_WORD, minutes, DOCUMENT_MINUTES_KEY
            ) from None
        if result.returncode == PANDOC_OUT_OF_MEMORY:
            raise too_large_problem(Kind.MACHINE, REPORT_WORD, gigabytes)
        if result.returncode:
            raise AssertionError(f"pandoc: {result.stderr.decode(errors='replace')}")
        return document.read_bytes()
