"""The procedure that a council writes itself: a file in the tests, of under 80 lines."""

from __future__ import annotations

from pathlib import Path

import yaml

from pipeline.procedures import Procedure

PARKING_FILE = Path(__file__).parent / "procedures" / "parking.yaml"
PARKING = Procedure.model_validate(yaml.safe_load(PARKING_FILE.read_text(encoding="utf-8")))
