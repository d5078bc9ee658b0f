"""A chart as an image: one look for every chart, the same bytes on every machine."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import matplotlib
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager

from pipeline.report.fonts import FONT_FACES, FONT_FAMILY, face_path
from pipeline.system.portability.renames import rename

WIDTH_INCHES = 7.0  # the page's text width
NARROW_INCHES = 3.6  # for the screen of a phone
NARROW_SCREEN = "(max-width: 34em)"
FONT_POINTS = 11
CSS_PIXELS_PER_INCH = 96
PNG_DOTS_PER_INCH = 200
UNDRAWN_MARKUP = re.compile(
    r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|<metadata>.*?</metadata>", re.DOTALL
)
PATH_DATA = re.compile(r'(?<= d=")[^"]*')
# What an address may contain as it is (RFC 3986), between double quotation marks.
SAFE_URL_CHARACTERS = "/:=;,'()!*@$+?"
# Without hinting, or the width of a text would depend on the resolution.
# fmt: off
MATPLOTLIB_STYLE: dict[Any, Any] = {
    "font.family": FONT_FAMILY, "font.size": FONT_POINTS, "text.hinting": "no_hinting",
    "svg.fonttype": "path", "svg.hashsalt": "annual-report",
    "axes.spines.top": False, "axes.spines.right": False, "axes.spines.left": False,
    "axes.grid": True, "grid.color": "#D9D9D9", "grid.linewidth": 0.8,
    "axes.titlesize": FONT_POINTS, "axes.titleweight": "bold", "axes.titlelocation": "left",
    "axes.axisbelow": True, "axes.edgecolor": "#3D3D3D", "axes.labelcolor": "#1A1A1A",
    "text.color": "#1A1A1A", "xtick.color": "#1A1A1A", "ytick.color": "#1A1A1A",
    "xtick.bottom": False, "ytick.left": False,
    "figure.facecolor": "white", "savefig.facecolor": "white",
}
# fmt: on
for face in FONT_FACES:
    fontManager.addfont(face_path(*face))


@dataclass(frozen=True)
class Chart:
    """A chart: how it is drawn, its size, and what it shows in words.

    draw: draws on an empty canvas, whose width it may ask for.
    alt: the alternative text, whole sentences.
    cache_path: where its images are stored, without an extension, so that another kernel that
        draws the same chart reads them; None if they are not stored.
    narrow_height_inches: the height of its drawing for a phone; None if it has no such drawing.
    """

    draw: Callable[[Figure], None]
    height_inches: float
    alt: str
    width_inches: float = WIDTH_INCHES
    cache_path: Path | None = None
    narrow_height_inches: float | None = None

    @contextmanager
    def canvas(self) -> Iterator[Figure]:
        """The chart laid out, within our style."""
        with matplotlib.rc_context(MATPLOTLIB_STYLE):
            yield self._laid_out_figure

    @cached_property
    def _laid_out_figure(self) -> Figure:
        """The chart laid out once for every format: it takes as long as writing one."""
        canvas = Figure(figsize=(self.width_inches, self.height_inches), layout="constrained")
        self.draw(canvas)
        layout = canvas.get_layout_engine()
        if layout:
            layout.execute(canvas)
        canvas.set_layout_engine(None)  # or each format would be laid out once more
        return canvas

    @cached_property
    def svg(self) -> bytes:
        """The chart as SVG, on one line and without metadata."""
        metadata = {"Date": None, "Creator": None}
        svg = self._image_bytes("svg", metadata=metadata).decode()
        svg = " ".join(UNDRAWN_MARKUP.sub("", svg).split()).replace("> <", "><")
        return PATH_DATA.sub(_shortest_path, svg).encode()

    @cached_property
    def png(self) -> bytes:
        """The chart as PNG, at 200 dots per inch."""
        return self._image_bytes(
            "png",
            metadata={"Software": None},
            dpi=PNG_DOTS_PER_INCH,
            pil_kwargs={"compress_level": 3},
        )

    @property
    def images(self) -> dict[str, str]:
        """The chart by MIME type, as a notebook keeps it."""
        return {
            "image/svg+xml": self.svg.decode(),
            "image/png": base64.b64encode(self.png).decode(),
        }

    def _image_bytes(self, format: str, **options: Any) -> bytes:
        """The image in a format, from the cache if it is there.

        options: for matplotlib's savefig.
        """
        cached = self.cache_path.with_suffix(f".{format}") if self.cache_path else None
        if cached and cached.is_file():
            return cached.read_bytes()
        content = io.BytesIO()
        with self.canvas() as canvas:
            canvas.savefig(content, format=format, **options)
        if cached:
            unfinished = cached.with_suffix(f".{format}.new")
            unfinished.write_bytes(content.getvalue())
            rename(unfinished, cached)  # whole or not at all
        return content.getvalue()

    @property
    def narrow(self) -> Chart | None:
        """The same chart drawn for a phone."""
        if self.narrow_height_inches is None:
            return None
        path = self.cache_path
        return replace(
            self,
            width_inches=NARROW_INCHES,
            height_inches=self.narrow_height_inches,
            narrow_height_inches=None,
            cache_path=path.with_name(f"{path.name}-narrow") if path else None,
        )

    def image_element(self) -> str:
        """The SVG as one `<img>` that carries its own data, with its drawing for a phone."""
        image = f'<img src="{self._address}" alt="{escape(self.alt)}"'
        image += f"{self._size_attributes}>"
        narrow = self.narrow
        if narrow is None:
            return image
        return (
            f'<picture><source media="{NARROW_SCREEN}"'
            f' srcset="{narrow._address}"{narrow._size_attributes}>'
            f"{image}</picture>"
        )

    @property
    def _address(self) -> str:
        """The SVG as a data address, in which a person can still read its texts."""
        svg = self.svg.decode().replace('"', "'")
        return f"data:image/svg+xml,{quote(svg, safe=SAFE_URL_CHARACTERS)}"

    @property
    def _size_attributes(self) -> str:
        width = round(self.width_inches * CSS_PIXELS_PER_INCH)
        height = round(self.height_inches * CSS_PIXELS_PER_INCH)
        return f' width="{width}" height="{height}"'


def _shortest_path(path: re.Match[str]) -> str:
    """The commands of a drawn line without spaces, each of which an address writes as three."""
    return re.sub(r" *([A-Za-z]) *", r"\1", path[0]).replace(" ", ",")
