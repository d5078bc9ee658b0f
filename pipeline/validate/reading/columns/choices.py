"""Cells with several codes, and what separates them."""

from __future__ import annotations

from collections.abc import Collection

from pipeline.validate.reading.faults import ConversionFault

LINE_BREAK = "line break"  # how council.yaml names it
USUAL_SEPARATORS = (",", "|", "/", "\n", "+", "&")


class ChoiceCells:
    """Splits cells with several codes, also where these are not separated by semicolons.

    separator: `separator:` in council.yaml. Without it, a cell is split at a usual separator if
        every part is a known code.
    known: codes in lower case, which may contain the separator.
    """

    def __init__(self, separator: str | None, known: Collection[str]) -> None:
        self._separator = "\n" if separator == LINE_BREAK else separator
        self._known = known
        self._counts: dict[str, int] = {}

    def split(self, text: str) -> str:
        """The cell with a semicolon between its codes."""
        if text.casefold() in self._known:
            return text
        if self._separator is not None:
            return "; ".join(self._parts(text, self._separator))
        for separator in USUAL_SEPARATORS:
            parts = self._parts(text, separator) if separator in text else []
            if len(parts) > 1 and all(self._is_known(part) for part in parts):
                self._counts[separator] = self._counts.get(separator, 0) + 1
                return "; ".join(parts)
        return text

    def _is_known(self, part: str) -> bool:
        codes = part.split(";")
        return all(code.strip().casefold() in self._known for code in codes)

    def _parts(self, text: str, separator: str) -> list[str]:
        """The parts of a cell; those that together are one code stay together."""
        pieces = [piece.strip() for piece in text.split(separator)]
        parts: list[str] = []
        start = 0
        while start < len(pieces):
            end = start + 1
            for longest in range(len(pieces), start + 1, -1):
                # A space after the separator may or may not be part of the code.
                joined = [glue.join(pieces[start:longest]) for glue in (f"{separator} ", separator)]
                if any(code.casefold() in self._known for code in joined):
                    end = longest
                    break
            code = f"{separator} ".join(pieces[start:end])
            close = separator.join(pieces[start:end])
            parts.append(close if close.casefold() in self._known else code)
            start = end
        return [part for part in parts if part]

    @property
    def fault(self) -> ConversionFault | None:
        """What was detected; None if nothing had to be."""
        if not self._counts:
            return None
        total = sum(self._counts.values())
        signs = " and ".join(
            LINE_BREAK if separator == "\n" else f'"{separator}"' for separator in self._counts
        )
        return ConversionFault(
            rule="choices",
            what=f"{total:,} different cells hold several codes, separated by {signs}",
            remedy="Nothing to do; `separator:` in council.yaml says it for all files.",
        )
