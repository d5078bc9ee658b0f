"""The few charts that show what the text says.

Headline, subtitle, source and data table are not drawn: they are text next to the image.
"""

from pipeline.report.charts.areas import authority_bars
from pipeline.report.charts.bars import bars, stacked_years, understates
from pipeline.report.charts.lines import spark, trend

__all__ = ["authority_bars", "bars", "spark", "stacked_years", "trend", "understates"]
