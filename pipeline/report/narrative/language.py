"""The language of the narrative: Markdown with `{{ … }}` references to figures.

Nobody types a number: one typed by hand, in digits or in words, stops the run with its line.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from math import isclose
from traceback import walk_tb
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, UndefinedError, nodes
from jinja2.exceptions import SecurityError
from markupsafe import Markup

from pipeline.problem import Kind, Problem, did_you_mean
from pipeline.report.figure import PublishedFigure
from pipeline.report.figures import Published
from pipeline.report.narrative.elements import (
    FigureGroup,
    SettingNumber,
    YearName,
    name_element,
    sentence_html,
    stated_element,
)
from pipeline.report.narrative.filters import Filters
from pipeline.report.narrative.prose.contradictions import contradictions
from pipeline.report.narrative.prose.number_words import COUNTED_NOUN, number_in_words
from pipeline.report.narrative.prose.text import table_faults
from pipeline.report.narrative.sandbox import (
    NarrativeEnvironment,
    forbidden_constructs,
    typed_digits,
)
from pipeline.settings import Council, Report

STAGE_COUNT = 3  # guidance "Getting the Best from Complaints" (2006), section 3
PANEL_MEMBER_COUNT = 3  # SI 2006/1738, reg 19: three independent persons
# "the 4 complaints" whose number is withheld would read "the an undisclosed number of complaints".
# Repaired in the rendered text, because the article is the writer's and may be anywhere before it.
ARTICLE_AFTER_THE = re.compile(r"(\bthe (?:<[^>]*>)?)an (?=undisclosed |unknown )", re.IGNORECASE)
COUNTED = re.compile(rf"\b{COUNTED_NOUN}\b|%|\bper\s*cent\b", re.IGNORECASE)
TABLE_REMEDY = (
    'Write its caption on the line above it, such as "Table: Complaints by area", and a heading for'
    " each column and each row: people who do not see the table rely on them."
)
CHECK_REFERENCE = "Check the {{ … }} on this line."
SEE_NARRATIVE_DOCS = "docs/narrative.md lists what there is."


class Language:
    """The words a narrative may use, bound to one report's figures and settings.

    stated_numbers: what people state, with their evidence, in the order of rendering.
    """

    def __init__(self, published: Published, council: Council, report: Report) -> None:
        self.stated_numbers: list[tuple[float | str, str]] = []
        year_style = council.year_style
        self._environment = NarrativeEnvironment(
            undefined=StrictUndefined,
            autoescape=True,
            finalize=lambda value: Markup(sentence_html(value, year_style)),
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters = Filters(published, council).by_name()
        self._environment.tests = {}
        self._environment.globals = {
            **_figure_groups(published),
            **_names_of_years(published, year_style),
            **_names_of_settings(council),
            "council": council,
            "report": report,
            "contact": council.contact,
            "stated": self._stated,
            "name": self._name,
            "revisions": published.revisions,
            "not_available": [figure.title for figure in published.not_available],
        }

    def render(self, template: str, locate_line: Callable[[int], str], **variables: Any) -> Markup:
        """Markdown from a narrative's template.

        locate_line: the place of a line of the template, such as "notebooks/4_report.ipynb,
            cell 7, line 3".
        variables: further names that this template may use.
        Raises Problem for a number typed by hand, a claim that is not true, an unknown name, a
        figure outside the window and a mistake in the template's own language.
        """
        compiled = self._compile(template, locate_line)
        for line, fault in table_faults(template):
            raise Problem(
                kind=Kind.NOTEBOOK,
                where=locate_line(line),
                what=fault,
                remedy=TABLE_REMEDY,
            )
        for contradiction in contradictions(self._environment, template, locate_line):
            raise contradiction
        try:
            rendered = compiled.render(**variables)
        except UndefinedError as error:
            hint = self._nearest_word_hint(error.message)
            raise Problem(
                kind=Kind.NOTEBOOK,
                where=locate_line(_template_line(error)),
                what=f"there is no such name: {error.message}.{hint}",
                remedy=SEE_NARRATIVE_DOCS,
            ) from None
        except Problem as problem:
            raise Problem(
                kind=problem.kind,
                where=locate_line(_template_line(problem)),
                what=f"{problem.where}: {problem.what}" if problem.where else problem.what,
                remedy=problem.remedy,
            ) from None
        except (SecurityError, TypeError, ValueError, LookupError, AttributeError) as error:
            raise Problem(
                kind=Kind.NOTEBOOK,
                where=locate_line(_template_line(error)),
                what=f"{error}",
                remedy=CHECK_REFERENCE,
            ) from None
        return Markup(ARTICLE_AFTER_THE.sub(r"\1", rendered))

    def _compile(self, template: str, locate_line: Callable[[int], str]) -> Template:
        """The template, once nothing in it is forbidden or typed by hand."""
        try:
            tree = self._environment.parse(template)
            _check_constructs(tree, locate_line)
            compiled = self._environment.from_string(tree)
        except TemplateSyntaxError as error:
            raise Problem(
                kind=Kind.NOTEBOOK,
                where=locate_line(error.lineno),
                what=f"{error.message}{self._nearest_word_hint(error.message)}",
                remedy=CHECK_REFERENCE,
            ) from None
        except RecursionError:
            raise Problem(
                kind=Kind.NOTEBOOK,
                where=locate_line(1),
                what="brackets are nested too deeply",
                remedy="Simplify the reference.",
            ) from None
        for line, text in typed_digits(self._environment, template, tree):
            raise Problem(
                kind=Kind.NOTEBOOK,
                where=locate_line(line),
                what=f'the number in "{text}" is typed by hand',
                remedy="Write a reference to a figure or a setting instead, such as"
                ' {{ complaints.received | counted("complaint") }} or {{ limits.stage_1 }};'
                " {{ stated(…) }} is for a number that only a person knows, {{ name(…) }} for a"
                f" name with a number in it. {SEE_NARRATIVE_DOCS}",
            )
        return compiled

    def _nearest_word_hint(self, message: str | None) -> str:
        """The nearest word of the language to the unknown one that jinja2 quotes."""
        quoted = re.search(r"'(\w+)'", message or "")
        if not quoted:
            return ""
        return did_you_mean(quoted[1], [*self._environment.globals, *self._environment.filters])

    def _stated(self, value: float, evidence: str, words: str = "") -> Markup:
        """A number that a person states: `{{ stated(3, "three case reviews, team log") }}`.

        words: what is printed, as in `stated(0.5, "team log", "half a day")`; without it the
            number is.
        """
        if not evidence.strip():
            raise ValueError(
                "stated(…) needs its evidence in words, such as where the number was counted"
            )
        number = number_in_words(words) if words else value
        if number is None or not isclose(number, value, rel_tol=0.01):
            raise ValueError(f'stated({value}, …) does not say the same as "{words}"')
        self.stated_numbers.append((value, evidence))
        return stated_element(value, evidence, words)

    def _name(self, text: str) -> Markup:
        """A name with a number in it: `{{ name("section 20") }}`, `{{ name("Three Rivers") }}`.

        It is listed with the numbers that people state.
        """
        if not any(character.isalpha() for character in text) or COUNTED.search(text):
            raise ValueError(f'name("{text}") is not a name: a number of something is a figure')
        self.stated_numbers.append((text, "a name"))
        return name_element(text)


def _check_constructs(tree: nodes.Template, locate_line: Callable[[int], str]) -> None:
    for line, construct in forbidden_constructs(tree):
        raise Problem(
            kind=Kind.NOTEBOOK,
            where=locate_line(line),
            what=f"{construct} is not part of the narrative's language",
            remedy="Only references, filters, {% if %} and {% for %} are; make a figure of"
            " anything that has to be calculated.",
        )


def _figure_groups(published: Published) -> dict[str, FigureGroup]:
    """The figures by the prefix of their id; the stages even where they have no figures."""
    groups: dict[str, dict[str, PublishedFigure]] = {"stage_1": {}, "stage_2": {}, "stage_3": {}}
    for id in published:
        prefix, _, name = id.partition(".")
        groups.setdefault(prefix, {})[name] = published[id]
    return {prefix: FigureGroup(prefix, figures) for prefix, figures in groups.items()}


def _names_of_years(published: Published, year_style: str) -> dict[str, Any]:
    return {
        "year": YearName(published.year, year_style),
        "previous_year": YearName(published.year.previous, year_style),
        "first_year": YearName(published.window[0], year_style),
        "years_compared": SettingNumber("comparison_years", len(published.window)),
    }


def _names_of_settings(council: Council) -> dict[str, Any]:
    limits = {
        name: SettingNumber(f"time_limits.{name}", value) if isinstance(value, int) else value
        for name, value in council.time_limits
    }
    disclosure = council.disclosure
    return {
        "limits": limits,
        "stages": SettingNumber("procedure.stages", STAGE_COUNT),
        "panel_members": SettingNumber("procedure.panel_members", PANEL_MEMBER_COUNT),
        "disclosure": {
            "policy": disclosure.policy,
            "rounded": disclosure.round_to > 1,
            "threshold": SettingNumber("disclosure.threshold", disclosure.threshold),
            "round_to": SettingNumber("disclosure.round_to", disclosure.round_to),
        },
    }


def _template_line(error: BaseException) -> int:
    """The template's line at which an error arose; jinja2 puts it into the traceback."""
    lines = [
        line
        for frame, line in walk_tb(error.__traceback__)
        if frame.f_code.co_filename == "<template>"
    ]
    return lines[-1] if lines else 1
