"""The personal-data gate: nothing that stands in a personal column of an extract, or is shaped like it, is in a published file.

It reads the finished files as a reader or a program would: text, attributes, and what documents and images say of themselves.
The PDF is the page laid out, and is made only of a page that passed.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from unicodedata import combining, normalize

import pandas as pd
from bs4 import BeautifulSoup
from PIL import Image

from pipeline.problem import Kind, Problem
from pipeline.settings import Settings
from pipeline.validate.dictionary import EXTRACTS
from pipeline.validate.personal_text import NHS_NUMBER, SHAPES, is_nhs_number
from pipeline.validate.store import load_tables

NAMES = {"complainant_name", "child_name"}
REFERENCES = {"reference", "complaint"}
LEAST = 3  # letters of a part of a name by which somebody can be meant
APOSTROPHES = "'\u2019"
RUN = 6  # words of a note or a letter in a row that are nobody else's
WORD = re.compile(r"\w+")
Said = dict[tuple[str, ...], str]  # words in a row, and what they are


def must_hold_nothing_personal(page: str, made: Mapping[str, bytes], settings: Settings) -> None:
    """Raise a Problem that names the file and the kind, and never the value, of whatever is personal in what is published.

    page: the report as HTML, of which the PDF is made. made: the files, by name.
    """
    extracts = load_tables(settings)
    personal, allowed = _personal(extracts, settings), _allowed(settings)
    found = set()
    for name, content in {"annual-report.html": page.encode(), **made}.items():
        for text in texts_of(name, content):
            found |= {(name, kind) for kind in kinds_in(text, personal, allowed)}
    if found:
        raise Problem(
            Kind.DATA, "the personal-data gate",
            f"{len(found)} kinds of personal data stand in the files, so nothing was published\n"
            + "\n".join(f"  {name} holds {kind}" for name, kind in sorted(found)),
            "Take it out of the commentary, the approved text or the settings that it comes from. A word that is a name in the"
            " records and not one in the report can be allowed in report.yaml, under allowed_names, with a reason and a name.",
        )  # fmt: skip


def kinds_in(text: str, personal: Said, allowed: str) -> set[str]:
    """What kinds of personal data a text holds: of the records, or by its shape."""
    found = {kind for kind, shape in SHAPES.items() if any(one[0].strip() not in allowed for one in shape.finditer(text))}
    if any(is_nhs_number(number) for number in NHS_NUMBER.findall(text)):
        found.add("an NHS number")
    spoken = _spoken(text)
    longest = max(map(len, personal), default=0)
    begin = {said[0] for said in personal}
    for start, word in enumerate(spoken):
        if word in begin:
            for length in range(1, longest + 1):
                kind = personal.get(tuple(spoken[start : start + length]))
                if kind:
                    found.add(kind)
    return found


def texts_of(name: str, content: bytes) -> Iterator[str]:
    """All that a file says to whoever opens it: its text, its attributes and what it says of itself."""
    if name.endswith(".html"):
        page = BeautifulSoup(content, "html.parser")
        yield from (text for text in (page.get_text(" "), page.get_text("")))
        yield from (
            " ".join(value) if isinstance(value, list) else value
            for element in page.find_all(True)
            for key, value in element.attrs.items()
            if key not in ("src", "style", "class")
        )
    elif zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            for part in parts.namelist():
                held = parts.read(part)
                if part.endswith((".xml", ".rels")):
                    text = held.decode("utf-8", "replace")
                    yield html.unescape(re.sub("<[^>]*>", " ", text))
                    yield html.unescape(re.sub("<[^>]*>", "", re.sub(r"</(w:p|si|text:p)>", " ", text)))
                    yield from (html.unescape(value) for value in re.findall(r'(?:descr|title|alt)="([^"]*)"', text))
                elif part.lower().endswith((".png", ".jpg", ".jpeg")):
                    with Image.open(io.BytesIO(held)) as image:
                        yield from (str(value) for value in image.info.values())
    elif not name.endswith(".pdf"):
        yield content.decode("utf-8", "replace")


def _personal(extracts: Mapping[str, pd.DataFrame], settings: Settings) -> Said:
    """What must not be said, as words in a row, and what it is."""
    said: Said = {}
    approved = {run for texts in _columns(extracts, "approved_text") for text in texts for run in _runs(text)}
    for extract in EXTRACTS:
        table = extracts.get(extract.name)
        if table is None:
            continue
        for column in [*extract.personal, *(REFERENCES & set(table))]:
            if column not in table:
                continue
            for value in table[column].dropna().unique():
                for run, kind in _ways(column, value):
                    if run and run not in approved:
                        said[run] = f"{kind} ({extract.name}.{column})"
    officers = [settings.report.author, settings.council.report_of, settings.council.contact.role]
    allowed = {word for name in [*officers, *(one.words for one in settings.report.allowed_names)] for word in _spoken(name)}
    return {run: kind for run, kind in said.items() if not set(run) <= allowed}


def _ways(column: str, value: object) -> Iterator[tuple[tuple[str, ...], str]]:
    """The ways in which a value may be written."""
    if column in REFERENCES:
        yield tuple(_spoken(str(value))), "a reference"
    elif column in NAMES:
        parts = _spoken(str(value))
        yield tuple(parts), "a name"
        yield tuple(reversed(parts)), "a name"
        yield from (((part,), "a part of a name") for part in parts if len(part) >= LEAST)
    elif column == "date_of_birth":
        day = pd.Timestamp(value).date()
        for text in (
            day.isoformat(),
            f"{day:%d/%m/%Y}",
            f"{day.day}/{day.month}/{day.year}",
            f"{day.day} {pd.Timestamp(day).month_name()} {day.year}",
        ):
            yield tuple(_spoken(text)), "a date of birth"
    elif column == "address":
        yield tuple(_spoken(str(value))), "an address"
        first = _spoken(str(value).partition(",")[0])
        if len(first) > 1:
            yield tuple(first), "an address"
    elif column in ("email", "telephone"):
        yield tuple(_spoken(str(value))), "an e-mail address" if column == "email" else "a telephone number"
    else:
        yield from ((run, "words of a note or letter") for run in _runs(str(value)))


def _runs(text: str) -> list[tuple[str, ...]]:
    spoken = _spoken(text)
    return [tuple(spoken[start : start + RUN]) for start in range(len(spoken) - RUN + 1)]


def _spoken(text: str) -> list[str]:
    """The words of a text without case, accents and apostrophes, so that O'Néill is oneill."""
    plain = "".join(sign for sign in normalize("NFKD", text) if not combining(sign) and sign not in APOSTROPHES)
    return WORD.findall(plain.casefold())


def _columns(extracts: Mapping[str, pd.DataFrame], column: str) -> Iterator[list[str]]:
    yield from (list(table[column].dropna().unique()) for table in extracts.values() if column in table)


def _allowed(settings: Settings) -> str:
    """The settings in which an address or a telephone number of the council may stand."""
    contact = settings.council.contact
    return " ".join(filter(None, [contact.email, contact.telephone]))
