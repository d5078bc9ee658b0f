"""Which reports a run makes, in which order."""

from __future__ import annotations

from typing import NamedTuple

from pipeline.run.record.models import RunOptions
from pipeline.settings import Settings, load_procedures
from pipeline.settings.sections import JOINT


class PlannedReport(NamedTuple):
    """One of the reports that a run makes, and what of it."""

    settings: Settings
    options: RunOptions


def planned_reports(settings: Settings, options: RunOptions) -> list[PlannedReport]:
    """The reports of a run, in the order in which they have to be made.

    It is one, or with several procedures one of each and then the joint report. A procedure of
    which council.yaml asks no report of its own is run all the same, for the chapter on it, but no
    file of it is made to be published.
    """
    if not settings.is_joint:
        return [PlannedReport(settings, options)]
    reports = settings.council.reports
    planned = []
    for procedure in load_procedures(settings):
        formats = options.formats if procedure.procedure in reports else []
        own = options.model_copy(
            update={"year": f"{procedure.year}/{procedure.procedure}", "formats": formats}
        )
        planned.append(PlannedReport(procedure, own))
    return planned + ([PlannedReport(settings, options)] if JOINT in reports else [])
