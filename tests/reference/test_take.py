"""Files of other bodies are read by the authority's code, and what is wrong with them is said."""

from __future__ import annotations

from datetime import date

import pytest
import reference_files as files
from builders import make_settings

from pipeline.problem import Problem
from pipeline.reference.areas import code_of_name
from pipeline.reference.store import Reference, load_reference, save_reference
from pipeline.reference.take import neighbours_of, take_files

TODAY = date(2026, 11, 29)
EMPTY = Reference([], [])


@pytest.fixture
def take(tmp_path):
    """take(path, …, la_code=…): what is read of these files for the report on 2021-22."""

    def run(*paths, earlier=EMPTY, **council):
        settings = make_settings(tmp_path, **({"la_code": files.CALDERDALE} | council))
        return take_files(paths, settings, earlier, TODAY)

    return run


def numbers(reading, measure: str) -> dict[str, str]:
    return {row.code: row.value for row in reading.reference.rows if row.measure == measure}


def test_every_source_is_read_by_the_codes_of_its_authorities(take, tmp_path):
    reading = take(
        files.children_in_need(tmp_path),
        files.children_looked_after(tmp_path),
        files.neighbours(tmp_path),
        files.complaints_decided(tmp_path),
        files.council_open_data(tmp_path),
    )
    assert neighbours_of(reading.reference)[:3] == (files.BOLTON, files.DEVON, files.LEEDS)
    assert numbers(reading, "children_in_need") == files.IN_NEED | {"E92000001": "400000"}
    assert numbers(reading, "children_looked_after") == {
        code: count for code, (_, count) in files.LOOKED_AFTER.items()
    }
    assert numbers(reading, "ombudsman_upheld")[files.CALDERDALE] == "20"
    assert numbers(reading, "complaints") == {files.BOLTON: "42"}
    assert {row.year for row in reading.reference.rows if row.measure != "neighbour"} == {"2021-22"}
    (source,) = [one for one in reading.reference.sources if one.key == "children_in_need"]
    assert (source.publisher, source.read_on) == ("Department for Education", "2026-11-29")
    assert len(source.sha256) == 64
    assert "Calderdale: children_in_need 1600 (row 3)" in "\n".join(reading.used)


def test_row_of_the_file_is_the_one_that_the_number_is_in(take, tmp_path):
    path = files.complaints_decided(tmp_path)
    lines = path.read_text().splitlines()
    for row in take(path).reference.rows:
        assert row.value in lines[int(row.row) - 1].split(","), row


def test_what_was_read_is_kept_and_replaced_by_a_newer_file(take, tmp_path):
    settings = make_settings(tmp_path, la_code=files.CALDERDALE)
    first = take(files.children_in_need(tmp_path), files.neighbours(tmp_path)).reference
    save_reference(first, settings)
    earlier = load_reference(settings)
    assert sorted(earlier.rows) == sorted(first.rows)
    newer = files.children_in_need(tmp_path, **{files.CALDERDALE: "1700"})
    reading = take(newer, earlier=earlier)
    assert numbers(reading, "children_in_need")[files.CALDERDALE] == "1700"
    assert neighbours_of(reading.reference) == neighbours_of(first)
    assert len(reading.reference.sources) == 2


def test_damaged_reference_data_is_to_be_read_again(tmp_path):
    settings = make_settings(tmp_path, la_code=files.CALDERDALE)
    save_reference(EMPTY, settings)
    (settings.raw / "reference" / "reference.csv").write_text("a,b\n1,2\n")
    with pytest.raises(Problem, match="is damaged"):
        load_reference(settings)


def test_changed_layout_names_the_column_and_how_to_map_it(take, tmp_path):
    path = files.children_in_need(tmp_path)
    path.write_text(path.read_text().replace("At31_episodes", "At31_episode"))
    with pytest.raises(Problem) as caught:
        take(path)
    assert "its layout has changed: there is no column At31_episodes" in caught.value.what
    assert 'Did you mean "At31_episode"?' in caught.value.what
    assert "columns: {children_in_need: {At31_episodes: the heading}}" in caught.value.remedy
    columns = {"children_in_need": {"At31_episodes": "At31_episode"}}
    assert numbers(take(path, columns=columns), "children_in_need")[files.CALDERDALE] == "1600"


def test_file_of_no_known_layout_lists_those_that_are(take, tmp_path):
    path = tmp_path / "schools.csv"
    path.write_text("school,pupils\nA,10\n")
    with pytest.raises(Problem) as caught:
        take(path)
    assert "has the columns of none of the sources" in caught.value.what
    assert "children_in_need (Children in need, Department for Education)" in caught.value.remedy


def test_missing_authority_is_explained_with_its_code(take, tmp_path):
    path = files.children_in_need(tmp_path, **{files.CALDERDALE: ""})
    with pytest.raises(Problem) as caught:
        take(path)
    assert "there is no row of 2021-22 for Calderdale (E08000033)" in caught.value.what
    assert "Check that la_code in council.yaml" in caught.value.remedy
    with pytest.raises(Problem, match="there is no row of old_la_code 871"):
        take(files.neighbours(tmp_path), la_code="E06000039")


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (None, "there is no la_code"),
        ("E07000001", "E07000001, is not in the list"),
        ("E10000023", r"\(E10000023\) was reorganised: .* \(E06000065\) replaced it"),
        ("E06000060", "E06000060\\), which replaced Buckinghamshire"),
    ],
)
def test_unknown_or_reorganised_council_is_told_what_to_write(take, tmp_path, code, message):
    with pytest.raises(Problem, match=message) as caught:
        take(files.children_in_need(tmp_path), la_code=code)
    assert "code" in caught.value.remedy


@pytest.mark.parametrize("symbol", ["c", "x", "u"])
def test_suppressed_number_is_noted_with_what_follows(take, tmp_path, symbol):
    path = files.children_in_need(tmp_path, **{files.CALDERDALE: symbol, files.LEEDS: symbol})
    first, second, _ = take(path).notes
    assert f"2 numbers are not published ({symbol} is " in first
    assert "your own authority's number is not published for 2021-22" in second
    assert "Your own return has it" in second


def test_file_without_the_reported_year_is_refused_by_name(take, tmp_path):
    with pytest.raises(Problem) as caught:
        take(files.children_in_need(tmp_path, period="2025"))
    assert "this file has 2024-25 to 2024-25, and nothing for 2021-22" in caught.value.what
    assert "name the year of the report with --year" in caught.value.remedy
    with pytest.raises(Problem, match="of which year it is"):
        take(files.complaints_decided(tmp_path, year=""))


def test_cell_that_is_no_number_is_refused_with_its_row(take, tmp_path):
    path = files.children_in_need(tmp_path, **{files.CALDERDALE: "many"})
    with pytest.raises(Problem, match=r"b1_children_in_need\.csv, row 3"):
        take(path)


def test_children_served_have_the_council_s_own_codes(take, tmp_path):
    equality = {"gender": ["female", "male"], "disability": ["yes", "no"]}
    reading = take(files.children_served(tmp_path), equality=equality)
    assert numbers(reading, "served.gender.female") == {files.CALDERDALE: "600"}
    with pytest.raises(Problem, match='"women" is not one of those') as caught:
        take(files.children_served(tmp_path, women="5"), equality=equality)
    assert "Use one of: female; male; not recorded." in caught.value.remedy


def test_open_data_in_the_layout_before_this_one_is_read(take, tmp_path):
    path = tmp_path / "figures.csv"
    path.write_text(
        "time_period,geographic_level,new_la_code,la_name,figure,category,value\n"
        "202122,Local authority,E08000001,Bolton,complaints.received,Total,42\n"
    )
    assert numbers(take(path), "complaints") == {files.BOLTON: "42"}


def test_open_data_of_a_council_without_its_code_is_refused(take, tmp_path):
    path = files.council_open_data(tmp_path)
    path.write_text(path.read_text().replace(files.BOLTON, "x"))
    with pytest.raises(Problem, match='"x" in place of the council'):
        take(path)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Bristol City Council", "E06000023"),
        ("Hull City Council", "E06000010"),
        ("London Borough of Barking & Dagenham", "E09000002"),
        ("Herefordshire Council", "E06000019"),
        ("Stockton-on-Tees Borough Council", "E06000004"),
        ("Royal Borough of Kensington & Chelsea", "E09000020"),
        ("City of York Council", "E06000014"),
        ("Somewhere Town Council", None),
    ],
)
def test_council_is_recognised_by_the_name_of_its_place(name, code):
    assert code_of_name(name) == code
