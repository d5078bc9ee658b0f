"""What a review leaves in the workspace: its table, and the comments until they are settled."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pipeline.report.comments import comments_table, load_comments, merged_comments
from pipeline.review.returned.origin import report_with_id
from pipeline.review.session import Review
from pipeline.review.show import review_table
from pipeline.settings import Settings
from pipeline.system.folders import make_private, rename_durably

TABLE_FILE = "review.csv"
LAST_READ_FILE = "last-read.txt"  # the id of the report that readers had last


def save_review(review: Review, settings: Settings, decisions: Mapping[int, str]) -> Path:
    """Write the table and the comments into the review's folder; the path of the table.

    Comments of files that were read earlier stay, as those files said last.
    """
    folder = settings.review_folder
    folder.mkdir(parents=True, exist_ok=True)
    table = folder / TABLE_FILE
    _write(table, review_table(review, decisions))
    _write(folder / LAST_READ_FILE, f"{review.files[-1].report.record.digest}\n")
    comments = merged_comments(load_comments(settings), review.comments)
    if comments:
        _write(settings.reader_comments, comments_table(comments))
    make_private(folder)
    return table


def last_read_report(settings: Settings) -> Path | None:
    """The folder of the draft that readers had last; None if none was reviewed or it is gone."""
    path = settings.review_folder / LAST_READ_FILE
    if not path.is_file():
        return None
    report = report_with_id(settings.workspace, path.read_text(encoding="utf-8").strip())
    return report.folder if report else None


def _write(path: Path, text: str) -> None:
    staging = path.with_name(f".{path.name}.new")
    staging.write_text(text, encoding="utf-8", newline="\n")
    rename_durably(staging, path)
