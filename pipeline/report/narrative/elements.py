"""The HTML elements of numbers, years and names, and what `{{ … }}` prints of each kind of value.

Every number is in a `<data>` element that names its figure, every date in a `<time>`.
HTML's `<time>` has no financial years, so a year is in a `<span data-year>`.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from html import escape
from typing import Any

from jinja2 import Undefined
from markupsafe import Markup

from pipeline.problem import Kind, Problem, did_you_mean
from pipeline.procedures import Stage
from pipeline.report import wording
from pipeline.report.figure import PublishedFigure
from pipeline.report.number import Number
from pipeline.year import Year

# Punctuation as entities, so that a text is neither HTML nor Markdown.
INERT_PUNCTUATION = str.maketrans({sign: f"&#{ord(sign)};" for sign in string.punctuation})
# In place of a number, by its shorthand. What is withheld may be 0, to protect another number.
MISSING_PHRASES = {"c": "an undisclosed {}", "x": "an unknown {}", "z": "no {}"}
POSSIBLY_NONE = " (possibly none)"
STAGE_NAME = re.compile(r"\bstage ([1-9])\b", re.IGNORECASE)  # no number of something
FIRST_LETTER = re.compile(r"^((?:<[^>]*>)*)(\w)")  # after any tags


class FigureGroup:
    """A prefix of figure ids: `complaints` in `{{ complaints.received }}`.

    Printed by itself it is its name, as in `{{ stage_1 }}`.
    """

    template_attributes = "all"

    def __init__(self, name: str, figures: Mapping[str, Any]) -> None:
        self._name = name
        self._figures = figures

    def __getattr__(self, name: str) -> PublishedFigure:
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self._figures:
            hint = did_you_mean(name, list(self._figures))
            raise Problem(
                kind=Kind.NOTEBOOK,
                where=f"{self._name}.{name}",
                what=f"there is no such figure.{hint}",
                remedy="docs/figures.md lists every figure.",
            )
        return self._figures[name]  # type: ignore[no-any-return]

    def __html__(self) -> str:
        words = self._name.rpartition(".")[2].replace("_", " ")  # without a procedure before it
        return f'<span data-name="{self._name}">{words}</span>'


class ProcedureGroup(FigureGroup):
    """A procedure of several, with its groups of figures: `{{ adult.complaints.received }}`."""


class StageGroup(FigureGroup):
    """A stage of the procedure with its figures: `{{ stage }}`, `{{ stage.in_time }}`.

    explanation: what happens at it, as the narrative prints it.
    """

    def __init__(
        self,
        number: str,
        stage: Stage,
        figures: dict[str, PublishedFigure],
        explanation: LaterWords,
    ) -> None:
        super().__init__(f"stage_{number}", figures)
        self._number = number
        self._stage = stage
        self.explanation = explanation


def stage_of(group: StageGroup) -> tuple[str, Stage]:
    """Its number and what the procedure says of it, which a template cannot read."""
    return group._number, group._stage


class LaterWords:
    """Words with references that are filled in where they are printed."""

    def __init__(self, render: Callable[[], Markup]) -> None:
        self._render = render

    def __html__(self) -> Markup:
        return self._render()


class AbsentFigure:
    """In place of a figure that the council's procedure does not have: filters print nothing."""

    template_attributes = frozenset({"number", "occurs"})
    occurs = False

    def number(self) -> AbsentFigure:
        return self

    def __bool__(self) -> bool:
        return False

    def __html__(self) -> str:
        return ""


def name_of(group: FigureGroup) -> str:
    """The prefix of its figures' ids, which a template can print but not read."""
    return group._name


def figures_in(group: FigureGroup) -> Iterator[PublishedFigure]:
    """The figures of a group, and of the groups in it."""
    for member in group._figures.values():
        yield from figures_in(member) if isinstance(member, FigureGroup) else (member,)


class YearName:
    """A financial year in a sentence: `{{ year }}`, `{{ year.starts }}`, `{{ year.ends }}`."""

    template_attributes = frozenset({"starts", "ends"})

    def __init__(self, year: Year, style: str, period_end: date | None = None) -> None:
        """period_end: the last day of the part of the year that is reported."""
        self._year = year
        self._style = style
        self._period_end = period_end or year.last_day

    def __html__(self) -> str:
        element = year_element(self._year, self._style)
        return element if self._period_end == self._year.last_day else f"{element} so far"

    @property
    def starts(self) -> date:
        """Its first day."""
        return self._year.first_day

    @property
    def ends(self) -> date:
        """Its last day, or that of the part that is reported."""
        return self._period_end


def year_element(year: Year, style: str) -> str:
    """A year in its element, as the council's settings write years."""
    return f'<span data-year="{year}">{wording.year_name(year, style)}</span>'


def short_year_element(year: Year, style: str) -> str:
    """A year in its element, for the heading of a column."""
    return f'<span data-year="{year}">{wording.short_year_name(year, style)}</span>'


def date_element(day: date) -> str:
    """A date in its `<time>` element."""
    return f'<time datetime="{day.isoformat()}">{wording.date_text(day)}</time>'


def data_element(number: Number, text: str) -> Markup:
    """A text that prints a number, tied to its figure, year and category."""
    value = number.shorthand
    if number.value is not None:
        value = wording.machine_number(number.value)
    attributes = f'value="{value}" data-figure="{number.figure.id}" data-year="{number.year}"'
    if number.category:
        attributes += f' data-category="{escape(number.category)}"'
    if number.detail:
        attributes += f' data-detail="{escape(number.detail)}"'
    return Markup(f"<data {attributes}>{text}</data>")


def numeral_element(number: Number) -> Markup:
    """A known number in figures, in its element."""
    return data_element(number, wording.numeral(number.known_value))


def number_word_element(number: Number) -> Markup:
    """A known number as running text writes it ("none", "one", "2"), in its element."""
    return data_element(number, wording.number_word(number.known_value))


def missing_element(number: Number, noun: str = "number") -> Markup:
    """The phrase for a number that is not printed, in its element.

    noun: "number" or another, as in "an undisclosed amount".
    """
    text = MISSING_PHRASES[number.shorthand].format(noun)
    return data_element(number, text + POSSIBLY_NONE if number.may_be_none else text)


def stated_element(value: float, evidence: str, words: str = "") -> Markup:
    """A number that a person states, or its words, with its evidence, in its element."""
    attributes = f'value="{wording.machine_number(value)}" data-stated="{escape(evidence)}"'
    text = inert_text(words) or wording.number_word(value)
    return Markup(f"<data {attributes}>{text}</data>")


def name_element(text: str) -> Markup:
    """A name with a number in it, in its element."""
    return Markup(f'<span data-name="{escape(text)}">{inert_text(text)}</span>')


def words_html(text: str) -> str:
    """Words of a template, escaped; the names of stages as the names that they are."""
    return STAGE_NAME.sub(r'<span data-name="stage_\1">\g<0></span>', escape(text))


def inert_text(text: str) -> str:
    """A text from settings or an extract that is printed as it is, without effect as markup."""
    return wording.single_line(text).translate(INERT_PUNCTUATION)


def sentence_html(value: Any, year_style: str) -> str:
    """What `{{ … }}` prints of a value.

    Raises TypeError for a number without its figure and for anything that is no text.
    """
    if isinstance(value, PublishedFigure):
        value = value.number()
    if isinstance(value, Number):
        element = number_word_element(value) if value.known else missing_element(value)
        return str(element)
    if isinstance(value, Year):
        return year_element(value, year_style)
    if isinstance(value, date):
        return date_element(value)
    if hasattr(value, "__html__"):
        return str(value.__html__())
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise TypeError(f"{value:g} is a number without its figure: leave out .value")
    if not isinstance(value, str | Undefined):
        raise TypeError("this is not something that can be printed in a sentence")
    return inert_text(str(value))


def capitalise_html(value: Any) -> Markup:
    """A text with a capital at its start, even behind a tag."""
    html = value.__html__() if hasattr(value, "__html__") else escape(str(value))
    return Markup(
        FIRST_LETTER.sub(lambda start: start[1] + wording.capitalise(start[2]), html, count=1)
    )


def require_number(value: Any) -> Number:
    """The number before a filter; of a figure without categories that of the reported year."""
    if isinstance(value, PublishedFigure):
        return value.number()
    if not isinstance(value, Number):
        raise TypeError("this filter needs a figure before it, such as complaints.received")
    return value


def require_figure(value: Any) -> PublishedFigure:
    """The figure before a filter."""
    if not isinstance(value, PublishedFigure):
        raise TypeError("this filter needs a whole figure before it, such as complaints.by_outcome")
    return value
