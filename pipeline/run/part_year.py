"""What a run on part of a year can make."""

from __future__ import annotations

from datetime import date

from pipeline.problem import Kind, Problem
from pipeline.run.record import RunOptions


def part_options(options: RunOptions, to: date, are_chosen: bool) -> RunOptions:
    """The options of a run on part of a year, which has no open data.

    are_chosen: whether a person named the formats.
    Raises Problem if the report is to be final, or if open data is asked for.
    """
    if options.final or (are_chosen and "data" in options.formats):
        raise Problem(
            kind=Kind.SETTINGS,
            where="--final" if options.final else "--formats",
            what="the report on part of a year is a draft without open data, because its numbers "
            "would be taken for those of the year",
            remedy="Leave it out. The annual report has quarters and months in its open data.",
        )
    formats = [name for name in options.formats if name != "data"]
    return options.model_copy(update={"formats": formats, "to": str(to)})
