"""Who the council is and which year is reported.

`data/raw/council.yaml` contains what stays from year to year, and
`data/raw/<year>/report.yaml` what belongs to one report.
"""

from pipeline.procedures.limits import TimeLimits
from pipeline.settings.models import (
    Council,
    Disclosure,
    Equality,
    Report,
    SeriesBreak,
)
from pipeline.settings.sections import ReportSections
from pipeline.settings.tables import TableLayout
from pipeline.settings.workspace import (
    Settings,
    load_council,
    load_procedures,
    load_report,
    load_settings,
)
from pipeline.settings.years import years_in

__all__ = [
    "Council",
    "Disclosure",
    "Equality",
    "Report",
    "ReportSections",
    "SeriesBreak",
    "Settings",
    "TableLayout",
    "TimeLimits",
    "load_council",
    "load_procedures",
    "load_report",
    "load_settings",
    "years_in",
]
