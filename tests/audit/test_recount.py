"""Every number of the report, counted again from the raw files.

An auditor distrusts the program. So this follows the link of each number to its figure's page,
selects the rows from the raw files with plain pandas by the figure's rule in words, and compares
both the number and the rows that the page lists. Nothing of the package is used but its files.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup

REPORTED_YEAR = "2021-22"
DATA_AS_AT = "2022-09-30"
AVAILABLE_YEARS = ("2020-21", REPORTED_YEAR)
# fmt: off
BANK_HOLIDAYS = [
    "2020-04-10", "2020-04-13", "2020-05-08", "2020-05-25", "2020-08-31", "2020-12-25",
    "2020-12-28", "2021-01-01", "2021-04-02", "2021-04-05", "2021-05-03", "2021-05-31",
    "2021-08-30", "2021-12-27", "2021-12-28", "2022-01-03", "2022-04-15", "2022-04-18",
    "2022-05-02", "2022-06-02", "2022-06-03", "2022-08-29", "2022-09-19",
]
# fmt: on
DECIDED_OUTCOMES = ["upheld", "partially upheld", "not upheld", "no finding"]
# Working days, and extended: SI 2006/1738, regs 14 and 17.
LIMIT_DAYS = {"1": (10, 20), "2": (25, 65)}
STAGE_3_LIMIT_DAYS = {"panel_met": 30, "panel_reported": 5, "responded": 15}
NOT_RECORDED = "not recorded"
WHOLE_FILE = "the whole file"
ALL_CATEGORIES = "all"
SCOPES = {"yes": "under this procedure", "no": "under another procedure"}
WORDS = {"no": "0", "No": "0", "none": "0", "None of": "0", "Both": "2"}
PRINT_TOLERANCE = 0.051  # a page shows one decimal place
# The sample's report has more than these; far fewer would mean that a test looks at nothing.
MIN_NUMBERS = 250
MIN_RECOUNTED = 200
MIN_FOLLOWING = 5
MIN_PUBLISHED = 50

# fmt: off
COLUMN_OF_COMPLAINTS = {
    "complaints.by_outcome": "result",
    "complaints.by_service_area": "service_area",
    "complaints.by_team": "team",
    "complaints.by_route": "route",
    "complaints.by_complainant": "complainant_type",
    "complaints.by_method": "method",
    "complaints.by_gender": "gender",
    "complaints.by_age_band": "age_band",
    "complaints.by_disability": "disability",
    "complaints.by_ethnicity": "ethnicity",
}
QUERY_OF_COMPLAINTS = {
    "complaints.received": "index == index",
    "complaints.per_1000_children": "index == index",
    "complaints.decided": "result in @DECIDED_OUTCOMES",
    "complaints.upheld_wholly_or_partly": "result in ('upheld', 'partially upheld')",
    "complaints.accepted": "accepted == 'yes'",
    "complaints.turned_away": "accepted == 'no'",
    "complaints.concluded": "status == 'closed'",
    "complaints.withdrawn": "result == 'withdrawn'",
    "complaints.from_young_people": "complainant_type == 'child or young person'",
    "complaints.with_gender": "gender.notna()",
    "complaints.with_age_band": "age_band.notna()",
    "complaints.with_disability": "disability.notna()",
    "complaints.with_ethnicity": "ethnicity.notna()",
    "complaints.with_sexual_orientation": "sexual_orientation.notna()",
}
STATISTICS = {
    "shortest_days": min,
    "median_days": np.median,
    "mean_days": np.mean,
    "days_90th": lambda days: np.percentile(days, 90, method="inverted_cdf"),
    "longest_days": max,
}
DATE_COLUMNS = {
    "compliments": "received",
    "concerns": "received",
    "training": "date",
}
# fmt: on


class NumberRow(NamedTuple):
    """A row of the numbers' table on a figure's page."""

    label: str
    year: str
    number: str
    base: str
    row_count: str
    source: str
    withheld_because: str


class FigurePage(NamedTuple):
    """What a figure's page says.

    numbers: by anchor.
    rows: file and row number, by year and category.
    base: id of the figure that shares are of; empty if there is none.
    """

    numbers: dict[str, NumberRow]
    rows: dict[tuple[str, str], list[tuple[str, str]]]
    base: str


def working_days(starts: pd.Series, ends: pd.Series) -> pd.Series:
    """Working days after one date, up to and including the other; missing where a date is."""
    days = pd.Series(pd.NA, index=starts.index, dtype="Float64")
    complete = starts.notna() & ends.notna()
    days[complete] = np.busday_count(
        starts[complete].to_numpy("datetime64[D]") + 1,
        ends[complete].to_numpy("datetime64[D]") + 1,
        holidays=BANK_HOLIDAYS,
    )
    return days


class RawData:
    """The raw files of the available years, with file, row number and year of each row."""

    def __init__(self, workspace):
        self._folder = workspace / "data" / "raw"

    @cache  # noqa: B019
    def table(self, extract: str, date_column: str = "") -> pd.DataFrame:
        """An extract of all years.

        date_column: the column whose date decides the year; without it the folder does.
        """
        parts = []
        for folder in AVAILABLE_YEARS:
            path = self._folder / folder / f"{extract}.csv"
            if path.exists():
                part = pd.read_csv(path, dtype="str")
                name = f"data/raw/{folder}/{extract}.csv"
                parts.append(part.assign(file=name, row=range(2, len(part) + 2), folder=folder))
        table = pd.concat(parts, ignore_index=True)
        if not date_column:
            return table.assign(year=table["folder"])
        starts = pd.PeriodIndex(pd.to_datetime(table[date_column]), freq="Q-MAR").qyear - 1
        return table.assign(year=[year_text(start) for start in starts])

    def of_year(self, extract: str, date_column: str, year: str) -> pd.DataFrame:
        table = self.table(extract, date_column)
        return table[table["year"] == year]

    def complaints(self) -> pd.DataFrame:
        """All complaints, with how each ended in the column `result`."""
        table = self.table("complaints", "received")
        result = table["outcome"].mask(table["status"] == "open", "open")
        return table.assign(result=result.mask(table["accepted"] == "no", "not accepted"))

    def complaints_before(self, stage: str) -> set[str]:
        """The references of the complaints that were at an earlier stage."""
        table = self.table("investigations", "requested")
        return set(table.loc[table["stage"] < stage, "complaint"])

    def stage(self, stage: str) -> pd.DataFrame:
        """All investigations of a stage, with the columns `days` and `timeliness`."""
        table = self.table("investigations", "requested").query("stage == @stage")
        days = working_days(table["requested"], table["responded"])
        timeliness = pd.Series("late", index=table.index)
        if stage == "3":
            in_time = stage_3_in_time(table)
        else:
            limit, extended_limit = LIMIT_DAYS[stage]
            is_extended = (table["extended"] == "yes") & table["extension_ground"].notna()
            in_extension = is_extended & (days <= extended_limit)
            timeliness = timeliness.mask(in_extension.fillna(False), "within extension")
            in_time = days <= limit
        timeliness = timeliness.mask(in_time.fillna(False), "within limit")
        unanswered = table["outcome"].where(table["outcome"] == "withdrawn", "open")
        timeliness = timeliness.mask(table["responded"].isna(), unanswered)
        return table.assign(days=days, timeliness=timeliness)

    def still_open(self, table: pd.DataFrame, end_column: str, year: str) -> pd.DataFrame:
        """The rows of earlier years that had not ended when the year began."""
        end = table[end_column]
        is_open = end.isna() | (end >= f"{year[:4]}-04-01")
        return table[(table["year"] < year) & is_open]


def year_text(start: float) -> str:
    """The year that starts in a calendar year, such as 2021-22; empty for NaN."""
    return "" if np.isnan(start) else f"{start:.0f}-{(start + 1) % 100:02.0f}"


def split_codes(cell: object) -> list[str]:
    """The codes in a cell that may have several."""
    return [code.strip() for code in str(cell).split(";")]


def stage_3_in_time(table: pd.DataFrame) -> pd.Series:
    starts = {
        "panel_met": "requested",
        "panel_reported": "panel_met",
        "responded": "panel_reported",
    }
    in_time = pd.Series(True, index=table.index, dtype="boolean")
    for end, limit in STAGE_3_LIMIT_DAYS.items():
        in_time &= working_days(table[starts[end]], table[end]) <= limit
    return in_time


def select_rows(raw: RawData, id: str, year: str, label: str) -> pd.DataFrame:
    """The rows that a figure's rule in words selects.

    label: the category, and detail, as the figure's page shows them.
    """
    label = "" if label == ALL_CATEGORIES else label
    subject, _, measure = id.partition(".")
    if subject == "representations":
        return select_representations(raw, year, label)
    if subject.startswith("stage_"):
        return select_investigations(raw, subject[-1], measure, year, label)
    if measure == "by_stage":
        return select_investigations(raw, label[-1], measure, year, label)
    if measure == "bypassed_stage_1":
        rows = select_investigations(raw, "2", measure, year, label)
        return rows[rows["bypassed"] == "yes"]
    if subject == "complaints":
        return select_complaints(raw, id, year, label)
    return select_others(raw, subject, measure, year, label)


def select_representations(raw: RawData, year: str, label: str) -> pd.DataFrame:
    extracts = {
        "complaints": "complaints",
        "Ombudsman cases": "ombudsman",
        "compliments": "compliments",
    }
    return pd.concat(
        raw.of_year(extract, "received", year)
        for kind, extract in extracts.items()
        if not label or kind == label
    )


def select_complaints(raw: RawData, id: str, year: str, label: str) -> pd.DataFrame:
    all_years = raw.complaints()
    rows = all_years[all_years["year"] == year]
    if id in QUERY_OF_COMPLAINTS:
        return rows.query(QUERY_OF_COMPLAINTS[id], engine="python")
    if id in COLUMN_OF_COMPLAINTS:
        return rows[rows[COLUMN_OF_COMPLAINTS[id]].fillna(NOT_RECORDED) == label]
    last_day = f"{int(year[:4]) + 1}-03-31"
    upheld = rows[rows["result"].isin(["upheld", "partially upheld"])]
    choices: dict[str, Callable[[], pd.DataFrame]] = {
        "complaints.decided_by_outcome": lambda: rows[
            (rows["result"] == label) & rows["result"].isin(DECIDED_OUTCOMES)
        ],
        "complaints.turned_away_by_reason": lambda: rows[
            (rows["accepted"] == "no") & (rows["not_accepted_reason"].fillna(NOT_RECORDED) == label)
        ],
        "complaints.issues": lambda: rows.loc[
            rows.index.repeat([len(set(split_codes(themes))) for themes in rows["theme"]])
        ],
        "complaints.upheld_by_theme": lambda: upheld[
            [label in split_codes(themes) for themes in upheld["theme"]]
        ],
        "complaints.upheld_by_service_area": lambda: upheld[upheld["service_area"] == label],
        "complaints.by_theme": lambda: rows[
            [label in split_codes(themes) for themes in rows["theme"]]
        ],
        "complaints.open_at_year_end": lambda: rows[
            rows["closed"].isna() | (rows["closed"] > last_day)
        ],
        "complaints.carried_over": lambda: raw.still_open(all_years, "closed", year),
        "complaints.carried_over_by_outcome": lambda: raw.still_open(
            all_years[all_years["result"] == label], "closed", year
        ),
        "complaints.carried_over_at_year_end": lambda: raw.still_open(
            closed_in(year, all_years)
            if label == "closed in the year"
            else all_years[all_years["closed"].isna() | (all_years["closed"] > last_day)],
            "closed",
            year,
        ),
        "complaints.closed_in_year": lambda: closed_in(year, all_years),
        "complaints.closed_in_year_by_receipt": lambda: closed_in(
            year, rows if label == "received in the year" else all_years[all_years["year"] < year]
        ),
        "complaints.at_stage_1": lambda: at_stages(raw, rows, "1"),
        "complaints.at_stage_2": lambda: at_stages(raw, rows, "2"),
        "complaints.went_on_to_stage_2": lambda: at_stages(raw, rows, "12"),
        "complaints.went_on_to_stage_3": lambda: at_stages(raw, rows, "23"),
        "complaints.escalated": lambda: rows[
            rows["reference"].isin(raw.stage(label[-1])["complaint"])
            & rows["reference"].isin(raw.complaints_before(label[-1]))
        ],
    }
    return choices[id]()


def at_stages(raw: RawData, complaints: pd.DataFrame, stages: str) -> pd.DataFrame:
    """The complaints that were investigated at each of the stages."""
    for stage in stages:
        complaints = complaints[complaints["reference"].isin(raw.stage(stage)["complaint"])]
    return complaints


def closed_in(year: str, complaints: pd.DataFrame) -> pd.DataFrame:
    """The complaints with a closing date in the year."""
    first_day, last_day = f"{year[:4]}-04-01", f"{int(year[:4]) + 1}-03-31"
    return complaints[complaints["closed"].between(first_day, last_day)]


def select_investigations(
    raw: RawData, stage: str, measure: str, year: str, label: str
) -> pd.DataFrame:
    rows = raw.stage(stage)
    rows = rows[rows["year"] == year]
    if measure in ("by_outcome", "timeliness"):
        column = "outcome" if measure == "by_outcome" else "timeliness"
        return rows[rows[column] == label]
    if measure == "answered" or measure in STATISTICS:
        return rows[rows["responded"].notna()]
    if measure == "by_days":
        return rows[rows["days"] == (float(label) if label else rows["days"])]
    if measure == "costed":
        return rows[rows["cost"].notna()]
    if measure == "upheld_wholly_or_partly":
        return rows[rows["outcome"].isin(("upheld", "partially upheld"))]
    if measure == "in_time":
        return rows[rows["timeliness"].isin(("within limit", "within extension"))]
    return rows


def select_others(raw: RawData, subject: str, measure: str, year: str, label: str) -> pd.DataFrame:
    """The rows of a figure of any extract but complaints and investigations."""
    if subject == "ombudsman":
        date_column = "decided" if measure.startswith("decided") else "received"
    else:
        date_column = DATE_COLUMNS.get(subject, "")
    table = raw.table(subject, date_column)
    rows = table[table["year"] == year]
    if "carried_over" in measure:
        unfinished = table[table["status"] != "not implemented"]
        rows = raw.still_open(unfinished, "completed", year)
    # fmt: off
    choices: dict[str, Callable[[], pd.Series]] = {
        "by_service_area": lambda: rows["service_area"] == label,
        "by_source": lambda: rows["source"].fillna(NOT_RECORDED) == label,
        "by_decision": lambda: rows["decision"] == label,
        "decided_by_decision": lambda: rows["decision"] == label,
        "decided_by_subject": lambda: rows["subject"] + ", " + rows["decision"] == label,
        "by_scope": lambda: rows["in_scope"].map(SCOPES) == label,
        "by_subject": lambda: rows["subject"] + ", " + rows["decision"] == label,
        "by_status": lambda: rows["status"] == label,
        "carried_over_by_status": lambda: rows["status"] == label,
        "overdue": lambda: is_overdue(rows),
        "overdue_carried_over": lambda: is_overdue(rows),
        "tracker": lambda: tracker_labels(rows) == label,
        "carried_over_tracker": lambda: tracker_labels(rows) == label,
        "not_implemented": lambda: (
            (rows["status"] == "not implemented")
            & (rows["action"] + ", " + rows["reason"].fillna(NOT_RECORDED) == label)
        ),
        "actions": lambda: rows["action"] + ", " + rows["status"] == label,
        "quotations": lambda: rows["approved_text"] + ", " + rows["source"] == label,
        "settled": lambda: rows["settled"].notna() & rows["complaint"].isna(),
        "counted": lambda: rows["attended"].notna(),
        "referrals_by_service_area": lambda: (
            (rows["measure"] == "referrals") & (rows["service_area"] == label)
        ),
        "children_in_need_by_service_area": lambda: (
            (rows["measure"] == "children in need") & (rows["service_area"] == label)
        ),
        "children_in_need": lambda: (
            (rows["measure"] == "children in need") & rows["service_area"].isna()
        ),
    }
    # fmt: on
    return rows[choices[measure]()] if measure in choices else rows


def is_overdue(actions: pd.DataFrame) -> pd.Series:
    return (actions["status"] == "in progress") & (actions["due"] < DATA_AS_AT)


def tracker_labels(actions: pd.DataFrame) -> pd.Series:
    """Each action with its owner, due date and status, as the figure's page shows them."""
    due = [
        NOT_RECORDED if pd.isna(day) else f"{day:%d %B %Y}".removeprefix("0")
        for day in pd.to_datetime(actions["due"])
    ]
    owner = actions["owner"].fillna(NOT_RECORDED)
    return actions["action"] + ", " + owner + " | " + due + " | " + actions["status"]


def recount(id: str, rows: pd.DataFrame, children: float) -> float:
    """The number that the rows give. children: the number of children in need."""
    measure = id.rpartition(".")[2]
    if measure in STATISTICS:
        return STATISTICS[measure](rows["days"].astype(float))
    if id == "complaints.per_1000_children":
        return len(rows) / children * 1000
    if id == "stage_2.cost":
        return rows["cost"].astype(float).sum()
    if id == "training.attended":
        return rows["attended"].astype(float).sum()
    if id.startswith("activity."):
        return float(rows["count"].iloc[-1])
    return len(rows)


@pytest.fixture(scope="module")
def raw(sample_report) -> RawData:
    return RawData(sample_report.workspace)


@pytest.fixture(scope="module")
def published(sample_report) -> pd.DataFrame:
    """published.csv, by figure, year and category."""
    path = sample_report.workspace / "data" / "raw" / "published.csv"
    table = pd.read_csv(path, dtype="str", keep_default_na=False)
    return table.set_index(["figure", "year", "category"])


@pytest.fixture(scope="module")
def children_in_need(raw) -> float:
    activity = raw.of_year("activity", "", REPORTED_YEAR)
    totals = activity[activity["service_area"].isna()].set_index("measure")["count"]
    return float(totals["children in need"])


@pytest.fixture(scope="module")
def figure_page(sample_report):
    """figure_page("complaints.received"): what the figure's page says."""

    @cache
    def read(id: str) -> FigurePage:
        path = sample_report.audit / "figures" / f"{id}.html"
        main = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser").main
        tables = {table.caption.get_text(): table for table in main.find_all("table")}
        numbers = {
            row.th.span["id"]: NumberRow(*cell_texts(row))
            for row in tables["Its numbers"].tbody.find_all("tr")
        }
        rows: dict[tuple[str, str], list[tuple[str, str]]] = {}
        if "The rows it is made of" in tables:
            for row in tables["The rows it is made of"].tbody.find_all("tr"):
                year, label, file, number, _ = cell_texts(row)
                rows.setdefault((year, label), []).append((file, number))
        base = ""
        if "Shares are of" in main.get_text():
            base = main.find("a", string=True)["href"].removesuffix(".html")
        return FigurePage(numbers, rows, base)

    return read


def cell_texts(row) -> list[str]:
    return [cell.get_text() for cell in row.find_all(["th", "td"])]


@pytest.fixture(scope="module")
def numbers(sample_report):
    """Every number of the auditor's edition of the report."""
    html = (sample_report.audit / "annual-report.html").read_text(encoding="utf-8")
    return BeautifulSoup(html, "html.parser").main.find_all("data")


def figure_links(numbers) -> list[tuple[str, str]]:
    """The figure and the anchor that each number of a figure links to."""
    links = []
    for number in numbers:
        if number.has_attr("data-figure"):
            address, _, anchor = number.find_parent("a")["href"].partition("#")
            links.append((address.removeprefix("figures/").removesuffix(".html"), anchor))
    return links


def parse_number(text: str) -> float:
    return float(text.split(" ")[0].replace(",", "").lstrip("£"))


def test_every_number_links_to_a_figure_or_names_its_setting(numbers):
    assert len(numbers) > MIN_NUMBERS
    for number in numbers:
        if number.has_attr("data-figure"):
            assert number.find_parent("a")
        else:
            assert number.has_attr("data-setting")


# What published.csv does not have but what follows from it: the sum of these numbers, each with its
# sign, its figure and its categories; without categories that of the same name.
# fmt: off
FOLLOWS = {
    "complaints.accepted": [
        (1, "complaints.received", ("",)), (-1, "complaints.by_outcome", ("not accepted",))],
    "complaints.turned_away": [(1, "complaints.by_outcome", ("not accepted",))],
    "complaints.withdrawn": [(1, "complaints.by_outcome", ("withdrawn",))],
    "complaints.concluded": [
        (1, "complaints.received", ("",)), (-1, "complaints.by_outcome", ("open",))],
    "complaints.decided": [(1, "complaints.by_outcome", tuple(DECIDED_OUTCOMES))],
    "complaints.decided_by_outcome": [(1, "complaints.by_outcome", ())],
    "complaints.upheld_wholly_or_partly": [
        (1, "complaints.by_outcome", ("upheld", "partially upheld"))],
    "complaints.by_complainant": [(1, "complaints.from_young_people", ("",))],
    "stage_1.investigated": [(1, "complaints.by_stage", ("stage 1",))],
    "stage_2.investigated": [(1, "complaints.by_stage", ("stage 2",))],
    "stage_3.investigated": [(1, "complaints.by_stage", ("stage 3",))],
    "stage_1.by_outcome": [(1, "stage_1.timeliness", ())],
    "stage_1.answered": [(1, "stage_1.timeliness", ("within limit", "within extension", "late"))],
    "stage_1.in_time": [(1, "stage_1.timeliness", ("within limit", "within extension"))],
}
# fmt: on


@pytest.mark.slow
def test_every_number_and_its_rows_are_recounted_from_raw_files(
    numbers, figure_page, raw, published, children_in_need
):
    links = list(dict.fromkeys(figure_links(numbers)))
    counts = {"recounted": 0, "published": 0, "a whole file": 0, "not available": 0}
    counts["follows from published numbers"] = 0
    for id, anchor in links:
        page = figure_page(id)
        row = page.numbers[anchor]
        listed_rows = page.rows.get((row.year, row.label), [])
        if row.number.startswith("["):
            assert row.year not in AVAILABLE_YEARS
            counts["not available"] += 1
        elif row.source != "extracts":
            category = "" if row.label == ALL_CATEGORIES else row.label
            value = parse_number(row.number)
            assert listed_rows == []
            if (id, row.year, category) in published.index:
                source_row = published.loc[[(id, row.year, category)]].iloc[0]
                assert (float(source_row["value"]), source_row["source"]) == (value, row.source), id
                counts["published"] += 1
            else:
                assert value == following_number(published, id, row.year, category), (id, row)
                counts["follows from published numbers"] += 1
        elif id == "data_quality.warnings":
            check_warning(raw, row, listed_rows)
            counts["a whole file"] += 1
        else:
            check_recount(raw, id, row, listed_rows, children_in_need)
            check_base(raw, page.base, row, children_in_need)
            counts["recounted"] += 1
    assert counts["recounted"] > MIN_RECOUNTED
    assert counts["published"] > MIN_PUBLISHED
    assert counts["follows from published numbers"] > MIN_FOLLOWING
    assert counts["a whole file"] == 2
    assert sum(counts.values()) == len(links)


def following_number(published: pd.DataFrame, id: str, year: str, category: str) -> float:
    """The number that follows from others in published.csv, by FOLLOWS."""
    total = 0.0
    for sign, figure, categories in FOLLOWS[id]:
        for name in categories or (category,):
            total += sign * float(published.loc[[(figure, year, name)]].iloc[0]["value"])
    return total


def check_recount(
    raw: RawData,
    id: str,
    row: NumberRow,
    listed_rows: list[tuple[str, str]],
    children: float,
) -> None:
    """The page lists the rows that the rule selects, and they give its number."""
    rows = select_rows(raw, id, row.year, row.label)
    selected_rows = list(zip(rows["file"], rows["row"].astype(str), strict=True))
    assert sorted(listed_rows) == sorted(selected_rows), (id, row)
    tolerance = PRINT_TOLERANCE if "." in row.number else 0
    value = parse_number(row.number)
    assert recount(id, rows, children) == pytest.approx(value, abs=tolerance), (id, row)


def check_base(raw: RawData, base: str, row: NumberRow, children: float) -> None:
    """If the page shows a denominator, it is the number of its figure."""
    if row.base:
        rows = select_rows(raw, base, row.year, ALL_CATEGORIES)
        assert recount(base, rows, children) == parse_number(row.base), (base, row)


def check_warning(raw: RawData, row: NumberRow, listed_rows: list[tuple[str, str]]) -> None:
    """The only warnings of the sample are about an extract with far fewer or more rows."""
    (file, place), *_ = listed_rows
    extract = row.label.rpartition(", ")[2]
    assert place == WHOLE_FILE
    assert file == f"data/raw/{row.year}/{extract}.csv"
    assert parse_number(row.number) == len(listed_rows)
    assert row.label.startswith("The number of rows is close to last year's")
    last_count, count = (
        len(raw.table(extract).query("folder == @year")) for year in AVAILABLE_YEARS
    )
    assert not last_count / 2 <= count <= last_count * 2


def test_number_in_the_report_equals_the_one_on_its_page(numbers, figure_page):
    figure_numbers = [number for number in numbers if number.has_attr("data-figure")]
    for number, (id, anchor) in zip(figure_numbers, figure_links(numbers), strict=True):
        printed = number.get_text().removeprefix("£")
        if printed == number.get("data-category"):
            continue  # a number of days, which is what was counted
        if printed.replace(",", "").replace(".", "").isdigit() or printed in WORDS:
            page_number = figure_page(id).numbers[anchor].number
            assert WORDS.get(printed, printed) == page_number.split(" ")[0], (number, page_number)
