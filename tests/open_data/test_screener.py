"""Each rule of the screener rejects a file that breaks it, and names itself."""

from __future__ import annotations

import csv
import io

import pytest

from pipeline.open_data.screener.screen import RULES, TEXT_RULE, screen

DATA = """\
time_period,time_identifier,geographic_level,country_code,country_name,region_code,region_name,\
new_la_code,old_la_code,la_name,breakdown_topic,breakdown,complaint_count,cost
202021,Financial year,Local authority,E92000001,England,E12000003,Yorkshire and The Humber,\
E08000033,381,Calderdale,Complaints,Total,5,z
202122,Financial year,Local authority,E92000001,England,E12000003,Yorkshire and The Humber,\
E08000033,381,Calderdale,Complaints,Total,4,z
202122,Financial year,Local authority,E92000001,England,E12000003,Yorkshire and The Humber,\
E08000033,381,Calderdale,Outcomes,upheld,c,z
202122,Financial year,Local authority,E92000001,England,E12000003,Yorkshire and The Humber,\
E08000033,381,Calderdale,Costs,Total,z,12.5
"""
META = """\
col_name,col_type,label,indicator_grouping,indicator_unit,indicator_dp,filter_hint,\
filter_grouping_column,filter_default
breakdown_topic,Filter,Figure,,,,,,Complaints
breakdown,Filter,Category,,,,,,
complaint_count,Indicator,Complaints,,,0,,,
cost,Indicator,Cost,,£,1,,,
"""
NAMES = ("figures.csv", "figures.meta.csv")
FINANCIAL = "202021,Financial year,Local authority"


def broken(data: str = DATA, meta: str = META, names: tuple[str, str] = NAMES) -> list[str]:
    """The names of the rules that these files break."""
    files = dict(zip(names, (data.encode("utf-8"), meta.encode("utf-8")), strict=True))
    return [violation.rule for violation in screen(*names, files)]


def without_column(text: str, name: str) -> str:
    rows = list(csv.reader(io.StringIO(text)))
    position = rows[0].index(name)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows(row[:position] + row[position + 1 :] for row in rows)
    return out.getvalue()


def with_first_column(text: str, name: str, value: str) -> str:
    heading, *rows = text.splitlines()
    return "\n".join([f"{name},{heading}", *(f"{value},{row}" for row in rows)]) + "\n"


def rows_after(count: int) -> str:
    """The data up to a number of rows."""
    return "".join(DATA.splitlines(keepends=True)[: 1 + count])


# fmt: off
# rule → the files that break it: what is replaced in the data, or in the metadata.
FAULTS = {
    "file_names": {"names": ("Figures.csv", "Figures.meta.csv")},
    "data_rows": {"data": rows_after(0)},
    "complete_rows": {"data": DATA.replace(",5,z\n", ",5,z,9\n")},
    "unique_columns": {"data": DATA.replace("breakdown_topic,breakdown,", "breakdown,breakdown,")},
    "mandatory_columns": {"data": without_column(DATA, "country_code")},
    "column_names": {"data": DATA.replace(",cost", ",Cost")},
    "time_period_digits": {"data": DATA.replace("202021,", "2020-21,")},
    "time_period_consecutive": {"data": DATA.replace("202021,", "202022,")},
    "time_identifier_known": {"data": DATA.replace("Financial year", "Council year")},
    "time_identifier_single": {"data": DATA.replace("202021,Financial", "202021,Tax")},
    "time_identifier_fits_period": {"data": DATA.replace("202021,", "2021,")},
    "geographic_level_known": {"data": DATA.replace("Local authority", "Council")},
    "country_codes": {"data": DATA.replace("E92000001", "E92000002")},
    "local_authority_columns": {"data": without_column(DATA, "old_la_code")},
    "region_codes": {"data": DATA.replace("E12000003", "E12000004")},
    "local_authority_codes": {"data": DATA.replace(",381,", ",382,")},
    "codes_of_level": {"data": DATA.replace(FINANCIAL, "202021,Financial year,National")},
    "meta_columns": {"meta": without_column(META, "filter_hint")},
    "meta_describes_columns": {"meta": META + "days,Indicator,Days,,,0,,,\n"},
    "columns_described": {"meta": META.replace("cost,Indicator,Cost,,£,1,,,\n", "")},
    "meta_rows_unique": {"meta": META + "cost,Indicator,Costs,,£,1,,,\n"},
    "meta_without_places": {"meta": META + "la_name,Filter,Authority,,,,,,Calderdale\n"},
    "column_types": {"meta": META.replace("cost,Indicator", "cost,Number")},
    "has_indicator": {"meta": META.replace("Indicator", "Filter")},
    "labels": {"meta": META.replace("Indicator,Cost,", "Indicator,,")},
    "filter_levels": {"data": rows_after(2)},
    "filter_blanks": {"data": DATA.replace("Outcomes,upheld", "Outcomes,")},
    "filter_spaces": {"data": DATA.replace("upheld", " upheld")},
    "filter_item_length": {"data": DATA.replace("upheld", "upheld " * 20 + "x")},
    "filter_default": {"meta": META.replace(",,Complaints\n", ",,Concerns\n")},
    "filter_grouping": {"meta": META.replace("Category,,,,,,", "Category,,,,,breakdown_topic,")},
    "indicator_blanks": {"data": DATA.replace(",5,z\n", ",,z\n")},
    "indicator_symbols": {"data": DATA.replace("upheld,c", "upheld,~")},
    "indicator_numbers": {"data": DATA.replace(",5,z\n", ',"5,000",z\n')},
    "indicator_units": {"meta": META.replace("£", "pounds")},
    "indicator_decimals": {"meta": META.replace("£,1", "£,")},
    "indicator_decimals_kept": {"meta": META.replace("£,1", "£,0")},
    "attributes_of_kind": {"meta": META.replace("£,1,", "£,1,hint")},
    "unique_rows": {"data": DATA.replace("202021,", "202122,")},
}
# fmt: on


def test_screener_accepts_files_that_keep_all_rules():
    assert broken() == []


def test_every_rule_has_a_file_that_breaks_it():
    assert set(FAULTS) == set(RULES)
    assert len(RULES) >= 25


@pytest.mark.parametrize("rule", FAULTS)
def test_file_that_breaks_a_rule_is_rejected_by_its_name(rule):
    assert rule in broken(**FAULTS[rule])


def test_file_that_is_not_utf_8_is_rejected_before_the_rules():
    files = {NAMES[0]: DATA.encode("utf-16"), NAMES[1]: META.encode("utf-8")}
    assert [violation.rule for violation in screen(*NAMES, files)] == [TEXT_RULE]


def test_violation_says_what_is_asked_and_where_it_fails():
    files = {NAMES[0]: DATA.replace("202021,", "2020-21,").encode(), NAMES[1]: META.encode()}
    (violation,) = screen(*NAMES, files)
    assert str(violation) == (
        'time_period_digits: a time period has 4 or 6 digits. But row 2 has "2020-21".'
    )
