"""An auditor distrusts the program: from the link in the report to the figure's page, its rows, and a count of one's own.

Nothing of the package is used here but what it left on disk. Each figure is selected anew from the raw files with plain pandas,
by its rule in words, and both the number and the very rows that its page names have to come out.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup

HELD = ("2020-21", "2021-22")
BANK_HOLIDAYS = [
    "2020-04-10", "2020-04-13", "2020-05-08", "2020-05-25", "2020-08-31", "2020-12-25", "2020-12-28",
    "2021-01-01", "2021-04-02", "2021-04-05", "2021-05-03", "2021-05-31", "2021-08-30", "2021-12-27", "2021-12-28",
    "2022-01-03", "2022-04-15", "2022-04-18", "2022-05-02", "2022-06-02", "2022-06-03", "2022-08-29", "2022-09-19",
]  # fmt: skip
DECIDED = ["upheld", "partially upheld", "not upheld", "no finding"]
LIMITS = {"1": (10, 20), "2": (25, 65)}  # working days, and extended: SI 2006/1738, regs 14 and 17
NEXT = "not recorded"
WHOLE_FILE = "the whole file"


def days(begins: pd.Series, ends: pd.Series) -> pd.Series:
    taken = pd.Series(pd.NA, index=begins.index, dtype="Float64")
    both = begins.notna() & ends.notna()
    taken[both] = np.busday_count(
        begins[both].to_numpy("datetime64[D]"),
        ends[both].to_numpy("datetime64[D]"),
        holidays=BANK_HOLIDAYS,
    )
    return taken


class Raw:
    """The raw files of the years held, a table an extract, with the file, the line and the financial year of each row."""

    def __init__(self, workspace):
        self._folder = workspace / "data" / "raw"

    @cache  # noqa: B019
    def __call__(self, extract: str, dated: str = "") -> pd.DataFrame:
        """dated: the column whose date says the year; without it the folder does."""
        parts = []
        for folder in HELD:
            if not (file := self._folder / folder / f"{extract}.csv").exists():
                continue
            table = pd.read_csv(file, dtype="str")
            parts.append(
                table.assign(
                    file=f"data/raw/{folder}/{extract}.csv",
                    row=range(2, len(table) + 2),
                    folder=folder,
                )
            )
        table = pd.concat(parts, ignore_index=True)
        if not dated:
            return table.assign(year=table["folder"])
        begins = pd.PeriodIndex(pd.to_datetime(table[dated]), freq="Q-MAR").qyear - 1
        return table.assign(
            year=[f"{y:.0f}-{(y + 1) % 100:02.0f}" if y == y else "" for y in begins]
        )

    def complaints(self) -> pd.DataFrame:
        table = self("complaints", "received")
        ended = (
            table["outcome"]
            .mask(table["status"] == "open", "open")
            .mask(table["accepted"] == "no", "not accepted")
        )
        return table.assign(ended=ended)

    def stage(self, stage: str) -> pd.DataFrame:
        table = self("investigations", "requested").query("stage == @stage")
        taken = days(table["requested"], table["responded"])
        if stage == "3":
            met, told = (
                days(table["requested"], table["panel_met"]),
                days(table["panel_met"], table["panel_reported"]),
            )
            in_time = (
                (met <= 30)
                & (told <= 5)
                & (days(table["panel_reported"], table["responded"]) <= 15)
            )
            late = pd.Series("late", index=table.index).mask(in_time.fillna(False), "within limit")
        else:
            limit, extended = LIMITS[stage]
            allowed = (
                (table["extended"] == "yes")
                & table["extension_ground"].notna()
                & (taken <= extended)
            )
            late = pd.Series("late", index=table.index).mask(
                allowed.fillna(False), "within extension"
            )
            late = late.mask((taken <= limit).fillna(False), "within limit")
        late = late.mask(
            table["responded"].isna(),
            table["outcome"].where(table["outcome"] == "withdrawn", "open"),
        )
        return table.assign(taken=taken, late=late)

    def still_open(self, table: pd.DataFrame, ended: str, year: str) -> pd.DataFrame:
        return table[
            (table["year"] < year) & (table[ended].isna() | (table[ended] >= f"{year[:4]}-04-01"))
        ]


OF_A_COLUMN = {
    "complaints.by_outcome": "ended", "complaints.by_service_area": "service_area", "complaints.by_route": "route",
    "complaints.by_complainant": "complainant_type", "complaints.by_method": "method", "complaints.by_gender": "gender",
    "complaints.by_age_band": "age_band", "complaints.by_disability": "disability", "complaints.by_ethnicity": "ethnicity",
}  # fmt: skip
OF_COMPLAINTS = {
    "complaints.received": "index == index", "complaints.per_1000_children": "index == index",
    "complaints.decided": "ended in @DECIDED",
    "complaints.turned_away": "accepted == 'no'", "complaints.concluded": "status == 'closed'",
    "complaints.withdrawn": "ended == 'withdrawn'",
    "complaints.from_young_people": "complainant_type == 'child or young person'", "complaints.with_gender": "gender.notna()",
    "complaints.with_age_band": "age_band.notna()", "complaints.with_disability": "disability.notna()",
    "complaints.with_ethnicity": "ethnicity.notna()", "complaints.with_sexual_orientation": "sexual_orientation.notna()",
}  # fmt: skip


def selected(raw: Raw, id: str, year: str, label: str) -> list[pd.DataFrame]:
    """The rows that a figure's rule in words selects. label: its category, and detail, as its page has it."""
    label = "" if label == "all" else label
    name, _, what = id.partition(".")
    cases = raw.complaints()
    of_year = cases[cases["year"] == year]
    if id in OF_COMPLAINTS:
        return [of_year.query(OF_COMPLAINTS[id], engine="python")]
    if id in OF_A_COLUMN:
        return [of_year[of_year[OF_A_COLUMN[id]].fillna(NEXT) == label]]
    if id == "complaints.decided_by_outcome":
        return [of_year[(of_year["ended"] == label) & of_year["ended"].isin(DECIDED)]]
    if id == "complaints.turned_away_by_reason":
        return [
            of_year[
                (of_year["accepted"] == "no")
                & (of_year["not_accepted_reason"].fillna(NEXT) == label)
            ]
        ]
    if id == "complaints.by_theme":
        return [
            of_year[
                [
                    label in [part.strip() for part in str(said).split(";")]
                    for said in of_year["theme"]
                ]
            ]
        ]
    if id == "complaints.open_at_year_end":
        last_day = f"{int(year[:4]) + 1}-03-31"
        return [of_year[of_year["closed"].isna() | (of_year["closed"] > last_day)]]
    if id == "complaints.carried_over":
        return [raw.still_open(cases, "closed", year)]
    if id == "complaints.escalated":
        return [of_year[of_year["reference"].isin(raw.stage(label[-1])["complaint"])]]
    if id in ("representations.received", "representations.by_kind"):
        kinds = {"complaints": of_year} | {
            kind: (table := raw(extract, "received"))[table["year"] == year]
            for kind, extract in (("Ombudsman cases", "ombudsman"), ("compliments", "compliments"))
        }
        return [rows for kind, rows in kinds.items() if not label or kind == label]
    if id in ("complaints.by_stage", "complaints.bypassed_stage_1") or name.startswith("stage_"):
        stage = label[-1] if what == "by_stage" else "2" if what == "bypassed_stage_1" else name[-1]
        rows = raw.stage(stage)
        rows = rows[rows["year"] == year]
        if what == "bypassed_stage_1":
            rows = rows[rows["bypassed"] == "yes"]
        if what in ("by_outcome", "timeliness"):
            rows = rows[rows["outcome" if what == "by_outcome" else "late"] == label]
        if what in ("median_days", "longest_days", "costed"):
            rows = rows[rows["cost" if what == "costed" else "responded"].notna()]
        return [rows]
    return [_of_another_extract(raw, name, what, year, label)]


def _of_another_extract(raw: Raw, name: str, what: str, year: str, label: str) -> pd.DataFrame:
    dated = {"ombudsman": "decided" if what == "decided" else "received", "compliments": "received", "concerns": "received",
             "training": "date"}.get(name, "")  # fmt: skip
    table = raw(name, dated)
    if what == "carried_over":
        return raw.still_open(table[table["status"] != "not implemented"], "completed", year)
    rows = table[table["year"] == year]
    scope = rows.get("in_scope", pd.Series(dtype="str")).map(
        {"yes": "under this procedure", "no": "under another procedure"}
    )
    wanted = {
        "by_service_area": lambda: rows["service_area"] == label, "by_source": lambda: rows["source"].fillna(NEXT) == label,
        "by_decision": lambda: rows["decision"] == label, "by_scope": lambda: scope == label,
        "by_subject": lambda: rows["subject"] + ", " + rows["decision"] == label,
        "by_status": lambda: rows["status"] == label, "actions": lambda: rows["action"] + ", " + rows["status"] == label,
        "quotations": lambda: rows["approved_text"] + ", " + rows["source"] == label,
        "settled": lambda: rows["settled"].notna() & rows["complaint"].isna(), "counted": lambda: rows["attended"].notna(),
        "children_in_need": lambda: (rows["measure"] == "children in need") & rows["service_area"].isna(),
    }  # fmt: skip
    return rows[wanted[what]()] if what in wanted else rows


def number_of(id: str, rows: pd.DataFrame, children: float) -> float:
    """How the rows become the number."""
    measures = {
        "complaints.per_1000_children": lambda: len(rows) / children * 1000,
        "stage_2.cost": lambda: rows["cost"].astype(float).sum(),
        "training.attended": lambda: rows["attended"].astype(float).sum(),
        "activity.children_in_need": lambda: float(rows["count"].iloc[-1]),
    }  # fmt: skip
    if id.endswith(("median_days", "longest_days")):
        return float(rows["taken"].median() if "median" in id else rows["taken"].max())
    return measures.get(id, lambda: len(rows))()


@pytest.fixture(scope="module")
def raw(sample_report) -> Raw:
    return Raw(sample_report.workspace)


@pytest.fixture(scope="module")
def figure_page(sample_report):
    """figure_page("figures/complaints.received.html"): the numbers by anchor, and the rows by year and category."""

    @cache
    def read(to: str):
        page = BeautifulSoup((sample_report.audit / to).read_text(encoding="utf-8"), "html.parser")
        tables = {table.caption.get_text(): table for table in page.main.find_all("table")}
        lines = tables["Its numbers"].tbody.find_all("tr")
        numbers = {
            tr.th.span["id"]: [tr.th.get_text(), *(td.get_text() for td in tr.find_all("td"))]
            for tr in lines
        }
        rows: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for tr in (
            tables["The rows it is made of"].tbody.find_all("tr")
            if "The rows it is made of" in tables
            else []
        ):
            year, label, file, row, _ = (cell.get_text() for cell in tr.find_all(["th", "td"]))
            rows.setdefault((year, label), []).append((file, row))
        return (
            numbers,
            rows,
            page.main.find("a", string=lambda said: said)
            if "Shares are of" in page.main.get_text()
            else None,
        )

    return read


@pytest.fixture(scope="module")
def numbers(sample_report):
    """Every number of the auditor's edition of the report."""
    page = BeautifulSoup(
        (sample_report.audit / "annual-report.html").read_text(encoding="utf-8"), "html.parser"
    )
    return page.main.find_all("data")


def test_every_number_leads_to_a_figure_or_names_the_setting_or_the_person_it_is_from(numbers):
    assert len(numbers) > 400
    for number in numbers:
        assert (
            number.find_parent("a")
            if number.has_attr("data-figure")
            else number.has_attr("data-setting")
        )


def test_every_number_of_the_report_comes_out_when_its_rows_are_selected_anew_from_the_raw_files(
    numbers, figure_page, raw, sample_report
):
    once = pd.read_csv(
        sample_report.workspace / "data" / "raw" / "published.csv",
        dtype="str",
        keep_default_na=False,
    )
    once = once.set_index(["figure", "year", "category"])
    activity = pd.read_csv(sample_report.workspace / "data" / "raw" / "2021-22" / "activity.csv")
    children = activity[activity["service_area"].isna()].set_index("measure")["count"][
        "children in need"
    ]
    ways = {"recounted": 0, "published": 0, "a whole file": 0, "not available": 0}
    for link in dict.fromkeys(
        n.find_parent("a")["href"] for n in numbers if n.has_attr("data-figure")
    ):
        to, _, anchor = link.partition("#")
        id = to.removeprefix("figures/").removesuffix(".html")
        on_page, rows, base = figure_page(to)
        label, year, shown, of, _, source, _ = on_page[anchor]
        if shown.startswith("["):
            ways["not available"] += 1
            assert year not in HELD
            continue
        value = float(shown.split(" ")[0].replace(",", "").lstrip("£"))
        named = rows.get((year, label), [])
        if source != "extracts":
            told = once.loc[[(id, year, "" if label == "all" else label)]].iloc[0]
            assert (float(told["value"]), told["source"]) == (value, source), link
            assert named == []
            ways["published"] += 1
        elif id == "data_quality.warnings":
            (file, row), extract = named[0], label.rpartition(", ")[2]
            before, now = (len(raw(extract).query("folder == @one")) for one in HELD)
            assert (row, file, value) == (
                WHOLE_FILE,
                f"data/raw/{year}/{extract}.csv",
                len(named),
            ), link
            assert label.startswith("The number of rows is near last year's")
            assert not before / 2 <= now <= before * 2
            ways["a whole file"] += 1
        else:
            found = pd.concat(selected(raw, id, year, label))
            assert sorted(named) == sorted(
                zip(found["file"], found["row"].astype(str), strict=True)
            ), link
            # A page prints what is not whole to one place.
            assert number_of(id, found, children) == pytest.approx(
                value, abs=0.051 if "." in shown else 0
            ), link
            if of:
                base_id = base["href"].removesuffix(".html")
                whole = pd.concat(selected(raw, base_id, year, "all"))
                assert number_of(base_id, whole, children) == float(of.replace(",", "")), link
            ways["recounted"] += 1
    assert ways["recounted"] > 200
    assert ways["published"] > 80
    assert ways["a whole file"] == 2
    assert sum(ways.values()) == len(
        {n.find_parent("a")["href"] for n in numbers if n.has_attr("data-figure")}
    )


def test_a_number_printed_in_the_report_is_the_one_on_its_figure_s_page(numbers, figure_page):
    for number in numbers:
        if number.has_attr("data-figure"):
            to, _, anchor = number.find_parent("a")["href"].partition("#")
            shown = figure_page(to)[0][anchor][2]
            printed = number.get_text().removeprefix("£")
            words = {"one": "1", "no": "0", "none": "0"}
            if printed.replace(",", "").replace(".", "").isdigit() or printed in words:
                assert words.get(printed, printed) == shown.split(" ")[0], (number, shown)
