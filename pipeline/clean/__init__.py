"""One row per case and one row per stage; every dropped row accounted for."""

from __future__ import annotations

import pandas as pd

from pipeline.clean.cases import clean_cases, clean_investigations
from pipeline.clean.reconcile import Cleaned, combine, filter_extract
from pipeline.settings import Settings
from pipeline.validate.dictionary import EXTRACTS

__all__ = ["Cleaned", "clean"]


def clean(tables: dict[str, pd.DataFrame], settings: Settings) -> Cleaned:
    """Every supplied extract without personal columns and duplicates, in the dictionary's order.

    tables: typed extracts of all available years by name, each with year, file and row before its
        own columns; an extract that was not supplied is absent.
    """

    def clean_extract(extract: str) -> Cleaned:
        match extract:
            case "complaints":
                return clean_cases(tables["complaints"])
            case "investigations":
                return clean_investigations(
                    tables["investigations"], tables["complaints"], settings.council
                )
            case _:
                return filter_extract(extract, tables[extract])

    return combine(clean_extract(extract.name) for extract in EXTRACTS if extract.name in tables)
