"""Figures as the aggregate step hands them on, of a council that does not exist."""

from __future__ import annotations

import pandas as pd
import pytest

from pipeline.report.figures import Published
from pipeline.report.narrative.language import Language
from pipeline.settings import Council, Report, Settings
from pipeline.year import Year

UNITS = {
    "complaints": "complaint",
    "compliments": "compliment",
    "stage_1": "investigation",
    "ombudsman": "case",
}
X = None  # a number that is not available
C = "c"  # one that is withheld


@pytest.fixture(scope="session")
def a_council():
    """A council with the regulations' limits, but for what a test names."""

    def make(**different) -> Council:
        return Council.model_validate({
            "authority": "Anyshire Council", "directorate": "Children", "service": "Social care", "panel": "Scrutiny",
            "report_of": "Director", "contact": {"role": "Complaints manager", "email": "complaints@example.org"},
            "service_areas": ["Early Help", "Looked After Children"], "themes": ["delay", "staff"], "item_types": ["Policy"],
            "disclosure": {"policy": "publish", "reason": "by decision of the panel"}, **different,
        })  # fmt: skip

    return make


@pytest.fixture(scope="session")
def a_settings(a_council, tmp_path_factory):
    """Settings of a workspace of its own, for 2021-22."""

    def make(**different) -> Settings:
        report = Report.model_validate({
            "subject": "Annual report", "meeting_date": "2022-11-09", "data_as_at": "2022-06-30", "author": "Complaints manager",
            "wards": "All", "item_type": ["Policy"], "exempt": "no", "members_are_asked": "Members are asked to note.",
        })  # fmt: skip
        workspace = tmp_path_factory.mktemp("workspace")
        (workspace / "data" / "raw" / "2021-22").mkdir(parents=True)
        return Settings(workspace=workspace, year=Year(2021), council=a_council(**different), report=report,
                        processed=workspace / "processed")  # fmt: skip

    return make


@pytest.fixture(scope="session")
def published(a_settings):
    """published({"complaints.received": [1, 2, 3]}): numbers of the last years, the reported one last; X is [x], C is [c].

    A figure with categories is a dict of such lists, one with a detail too has pairs for keys. bases: id → id of its base.
    """

    def make(
        figures: dict,
        bases: dict[str, str] | None = None,
        settings: Settings | None = None,
        sources=None,
    ) -> Published:
        longest = max(
            len(v) for f in figures.values() for v in (f.values() if isinstance(f, dict) else [f])
        )
        settings = settings or a_settings(comparison_years=str(longest))
        rows = []
        for id, categories in figures.items():
            for key, values in (
                categories if isinstance(categories, dict) else {"": categories}
            ).items():
                category, detail = key if isinstance(key, tuple) else (key, "")
                for year, value in zip(settings.window, values, strict=True):
                    rows.append({
                        "figure": id, "title": id.replace(".", " ").replace("_", " ").capitalize(),
                        "unit": UNITS.get(id.partition(".")[0], "row"), "rule": "A rule.", "measure": "count",
                        "base": (bases or {}).get(id, ""), "overlapping": "", "once_published": None,
                        "year": str(year), "category": category, "detail": detail,
                        "value": None if value == C else value, "shorthand": "x" if value is None else C if value == C else "",
                        "source": (sources or {}).get(str(year), "extracts"),
                    })  # fmt: skip
        folder = settings.processed / "3_aggregate"
        folder.mkdir(parents=True, exist_ok=True)
        pd.DataFrame(rows).astype({"value": "Float64"}).to_csv(folder / "figures.csv", index=False)
        return Published.read(settings)

    return make


@pytest.fixture(scope="session")
def say(published, a_settings):
    """say("{{ complaints.received }}", {"complaints.received": [1, 2]}): what a narrative says of some figures."""

    def make(
        template: str, figures: dict | None = None, bases: dict[str, str] | None = None, **council
    ) -> str:
        figures = figures or {"complaints.received": [12, 4]}
        longest = max(
            len(v) for f in figures.values() for v in (f.values() if isinstance(f, dict) else [f])
        )
        settings = a_settings(comparison_years=str(longest), **council)
        language = Language(published(figures, bases, settings), settings.council, settings.report)
        return str(language.render(template, lambda line: f"line {line}"))

    return make
