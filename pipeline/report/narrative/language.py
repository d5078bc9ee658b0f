"""The language of the narrative: Markdown with `{{ … }}` references to figures, in which nobody types a number.

Every number that comes out stands in a `<data>` element that names its figure, every year and date in a `<time>`.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from datetime import date
from html import escape
from traceback import walk_tb
from typing import Any

import mistune
import nh3
from jinja2 import StrictUndefined, TemplateSyntaxError, Undefined, UndefinedError
from jinja2.exceptions import SecurityError
from markupsafe import Markup

from pipeline.problem import Kind, Problem, did_you_mean
from pipeline.report import wording
from pipeline.report.figures import Number, Published, PublishedFigure
from pipeline.report.narrative.chance import chance_sentence
from pipeline.report.narrative.sandbox import (
    NarrativeEnvironment,
    forbidden_constructs,
    typed_digits,
)
from pipeline.settings import Council, Report
from pipeline.year import Year

INERT_PUNCTUATION = str.maketrans(
    {sign: f"&#{ord(sign)};" for sign in string.punctuation}
)  # neither HTML nor Markdown
STAGE_COUNT = 3  # guidance "Getting the Best from Complaints" (2006), section 3
PANEL_MEMBER_COUNT = 3  # SI 2006/1738, reg 19: three independent persons
UNDISCLOSED_PHRASE = "an undisclosed {}"
THE_AN = re.compile(
    r"(\bthe (?:<[^>]*>)?)an (?=undisclosed )", re.IGNORECASE
)  # of "the 4 complaints" whose number is withheld
ALLOWED_TAGS = {
    "p",
    "ul",
    "ol",
    "li",
    "strong",
    "em",
    "h2",
    "h3",
    "blockquote",
    "a",
    "br",
    "data",
    "time",
    "span",
}
ALLOWED_ATTRIBUTES = {
    "a": {"href"},
    "data": {
        "value",
        "data-figure",
        "data-year",
        "data-category",
        "data-detail",
        "data-setting",
        "data-stated",
    },
    "time": {"datetime"},
    "span": {"data-name"},
}


class FigureGroup:
    """A prefix of figure ids: `complaints` in `{{ complaints.received }}`. The stages are also printed by their name."""

    template_attributes = "all"

    def __init__(self, name: str, figures: dict[str, PublishedFigure]):
        self._name, self._figures = name, figures

    def __getattr__(self, name: str) -> PublishedFigure:
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self._figures:
            hint = did_you_mean(name, list(self._figures))
            raise Problem(
                Kind.NOTEBOOK,
                f"{self._name}.{name}",
                f"there is no such figure.{hint}",
                "docs/figures.md lists every figure.",
            )
        return self._figures[name]

    def __html__(self) -> str:
        return f'<span data-name="{self._name}">{self._name.replace("_", " ")}</span>'


class YearName:
    """A financial year in a sentence: `{{ year }}`, `{{ year.starts }}`, `{{ year.ends }}`."""

    template_attributes = frozenset({"starts", "ends"})

    def __init__(self, year: Year, style: str):
        self._year, self._style = year, style

    def __html__(self) -> str:
        return f"<time>{wording.year_name(self._year, self._style)}</time>"

    @property
    def starts(self) -> date:
        return self._year.first_day

    @property
    def ends(self) -> date:
        return self._year.last_day


class SettingNumber:
    """A number from the settings, such as a time limit, that remembers its key."""

    def __init__(self, key: str, value: int):
        self._key, self._value = key, value

    def __html__(self) -> str:
        return f'<data value="{self._value}" data-setting="{self._key}">{wording.numeral(self._value)}</data>'


def data_element(number: Number, text: str) -> Markup:
    """A text that says a number, tied to the figure it comes from."""
    value = number.shorthand if number.value is None else wording.machine_number(number.value)
    place = f' data-figure="{number.figure.id}" data-year="{number.year}"'
    for name, label in (("category", number.category), ("detail", number.detail)):
        place += f' data-{name}="{escape(label)}"' if label else ""
    return Markup(f'<data value="{value}"{place}>{text}</data>')


class Language:
    """The words a narrative may use, bound to one report's figures and settings."""

    def __init__(self, published: Published, council: Council, report: Report):
        self._published, self._council = published, council
        self.stated_numbers: list[
            tuple[float, str]
        ] = []  # what people state, with their evidence, in the order of rendering
        self._year_style = council.year_style
        self._environment = NarrativeEnvironment(
            undefined=StrictUndefined,
            autoescape=True,
            finalize=self._print,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters = {
            "counted": self._counted, "was": self._agree("was", "were"), "has": self._agree("has", "have"),
            "change": self._change, "share": self._share, "rank": self._rank, "breakdown": self._breakdown,
            "undisclosed": self._undisclosed, "most": self._most,
            "chance": self._chance, "pounds": self._pounds, "capital": capitalise_html,
            "listing": lambda items: Markup(wording.listing([str(self._printed(item)) for item in items])),
        }  # fmt: skip
        self._environment.tests = {}
        limits = council.time_limits
        self._environment.globals = {
            **self._figure_groups(published),
            "year": YearName(published.year, self._year_style),
            "previous_year": YearName(published.year.previous, self._year_style),
            "first_year": YearName(published.window[0], self._year_style),
            "years_compared": SettingNumber("comparison_years", len(published.window)),
            "limits": {
                name: SettingNumber(f"time_limits.{name}", value) if isinstance(value, int) else value for name, value in limits
            },
            "stages": SettingNumber("procedure.stages", STAGE_COUNT), "panel_members": SettingNumber("procedure.panel_members", PANEL_MEMBER_COUNT),
            "disclosure": {
                "policy": council.disclosure.policy, "rounded": council.disclosure.round_to > 1,
                **{name: SettingNumber(f"disclosure.{name}", getattr(council.disclosure, name)) for name in ("threshold", "round_to")},
            },
            "council": council, "report": report, "contact": council.contact, "stated": self._stated,
            "revisions": published.revisions,
            "not_available": [figure.title for figure in published.not_available],
        }  # fmt: skip

    def render(self, template: str, locate_line: Callable[[int], str], **variables: Any) -> Markup:
        """Markdown from a narrative's template.

        where: names the place of a line, such as "notebooks/4_report.ipynb, cell 7, line 3". Raises a Problem for a digit typed
        by hand, an unknown name, a figure outside the window and a mistake in the template's own language.
        """
        try:
            tree = self._environment.parse(template)
            for line, what in forbidden_constructs(tree):
                raise Problem(
                    Kind.NOTEBOOK, locate_line(line), f"{what} is not part of the narrative's language",
                    "Only references, filters, {% if %} and {% for %} are; make a figure of whatever has to be worked out.",
                )  # fmt: skip
            ready = self._environment.from_string(tree)
        except TemplateSyntaxError as error:
            what = f"{error.message}{self._nearest_word_hint(error.message)}"
            raise Problem(
                Kind.NOTEBOOK, locate_line(error.lineno), what, "Check the {{ … }} on this line."
            ) from None
        except RecursionError:
            raise Problem(
                Kind.NOTEBOOK,
                locate_line(1),
                "brackets stand too deep in brackets",
                "Write it more simply.",
            ) from None
        for line, text in typed_digits(self._environment, template, tree):
            raise Problem(
                Kind.NOTEBOOK, locate_line(line), f'the number in "{text}" is typed by hand',
                "Write a reference to a figure or a setting instead, such as {{ complaints.received | counted(\"complaint\") }}"
                " or {{ limits.stage_1 }}; docs/narrative.md lists what there is.",
            )  # fmt: skip
        try:
            return Markup(THE_AN.sub(r"\1", ready.render(**variables)))
        except UndefinedError as error:
            what = (
                f"there is no such name: {error.message}.{self._nearest_word_hint(error.message)}"
            )
            raise Problem(
                Kind.NOTEBOOK,
                locate_line(_template_line(error)),
                what,
                "docs/narrative.md lists what there is.",
            ) from None
        except Problem as problem:
            what = f"{problem.where}: {problem.what}" if problem.where else problem.what
            raise Problem(
                problem.kind, locate_line(_template_line(problem)), what, problem.remedy
            ) from None
        except (SecurityError, TypeError, ValueError, LookupError, AttributeError) as error:
            raise Problem(
                Kind.NOTEBOOK,
                locate_line(_template_line(error)),
                f"{error}",
                "Check the {{ … }} on this line.",
            ) from None

    def _nearest_word_hint(self, message: str | None) -> str:
        """The nearest word of the language to one that jinja2 quotes because it does not know it."""
        quoted = re.search(r"'(\w+)'", message or "")
        return (
            did_you_mean(quoted[1], [*self._environment.globals, *self._environment.filters])
            if quoted
            else ""
        )

    def _figure_groups(self, published: Published) -> dict[str, FigureGroup]:
        parts: dict[str, dict[str, PublishedFigure]] = {"stage_1": {}, "stage_2": {}, "stage_3": {}}
        for id in published:
            prefix, _, name = id.partition(".")
            parts.setdefault(prefix, {})[name] = published[id]
        return {prefix: FigureGroup(prefix, figures) for prefix, figures in parts.items()}

    def _print(self, value: Any) -> Any:
        """What `{{ … }}` prints of each kind of thing."""
        return Markup(self._printed(value))

    def _printed(self, value: Any) -> str:
        if isinstance(value, PublishedFigure):
            value = value.number()
        if isinstance(value, Number):
            return data_element(
                value, wording.number_word(value.value) if value.known else _missing_text(value)
            )
        if isinstance(value, Year):
            return YearName(value, self._year_style).__html__()
        if isinstance(value, date):
            return f'<time datetime="{value.isoformat()}">{wording.date_text(value)}</time>'
        if hasattr(value, "__html__"):
            return value.__html__()
        if isinstance(value, int | float) and not isinstance(value, bool):
            raise TypeError(f"{value:g} is a number without its figure: leave out .value")
        if not isinstance(value, str | Undefined):
            raise TypeError("this is not something that can be printed in a sentence")
        return wording.single_line(str(value)).translate(INERT_PUNCTUATION)

    def _counted(
        self, number: Number | PublishedFigure, noun: str | None = None, many: str | None = None
    ) -> Markup:
        """`{{ complaints.received | counted }}`: "no complaints", "one complaint", "2 complaints"."""
        number = _require_number(number)
        noun = noun or number.figure.unit
        if number.withheld:
            return Markup(
                f"{data_element(number, _missing_text(number))} of {escape(wording.plural(noun, 0, many))}"
            )
        if not number.known:
            return Markup(
                f"{data_element(number, f'[{number.shorthand}]')} {escape(wording.plural(noun, 0, many))}"
            )
        count, _, rest = wording.count_phrase(
            number.value, escape(noun), many and escape(many)
        ).partition(" ")
        return Markup(f"{data_element(number, count)} {rest}")

    def _agree(self, one: str, many: str) -> Callable[[Any], str]:
        return lambda number: one if _require_number(number).value == 1 else many

    def _change(self, number: Number | PublishedFigure) -> Markup:
        """`{{ compliments.received | change }}`: "up from 44 in 2020 to 2021"."""
        now = _require_number(number)
        if now.year.previous not in self._published.window:
            return Markup("with no earlier year to compare")
        before, then = now.previous, YearName(now.year.previous, self._year_style).__html__()
        if now.withheld:
            return Markup(f"not compared with {then} to protect people")
        if before.withheld:
            return Markup(f"with the number in {then} withheld to protect people")
        if not (now.known and before.known):
            return Markup(f"with no figure to compare in {then}")
        if now.series_break:
            note = wording.single_line(now.series_break.note).translate(INERT_PUNCTUATION)
            return Markup(
                f"not to be compared with {data_element(before, wording.number_word(before.value))} in {then}: {note}"
            )
        way = wording.direction(now.value, before.value)
        if way == "the same":
            return Markup(f"{self._published.about_prefix}the same as in {then}")
        return Markup(
            f"{way} from {data_element(before, wording.number_word(before.value))} in {then}"
        )

    def _stated(self, value: float, evidence: str) -> Markup:
        """A number that a person states, with where they have it from: `{{ stated(3, "three case reviews, team log") }}`."""
        if not evidence.strip():
            raise ValueError(
                "stated(…) needs its evidence in words, such as where the number was counted"
            )
        self.stated_numbers.append((value, evidence))
        return Markup(
            f'<data value="{wording.machine_number(value)}" data-stated="{escape(evidence)}">{wording.number_word(value)}</data>'
        )

    def _chance(self, number: Number | PublishedFigure) -> Markup:
        """`{{ complaints.received | chance }}`: "This could easily be chance on numbers this small."; see `chance.remark`."""
        now = _require_number(number)
        if now.figure.measure != "count":
            raise TypeError("this filter needs a count before it, such as complaints.received")
        comparable = (
            now.year.previous in self._published.window and now.known and now.previous.known
        )
        return Markup(
            chance_sentence(now.value, now.previous.value)
            if comparable and not now.series_break
            else ""
        )

    def _pounds(self, number: Number | PublishedFigure) -> Markup:
        """`{{ stage_2.cost | pounds }}`: "£2,850"."""
        number = _require_number(number)
        return data_element(
            number,
            wording.pounds(number.value) if number.known else _missing_text(number, "amount"),
        )

    def _share(self, number: Number | PublishedFigure) -> Markup:
        """`{{ part | share }}`: "67%, 2 of 3"; "2 of 3" where the base is too small for a percentage to mean anything."""
        number = _require_number(number)
        base = number.base
        if number.withheld or base.withheld:
            part = data_element(
                number, wording.numeral(number.value) if number.known else _missing_text(number)
            )
            whole = (
                f" of the {data_element(base, wording.numeral(base.value))}" if base.known else ""
            )
            if number.known and base.withheld:
                whole = f" of {data_element(base, _missing_text(base))}"
            return Markup(f"{part}{whole}")
        if not (number.known and base.known):
            return data_element(number, f"[{number.shorthand or base.shorthand}]")
        of = f"{data_element(number, wording.numeral(number.value))} of {data_element(base, wording.numeral(base.value))}"
        if base.value < self._council.small_base:
            return Markup(of)
        return Markup(f"{data_element(number, wording.percentage(number.value, base.value))}, {of}")

    def _rank(self, figure: PublishedFigure) -> Markup:
        """`{{ complaints.received | rank }}`: "the lowest of the 5 years"; where this year stands among the years compared."""
        known = [number.value for number in _require_figure(figure).over_the_years if number.known]
        now = figure.number()
        if any(number.withheld for number in figure.over_the_years):
            return Markup("not compared with other years to protect people")
        if not now.known:
            return Markup("not available")
        if len(known) == 1:
            return Markup("the only one known of the years compared")
        years = "years for which there is a figure"
        if len(known) == len(figure.over_the_years):
            years = f"{SettingNumber('comparison_years', len(known)).__html__()} years"
        if min(known) == max(known):
            return Markup(f"{self._published.about_prefix}the same in each of the {years}")
        if now.value not in (max(known), min(known)):
            return Markup(f"neither the highest nor the lowest of the {years}")
        joint = "joint " if known.count(now.value) > 1 else ""
        extreme = "highest" if now.value == max(known) else "lowest"
        return Markup(f"the {joint}{extreme} of the {years}")

    def _breakdown(self, figure: PublishedFigure, link: str = "") -> Markup:
        """`{{ complaints.by_outcome | breakdown }}`: "2 partially upheld, one not upheld and one withdrawn", in order of size.

        link: a word between number and category, such as "about" in "3 about SEND".
        """
        parts = _require_figure(figure).parts
        between = f" {escape(link)} " if link else " "
        said = [
            f"{self._printed(part)}{between}{self._printed(part.category)}"
            for part in parts
            if part.known
        ]
        if figure.undisclosed and not (said or link):
            return self._undisclosed(figure, after=True)
        if figure.undisclosed:
            said.append(self._undisclosed(figure, link))
        return Markup(wording.listing(said) if said else "none")

    def _undisclosed(self, figure: PublishedFigure, link: str = "", after: bool = False) -> Markup:
        """`{{ complaints.by_theme | undisclosed("were about") }}`: "undisclosed numbers were about delay and staff".

        after: "email and letter, in undisclosed numbers", where nothing else is listed.
        """
        withheld = _require_figure(figure).undisclosed
        names = wording.listing(self._printed(part.category) for part in withheld if part.category)
        lacking = (
            data_element(withheld[0], _missing_text(withheld[0]))
            if len(withheld) == 1
            else "undisclosed numbers"
        )
        if not names:
            return Markup(f"{lacking} not described here")
        if after:
            return Markup(f"{names}, {lacking if len(withheld) == 1 else f'in {lacking}'}")
        return Markup(f"{lacking} {escape(link)} {names}" if link else f"{lacking} ({names})")

    def _most(self, figure: PublishedFigure) -> Markup:
        """`{{ complaints.by_service_area | most }}`: "Looked After Children, 2 of 4"; all of them where several are equal."""
        occurring = _require_figure(figure).parts
        parts = figure.disclosed
        if len(parts) < len(occurring):
            base = occurring[0].base
            rest = (
                base.value - sum(part.value for part in parts)
                if base.known and not figure.overlapping
                else float("inf")
            )
            if not parts or parts[0].value <= rest:  # a withheld number might be larger
                return Markup("not shown, to protect people")
        first = [part for part in parts if part.value == parts[0].value]
        if not first:
            return Markup("none")
        of = data_element(first[0].base, wording.numeral(first[0].base.value))
        each = f" each, of {of}" if len(first) > 1 else f" of {of}"
        names = wording.listing(self._printed(part.category) for part in first)
        return Markup(f"{names}, {data_element(first[0], wording.numeral(first[0].value))}{each}")


def capitalise_html(text: Any) -> Markup:
    """A text with a capital at its start, also where a tag comes first."""
    text = text.__html__() if hasattr(text, "__html__") else escape(str(text))
    return Markup(re.sub(r"^((?:<[^>]*>)*)(\w)", lambda found: found[1] + found[2].upper(), text))


def markdown_to_html(markdown: str) -> str:
    """Clean HTML from a narrative's or commentary's Markdown; anything but plain prose is removed."""
    html = mistune.html(markdown)
    return nh3.clean(
        html,
        tags=ALLOWED_TAGS,
        attributes=ALLOWED_ATTRIBUTES,
        url_schemes={"https", "mailto"},
        link_rel=None,
    ).strip()


def _missing_text(number: Number, what: str = "number") -> str:
    """What stands in a sentence for a number that is not there; of one withheld not even whether it is small."""
    return UNDISCLOSED_PHRASE.format(what) if number.withheld else f"[{number.shorthand}]"


def _require_number(thing: Number | PublishedFigure) -> Number:
    if isinstance(thing, PublishedFigure):
        return thing.number()
    if not isinstance(thing, Number):
        raise TypeError("this filter needs a figure before it, such as complaints.received")
    return thing


def _require_figure(thing: Any) -> PublishedFigure:
    if not isinstance(thing, PublishedFigure):
        raise TypeError("this filter needs a whole figure before it, such as complaints.by_outcome")
    return thing


def _template_line(error: BaseException) -> int:
    """The template's line at which an error arose; jinja2 puts it into the traceback."""
    lines = [
        line
        for frame, line in walk_tb(error.__traceback__)
        if frame.f_code.co_filename == "<template>"
    ]
    return lines[-1] if lines else 1
