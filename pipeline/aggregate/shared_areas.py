"""Complaints about several service areas: each counts at each of its areas."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from pipeline.aggregate.cleaned_data import CleanedData
from pipeline.aggregate.figure import Figure
from pipeline.aggregate.figures.complaints import complaints, upheld_complaints
from pipeline.aggregate.terms import EACH, EVERY, Limit, Term
from pipeline.settings import Settings

BY_AREA = "complaints.by_service_area"
UPHELD_BY_AREA = "complaints.upheld_by_service_area"
SEPARATOR = ";"
EXCEPTION = "; one that was about several counts at each."
RECEIVED, UPHELD = Term("complaints.received"), Term("complaints.upheld_wholly_or_partly")
# Each complaint is about a service area, whether it was upheld or not.
LIMITS = {
    BY_AREA: (Limit((RECEIVED,), at_most=(Term(BY_AREA, EVERY),)),),
    UPHELD_BY_AREA: (
        Limit((UPHELD,), at_most=(Term(UPHELD_BY_AREA, EVERY),)),
        Limit((RECEIVED, Term(UPHELD_BY_AREA, EVERY)), at_most=(Term(BY_AREA, EVERY), UPHELD)),
        Limit((Term(BY_AREA, EACH), UPHELD), at_most=(RECEIVED, Term(UPHELD_BY_AREA, EACH))),
    ),
}


def with_shared_complaints(settings: Settings, complaints_table: pd.DataFrame) -> Settings:
    """The settings, which now say if a complaint of these is about several service areas.

    complaints_table: of all available years, with `year` and `service_area`.
    """
    areas = complaints_table["service_area"].astype("str")
    is_shared = areas.fillna("").str.contains(SEPARATOR, regex=False)
    if not is_shared.any():
        return settings
    shared_years = set(complaints_table.loc[is_shared, "year"])
    whole_years = frozenset(map(str, settings.available_years)) - shared_years
    council = settings.council.with_shared_complaints(whole_years)
    return settings.model_copy(update={"council": council})


def shared_by_areas(figure: Figure, whole_years: frozenset[str]) -> Figure:
    """The figure, with overlapping categories if these are the service areas of complaints."""
    if figure.id not in LIMITS:
        return figure
    return replace(
        figure,
        overlapping=True,
        whole_years=whole_years,
        limits=LIMITS[figure.id],
        rule=figure.rule.removesuffix(".") + EXCEPTION,
    )


def complaints_by_area(data: CleanedData) -> pd.DataFrame:
    """All complaints, one row per case and service area."""
    return one_row_per_code(complaints(data, "service_area"), "service_area")


def upheld_complaints_by_area(data: CleanedData) -> pd.DataFrame:
    """Those decided and upheld, wholly or partly, one row per case and service area."""
    return one_row_per_code(upheld_complaints(data), "service_area")


def one_row_per_code(cases: pd.DataFrame, column: str) -> pd.DataFrame:
    """The cases, one row for each code in a column with several."""
    texts, distinct_texts = pd.factorize(cases[column].fillna(""))
    # Few texts occur, each many times, so each is split once.
    codes_of_text = [_split_codes(text) for text in distinct_texts]
    if all(codes == [text] for codes, text in zip(codes_of_text, distinct_texts, strict=True)):
        return cases
    code_counts = np.array([len(codes) for codes in codes_of_text], dtype=int)[texts]
    codes: list[str] = []
    for text in texts:
        codes += codes_of_text[text]
    return cases.iloc[np.repeat(np.arange(len(cases)), code_counts)].assign(**{column: codes})


def _split_codes(text: str) -> list[str]:
    """The codes in a text, separated by semicolons, each once."""
    codes = (code.strip() for code in text.split(SEPARATOR))
    return list(dict.fromkeys(code for code in codes if code))
