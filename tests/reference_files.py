"""Small invented files in the layouts of DfE, ONS, the Ombudsman and other councils."""

from __future__ import annotations

from pathlib import Path

CALDERDALE, LEEDS, BOLTON, DEVON = "E08000033", "E08000035", "E08000001", "E10000008"
PLACES = {
    CALDERDALE: ("E12000003,Yorkshire and The Humber", "381", "Calderdale"),
    LEEDS: ("E12000003,Yorkshire and The Humber", "383", "Leeds"),
    BOLTON: ("E12000002,North West", "350", "Bolton"),
    DEVON: ("E12000009,South West", "878", "Devon"),
}
ENGLAND = "National,E92000001,England,,,,,"
IN_NEED = {CALDERDALE: "1600", LEEDS: "4000", BOLTON: "2100", DEVON: "3300"}
LOOKED_AFTER = {CALDERDALE: ("45000", "340"), LEEDS: ("176000", "1400"), BOLTON: ("75000", "c")}
DECIDED = {
    "Calderdale Metropolitan Borough Council": (9, 20),
    "Leeds City Council": (12, 36),
    "Bolton Council": (10, 22),
    "Devon County Council": (3, 9),
}


def _place(code: str) -> str:
    region, old, name = PLACES[code]
    return f"Local authority,E92000001,England,{region},{old},{code},{name}"


HEADING = (
    "time_period,time_identifier,geographic_level,country_code,country_name,region_code,"
    "region_name,old_la_code,new_la_code,la_name"
)


def children_in_need(folder: Path, period: str = "2022", **values: str) -> Path:
    """values: by code, in place of IN_NEED; an empty one leaves the authority out."""
    rows = [f"{period},Reporting year,{ENGLAND},Children in Need,400000"]
    rows += [
        f"{period},Reporting year,{_place(code)},Children in Need,{value}"
        for code, value in (IN_NEED | values).items()
        if value
    ]
    return _write(folder / "b1_children_in_need.csv", f"{HEADING},category,At31_episodes", rows)


def children_looked_after(folder: Path) -> Path:
    kinds = (
        "Children ceasing to be looked after each year",
        "Children looked after on 31 March each year",
    )
    rows = [
        f"2022,Reporting year,{_place(code)},{kind},{children},{count}"
        for code, (children, count) in LOOKED_AFTER.items()
        for kind in kinds
    ]
    columns = f"{HEADING},population_type,population_estimate,children_count"
    return _write(folder / "cla.csv", "\ufeff" + columns, rows)


def neighbours(folder: Path) -> Path:
    ranks = ",".join(f"SN_{rank},SN_{rank}P" for rank in range(1, 11))
    codes = ["350", "878", "383", "839", "845", "921", "926", "882", "929", "356"]
    cells = ",".join(f"{code},Close " for code in codes)
    rows = [f"381,Calderdale,9,Yorkshire and The Humber,{cells}"]
    columns = f"old_la_code,la_name,region_ind,region_name,{ranks}"
    return _write(folder / "sn_model.csv", "\ufeff" + columns, rows)


def complaints_decided(folder: Path, year: str = "2021-22") -> Path:
    lines = [f"Complaints decided {year},,", ",,", "Authority Name,Not upheld,Upheld"]
    rows = [f"{name},{not_upheld},{upheld}" for name, (not_upheld, upheld) in DECIDED.items()]
    return _write(folder / "2-Complaints-Decided.csv", "\n".join(lines), rows)


def remedies(folder: Path) -> Path:
    lines = ["Remedy compliance 2021-22,,", "Authority Name,Complied,Not complied"]
    rows = ["Calderdale Metropolitan Borough Council,28,1", "Leeds City Council,30,2"]
    return _write(folder / "3-Remedy-Compliance.csv", "\n".join(lines), rows)


def council_open_data(folder: Path, code: str = BOLTON, complaints: str = "42") -> Path:
    region, old, name = PLACES[code]
    columns = (
        "time_period,time_identifier,geographic_level,country_code,country_name,region_code,"
        "region_name,new_la_code,old_la_code,la_name,breakdown_topic,breakdown,figure,"
        "complaint_count"
    )
    place = f"Local authority,E92000001,England,{region},{code},{old},{name}"
    rows = [
        f"202122,Financial year,{place},Complaints received,Total,complaints.received,{complaints}",
        f"202122,Financial year,{place},Outcomes,upheld,complaints.by_outcome,7",
    ]
    return _write(folder / "figures.csv", columns, rows)


def children_served(folder: Path, **groups: str) -> Path:
    """groups: gender → number of children, in place of 600 girls and 1,000 boys."""
    numbers = {"female": "600", "male": "1000", "not recorded": "20"} | groups
    rows = [f"202122,gender,{group},{number}" for group, number in numbers.items()]
    return _write(
        folder / "served.csv",
        "time_period,characteristic,group,children",
        [*rows, "202122,disability,yes,300"],
    )


def _write(path: Path, heading: str, rows: list[str]) -> Path:
    path.write_text("\n".join([heading, *rows]) + "\n", encoding="utf-8")
    return path
