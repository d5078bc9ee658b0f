"""Imported by a waiting kernel: what `4_report.ipynb` needs to write and to draw."""

from __future__ import annotations

import matplotlib.backends.backend_agg
import matplotlib.backends.backend_svg

from pipeline.report import notebook
from pipeline.report.narrative import claims
