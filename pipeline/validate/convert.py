"""From text to typed values: each column as the dictionary has it, and a finding for each value that does not convert."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.settings import Council
from pipeline.validate.dates import read_dates
from pipeline.validate.dictionary import Column, Extract
from pipeline.validate.findings import Finding
from pipeline.validate.mapping import translation
from pipeline.year import Year

MOST = 1000  # findings kept for one rule, column and file; the rest are counted
DATES = "datetime64[us]"

# Characters that show nothing, or turn the text that follows around: zero-width, direction marks and overrides, soft hyphen.
HIDDEN = r"[\x{00ad}\x{061c}\x{180e}\x{200b}-\x{200f}\x{202a}-\x{202e}\x{2060}-\x{2069}\x{feff}]"
CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
ODD_SPACES = r"[\x{00a0}\x{2007}\x{202f}]"
# What a spreadsheet would calculate on opening: =…, or + - @ before a function call, a command (|) or another sheet (!).
FORMULA = r"^(?:=[^=\s]|[+\-@][0-9.+\-*/]*[A-Za-z_][A-Za-z0-9_.+\-*/]*[(|!])"
NUMBER = re.compile(r"(-?)£?(-?)(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?", flags=re.ASCII)
PLAIN_NUMBER = r"^-?[0-9]{1,15}(?:\.[0-9]+)?$"


@dataclass(frozen=True)
class Cells:
    """Part of one file as text: a text array for each column of an extract that the file holds, and the row of each record.

    rows: as the analyst sees them in the spreadsheet (the heading is row 1). headings: column → the file's own heading.
    """

    extract: Extract
    year: Year
    file: str
    columns: dict[str, pa.ChunkedArray]
    rows: np.ndarray
    headings: dict[str, str]


def convert(cells: Cells, council: Council) -> tuple[pd.DataFrame, list[Finding]]:
    """The dictionary's columns of one file, typed, after `year`, `file` and `row`; and what would not convert.

    Text, codes and years are `str`, dates datetime64[us], whole numbers Int64, pounds and numbers Float64; blank is missing, and
    so is what would not convert.
    """
    length, findings = len(cells.rows), []
    typed: dict[str, object] = {
        "year": pd.array(pa.repeat(str(cells.year), length), dtype="str"),
        "file": pd.Categorical.from_codes(np.zeros(length, dtype="int8"), [cells.file]),
        "row": cells.rows,
    }
    for column in cells.extract.columns:
        found = cells.columns.get(column.name)
        if found is None:
            typed[column.name] = _missing(column.type, length)
            continue
        values, of_column = _Converter(cells, column, council).convert(found)
        typed[column.name] = values
        findings += of_column
    return pd.DataFrame(typed, copy=False), findings


def empty(extract: Extract) -> pd.DataFrame:
    """A typed table of an extract with no rows."""
    columns = {column.name: _missing(column.type, 0) for column in extract.columns}
    first = {"year": _missing("text", 0), "file": pd.Categorical([], categories=pd.Index([], dtype="str"))}
    return pd.DataFrame({**first, "row": np.zeros(0, "int64"), **columns})


def harmless(text: str) -> str:
    """The text as a spreadsheet shows it without calculating it: an apostrophe before a formula."""
    return "'" + text if re.match(FORMULA, text) else text


def _missing(kind: str, length: int) -> object:
    match kind:
        case "date":
            return np.full(length, np.datetime64("NaT"), dtype=DATES)
        case "whole number":
            return pd.arrays.IntegerArray(np.zeros(length, "int64"), np.ones(length, bool))
        case "pounds" | "number":
            return pd.arrays.FloatingArray(np.zeros(length), np.ones(length, bool))
    return pd.array(pa.nulls(length, pa.large_string()), dtype="str")


class _Converter:
    """One column of one file: the steps share its place, and gather its findings."""

    def __init__(self, cells: Cells, column: Column, council: Council):
        self.cells, self.column, self.council = cells, column, council
        self.findings: list[Finding] = []

    def convert(self, text: pa.ChunkedArray) -> tuple[object, list[Finding]]:
        text = self._clean(text)
        theirs = translation(self.council, self.cells.extract.name, self.column.name)
        if theirs:
            text = _replace(text, lambda value: theirs.get(value.casefold(), value) or None)
        match self.column.type:
            case "date":
                typed = self._dates(text)
            case "whole number":
                typed = self._numbers(text, whole=True)
            case "pounds" | "number":
                typed = self._numbers(text, whole=False)
            case "year":
                typed = self._years(text)
            case _:
                typed = self._words(text)
        return typed, self.findings

    def _clean(self, text: pa.ChunkedArray) -> pa.ChunkedArray:
        """Trimmed, in Unicode's composed form, without characters nobody sees; blank is missing."""
        if not pc.all(pc.string_is_ascii(text), min_count=0).as_py():
            hidden = pc.match_substring_regex(text, HIDDEN)
            self._note(hidden, text, "warning", "hidden_characters",
                       "the text holds characters that cannot be seen or that turn the writing around; they were left out",
                       "Type the value again in the case system, without pasting it.")  # fmt: skip
            text = pc.replace_substring_regex(text, HIDDEN, "")
            text = pc.utf8_normalize(pc.replace_substring_regex(text, ODD_SPACES, " "), form="NFC")
        control = pc.match_substring_regex(text, CONTROL)
        if pc.any(control).as_py():
            self._note(control, text, "warning", "hidden_characters", "the text holds control characters; they were left out",
                       "Type the value again in the case system, without pasting it.")  # fmt: skip
            text = pc.replace_substring_regex(text, CONTROL, "")
        text = pc.utf8_trim_whitespace(pc.replace_substring_regex(text, r"\r\n?", "\n"))
        return pc.if_else(pc.equal(pc.binary_length(text), 0), pa.scalar(None, text.type), text)

    def _words(self, text: pa.ChunkedArray) -> object:
        allowed = {word.casefold(): word for word in self.column.allowed(self.council) or ()}
        if self.column.type == "yes/no":
            allowed |= {"y": "yes", "true": "yes", "n": "no", "false": "no"}
        if self.column.type == "codes":
            text = _replace(text, lambda value: _codes(value, allowed))
        elif allowed:
            text = _replace(text, lambda value: allowed.get(value.casefold(), value))
        formula = pc.match_substring_regex(text, FORMULA)
        if pc.any(formula).as_py():
            self._note(formula, text, "warning", "formula",
                       "the text is a formula that a spreadsheet would calculate; it was kept as text, after an apostrophe",
                       "Look at where it comes from; if it is meant as text, start it with a word.")  # fmt: skip
            text = pc.if_else(pc.fill_null(formula, False), pc.binary_join_element_wise("'", text, ""), text)
        return pd.array(text.cast(pa.large_string()), dtype="str")

    def _dates(self, text: pa.ChunkedArray) -> np.ndarray:
        codes, values = _encode(text)
        dates, troubles, order = read_dates(values, self.council.dates)
        self._bad(codes, values, troubles)
        if order == "month first" and self.council.dates is None:
            self._add("warning", "month_first", None, None,
                      "dates here are written month first (as 12/25/2021), which is unusual in England; they were read so",
                      "Look at a few of them; if they are right, say `dates: month first` in council.yaml.")  # fmt: skip
        return np.append(dates, np.datetime64("NaT")).astype(DATES)[codes]

    def _numbers(self, text: pa.ChunkedArray, whole: bool) -> object:
        missing = np.asarray(pc.is_null(text))
        plain = pc.all(pc.match_substring_regex(text, PLAIN_NUMBER), min_count=0).as_py()
        if plain and not whole:
            numbers = np.asarray(pc.fill_null(pc.cast(text, pa.float64()), 0.0))
            return pd.arrays.FloatingArray(numbers, missing)
        codes, values = _encode(text)
        read, troubles = [], {}
        for place, value in enumerate(values):
            number, trouble = _number(value, whole, self.column.type == "pounds")
            read.append(number)
            if trouble:
                troubles[place] = ("readable", *trouble)
        self._bad(codes, values, troubles)
        failed = np.array([number is None for number in read] + [True])
        dtype = "int64" if whole else "float64"
        numbers = np.array([number or 0 for number in read] + [0], dtype=dtype)[codes]
        return (pd.arrays.IntegerArray if whole else pd.arrays.FloatingArray)(numbers, failed[codes])

    def _years(self, text: pa.ChunkedArray) -> object:
        codes, values = _encode(text)
        read, troubles = [], {}
        for place, value in enumerate(values):
            try:
                read.append(str(Year.parse(value.replace("/", "-"))))
            except ValueError:
                read.append(None)
                troubles[place] = ("readable", "this is not a financial year", "Write the year as 2021-22.")
        self._bad(codes, values, troubles)
        return pd.array(pa.array([*read, None], pa.large_string()).take(pa.array(codes)), dtype="str")

    def _bad(self, codes: np.ndarray, values: list[str], troubles: dict[int, tuple[str, str, str]]) -> None:
        """A finding for each row whose value would not convert; `troubles` has rule, what and remedy by the value's place."""
        if not troubles:
            return
        severity = "warning" if self.column.personal else "critical"  # a personal column is dropped, so it stops nothing
        rows = np.flatnonzero(np.isin(codes, list(troubles)))
        for rule in sorted({trouble[0] for trouble in troubles.values()}):
            of_rule = [row for row in rows if troubles[codes[row]][0] == rule]
            for row in of_rule[:MOST]:
                _, what, remedy = troubles[codes[row]]
                self._add(severity, rule, int(self.cells.rows[row]), values[codes[row]], what, remedy)
            self._more(severity, rule, len(of_rule))

    def _note(self, mask: pa.ChunkedArray, text: pa.ChunkedArray, severity: str, rule: str, what: str, remedy: str) -> None:
        places = np.flatnonzero(np.asarray(pc.fill_null(mask, False)))
        for place in places[:MOST]:
            self._add(severity, rule, int(self.cells.rows[place]), text[int(place)].as_py(), what, remedy)
        self._more(severity, rule, len(places))

    def _more(self, severity: str, rule: str, count: int) -> None:
        if count > MOST:
            self._add(severity, rule, None, None, f"{count - MOST:,} more rows have the same trouble",
                      f"The first {MOST:,} are listed; what mends them will mend the rest.")  # fmt: skip

    def _add(self, severity: str, rule: str, row: int | None, value: str | None, what: str, remedy: str) -> None:
        name, extract = self.column.name, self.cells.extract.name
        heading = self.cells.headings.get(name, name)
        if heading != name:
            what = f'{what} (the file\'s heading is "{heading}")'
        place = (f"{extract}.{name}.{rule}", extract, self.cells.file, row, name, value)
        self.findings.append(Finding(severity, *place, what, remedy))


def _encode(text: pa.ChunkedArray) -> tuple[np.ndarray, list[str]]:
    """Each row's place in the list of different values, and that list; a missing value is -1."""
    encoded = text.combine_chunks().dictionary_encode()
    return np.asarray(pc.fill_null(encoded.indices, -1)), encoded.dictionary.to_pylist()


def _replace(text: pa.ChunkedArray, new) -> pa.ChunkedArray:
    """Each value as `new` has it, asked once for each different value."""
    encoded = text.combine_chunks().dictionary_encode()
    values = pa.array([new(value) for value in encoded.dictionary.to_pylist()], pa.string())
    return pa.chunked_array([values.take(encoded.indices)])


def _codes(text: str, allowed: dict[str, str]) -> str | None:
    parts = [part.strip() for part in text.split(";")]
    return "; ".join(dict.fromkeys(allowed.get(part.casefold(), part) for part in parts if part)) or None


def _number(text: str, whole: bool, pounds: bool) -> tuple[float | int | None, tuple[str, str] | None]:
    found = NUMBER.fullmatch(text)
    if not found or (found[1] and found[2]) or ("£" in text and not pounds) or len(found[3]) > 15:
        kind = "a whole number" if whole else "an amount in pounds" if pounds else "a number"
        return None, (f"this is not {kind}", "Write digits only, such as " + ("1234." if whole else "1234.50."))
    number = float(found[1] + found[2] + found[3].replace(",", "") + (found[4] or ""))
    if whole and number != int(number):
        return None, ("this is not a whole number", "Write the number without a fraction.")
    return int(number) if whole else number, None
