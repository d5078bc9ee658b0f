"""One row a case, one row a stage; every dropped row accounted for."""

from __future__ import annotations

import pandas as pd

from pipeline.clean.cases import clean_cases, clean_investigations
from pipeline.clean.reconcile import Cleaned, combine, filter_extract
from pipeline.settings import Settings
from pipeline.validate.dictionary import EXTRACTS

__all__ = ["Cleaned", "clean"]


def clean(tables: dict[str, pd.DataFrame], settings: Settings) -> Cleaned:
    """Every extract handed over, of all years held, without personal columns and duplicates, in the dictionary's order.

    tables: typed extracts by name, each with year, file and row before its own columns; an extract not handed over is absent.
    """

    def part(extract: str) -> Cleaned:
        match extract:
            case "complaints":
                return clean_cases(tables["complaints"])
            case "investigations":
                return clean_investigations(
                    tables["investigations"], tables["complaints"], settings.council
                )
            case _:
                return filter_extract(extract, tables[extract])

    return combine(part(extract.name) for extract in EXTRACTS if extract.name in tables)
