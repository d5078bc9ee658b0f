"""Random extracts that a run would accept, of a council that does not exist."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from builders import CHILDREN, typed_extract

from pipeline.aggregate.cleaned_data import CleanedData
from pipeline.clean import clean
from pipeline.settings import Council, Equality, Settings
from pipeline.validate.dictionary import EXTRACTS_BY_NAME

YEARS = ("2019-20", "2020-21", "2021-22")
ROWS_PER_YEAR = 90
Row = dict[str, Any]


class RandomExtracts:
    """Rows whose columns are independent of each other, as far as the rules of the data allow."""

    def __init__(self, seed: int, council: Council) -> None:
        self.random = np.random.default_rng(seed)
        self.council = council

    def choose(self, values: Any) -> Any:
        return values[int(self.random.integers(len(values)))]

    def sometimes(self, value: Any, chance: float = 0.7) -> Any:
        return value if self.random.random() < chance else None

    def code(self, extract: str, column: str) -> str:
        declared = EXTRACTS_BY_NAME[extract].column(column)
        return self.choose(declared.codes or declared.codes_of(CHILDREN))

    def later(self, day: pd.Timestamp, most_days: int) -> pd.Timestamp:
        return day + pd.Timedelta(days=int(self.random.integers(most_days)))

    def day_in(self, year: str) -> pd.Timestamp:
        return self.later(pd.Timestamp(f"{year[:4]}-04-01"), 365)

    def complaint(self, year: str, number: int) -> Row:
        received = self.day_in(year)
        status = self.choose(["open", "closed", "closed"])
        accepted = self.choose(["yes", "yes", "no"])
        is_closed = status == "closed"
        has_outcome = is_closed and (accepted == "yes" or self.random.random() < 0.3)
        themes = self.random.permutation(self.council.themes)
        return {
            "reference": f"{year}/{number}",
            "received": received,
            "service_area": self.choose(self.council.service_areas),
            "team": self.sometimes(self.choose(["North", "South"])),
            "complainant_type": self.code("complaints", "complainant_type"),
            "route": self.code("complaints", "route"),
            "method": self.sometimes(self.code("complaints", "method")),
            "theme": "; ".join(themes[: int(self.random.integers(1, len(themes) + 1))]),
            "accepted": accepted,
            "not_accepted_reason": self.sometimes(self.code("complaints", "not_accepted_reason"))
            if accepted == "no"
            else None,
            "status": status,
            "outcome": self.choose(CHILDREN.outcome_codes) if has_outcome else None,
            # Many at once, so that some of each month are closed in that month.
            "closed": self.later(received, self.choose([20, 800])) if is_closed else None,
            **{
                name: self.sometimes(self.choose(getattr(self.council.equality, name)))
                for name in Equality.model_fields
            },
        }

    def investigation(self, complaint: Row) -> Row:
        requested = self.later(complaint["received"], 500)
        return {
            "complaint": self.sometimes(complaint["reference"], 0.9) or "older than the years held",
            "stage": self.choose("123"),
            "requested": requested,
            "responded": self.sometimes(self.later(requested, self.choose([30, 90]))),
            "outcome": self.sometimes(self.choose(CHILDREN.outcome_codes)),
            "extended": self.choose(["yes", "no"]),
            "extension_ground": self.sometimes("complex"),
            "cost": self.sometimes(10.0),
            "bypassed": self.choose(["yes", "no"]),
            "panel_met": self.sometimes(self.later(requested, 90)),
            "panel_reported": self.sometimes(self.later(requested, 120)),
        }

    def ombudsman_case(self, year: str, number: int) -> Row:
        received = self.day_in(year)
        return {
            "reference": f"{year}/{number}",
            "received": received,
            "decided": self.sometimes(self.later(received, 400)),
            "decision": self.choose(CHILDREN.ombudsman_decisions),
            "service_area": self.choose(self.council.service_areas),
            # Few, so that each occurs with every decision in every year.
            "subject": self.choose(["delay", "staff"]),
            "in_scope": self.choose(["yes", "no"]),
        }

    def compliment(self, year: str, number: int) -> Row:
        return {
            "reference": f"{year}/{number}",
            "service_area": self.choose(self.council.service_areas),
            "source": self.sometimes(self.code("compliments", "source")),
        }

    def concern(self, year: str) -> Row:
        return {
            "settled": self.sometimes(self.day_in(year)),
            "complaint": self.sometimes("a reference"),
        }

    def rows_of_year(self, year: str) -> dict[str, list[Row]]:
        numbers = range(ROWS_PER_YEAR)
        complaints = [self.complaint(year, number) for number in numbers]
        return {
            "complaints": complaints,
            "investigations": [self.investigation(row) for row in complaints for _ in range(3)],
            "ombudsman": [self.ombudsman_case(year, number) for number in numbers],
            "compliments": [self.compliment(year, number) for number in numbers],
            "concerns": [self.concern(year) for _ in numbers],
            "learning": [],
            "training": [],
            "activity": [],
        }


@pytest.fixture(scope="session")
def collecting_settings(settings, council, tmp_path_factory) -> Settings:
    """A workspace with three years, of a council that collects every characteristic."""
    equality = {name: ["this", "that"] for name in Equality.model_fields}
    changed = council.model_dump(mode="json") | {"equality": equality}
    workspace = tmp_path_factory.mktemp("random")
    for year in YEARS:
        (workspace / "data" / "raw" / year).mkdir(parents=True)
    return settings.model_copy(
        update={"workspace": workspace, "council": Council.model_validate(changed)}
    )


@pytest.fixture(scope="session")
def random_data(collecting_settings) -> Callable[[int], CleanedData]:
    """random_data(7): three cleaned years, the same for the same seed."""

    def build(seed: int) -> CleanedData:
        source = RandomExtracts(seed, collecting_settings.council)
        rows: dict[str, list[Row]] = {}
        for year in YEARS:
            for extract, extract_rows in source.rows_of_year(year).items():
                rows.setdefault(extract, []).extend({"year": year} | row for row in extract_rows)
        tables = {
            extract: typed_extract(extract, extract_rows) for extract, extract_rows in rows.items()
        }
        cleaned = dict(clean(tables, collecting_settings).tables)
        finding_types = dict.fromkeys(("year", "extract", "file", "severity", "reason"), "str")
        finding_types |= {"row": "Int64", "stands_for": "Int64"}
        cleaned["findings"] = pd.DataFrame(columns=list(finding_types)).astype(finding_types)
        supplied = frozenset((year, extract) for year in YEARS for extract in rows)
        return CleanedData(cleaned, supplied, collecting_settings)

    return build
