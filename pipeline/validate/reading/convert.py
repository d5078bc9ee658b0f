"""From text to typed values, column by column, with a finding for each value that fails."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.settings import Council
from pipeline.validate.definitions import Column
from pipeline.validate.findings import Finding, Severity
from pipeline.validate.reading.columns.choices import ChoiceCells
from pipeline.validate.reading.columns.cleaning import clean_values
from pipeline.validate.reading.columns.extract_text import ExtractText
from pipeline.validate.reading.columns.half_converted import converted_dates, half_converted_fault
from pipeline.validate.reading.columns.missing import DATE_DTYPE, missing_values
from pipeline.validate.reading.dates import TWO_DIGIT_YEAR, parse_dates
from pipeline.validate.reading.faults import (
    FORMULA_FAULT,
    HIDDEN_CHARACTERS_FAULT,
    LIKE_A_PLACEHOLDER,
    MONTH_FIRST_FAULT,
    PLACEHOLDER_FAULT,
    SCIENTIFIC_FAULT,
    SCIENTIFIC_NUMBER,
    YEAR_FAULT,
    ConversionFault,
    short_years_fault,
    unlisted_fault,
)
from pipeline.validate.reading.layout.error_cells import split_off_errors
from pipeline.validate.reading.mapping import code_translation, translate_codes
from pipeline.validate.reading.numbers import parse_numbers
from pipeline.year import Year

MAX_LISTED_ROWS = 1000  # findings for one rule, column and file; the rest are counted

# What a spreadsheet would calculate on opening: =…, or + - @ before a function call, a command (|)
# or another sheet (!).
FORMULA_PATTERN = r"^(?:=[^=\s]|[+\-@][0-9.+\-*/]*[A-Za-z_][A-Za-z0-9_.+\-*/]*[(|!])"
YES_NO_SYNONYMS = {"y": "yes", "true": "yes", "n": "no", "false": "no"}


def convert(text: ExtractText, council: Council) -> tuple[pd.DataFrame, list[Finding]]:
    """The dictionary's columns of one file, typed, and a finding for what would not convert.

    The columns come after `year`, `file` and `row`. Text, codes and years are `str`, dates
    datetime64[us], whole numbers Int64, pounds and numbers Float64. A blank cell is missing, and
    so is one that would not convert.
    """
    length = len(text.row_numbers)
    findings: list[Finding] = []
    typed: dict[str, object] = {
        "year": pd.array(pa.repeat(str(text.year), length), dtype="str"),
        "file": pd.Categorical.from_codes(np.zeros(length, dtype="int8"), [text.file]),
        "row": text.row_numbers,
    }
    for column in text.extract.columns:
        if column.name in text.columns:
            converter = _ColumnConverter(text, column, council)
            typed[column.name] = converter.convert()
            findings += converter.findings
        else:
            typed[column.name] = missing_values(column.type, length)
    return pd.DataFrame(typed, copy=False), findings


def escape_formula(text: str) -> str:
    """The text with an apostrophe before a formula, so that no spreadsheet calculates it."""
    return "'" + text if re.match(FORMULA_PATTERN, text) else text


class _ColumnConverter:
    """Converts one column of one file, each distinct value once, and gathers its findings.

    distinct_values: as they are in the file.
    codes: for each row the position of its value among them, -1 where the cell was empty.
    """

    def __init__(self, text: ExtractText, column: Column, council: Council) -> None:
        self.text = text
        self.column = column
        self.council = council
        self.findings: list[Finding] = []
        # A personal column is dropped at the next step, so it stops nothing.
        self._severity: Severity = "warning" if column.personal else "critical"
        encoded = text.columns[column.name].combine_chunks().dictionary_encode()
        self.codes = np.asarray(pc.fill_null(encoded.indices, -1))
        self.distinct_values: pa.Array = encoded.dictionary

    def convert(self) -> object:
        """The typed column, with a value per row."""
        text = self.text
        cleaned = clean_values(self.distinct_values, self.column)
        self._add_by_rule("warning", cleaned.losses)
        self._add_by_rule("warning", cleaned.repairs)
        self._add_warnings(cleaned.is_hidden, HIDDEN_CHARACTERS_FAULT)
        values, errors = split_off_errors(cleaned.values, is_list=self.column.type == "codes")
        self._add_conversion_findings(errors)
        ours_by_theirs = code_translation(
            self.council, text.extract.name, self.column.name, text.year
        )
        if ours_by_theirs and self.column.type != "codes":
            values = _map_values(
                values, lambda value: ours_by_theirs.get(value.casefold(), value) or None
            )
        match self.column.type:
            case "date":
                return self._convert_dates(values)
            case "whole number" | "pounds" | "number":
                return self._convert_numbers(values)
            case "year":
                return self._convert_years(values)
            case _:
                return self._convert_text(values, ours_by_theirs)

    def _convert_text(self, values: pa.Array, ours_by_theirs: dict[str, str]) -> object:
        codes = self.column.allowed_values(self.council) or ()
        allowed = {code.casefold(): code for code in codes}
        if self.column.type == "yes/no":
            allowed |= YES_NO_SYNONYMS
        if self.column.type == "codes":
            # A placeholder may also be one of several codes in a cell.
            known = dict.fromkeys(map(str.casefold, self.council.placeholders), "") | ours_by_theirs
            cells = ChoiceCells(self.council.separator, {*known, *allowed})
            values = _map_values(
                values, lambda value: translate_codes(cells.split(value), known, allowed)
            )
            if cells.fault:
                self._add_finding("info", cells.fault)
        elif allowed:
            values = _map_values(values, lambda value: allowed.get(value.casefold(), value))
        if self.column.type == "text":
            is_shortened = pc.fill_null(pc.match_substring_regex(values, SCIENTIFIC_NUMBER), False)
            positions = np.flatnonzero(np.asarray(is_shortened)).tolist()
            self._add_conversion_findings(dict.fromkeys(positions, SCIENTIFIC_FAULT))
            if not self.column.personal:
                is_placeholder = pc.match_substring_regex(values, LIKE_A_PLACEHOLDER)
                self._add_warnings(is_placeholder, PLACEHOLDER_FAULT)
        is_formula = pc.match_substring_regex(values, FORMULA_PATTERN)
        if pc.any(is_formula).as_py():
            self._add_warnings(is_formula, FORMULA_FAULT)
            escaped = pc.binary_join_element_wise("'", values, "")
            values = pc.if_else(is_formula, escaped, values)
        return self._text_by_row(values)

    def _convert_dates(self, values: pa.Array) -> object:
        texts = values.to_pylist()
        dates, faults, order = parse_dates(
            texts, self.council.dates, self.council.two_digit_years_from
        )
        short = {place for place, fault in faults.items() if fault == TWO_DIGIT_YEAR}
        is_short = np.isin(self.codes, list(short))
        if is_short.sum() > 1:  # one question, and not one for each date
            rows = self.text.row_numbers[is_short].tolist()
            fault = short_years_fault(rows)
            self._add_finding(self._severity, fault, stands_for=len(rows))
            faults = {place: faults[place] for place in faults.keys() - short}
        self._add_conversion_findings(faults)
        self._check_half_converted(texts, dates)
        if order == "month first" and self.council.dates is None:
            self._add_finding("warning", MONTH_FIRST_FAULT)
        # The code -1 of an empty cell takes the last value, which is missing.
        return np.append(dates, np.datetime64("NaT")).astype(DATE_DTYPE)[self.codes]

    def _check_half_converted(self, texts: list[str | None], dates: np.ndarray) -> None:
        """Add a finding for each column of the file whose dates were converted by half."""
        columns = [self.codes]
        if self.text.blocks is not None:
            blocks = self.text.blocks
            columns = [np.where(blocks == block, self.codes, -1) for block in np.unique(blocks)]
        for codes in columns:
            positions = np.arange(len(texts))
            if self.text.blocks is not None:
                positions = np.unique(codes[codes >= 0])
            chosen = [texts[position] for position in positions]
            converted = converted_dates(chosen, dates[positions])
            if converted:
                is_converted = np.isin(codes, positions[converted])
                rows = self.text.row_numbers[is_converted].tolist()
                self._add_finding(self._severity, half_converted_fault(rows), stands_for=len(rows))

    def _convert_numbers(self, values: pa.Array) -> object:
        numbers, is_missing, faults = parse_numbers(values, self.column.type)
        self._add_conversion_findings(faults)
        is_whole = self.column.type == "whole number"
        array = pd.arrays.IntegerArray if is_whole else pd.arrays.FloatingArray
        # The code -1 of an empty cell takes the last value, which is missing.
        numbers = np.append(numbers, numbers.dtype.type(0))
        is_missing = np.append(is_missing, True)
        return array(numbers[self.codes], is_missing[self.codes])

    def _convert_years(self, values: pa.Array) -> object:
        years: list[str | None] = []
        faults: dict[int, ConversionFault] = {}
        for position, value in enumerate(values.to_pylist()):
            year = None
            if value:
                try:
                    year = str(Year.parse(value.replace("/", "-")))
                except ValueError:
                    faults[position] = YEAR_FAULT
            years.append(year)
        self._add_conversion_findings(faults)
        return self._text_by_row(pa.array(years, pa.string()))

    def _text_by_row(self, values: pa.Array) -> object:
        """The text of each row; that of an empty cell is missing."""
        indices = pa.array(self.codes, mask=self.codes < 0)
        return pd.array(values.cast(pa.large_string()).take(indices), dtype="str")

    def _add_conversion_findings(self, faults: dict[int, ConversionFault]) -> None:
        """Add a finding for each row whose value would not convert.

        faults: by the position of the distinct value.
        """
        self._add_by_rule(self._severity, faults)

    def _add_by_rule(self, severity: Severity, faults: dict[int, ConversionFault]) -> None:
        for rule in sorted({fault.rule for fault in faults.values()}):
            rule_faults = {
                position: fault for position, fault in faults.items() if fault.rule == rule
            }
            self._add_row_findings(severity, rule_faults)

    def _add_warnings(self, mask: pa.Array, fault: ConversionFault) -> None:
        """Add a warning for each row whose distinct value the mask picks."""
        positions = np.flatnonzero(np.asarray(pc.fill_null(mask, False)))
        self._add_row_findings("warning", dict.fromkeys(positions.tolist(), fault))

    def _add_row_findings(self, severity: Severity, faults: dict[int, ConversionFault]) -> None:
        """Add a finding for each row with one of the values, up to the most that is listed.

        faults: of one rule, by the position of the distinct value.
        """
        if not faults:
            return
        rows = np.flatnonzero(np.isin(self.codes, list(faults)))
        for row in rows[:MAX_LISTED_ROWS].tolist():
            self._add_finding(severity, faults[int(self.codes[row])], row)
        unlisted = len(rows) - MAX_LISTED_ROWS
        if unlisted > 0:
            rule = next(iter(faults.values())).rule
            remainder = unlisted_fault(rule, unlisted, MAX_LISTED_ROWS)
            self._add_finding(severity, remainder, stands_for=unlisted)

    def _add_finding(
        self,
        severity: Severity,
        fault: ConversionFault,
        row: int | None = None,
        stands_for: int = 1,
    ) -> None:
        """Add a finding for one row, by its position, or for the column as a whole."""
        name = self.column.name
        extract = self.text.extract.name
        heading = self.text.headings.get(name, name)
        what = fault.what
        if heading != name:
            what = f'{what} (the file\'s heading is "{heading}")'
        row_number = None
        value = None
        if row is not None:
            row_number = int(self.text.row_numbers[row])
            if fault.damaged_part:
                place = self.text.place(name, row_number, fault.damaged_part)
                what = f"{place}: {what}" if place else what
            value = self.distinct_values[int(self.codes[row])].as_py()
        self.findings.append(
            Finding(
                severity=severity,
                rule=f"{extract}.{name}.{fault.rule}",
                extract=extract,
                file=self.text.file,
                row=row_number,
                column=name,
                value=value,
                what=what,
                remedy=fault.remedy,
                stands_for=stands_for,
            )
        )


def _map_values(values: pa.Array, replace: Callable[[str], str | None]) -> pa.Array:
    return pa.array([value and replace(value) for value in values.to_pylist()], pa.string())
