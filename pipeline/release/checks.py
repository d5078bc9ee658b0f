"""What must hold of finished files before they are published.

Every check has one signature, `check(page, files, settings)`, and raises a Problem that lists what
it found. `page` is the report, and `files` are the contents of the files to publish, by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pipeline.release.disclosure_attack import check_disclosure
from pipeline.release.open_data import check_open_data
from pipeline.release.page_faults import check_page_faults
from pipeline.release.personal.search import check_personal_data
from pipeline.report.documents.page import Page
from pipeline.settings import Settings

Check = Callable[[Page, Mapping[str, bytes], Settings], None]
# Of the page, before most files are made of it; and of all files, those that need the PDF last.
PAGE_CHECKS: tuple[Check, ...] = (check_page_faults,)
FILE_CHECKS: tuple[Check, ...] = (check_open_data, check_personal_data, check_disclosure)
