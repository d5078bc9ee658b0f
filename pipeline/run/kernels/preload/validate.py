"""Imported by a waiting kernel: what `1_validate.ipynb` needs.

Great Expectations takes longer to import than the notebook's own work takes.
"""

from __future__ import annotations

from pipeline.validate import checklist, store
from pipeline.validate.reading import read
from pipeline.validate.rules import great_expectations

great_expectations.load_gx()
