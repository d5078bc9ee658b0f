"""A report on part of a year is marked, and under suppression it is for its maker alone."""

from __future__ import annotations

import os
import stat

import docx
import pytest

from pipeline.report.wording import INTERNAL_MARK, INTERNAL_NOTICE

PART = "2021-22-to-2021-12-31"


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes of folders")
def test_part_of_a_year_that_withholds_is_not_for_publication(workspace, annual_report):
    council = workspace / "data" / "raw" / "council.yaml"
    council.write_text(council.read_text().replace("policy: publish", "policy: suppress"))
    options = ("--to", "2021-12-31", "--formats", "html,docx")
    result = annual_report("run", "2021-22", "--workspace", workspace, *options)
    assert result.returncode == 0, result.stderr
    assert f"{INTERNAL_NOTICE}. Only you can open the folder." in result.stdout
    folder = workspace / "reports" / PART
    assert stat.S_IMODE(folder.stat().st_mode) == stat.S_IRWXU
    assert not list(folder.glob("figures*"))
    html = (folder / "annual-report.html").read_text(encoding="utf-8")
    assert f'<p class="draft">{INTERNAL_NOTICE}. Year so far, to 31 December 2021' in html
    assert f'content:"{INTERNAL_MARK}"' in html
    (section, *_) = docx.Document(folder / "annual-report.docx").sections
    assert section.header.paragraphs[0].text.startswith(INTERNAL_NOTICE)
