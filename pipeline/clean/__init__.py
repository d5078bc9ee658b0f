"""One row per case and one row per stage; every dropped row accounted for."""

from __future__ import annotations

import pandas as pd

from pipeline.clean.cases import clean_cases, clean_investigations
from pipeline.clean.reconcile import Cleaned, add_left_out, combine, filter_extract
from pipeline.settings import Settings
from pipeline.validate.dictionary import EXTRACTS

__all__ = ["Cleaned", "clean"]


def clean(
    tables: dict[str, pd.DataFrame], settings: Settings, left_out: pd.DataFrame | None = None
) -> Cleaned:
    """Every supplied extract without personal columns and duplicates, in the dictionary's order.

    tables: typed extracts of all available years by name, each with year, file and row before its
        own columns; an extract that was not supplied is absent.
    left_out: the rows of their files that are in no table; these are in the account too.
    """

    def clean_extract(extract: str) -> Cleaned:
        match extract:
            case "complaints":
                return clean_cases(tables["complaints"], settings.council)
            case "investigations":
                return clean_investigations(
                    tables["investigations"], tables["complaints"], settings.council
                )
            case _:
                return filter_extract(extract, tables[extract])

    cleaned = combine(clean_extract(extract.name) for extract in EXTRACTS if extract.name in tables)
    return cleaned if left_out is None else add_left_out(cleaned, left_out)
