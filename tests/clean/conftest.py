"""Typed extracts as the validate step leaves them, and the settings of a council."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from builders import make_council, make_settings, typed_extract

from pipeline.settings import Council, Settings


@pytest.fixture(scope="session")
def council() -> Council:
    return make_council()


@pytest.fixture(scope="session")
def settings() -> Settings:
    return make_settings()


@pytest.fixture(scope="session")
def extract() -> Callable[..., pd.DataFrame]:
    """extract("complaints", {...}, {...}): a typed row for each dictionary."""

    def build(name: str, *rows: dict[str, Any]) -> pd.DataFrame:
        return typed_extract(name, list(rows))

    return build
