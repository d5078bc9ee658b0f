"""From text to typed values: each column as the dictionary has it, and a finding for each value that does not convert."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.settings import Council
from pipeline.validate.dictionary import Column, Extract
from pipeline.validate.findings import Finding
from pipeline.validate.reading.dates import parse_dates
from pipeline.validate.reading.mapping import code_translation
from pipeline.year import Year

MAX_LISTED_ROWS = 1000  # findings kept for one rule, column and file; the rest are counted
DATE_DTYPE = "datetime64[us]"

# Characters that show nothing or turn the text after them around: controls, soft hyphen, zero-width, direction overrides.
HIDDEN_CHARACTERS = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x{00ad}\x{061c}\x{180e}\x{200b}-\x{200f}\x{202a}-\x{202e}\x{2060}-\x{2069}\x{feff}]"
UNUSUAL_SPACES = r"[\x{00a0}\x{2007}\x{202f}]"
# What a spreadsheet would calculate on opening: =…, or + - @ before a function call, a command (|) or another sheet (!).
FORMULA_PATTERN = r"^(?:=[^=\s]|[+\-@][0-9.+\-*/]*[A-Za-z_][A-Za-z0-9_.+\-*/]*[(|!])"
WHOLE_NUMBER_PATTERN = r"^-?[0-9]{1,15}$"
DECIMAL_PATTERN = r"^-?[0-9]{1,15}(?:\.[0-9]+)?$"
FORMATTED_NUMBER = re.compile(r"(-?)£?(-?)(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?", flags=re.ASCII)


@dataclass(frozen=True)
class ExtractText:
    """Part of one file as text: a text array for each column of an extract that the file holds, and the row of each record.

    rows: as the analyst sees them in the spreadsheet (the heading is row 1). headings: column → the file's own heading.
    """

    extract: Extract
    year: Year
    file: str
    columns: dict[str, pa.ChunkedArray]
    row_numbers: np.ndarray
    headings: dict[str, str]


def convert(cells: ExtractText, council: Council) -> tuple[pd.DataFrame, list[Finding]]:
    """The dictionary's columns of one file, typed, after `year`, `file` and `row`; and what would not convert.

    Text, codes and years are `str`, dates datetime64[us], whole numbers Int64, pounds and numbers Float64; blank is missing, and
    so is what would not convert.
    """
    length, findings = len(cells.row_numbers), []
    typed: dict[str, object] = {
        "year": pd.array(pa.repeat(str(cells.year), length), dtype="str"),
        "file": pd.Categorical.from_codes(np.zeros(length, dtype="int8"), [cells.file]),
        "row": cells.row_numbers,
    }
    for column in cells.extract.columns:
        if column.name in cells.columns:
            typed[column.name], of_column = _ColumnConverter(cells, column, council).convert()
            findings += of_column
        else:
            typed[column.name] = _missing_values(column.type, length)
    return pd.DataFrame(typed, copy=False), findings


def empty_table(extract: Extract) -> pd.DataFrame:
    """A typed table of an extract with no rows."""
    columns = {column.name: _missing_values(column.type, 0) for column in extract.columns}
    first = {
        "year": _missing_values("text", 0),
        "file": pd.Categorical([], categories=pd.Index([], dtype="str")),
    }
    return pd.DataFrame({**first, "row": np.zeros(0, "int64"), **columns})


def escape_formula(text: str) -> str:
    """The text as a spreadsheet shows it without calculating it: an apostrophe before a formula."""
    return "'" + text if re.match(FORMULA_PATTERN, text) else text


def _missing_values(kind: str, length: int) -> object:
    match kind:
        case "date":
            return np.full(length, np.datetime64("NaT"), dtype=DATE_DTYPE)
        case "whole number":
            return pd.arrays.IntegerArray(np.zeros(length, "int64"), np.ones(length, bool))
        case "pounds" | "number":
            return pd.arrays.FloatingArray(np.zeros(length), np.ones(length, bool))
    return pd.array(pa.nulls(length, pa.large_string()), dtype="str")


class _ColumnConverter:
    """One column of one file, done once for each different value: the steps share its place and gather its findings.

    codes: for each row its place among the different values, -1 where the cell was empty.
    """

    def __init__(self, cells: ExtractText, column: Column, council: Council):
        self.cells, self.column, self.council = cells, column, council
        self.findings: list[Finding] = []
        encoded = cells.columns[column.name].combine_chunks().dictionary_encode()
        self.codes = np.asarray(pc.fill_null(encoded.indices, -1))
        self.found: pa.Array = encoded.dictionary

    def convert(self) -> tuple[object, list[Finding]]:
        values = self._clean(self.found)
        theirs = code_translation(self.council, self.cells.extract.name, self.column.name)
        if theirs and self.column.type != "codes":
            values = _map_values(values, lambda value: theirs.get(value.casefold(), value) or None)
        match self.column.type:
            case "date":
                typed = self._dates(values)
            case "whole number":
                typed = self._numbers(values, whole=True)
            case "pounds" | "number":
                typed = self._numbers(values, whole=False)
            case "year":
                typed = self._years(values)
            case _:
                typed = self._words(values, theirs)
        return typed, self.findings

    def _clean(self, text: pa.Array) -> pa.Array:
        """Trimmed, in Unicode's composed form, without characters nobody sees; blank is missing."""
        marks = np.frombuffer(text.buffers()[2] or b"", dtype="uint8")
        if ((marks < 32) | (marks > 126)).any():  # else it is plain, as most columns are
            text = pc.replace_substring_regex(text, r"\r\n?", "\n")
            hidden = pc.match_substring_regex(text, HIDDEN_CHARACTERS)
            self._warn(hidden, "hidden_characters",
                       "there are characters here that cannot be seen or that turn the writing around; they were left out",
                       "Type the value again in the case system, without pasting it.")  # fmt: skip
            text = pc.replace_substring_regex(
                pc.replace_substring_regex(text, HIDDEN_CHARACTERS, ""), UNUSUAL_SPACES, " "
            )
            text = pc.utf8_normalize(text, form="NFC")
        text = pc.utf8_trim_whitespace(text)
        return pc.if_else(pc.equal(pc.binary_length(text), 0), pa.scalar(None, text.type), text)

    def _words(self, text: pa.Array, theirs: dict[str, str]) -> object:
        allowed = {word.casefold(): word for word in self.column.allowed_values(self.council) or ()}
        if self.column.type == "yes/no":
            allowed |= {"y": "yes", "true": "yes", "n": "no", "false": "no"}
        if self.column.type == "codes":
            text = _map_values(text, lambda value: _translate_codes(value, theirs, allowed))
        elif allowed:
            text = _map_values(text, lambda value: allowed.get(value.casefold(), value))
        formula = pc.match_substring_regex(text, FORMULA_PATTERN)
        if pc.any(formula).as_py():
            self._warn(formula, "formula",
                       "this is a formula that a spreadsheet would calculate; it was kept as text, after an apostrophe",
                       "Look at where it comes from; if it is meant as text, begin it with a word.")  # fmt: skip
            text = pc.if_else(formula, pc.binary_join_element_wise("'", text, ""), text)
        return self._spread(text)

    def _dates(self, text: pa.Array) -> np.ndarray:
        dates, troubles, order = parse_dates(text.to_pylist(), self.council.dates)
        self._bad(troubles)
        if order == "month first" and self.council.dates is None:
            self._add("warning", "month_first", None, None,
                      "dates here are written month first (as 12/25/2021), which is unusual in England; they were read so",
                      "Look at a few of them; if they are right, say `dates: month first` in council.yaml.")  # fmt: skip
        return np.append(dates, np.datetime64("NaT")).astype(DATE_DTYPE)[self.codes]

    def _numbers(self, text: pa.Array, whole: bool) -> object:
        plain = pc.fill_null(
            pc.match_substring_regex(text, WHOLE_NUMBER_PATTERN if whole else DECIMAL_PATTERN),
            False,
        )
        kind = pa.int64() if whole else pa.float64()
        numbers = np.array(pc.fill_null(pc.cast(pc.if_else(plain, text, None), kind), 0))
        missing, troubles = np.array(pc.is_null(text)), {}
        for place in np.flatnonzero(~np.asarray(plain) & ~missing).tolist():
            number, trouble = _parse_number(
                text[place].as_py(), whole, self.column.type == "pounds"
            )
            if trouble:
                troubles[place], missing[place] = ("readable", *trouble), True
            else:
                numbers[place] = number
        self._bad(troubles)
        array = pd.arrays.IntegerArray if whole else pd.arrays.FloatingArray
        return array(
            np.append(numbers, numbers.dtype.type(0))[self.codes],
            np.append(missing, True)[self.codes],
        )

    def _years(self, text: pa.Array) -> object:
        read, troubles = [], {}
        for place, value in enumerate(text.to_pylist()):
            try:
                read.append(value and str(Year.parse(value.replace("/", "-"))))
            except ValueError:
                read.append(None)
                troubles[place] = (
                    "readable",
                    "this is not a financial year",
                    "Write the year as 2021-22.",
                )
        self._bad(troubles)
        return self._spread(pa.array(read, pa.string()))

    def _spread(self, text: pa.Array) -> object:
        """Each row's text; an empty cell's is missing."""
        return pd.array(
            text.cast(pa.large_string()).take(pa.array(self.codes, mask=self.codes < 0)),
            dtype="str",
        )

    def _bad(self, troubles: dict[int, tuple[str, str, str]]) -> None:
        """A finding for each row whose value would not convert; `troubles` has rule, what and remedy by the value's place."""
        severity = (
            "warning" if self.column.personal else "critical"
        )  # a personal column is dropped, so it stops nothing
        for rule in sorted({trouble[0] for trouble in troubles.values()}):
            self._each(
                severity,
                rule,
                {place: trouble[1:] for place, trouble in troubles.items() if trouble[0] == rule},
            )

    def _warn(self, mask: pa.Array, rule: str, what: str, remedy: str) -> None:
        places = np.flatnonzero(np.asarray(pc.fill_null(mask, False)))
        self._each("warning", rule, dict.fromkeys(places.tolist(), (what, remedy)))

    def _each(self, severity: str, rule: str, said: dict[int, tuple[str, str]]) -> None:
        """A finding for each row that holds one of the values of which something is said, up to the most that is listed."""
        if not said:
            return
        rows = np.flatnonzero(np.isin(self.codes, list(said)))
        for row in rows[:MAX_LISTED_ROWS].tolist():
            place = int(self.codes[row])
            self._add(
                severity,
                rule,
                int(self.cells.row_numbers[row]),
                self.found[place].as_py(),
                *said[place],
            )
        if rest := len(rows[MAX_LISTED_ROWS:]):
            self._add(severity, rule, None, None, f"{rest:,} more rows have the same trouble",
                      f"The first {MAX_LISTED_ROWS:,} are listed; what mends them will mend the rest.", rest)  # fmt: skip

    def _add(
        self,
        severity: str,
        rule: str,
        row: int | None,
        value: str | None,
        what: str,
        remedy: str,
        stands_for: int = 1,
    ) -> None:
        name, extract = self.column.name, self.cells.extract.name
        heading = self.cells.headings.get(name, name)
        if heading != name:
            what = f'{what} (the file\'s heading is "{heading}")'
        place = (f"{extract}.{name}.{rule}", extract, self.cells.file, row, name, value)
        self.findings.append(Finding(severity, *place, what, remedy, stands_for))


def _map_values(text: pa.Array, new: Callable[[str], str | None]) -> pa.Array:
    return pa.array([value and new(value) for value in text.to_pylist()], pa.string())


def _translate_codes(text: str, theirs: dict[str, str], allowed: dict[str, str]) -> str | None:
    translated = ";".join(theirs.get(part.strip().casefold(), part) for part in text.split(";"))
    parts = [part.strip() for part in translated.split(";")]
    return (
        "; ".join(dict.fromkeys(allowed.get(part.casefold(), part) for part in parts if part))
        or None
    )


def _parse_number(
    text: str, whole: bool, pounds: bool
) -> tuple[float | int | None, tuple[str, str] | None]:
    found = FORMATTED_NUMBER.fullmatch(text)
    if not found or (found[1] and found[2]) or ("£" in text and not pounds) or len(found[3]) > 15:
        kind = "a whole number" if whole else "an amount in pounds" if pounds else "a number"
        return None, (
            f"this is not {kind}",
            "Write digits only, such as " + ("1234." if whole else "1234.50."),
        )
    number = float(found[1] + found[2] + found[3].replace(",", "") + (found[4] or ""))
    if whole and number != int(number):
        return None, ("this is not a whole number", "Write the number without a fraction.")
    return int(number) if whole else number, None
