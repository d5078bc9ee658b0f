"""published.csv of a workspace, read from a real file, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from builders import make_settings

from pipeline.aggregate.published.findings import published_findings
from pipeline.settings import Settings
from pipeline.validate import check
from pipeline.validate.findings import Finding

HEADING = "year,figure,category,value,source\n"
PublishedFile = Callable[..., tuple[pd.DataFrame, Settings]]


@pytest.fixture
def published_file(tmp_path: Path) -> PublishedFile:
    """published_file("2019-20,complaints.received,,43", …): its typed rows, and the settings."""

    def write(*lines: str, **council: Any) -> tuple[pd.DataFrame, Settings]:
        (tmp_path / "data" / "raw" / "2021-22").mkdir(parents=True, exist_ok=True)
        text = HEADING + "".join(f"{line},Annual report\n" for line in lines)
        (tmp_path / "data" / "raw" / "published.csv").write_text(text, encoding="utf-8")
        settings = make_settings(tmp_path, comparison_years="3", **council)
        return check(settings).published, settings

    return write


@pytest.fixture
def findings_in(published_file: PublishedFile) -> Callable[..., list[Finding]]:
    """findings_in("2019-20,complaints.received,,43", …): what is wrong with these rows."""

    def find(*lines: str, **council: Any) -> list[Finding]:
        return published_findings(*published_file(*lines, **council))

    return find
