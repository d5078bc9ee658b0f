"""The guidance's ten contents, each with where the report says it, on what data, and what is missing."""

from __future__ import annotations

from pipeline.aggregate.catalogue import CATALOGUE
from pipeline.settings import ReportSections
from pipeline.validate.checklist import CHECKLIST_ITEMS, checklist, checklist_text
from pipeline.validate.dictionary import EXTRACTS_BY_NAME

CODES = {
    "equality": {
        name: ["one", "two"]
        for name in ("age_band", "gender", "disability", "sexual_orientation", "ethnicity")
    }
}


def gaps(checked) -> dict[int, str]:
    return dict(zip(checked["number"], checked["gap"], strict=True))


def test_each_of_the_ten_names_sections_and_extracts_that_there_are():
    assert len(CHECKLIST_ITEMS) == 10
    for item in CHECKLIST_ITEMS:
        assert set(item.sections) <= set(ReportSections().main)
        assert set(item.extracts) <= set(EXTRACTS_BY_NAME)
        assert any(set(item.extracts) & set(figure.needs) for figure in CATALOGUE.values())


def test_what_is_held_is_counted_for_the_year(make_settings, extracts):
    checked = checklist(extracts(), make_settings(**CODES))
    assert checked["data"].tolist()[0] == "complaints 6, ombudsman 2, compliments 2"
    assert checked["sections"].tolist()[6] == "service_areas"


def test_a_characteristic_that_is_seldom_recorded_is_a_gap(make_settings, extracts):
    tables = extracts()
    tables["complaints"].loc[0, "ethnicity"] = "one"
    assert "ethnicity was recorded for 1 of 6" in gaps(checklist(tables, make_settings(**CODES)))[9]


def test_one_that_is_always_recorded_is_none_and_one_not_collected_says_so(make_settings, extracts):
    tables = extracts()
    for name in CODES["equality"]:
        tables["complaints"][name] = "one"
    assert gaps(checklist(tables, make_settings(**CODES)))[9] == ""
    assert (
        "gender is not collected: council.yaml lists no codes for it"
        in gaps(checklist(tables, make_settings()))[9]
    )


def test_an_extract_without_rows_and_a_section_left_out_are_gaps(make_settings, extracts):
    tables = extracts()
    tables["learning"] = tables["learning"].iloc[:0]
    settings = make_settings(sections={"main": ["overview", "learning"]})
    found = gaps(checklist(tables, settings))
    assert found[8] == "learning holds nothing for 2021-22"
    assert found[7] == "the section service_areas is not among the sections of council.yaml"
    del tables["learning"]
    assert gaps(checklist(tables, settings))[8] == "learning holds nothing for 2021-22"


def test_as_text_each_gap_stands_below_what_it_is_a_gap_of(make_settings, extracts):
    lines = checklist_text(checklist(extracts(), make_settings())).splitlines()
    place = lines.index("  9  statistical data on complainants: complainants (complaints 6)")
    assert (
        lines[place + 1] == "     → age band is not collected: council.yaml lists no codes for it"
    )
