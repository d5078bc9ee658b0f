"""Columns and tables in which nothing is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from pipeline.validate.definitions import Extract

DATE_DTYPE = "datetime64[us]"


def empty_table(extract: Extract) -> pd.DataFrame:
    """A typed table of an extract with no rows."""
    places: dict[str, object] = {
        "year": missing_values("text", 0),
        "file": pd.Categorical([], categories=pd.Index([], dtype="str")),
        "row": np.zeros(0, "int64"),
    }
    columns = {column.name: missing_values(column.type, 0) for column in extract.columns}
    return pd.DataFrame(places | columns)


def missing_values(column_type: str, length: int) -> object:
    """The values of a column of this type, all missing."""
    match column_type:
        case "date":
            return np.full(length, np.datetime64("NaT"), dtype=DATE_DTYPE)
        case "whole number":
            return pd.arrays.IntegerArray(np.zeros(length, "int64"), np.ones(length, bool))
        case "pounds" | "number":
            return pd.arrays.FloatingArray(np.zeros(length), np.ones(length, bool))
    return pd.array(pa.nulls(length, pa.large_string()), dtype="str")
