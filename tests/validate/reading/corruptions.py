"""Ways in which a valid workspace goes wrong, each a small function of one extract or its file.

A corruption changes the `Extract` that it is given, whose `write` makes the files. It returns
nothing, or False where it does not apply to that extract or format.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from builders import CATALOGUE
from workbook_files import PLAIN, ErrorCell, FormulaCell, Look, workbook_bytes

from pipeline.validate.definitions import Column
from pipeline.validate.dictionary import EXTRACTS_BY_NAME

ENDINGS = (".csv", ".xlsx", ".ods")
EXCEL_DAY_0 = date(1899, 12, 30)
CODED = ("code", "codes", "yes/no")
NUMERIC = ("whole number", "pounds", "number")
PLACEHOLDERS = ("N/A", "-", "NULL", "not known", "n/k", "unknown", "?")
ERRORS = ("#N/A", "#VALUE!", "#REF!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!")


@dataclass
class Extract:
    """One extract of the sample, as its file is about to be written.

    rows: the heading first; a cell is a text, a date, an ErrorCell or a FormulaCell.
    sheets: other sheets of the workbook, by name. files: other files of the folder, by name.
    encode: from the text of a .csv to its bytes.
    """

    name: str
    ending: str
    rows: list[list]
    random: random.Random
    look: Look = PLAIN
    sheet_name: str = ""
    file_name: str = ""
    sheets: dict[str, list[list]] = field(default_factory=dict)
    looks: dict[str, Look] = field(default_factory=dict)
    files: dict[str, list[list]] = field(default_factory=dict)
    encode: Callable[[str], bytes] = str.encode

    def __post_init__(self) -> None:
        self.sheet_name = self.sheet_name or self.name
        self.file_name = self.file_name or self.name

    @property
    def heading(self) -> list[str]:
        return self.rows[0]

    @property
    def is_text(self) -> bool:
        return self.ending == ".csv"

    def position(self, is_wanted: Callable[[Column], bool]) -> int:
        """The position of a random column of the file that is wanted; -1 if there is none."""
        columns = EXTRACTS_BY_NAME[self.name].columns
        names = [one.name for one in columns if is_wanted(one) and one.name in self.heading]
        return self.heading.index(self.random.choice(names)) if names else -1

    def filled_row(self, position: int) -> int:
        """The position of a random record with something in a column; 0 if there is none."""
        if position < 0:
            return 0
        rows = [row for row, cells in enumerate(self.rows) if row and cells[position]]
        return self.random.choice(rows) if rows else 0

    def cell(self, is_wanted: Callable[[Column], bool]) -> tuple[int, int] | None:
        """The row and the position of a random filled cell of such a column."""
        position = self.position(is_wanted)
        row = self.filled_row(position)
        return (row, position) if row else None

    def write(self, folder: Path) -> None:
        """Write the file in place of the sample's."""
        (folder / f"{self.name}.csv").unlink(missing_ok=True)
        files = {self.file_name: self.rows} | self.files
        for name, rows in files.items():
            path = folder / f"{name}{self.ending}"
            if self.is_text:
                path.write_bytes(self.encode(csv_text(rows)))
                continue
            sheets = {self.sheet_name: rows}
            looks = {self.sheet_name: self.look}
            if name == self.file_name:
                sheets |= self.sheets
                looks |= self.looks
            path.write_bytes(workbook_bytes(self.ending, sheets, looks))


def csv_text(rows: list[list]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([[as_text(c) for c in row] for row in rows])
    return text.getvalue()


def as_text(cell: object) -> object:
    if isinstance(cell, ErrorCell):
        return cell.text
    return "=1+1" if isinstance(cell, FormulaCell) else cell


Corruption = Callable[[Extract], object]
CORRUPTIONS: dict[str, Corruption] = {}


def corruption(function: Corruption) -> Corruption:
    """Add a function to the list."""
    CORRUPTIONS[function.__name__] = function
    return function


def is_public(column: Column) -> bool:
    return not column.personal


def is_coded(column: Column) -> bool:
    return column.type in CODED and not column.personal


def is_date(column: Column) -> bool:
    return column.type == "date" and not column.personal


def is_number(column: Column) -> bool:
    return column.type in NUMERIC


def replace_cell(
    extract: Extract, is_wanted: Callable[[Column], bool], change: Callable[[str], object]
) -> bool:
    """Change a random filled cell of a column that is wanted; False if there is none."""
    place = extract.cell(is_wanted)
    if place:
        row, position = place
        extract.rows[row][position] = change(extract.rows[row][position])
    return place is not None


# Cells -----------------------------------------------------------------------------------------


@corruption
def error_value(extract):
    return replace_cell(extract, is_public, lambda _: ErrorCell(extract.random.choice(ERRORS)))


@corruption
def error_value_as_text(extract):
    return replace_cell(extract, is_public, lambda _: extract.random.choice(ERRORS))


@corruption
def formula_without_result(extract):
    return replace_cell(extract, is_public, lambda _: FormulaCell())


@corruption
def required_cell_blank(extract):
    return replace_cell(extract, lambda column: column.required, lambda _: "")


@corruption
def code_misspelt(extract):
    return replace_cell(extract, is_coded, lambda text: text[:-1] + "x" + text[-1])


@corruption
def code_cut_off(extract):
    return replace_cell(extract, is_coded, lambda text: text[:-1])


@corruption
def code_with_a_letter_of_another_alphabet(extract):
    alike = str.maketrans("aeopcy", "\u0430\u0435\u043e\u0440\u0441\u0443")
    return replace_cell(extract, is_coded, lambda text: text.translate(alike) + "\u0430")


@corruption
def code_in_capitals(extract):
    return replace_cell(extract, is_coded, str.upper)


@corruption
def spaces_around_a_cell(extract):
    spaces = extract.random.choice([" ", "\u00a0", "  \t"])
    return replace_cell(extract, is_public, lambda text: f"{spaces}{text}{spaces}")


@corruption
def invisible_character_in_a_cell(extract):
    return replace_cell(extract, is_coded, lambda text: text[:1] + "\u200b" + text[1:])


@corruption
def placeholder_for_a_value(extract):
    placeholder = extract.random.choice(PLACEHOLDERS)

    def is_typed(column):
        return is_date(column) or is_number(column) or is_coded(column)

    return replace_cell(extract, is_typed, lambda _: placeholder)


@corruption
def number_with_words(extract):
    return replace_cell(extract, is_number, lambda text: f"about {text}")


@corruption
def number_below_zero(extract):
    return replace_cell(extract, is_number, lambda text: f"-{text or 1}" if text != "0" else "-1")


@corruption
def html_entity_in_a_code(extract):
    return replace_cell(extract, is_coded, lambda text: f"{text[:1]}&nbsp;{text[1:]}")


@corruption
def two_cells_swapped(extract):
    first = extract.cell(is_date)
    if first is None:
        return False
    row, position = first
    other = extract.position(is_coded)
    cells = extract.rows[row]
    if other < 0 or not cells[other]:
        return False
    cells[position], cells[other] = cells[other], cells[position]
    return True


# Dates -----------------------------------------------------------------------------------------


@corruption
def day_that_does_not_exist(extract):
    return replace_cell(extract, is_date, lambda _: "31/02/2022")


@corruption
def year_of_two_digits(extract):
    return replace_cell(extract, is_date, lambda text: day_first(text)[:6] + text[2:4])


@corruption
def date_of_another_century(extract):
    return replace_cell(extract, is_date, lambda text: f"19{text[2:]}")


@corruption
def date_in_words(extract):
    return replace_cell(extract, is_date, lambda _: "last week")


@corruption
def date_without_its_day(extract):
    return replace_cell(extract, is_date, lambda text: text[:7])


@corruption
def date_with_a_time_zone(extract):
    """At an hour that is on the same day here; test_date_forms.py has those that are not."""
    zone = extract.random.choice(["Z", "+01:00", "-05:00", " UTC", " BST"])
    return replace_cell(extract, is_date, lambda text: f"{text}T12:30:00{zone}")


@corruption
def dates_as_day_numbers(extract):
    def number(text: str) -> str:
        return str((date.fromisoformat(text) - EXCEL_DAY_0).days)

    return change_dates(extract, number)


@corruption
def dates_day_first(extract):
    return change_dates(extract, day_first)


@corruption
def dates_half_converted(extract):
    """What Excel makes of 04/05/2021 where months come first: a date; 13/05/2021 stays text."""

    def convert(text: str) -> object:
        day = date.fromisoformat(text)
        if day.day > 12:
            return day_first(text)
        swapped = date(day.year, day.day, day.month)
        return swapped.isoformat() if extract.is_text else swapped

    return change_dates(extract, convert)


def day_first(text: str) -> str:
    return f"{text[8:10]}/{text[5:7]}/{text[:4]}"


def change_dates(extract: Extract, change: Callable[[str], object]) -> bool:
    """Change all dates of a column."""
    position = extract.position(is_date)
    for cells in extract.rows[1:]:
        if position >= 0 and cells[position]:
            cells[position] = change(cells[position])
    return position >= 0


# Headings --------------------------------------------------------------------------------------


def replace_heading(extract: Extract, change: Callable[[str], object]) -> bool:
    place = extract.cell(is_public)
    if place:
        extract.heading[place[1]] = change(extract.heading[place[1]])
    return place is not None


@corruption
def heading_misspelt(extract):
    return replace_heading(extract, lambda text: text[:-1] + "x" + text[-1])


@corruption
def heading_blank(extract):
    return replace_heading(extract, lambda _: "")


@corruption
def heading_of_spaces(extract):
    return replace_heading(extract, lambda _: "  ")


@corruption
def heading_an_error(extract):
    return replace_heading(extract, lambda _: ErrorCell(extract.random.choice(ERRORS)))


@corruption
def heading_in_capitals(extract):
    return replace_heading(extract, lambda text: f" {text.upper()} ")


@corruption
def heading_repeated(extract):
    position = extract.position(is_public)
    for row, cells in enumerate(extract.rows):
        cells.append(cells[position] if not row else "")


@corruption
def title_above_the_headings(extract):
    extract.rows.insert(0, ["Complaints team, extract"] + [""] * (len(extract.heading) - 1))


@corruption
def columns_in_another_order(extract):
    order = list(range(len(extract.heading)))
    extract.random.shuffle(order)
    extract.rows[:] = [[cells[position] for position in order] for cells in extract.rows]


@corruption
def column_without_heading_added(extract):
    position = extract.random.randrange(len(extract.heading) + 1)
    for row, cells in enumerate(extract.rows):
        cells.insert(position, "note" if row else "")


# Rows ------------------------------------------------------------------------------------------


@corruption
def row_repeated(extract):
    extract.rows.append(list(extract.random.choice(extract.rows[1:])))


@corruption
def rows_in_another_order(extract):
    records = extract.rows[1:]
    extract.random.shuffle(records)
    extract.rows[1:] = records


@corruption
def blank_row_between(extract):
    position = extract.random.randrange(1, len(extract.rows))
    extract.rows.insert(position, [""] * len(extract.heading))


@corruption
def row_of_totals_below(extract):
    cells = ["Total", str(len(extract.rows) - 1)]
    extract.rows.append(cells + [""] * (len(extract.heading) - 2))


@corruption
def headings_again_between(extract):
    position = extract.random.randrange(2, len(extract.rows) + 1)
    extract.rows.insert(position, list(extract.heading))


@corruption
def row_cut_short(extract):
    cells = extract.random.choice(extract.rows[1:])
    del cells[extract.random.randrange(2, len(cells)) :]
    return extract.is_text  # in a workbook a row has no length


@corruption
def row_with_one_cell_more(extract):
    extract.random.choice(extract.rows[1:]).append("more")


@corruption
def cells_moved_to_the_right(extract):
    cells = extract.random.choice(extract.rows[1:])
    cells.insert(extract.random.randrange(1, len(cells) - 1), "")
    cells.pop()


@corruption
def rows_hidden(extract):
    if extract.is_text:
        return False
    rows = tuple(sorted(extract.random.sample(range(1, len(extract.rows)), 1)))
    extract.look = Look(hidden_rows=rows)
    return True


@corruption
def column_hidden(extract):
    if extract.is_text:
        return False
    extract.look = Look(hidden_columns=(extract.position(is_public),))
    return True


@corruption
def cells_merged(extract):
    if extract.is_text or len(extract.rows) < 3:
        return False
    position = extract.position(is_public)
    row = extract.random.randrange(1, len(extract.rows) - 1)
    extract.rows[row + 1][position] = ""
    extract.look = Look(merged=((row, row + 1, position, position),))
    return True


# Sheets and files ------------------------------------------------------------------------------


@corruption
def sheet_hidden(extract):
    if extract.is_text:
        return False
    extract.look = Look(is_hidden=True)
    extract.sheets = {"Cover": [["Extract of the complaints team"]]}
    return True


@corruption
def hidden_sheet_first(extract):
    if extract.is_text:
        return False
    extract.sheets = {"Data": extract.rows}
    extract.sheet_name, extract.rows = "Old", [extract.heading, *extract.rows[-1:]]
    extract.look = Look(is_hidden=True)
    return True


@corruption
def some_rows_on_another_sheet(extract):
    if extract.is_text:
        return False
    name = extract.random.choice(["Sheet2", "more", f"{extract.name} 2", "Q2"])
    middle = (len(extract.rows) + 1) // 2
    extract.sheets = {name: [extract.heading, *extract.rows[middle:]]}
    del extract.rows[middle:]
    return True


@corruption
def sheet_copied(extract):
    if extract.is_text:
        return False
    extract.sheets = {f"{extract.name} (2)": extract.rows}
    return True


@corruption
def summary_sheet_first(extract):
    if extract.is_text:
        return False
    extract.sheets = {"Data": extract.rows}
    extract.sheet_name, extract.rows = "Summary", [["Measure", "Number"], ["Rows", "3"]]
    return True


@corruption
def file_copied(extract):
    extract.files = {f"{extract.name} (2)": extract.rows}


@corruption
def file_in_two_parts(extract):
    middle = (len(extract.rows) + 1) // 2
    extract.files = {f"{extract.name}_q2": [extract.heading, *extract.rows[middle:]]}
    extract.file_name = f"{extract.name} Q1"
    extract.rows = extract.rows[:middle]


@corruption
def parts_with_other_headings(extract):
    file_in_two_parts(extract)
    [rows] = extract.files.values()
    heading = list(rows[0])
    heading[extract.random.randrange(len(heading))] += " new"
    rows[0] = heading


@corruption
def file_misnamed(extract):
    extract.file_name = extract.sheet_name = f"{extract.name[:-1]}x"


@corruption
def file_marked_as_old(extract):
    extract.file_name = extract.sheet_name = f"{extract.name} old"


# Text files ------------------------------------------------------------------------------------


def encoded(extract: Extract, encode: Callable[[str], bytes]) -> bool:
    extract.encode = encode
    return extract.is_text


def accented(extract: Extract, text: str = "Zoë at the café, £5") -> bool:
    """Put a text that not all encodings write alike into a cell."""
    return replace_cell(
        extract, lambda column: column.type == "text" and is_public(column), lambda _: text
    )


@corruption
def ends_of_lines_of_windows(extract):
    return encoded(extract, lambda text: text.replace("\n", "\r\n").encode("utf-8-sig"))


@corruption
def ends_of_lines_of_old_macs(extract):
    return encoded(extract, lambda text: text.replace("\n", "\r").encode())


@corruption
def semicolons_for_commas(extract):
    def encode(text: str) -> bytes:
        output = io.StringIO()
        csv.writer(output, delimiter=";").writerows(csv.reader(io.StringIO(text)))
        return output.getvalue().encode("cp1252", "replace")

    return encoded(extract, encode)


@corruption
def utf_16(extract):
    return encoded(extract, lambda text: text.encode("utf-16"))


@corruption
def quotation_mark_not_closed(extract):
    def encode(text: str) -> bytes:
        lines = text.splitlines()
        row = extract.random.randrange(1, len(lines))
        lines[row] = lines[row].replace(",", ',"', 1)
        return "\n".join(lines).encode()

    return encoded(extract, encode)


@corruption
def file_cut_off(extract):
    return encoded(extract, lambda text: text[: -extract.random.randrange(2, 20)].encode())


@corruption
def null_byte(extract):
    return encoded(extract, lambda text: text.encode()[:-3] + b"\0" + text.encode()[-3:])


@corruption
def line_in_another_encoding(extract):
    def encode(text: str) -> bytes:
        return text.encode().replace("café".encode(), "café".encode("cp1252"))

    return accented(extract) and encoded(extract, encode)


@corruption
def encoding_of_dos(extract):
    return accented(extract, "café") and encoded(
        extract, lambda text: text.encode("cp850", "replace")
    )


@corruption
def encoding_of_old_macs(extract):
    return accented(extract, "café") and encoded(
        extract, lambda text: text.encode("mac_roman", "replace")
    )


@corruption
def text_decoded_wrongly_before(extract):
    return accented(extract, "Zoë café".encode().decode("cp1252"))


# published.csv ---------------------------------------------------------------------------------

PublishedCorruption = Callable[[list[dict], random.Random], object]
PUBLISHED_CORRUPTIONS: dict[str, PublishedCorruption] = {}


def published_corruption(function: PublishedCorruption) -> PublishedCorruption:
    """Add a function of the rows of published.csv to the list."""
    PUBLISHED_CORRUPTIONS[function.__name__] = function
    return function


@published_corruption
def published_value_an_error(rows, rng):
    rng.choice(rows)["value"] = rng.choice(ERRORS)


@published_corruption
def published_value_in_words(rows, rng):
    rng.choice(rows)["value"] = "many"


@published_corruption
def published_value_blank(rows, rng):
    rng.choice(rows)["value"] = ""


@published_corruption
def published_value_below_zero(rows, rng):
    rng.choice(rows)["value"] = "-3"


@published_corruption
def published_row_twice(rows, rng):
    rows.append(dict(rng.choice(rows)))


@published_corruption
def published_year_unreadable(rows, rng):
    rng.choice(rows)["year"] = "2019"


@published_corruption
def published_figure_misspelt(rows, rng):
    row = rng.choice(rows)
    row["figure"] = row["figure"][:-1] + "x"


@published_corruption
def published_category_misspelt(rows, rng):
    row = rng.choice([row for row in rows if row["category"]])
    row["category"] = row["category"][:-1] + "x"


def breakdowns_with_totals(rows):
    """The rows of each breakdown of a year, with that of its total, where they add up."""
    by_figure = {}
    for row in rows:
        by_figure.setdefault((row["figure"], row["year"]), []).append(row)
    for (figure, year), parts in by_figure.items():
        totals = by_figure.get((CATALOGUE[figure].base, year), [])
        if totals and sum(float(row["value"]) for row in parts) == float(totals[0]["value"]):
            yield parts, totals[0]


@published_corruption
def published_total_changed(rows, rng):
    """Of a total whose parts are given; no rule can judge a number that stands alone."""
    row = rng.choice([total for _, total in breakdowns_with_totals(rows)])
    row["value"] = str(int(float(row["value"])) + 1)


@published_corruption
def published_part_changed(rows, rng):
    """Of parts that add up to a total."""
    row = rng.choice([row for parts, _ in breakdowns_with_totals(rows) for row in parts])
    row["value"] = str(int(float(row["value"])) + 1)


@published_corruption
def published_count_not_whole(rows, rng):
    rng.choice(rows)["value"] = "3.5"
