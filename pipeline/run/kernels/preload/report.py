"""Imported by a waiting kernel: what `4_report.ipynb` needs to write and to draw."""

import matplotlib.backends.backend_agg
import matplotlib.backends.backend_svg  # noqa: F401

from pipeline.report import notebook  # noqa: F401
from pipeline.report.narrative import claims  # noqa: F401
