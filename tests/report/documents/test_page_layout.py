"""No page of the PDF is more than a third empty, except the last one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pypdfium2
import pytest

PAGE_MM = 297
FOOT_MM = 19  # the margin in which the number of the page is
TEXT_MM = 261  # the page without its margins
WHITE = 250  # of 255: anything darker is ink
PIXELS_PER_POINT = 0.5


def empty_shares(pdf: Path) -> Iterator[float]:
    """How much of each page is empty below the last thing printed on it, above its number."""
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            pixels = np.asarray(page.render(scale=PIXELS_PER_POINT, grayscale=True).to_numpy())
            rows = pixels.reshape(pixels.shape[0], -1).min(axis=1) < WHITE
            foot = round(len(rows) * (PAGE_MM - FOOT_MM) / PAGE_MM)
            ink = np.flatnonzero(rows[:foot])
            last = ink[-1] + 1 if len(ink) else 0
            yield (foot - last) / len(rows) * PAGE_MM / TEXT_MM


def assert_pages_are_full(pdf: Path) -> None:
    *shares, _last = empty_shares(pdf)
    assert [(number, share) for number, share in enumerate(shares, 1) if share > 1 / 3] == []


def test_no_page_of_the_sample_is_more_than_a_third_empty(sample_report):
    assert_pages_are_full(sample_report.html.with_suffix(".pdf"))


@pytest.mark.slow
@pytest.mark.parametrize("year", ["empty", "first", "large", "suppressed"])
def test_no_page_of_another_year_is_more_than_a_third_empty(year, report_of_another_year):
    assert_pages_are_full(report_of_another_year(year).html.with_suffix(".pdf"))
