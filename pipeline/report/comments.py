"""Comments that readers made in Word: kept between runs, listed in the audit, settled in turn."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields

from pipeline.problem import Kind, Problem
from pipeline.settings import Settings

MIN_QUOTED_LETTERS = 10  # of a comment, which settle it, unless it has fewer
YES, NO = "yes", "no"


@dataclass(frozen=True)
class ReaderComment:
    """A comment in a returned file. replies are part of the text.

    section: the heading above it. quoted: the words that it is about. where: the place in which
    these are defined. resolved: whether Word says so, yes or no.
    """

    author: str
    date: str
    section: str
    quoted: str
    text: str
    where: str
    file: str
    resolved: str = NO

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """What stays the same from file to file."""
        return self.author, self.date, self.quoted, self.text.partition("\n")[0]

    @property
    def state(self) -> str:
        """Whether it still asks for something, as a table says it."""
        return "resolved" if self.resolved == YES else "open"

    def __str__(self) -> str:
        return f'{self.author} on "{self.quoted}": {self.text}'


def load_comments(settings: Settings) -> list[ReaderComment]:
    """The comments of all files that were read; none if there were none.

    Raises Problem if the file is damaged.
    """
    path = settings.reader_comments
    if not path.is_file():
        return []
    try:
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
        return [ReaderComment(**row) for row in rows]
    except (UnicodeDecodeError, TypeError, csv.Error):
        raise Problem(
            kind=Kind.DATA,
            where=path.relative_to(settings.workspace).as_posix(),
            what="this table of comments is damaged",
            remedy="Delete it, and review the returned files again.",
        ) from None


def comments_table(comments: Iterable[ReaderComment]) -> str:
    """The comments as a table."""
    out = io.StringIO()
    names = [field.name for field in fields(ReaderComment)]
    writer = csv.DictWriter(out, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(comment) for comment in comments)
    return out.getvalue()


def merged_comments(
    earlier: Iterable[ReaderComment], latest: Iterable[ReaderComment]
) -> list[ReaderComment]:
    """All comments, each as the file says that was read last."""
    by_identity = {comment.identity: comment for comment in earlier}
    by_identity |= {comment.identity: comment for comment in latest}
    return list(by_identity.values())


def open_comments(settings: Settings) -> list[ReaderComment]:
    """The comments that are neither resolved in Word nor settled in report.yaml."""
    return [
        comment
        for comment in load_comments(settings)
        if comment.resolved != YES and not settlement_of(comment, settings)
    ]


def settlement_of(comment: ReaderComment, settings: Settings) -> str:
    """Who settled a comment in report.yaml, and why; empty if nobody did."""
    text = " ".join(comment.text.split()).casefold()
    for entry in settings.report.settled_comments:
        words = " ".join(entry.comment.split()).casefold()
        is_long_enough = len(words) >= min(MIN_QUOTED_LETTERS, len(text))
        is_author = entry.author.casefold() == comment.author.casefold()
        if is_author and is_long_enough and text.startswith(words):
            return f"{entry.name}: {entry.reason}"
    return ""


def check_comments_settled(settings: Settings) -> None:
    """Raise a Problem that lists the open comments."""
    comments = open_comments(settings)
    if comments:
        count = f"{len(comments)} comment{'s' * (len(comments) > 1)}"
        raise Problem(
            kind=Kind.SETTINGS,
            where=f"data/raw/{settings.year}/report.yaml, settled_comments",
            what="\n".join([f"{count} not settled", *(f"  {comment}" for comment in comments)]),
            remedy="Resolve them in Word and review that file, or add each to settled_comments "
            "with author, comment (its words), reason and name.",
        )
