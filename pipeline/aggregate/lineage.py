"""The rows behind each number of a figure: extract, file and row."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
from pandas.api.types import is_numeric_dtype

from pipeline.aggregate.figure import ROW_LOCATION, Figure
from pipeline.artifacts import DETAIL_SEPARATOR

LINEAGE_COLUMNS = ("figure", "year", "category", "detail", "extract", "file", "row")
LINEAGE = pa.schema(
    [
        (name, pa.int64() if name == "row" else pa.dictionary(pa.int32(), pa.string()))
        for name in LINEAGE_COLUMNS
    ]
)


def lineage_table(figure: Figure, rows: pd.DataFrame) -> pa.Table:
    """The rows behind each number of a figure, in the order of the extracts, as LINEAGE.

    rows: those that the figure counts, with ROW_LOCATION and the columns of its categories.
    """
    columns = {name: rows[name] for name in ROW_LOCATION}
    texts = [_as_text(rows[name]) for name in figure.by]
    if texts:
        columns["category"] = texts[0]
    if len(texts) > 1:
        columns["detail"] = texts[1].str.cat(texts[2:], sep=DETAIL_SEPARATOR)
    arrays = []
    for lineage_field in LINEAGE:
        name = lineage_field.name
        if name in columns:
            array = pa.array(columns[name], from_pandas=True)
            if name != "row" and not pa.types.is_dictionary(array.type):
                array = array.dictionary_encode()
        else:
            text = figure.id if name == "figure" else ""
            array = pa.DictionaryArray.from_arrays(np.zeros(len(rows), dtype="int32"), [text])
        arrays.append(array.cast(lineage_field.type))
    return pa.Table.from_arrays(arrays, schema=LINEAGE)


def _as_text(column: pd.Series) -> pd.Series:
    """The column, with numbers as text."""
    return column.astype("str") if is_numeric_dtype(column) else column
