"""The finished files of a report, of which the PDF may still be under way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from pipeline.artifacts import REPORT_PDF
from pipeline.release.missing_formats import noted_if_unavailable

if TYPE_CHECKING:
    from pipeline.report.documents.pdf import PdfJob


class ReportFiles(Mapping[str, bytes]):
    """The files by name. The PDF comes last, and anyone who asks for all of them waits for it.

    ready: all other files. pdf: the layout, if there is to be a PDF.
    missing: takes what this machine lacks for a PDF, which then is not one of the files.
    """

    def __init__(self, ready: Mapping[str, bytes], pdf: PdfJob | None, missing: list[str]) -> None:
        self.ready = dict(ready)
        self._pdf = pdf
        self._missing = missing

    @property
    def is_complete(self) -> bool:
        """Whether nobody would have to wait for the PDF."""
        return self._pdf is None or self._pdf.is_finished

    def __getitem__(self, name: str) -> bytes:
        return self.ready[name] if name in self.ready else self._complete()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._complete())

    def __len__(self) -> int:
        return len(self._complete())

    def _complete(self) -> dict[str, bytes]:
        """All files, once the PDF is laid out."""
        if self._pdf:
            with noted_if_unavailable(self._missing):
                self.ready[REPORT_PDF] = self._pdf.result()
            self._pdf = None
        return self.ready


def ready_first(files: Mapping[str, bytes]) -> Iterator[Mapping[str, bytes]]:
    """The files that are ready, then the PDF once it is laid out; or all files at once."""
    if isinstance(files, ReportFiles) and not files.is_complete:
        ready = dict(files.ready)
        yield ready
        yield {name: files[name] for name in files if name not in ready}
    else:
        yield files
