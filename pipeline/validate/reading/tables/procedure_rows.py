"""The rows of one procedure in a file that several procedures share."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa

from pipeline.settings import Settings
from pipeline.validate.definitions import PROCEDURE
from pipeline.validate.findings import Finding, format_row_numbers
from pipeline.validate.reading.columns.extract_text import ExtractText
from pipeline.validate.reading.convert import convert
from pipeline.validate.reading.mapping import join_codes
from pipeline.validate.reading.table_source import TableRows

OTHER_PROCEDURE = "of another procedure"


@dataclass(frozen=True)
class ProcedureRows:
    """The rows of a file that belong to the procedure, or to none that is known.

    other_count: how many rows of the file are those of other procedures.
    """

    rows: TableRows
    other_count: int = 0
    findings: list[Finding] = field(default_factory=list)


def select_procedure(
    text: ExtractText, rows: TableRows, positions: list[int], settings: Settings
) -> ProcedureRows:
    """The rows of the settings' procedure; all rows in a workspace with a single one.

    text: the file, whose columns are not read here. positions: those of the rows' columns in which
        the heading `procedure` is; none if the file has no such heading. A row without a procedure
        stays, so that it is reported rather than lost.
    """
    if not settings.procedure:
        return ProcedureRows(rows)
    if not positions:
        return ProcedureRows(rows, findings=[_no_column_finding(text, settings)])
    cells = join_codes([rows.columns[position] for position in positions])
    table, _ = convert(replace(text, columns={PROCEDURE: cells}), settings.council)
    others = set(settings.council.procedure_names) - {settings.procedure}
    is_other = table[PROCEDURE].isin(others).to_numpy()
    blank = rows.row_numbers[_is_blank(cells)]
    findings = [_blank_finding(text, blank, settings)] if len(blank) else []
    mask = pa.array(~is_other)
    selected = replace(
        rows,
        columns=[column.filter(mask) for column in rows.columns],
        row_numbers=rows.row_numbers[~is_other],
    )
    return ProcedureRows(selected, int(is_other.sum()), findings)


def _is_blank(cells: pa.ChunkedArray) -> np.ndarray:
    return np.asarray([not (cell or "").strip() for cell in cells.to_pylist()], dtype=bool)


def _no_column_finding(text: ExtractText, settings: Settings) -> Finding:
    return Finding(
        severity="critical",
        rule=f"{text.extract.name}.{PROCEDURE}.present",
        extract=text.extract.name,
        file=text.file,
        column=PROCEDURE,
        what=f"there is no column {PROCEDURE}, and council.yaml lists several procedures",
        remedy=f"Add the column to the file, with {_names(settings)} in each row, or map the "
        "heading that has it under `columns:`.",
    )


def _blank_finding(text: ExtractText, blank: np.ndarray, settings: Settings) -> Finding:
    return Finding(
        severity="critical",
        rule=f"{text.extract.name}.{PROCEDURE}.required",
        extract=text.extract.name,
        file=text.file,
        row=int(blank[0]) if len(blank) == 1 else None,
        column=PROCEDURE,
        what=f"no procedure is given in {format_row_numbers(blank)}",
        remedy=f"Write {_names(settings)} in each.",
        stands_for=len(blank),
    )


def _names(settings: Settings) -> str:
    *others, last = settings.council.procedure_names
    return f"{', '.join(others)} or {last}"
