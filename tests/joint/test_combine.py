"""Totals across procedures, recounted from the raw files, and what they give away: nothing."""

from __future__ import annotations

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from pipeline.aggregate.store import load_lineage
from pipeline.artifacts import AGGREGATE_STEP, FIGURES_FILE, RELATIONS_FILE, NumberKey
from pipeline.audit.run_pages import reconciliation_body
from pipeline.joint.totals import TOTALS
from pipeline.release.inference import bounds
from pipeline.release.stated_relations import StatedRelations
from pipeline.validate.reading.tables.procedure_rows import OTHER_PROCEDURE
from pipeline.validate.store import load_left_out, load_tables

YEAR = "2021-22"
HEADINGS = {
    "corporate": "Council services",
    "adult": "Adult social care",
    "children": "Children's social care",
}


@pytest.mark.slow
def test_totals_are_those_counted_from_the_raw_files(published_council):
    complaints = published_council.raw("complaints")
    counted = complaints[complaints["moved_to"] == ""]
    assert published_council.value("complaints.received") == len(counted)
    refused = counted[counted["accepted"] == "no"]
    assert published_council.value("complaints.turned_away") == len(refused)
    compliments = published_council.raw("compliments")
    assert published_council.value("compliments.received") == len(compliments)
    for procedure, heading in HEADINGS.items():
        own = counted[counted["procedure"] == procedure]
        assert published_council.value("complaints.received_by_procedure", heading) == len(own)
        assert published_council.value(f"{procedure}.complaints.received") == len(own)


def test_moved_case_counts_once_and_both_procedures_can_say_so(published_council):
    complaints = published_council.raw("complaints")
    moved = complaints[complaints["moved_to"] == "adult"]
    assert len(moved) == 7
    assert published_council.value("corporate.complaints.moved_to_adult") == 7
    lineage = load_lineage(
        published_council.settings, ["corporate.complaints.moved_to_adult"]
    ).to_pandas()
    assert sorted(lineage["row"]) == sorted(moved.index + 2)
    lineage = load_lineage(published_council.settings, ["complaints.received"]).to_pandas()
    of_year = lineage[lineage["year"].astype("str") == YEAR]
    assert set(of_year["row"]).isdisjoint(moved.index + 2)
    assert len(of_year) == len(complaints) - 7


def test_every_row_of_a_shared_file_is_in_one_procedure_alone(published_council):
    rows = published_council.raw("compliments").index + 2
    places = []
    for settings in published_council.procedures:
        table = load_tables(settings)["compliments"]
        own = table.loc[table["year"] == YEAR, "row"]
        places += own.tolist()
        left_out = load_left_out(settings).query("extract == 'compliments' and year == @YEAR")
        assert left_out["rows"].tolist() == [len(rows) - len(own)]
    assert sorted(places) == sorted(rows)


def test_auditor_sees_how_many_rows_of_a_file_are_of_other_procedures(published_council):
    rows = published_council.raw("compliments")
    file = f"data/raw/{YEAR}/compliments.csv"
    for settings in published_council.procedures:
        count = (rows["procedure"] != settings.procedure).sum()
        page = BeautifulSoup(reconciliation_body(settings), "html.parser")
        cells = [[cell.get_text() for cell in row.select("th, td")] for row in page.select("tr")]
        assert ["compliments", OTHER_PROCEDURE, YEAR, file, f"{count} rows"] in cells


def test_rows_of_other_procedures_are_not_dropped_in_the_account(published_council):
    path = published_council.settings.processed / "2_clean" / "reconciliation.csv"
    account = pd.read_csv(path).query("extract == 'complaints'").set_index("rule")["rows"]
    years = published_council.settings.available_years
    files = [published_council.settings.raw / str(year) / "complaints.csv" for year in years]
    assert account["rows in"] == sum(len(pd.read_csv(file)) for file in files)
    assert account["moved to another procedure, and counted there"] == 7
    assert account["rows kept"] == account["rows in"] - 7


@pytest.mark.slow
@pytest.mark.parametrize("total", TOTALS, ids=[total.id for total in TOTALS])
def test_total_is_withheld_if_a_part_of_it_is(suppressed_council, total):
    figures = suppressed_council.figures
    wholes = figures[figures["figure"] == total.id].set_index("year")
    for year, parts in figures[figures["figure"] == total.by_procedure].groupby("year"):
        whole = wholes.loc[year]
        signs = set(parts["shorthand"]) - {"", "z"}
        if signs:
            assert whole["shorthand"] == ("c" if "c" in signs else "x")
            assert pd.isna(whole["value"])
        else:
            assert whole["value"] == parts["value"].sum()


def known_bounds(folder, figures: pd.DataFrame) -> dict[NumberKey, tuple[float, float]]:
    """What a reader can work out of each withheld number, by the relations in a folder."""
    table = pd.read_csv(folder / RELATIONS_FILE, keep_default_na=False, dtype="str")
    counts = figures[figures["measure"] == "count"]
    keys = [
        NumberKey(row.figure, row.year, row.category, row.detail) for row in counts.itertuples()
    ]
    values = dict(zip(keys, counts["value"], strict=True))
    signs = dict(zip(keys, counts["shorthand"], strict=True))
    printed = {key for key in keys if signs[key] in ("", "c")}
    withheld = {key for key in keys if signs[key] == "c"}
    relations = StatedRelations(printed, withheld)
    sums = relations.sums(dict(zip(table["figure"], table["relations"], strict=True)))
    known = {key: (values[key], values[key]) for key in printed - withheld}
    return bounds(sums, known, withheld)


@pytest.mark.slow
def test_joint_report_narrows_nothing_that_a_procedure_withholds(suppressed_council):
    folder = suppressed_council.settings.processed / AGGREGATE_STEP
    joint = known_bounds(folder, suppressed_council.figures)
    narrowed = {}
    compared = 0
    for settings in suppressed_council.procedures:
        folder = settings.processed / AGGREGATE_STEP
        own = pd.read_csv(folder / FIGURES_FILE, keep_default_na=False, dtype="str")
        own["value"] = pd.to_numeric(own["value"])
        for key, interval in known_bounds(folder, own).items():
            name = f"{settings.procedure}.{key.figure}"
            if joint[key._replace(figure=name)] != interval:
                narrowed[name] = (interval, joint[key._replace(figure=name)])
            compared += 1
    assert compared > 50
    assert narrowed == {}


@pytest.mark.slow
def test_small_number_of_moved_cases_is_withheld_too(suppressed_council):
    rows = suppressed_council.figures.query(
        "figure == 'corporate.complaints.moved_to_adult' and year == @YEAR"
    )
    assert rows["shorthand"].tolist() == ["c"]
    assert rows["value"].isna().all()


def test_case_answered_jointly_counts_once_in_both_procedures(published_council):
    complaints = published_council.raw("complaints")
    joint = complaints[complaints["joint_with"] != ""]
    assert published_council.value("corporate.complaints.joint") == len(joint) == 13
    partner = "another procedure of the council"
    assert published_council.value("corporate.complaints.joint_by_partner", partner) == 10
    for target, count in (("adult", 8), ("children", 2)):
        id = f"corporate.complaints.joint_with_{target}"
        assert published_council.value(id) == count
        lineage = load_lineage(published_council.settings, [id]).to_pandas()
        of_target = complaints[complaints["joint_with"] == target]
        assert sorted(lineage["row"]) == sorted(of_target.index + 2)
    received = (complaints["moved_to"] == "").sum()
    assert published_council.value("complaints.received") == received


@pytest.mark.slow
def test_small_number_of_joint_cases_withholds_the_others(suppressed_council):
    """Eight and two add up to a number that may be published."""
    figures = suppressed_council.figures.query("year == @YEAR")
    rows = figures[figures["figure"].str.startswith("corporate.complaints.joint_with_")]
    assert rows["shorthand"].tolist() == ["c", "c"]
    assert rows["value"].isna().all()
