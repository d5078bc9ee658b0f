"""The guidance's ten requirements: where the report meets them, on what data, and the gaps."""

from __future__ import annotations

from builders import CATALOGUE, CHILDREN

from pipeline.settings import ReportSections
from pipeline.validate.checklist import checklist, checklist_text
from pipeline.validate.dictionary import EXTRACTS_BY_NAME

CODES = {
    "equality": {
        name: ["one", "two"]
        for name in ("age_band", "gender", "disability", "sexual_orientation", "ethnicity")
    }
}


def gap_by_number(table) -> dict[int, str]:
    return dict(zip(table["number"], table["gap"], strict=True))


def test_ten_items_name_known_sections_and_extracts():
    assert len(CHILDREN.contents) == 10
    for item in CHILDREN.contents:
        assert set(item.sections) <= set(ReportSections().names)
        assert set(item.extracts) <= set(EXTRACTS_BY_NAME)
        assert any(set(item.extracts) & set(figure.needs) for figure in CATALOGUE.values())


def test_rows_of_each_extract_are_counted_for_the_year(make_settings, extracts):
    table = checklist(extracts(), make_settings(**CODES))
    assert table["data"].tolist()[0] == "complaints 6, ombudsman 2, compliments 2"
    assert table["sections"].tolist()[6] == "response_times"


def test_characteristic_with_empty_cells_is_a_gap(make_settings, extracts):
    tables = extracts()
    tables["complaints"].loc[0, "ethnicity"] = "one"
    assert (
        "ethnicity was recorded for 1 of 6"
        in gap_by_number(checklist(tables, make_settings(**CODES)))[9]
    )


def test_characteristic_that_is_not_collected_is_a_gap(make_settings, extracts):
    tables = extracts()
    for name in CODES["equality"]:
        tables["complaints"][name] = "one"
    assert gap_by_number(checklist(tables, make_settings(**CODES)))[9] == ""
    assert (
        "gender is not collected: council.yaml lists no codes for it"
        in gap_by_number(checklist(tables, make_settings()))[9]
    )


def test_empty_extract_and_omitted_section_are_gaps(make_settings, extracts):
    tables = extracts()
    tables["learning"] = tables["learning"].iloc[:0]
    settings = make_settings(sections={"main": ["overview", "learning"]})
    gaps = gap_by_number(checklist(tables, settings))
    assert gaps[8] == "learning has no rows for 2021-22"
    assert gaps[7] == "the section response_times is not among the sections of council.yaml"
    del tables["learning"]
    assert gap_by_number(checklist(tables, settings))[8] == "learning has no rows for 2021-22"


def test_each_gap_is_printed_below_its_requirement(make_settings, extracts):
    lines = checklist_text(checklist(extracts(), make_settings())).splitlines()
    position = lines.index("  9  statistical data on complainants: equality (complaints 6)")
    assert (
        lines[position + 1]
        == "     → age band is not collected: council.yaml lists no codes for it"
    )
