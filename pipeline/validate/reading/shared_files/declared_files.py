"""Files that `tables:` in council.yaml names: they may hold any extract, and several of them."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.problem import did_you_mean
from pipeline.settings import Council
from pipeline.validate.findings import Finding
from pipeline.validate.reading.layout.source_names import SourceName, part_in
from pipeline.validate.reading.sheet_worker import normalise_name
from pipeline.year import Year


def source_names(path: str, by_name: SourceName | None, council: Council) -> list[SourceName]:
    """The extracts in a file: by its name, and those for which `tables:` names it.

    path: below data/raw. by_name: what the name of the file, or of its folder, says.
    """
    names = [by_name] if by_name else []
    known = {name.extract for name in names}
    folder, _, file = path.rpartition("/")
    for extract, layouts in council.tables.items():
        declared = {layout.file for layout in layouts if layout.file}
        if path not in declared or extract in known:
            continue
        others = {one for one in declared if one.rpartition("/")[0] == folder and one != path}
        stem = file.rpartition(".")[0] or file
        part = normalise_name(stem) if others else part_in(stem)
        names.append(SourceName(extract, part))
    return names


def missing_file_findings(year: Year, present: Sequence[str], council: Council) -> list[Finding]:
    """A finding for each file of a year that `tables:` names and that is not there.

    present: the paths below data/raw of the files and folders of the year.
    """
    return [
        Finding(
            severity="critical",
            rule=f"{extract}.table.file",
            extract=extract,
            file=f"data/raw/{year}",
            what=(
                f'there is no file "{layout.file}", which council.yaml names under `tables:`.'
                f"{did_you_mean(layout.file, list(present))}"
            ),
            remedy="Correct the name of the file, as it is below data/raw, or remove the entry.",
        )
        for extract, layouts in council.tables.items()
        for layout in layouts
        if layout.file and layout.file.startswith(f"{year}/") and layout.file not in present
    ]
