"""The numbers of the open data are read back, also from files of the layout before this one."""

from __future__ import annotations

from pipeline.artifacts import NumberKey
from pipeline.open_data.authorities import authorities, authority_of, regions
from pipeline.open_data.layout import read_open_data

WIDE = """\
time_period,la_name,breakdown_topic,breakdown,figure,complaint_count,working_days
202122,Anyshire,Complaints received,Total,complaints.received,4,z
202122,Anyshire,Outcomes,upheld,complaints.by_outcome,c,z
202122,Anyshire,Outcomes,not upheld,complaints.by_outcome,3,z
202122,Anyshire,Median,Total,stage_1.median_days,z,13.5
202122,Anyshire,Median late,Total,stage_1.median_late,z,z
"""
LONG = """\
time_period,figure,category,value
202122,complaints.received,Total,4
202122,complaints.by_outcome,upheld,c
202122,complaints.by_outcome,not upheld,3
202122,stage_1.median_days,Total,13.5
202122,stage_1.median_late,Total,z
"""


def test_both_layouts_of_the_open_data_give_the_same_numbers():
    numbers = list(read_open_data(WIDE.encode()))
    assert numbers == list(read_open_data(LONG.encode()))
    assert numbers == [
        (NumberKey("complaints.received", "2021-22"), 4.0),
        (NumberKey("complaints.by_outcome", "2021-22", "not upheld"), 3.0),
        (NumberKey("stage_1.median_days", "2021-22"), 13.5),
    ]


def test_every_authority_has_its_codes_region_and_successors():
    table = authorities()
    assert len(table) == 161
    assert len([row for row in table.values() if not row.successors]) == 153
    assert set(regions()) == {f"E1200000{number}" for number in range(1, 10)}
    for row in table.values():
        assert set(row.successors.split()) <= set(table), row
    assert authority_of("E08000033", "Calderdale Council").geography == (
        "E92000001",
        "England",
        "E12000003",
        "Yorkshire and The Humber",
        "E08000033",
        "381",
        "Calderdale",
    )
