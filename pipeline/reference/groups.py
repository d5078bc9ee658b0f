"""The characteristics of the children served, in the codes in which complainants' are recorded."""

from __future__ import annotations

from pipeline.problem import Kind, Problem, did_you_mean
from pipeline.reference.reading import ReferenceFile
from pipeline.settings import Council, Equality

NOT_RECORDED = "not recorded"


def check_groups(file: ReferenceFile, council: Council) -> None:
    """Raise Problem for a characteristic or a group that complaints do not have."""
    for row, cells in file.rows:
        characteristic, group = cells["characteristic"], cells["group"]
        names = list(Equality.model_fields)
        codes = [*getattr(council.equality, characteristic, ()), NOT_RECORDED]
        word, allowed = (group, codes) if characteristic in names else (characteristic, names)
        if word not in allowed:
            raise Problem(
                kind=Kind.DATA,
                where=f"{file.name}, row {row}",
                what=f'"{word}" is not one of those that complaints are recorded with.'
                f"{did_you_mean(word, allowed)}",
                remedy=f"Use one of: {'; '.join(allowed)}. The codes are under `equality` in "
                "council.yaml.",
            )
