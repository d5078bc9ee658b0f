"""The language of the narrative: Markdown with `{{ … }}` references to figures.

Nobody types a number: one typed by hand, in digits or in words, stops the run with its line.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from math import isclose
from traceback import walk_tb
from typing import Any

from jinja2 import StrictUndefined, UndefinedError
from markupsafe import Markup

from pipeline.problem import Kind, Problem, joined
from pipeline.procedures import Procedure
from pipeline.report import wording
from pipeline.report.figure import PublishedFigure
from pipeline.report.figures import Published
from pipeline.report.narrative.bounds import joined_within_limit
from pipeline.report.narrative.elements import (
    AbsentFigure,
    FigureGroup,
    LaterWords,
    ProcedureGroup,
    StageGroup,
    YearName,
    name_element,
    name_of,
    sentence_html,
    stated_element,
)
from pipeline.report.narrative.faults import (
    CHECK_REFERENCE,
    NARRATIVE_ERRORS,
    template_faults,
)
from pipeline.report.narrative.filters.category_words import ombudsmen_words
from pipeline.report.narrative.filters.chance import SIGNIFICANCE_LEVEL
from pipeline.report.narrative.filters.phrases import Filters
from pipeline.report.narrative.filters.setting_elements import SettingDuration, SettingNumber
from pipeline.report.narrative.prose.contradictions import contradictions
from pipeline.report.narrative.prose.number_words import COUNTED_NOUN, number_in_words
from pipeline.report.narrative.sandbox import NarrativeEnvironment
from pipeline.settings import Council, Report

PANEL_MEMBER_COUNT = 3  # SI 2006/1738, reg 19: three independent persons
# "the 4 complaints" whose number is withheld would read "the an undisclosed number of complaints".
# Repaired in the rendered text, because the article is the writer's and may be anywhere before it.
ARTICLE_AFTER_THE = re.compile(r"(\bthe (?:<[^>]*>)?)an (?=undisclosed |unknown )", re.IGNORECASE)
COUNTED = re.compile(rf"\b{COUNTED_NOUN}\b|%|\bper\s*cent\b", re.IGNORECASE)


class Language:
    """The words a narrative may use, bound to one report's figures and settings.

    stated_numbers: what people state, with their evidence, in the order of rendering.
    stages: those of the procedure, with their figures.
    """

    def __init__(self, published: Published, council: Council, report: Report) -> None:
        self.stated_numbers: list[tuple[float | str, str]] = []
        year_style = council.year_style
        optional = _optional(published)
        self._environment = NarrativeEnvironment(
            undefined=StrictUndefined,
            autoescape=True,
            finalize=lambda value: Markup(sentence_html(value, year_style)),
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters = Filters(published, council, report).by_name()
        self._environment.tests = {}
        self._environment.globals = {
            **_figure_groups(published),
            "optional": optional,
            **_names_of_years(published, year_style),
            **_names_of_settings(council),
            "council": council,
            "report": report,
            "contact": council.contact,
            "stated": self._stated,
            "name": self._name,
            "revisions": published.revisions,
            "not_available": [figure.title for figure in published.not_available],
            "not_supplied": published.subjects_without_records,
            "not_collected": [
                name.replace("_", " ") for name, codes in council.equality if not codes
            ],
        }
        self._procedure = council.procedure.name
        self.stages = self._stage_groups(published, council.procedure)
        self._environment.globals |= {
            **{name_of(stage): stage for stage in self.stages},
            "each_stage": self.stages,
            "procedure": self._procedure_words(council.procedure, optional),
            "ombudsmen": ombudsmen_words(council),
        }

    def render(self, template: str, locate_line: Callable[[int], str], **variables: Any) -> Markup:
        """Markdown from a narrative's template.

        locate_line: the place of a line of the template, such as "notebooks/4_report.ipynb,
            cell 7, line 3".
        variables: further names that this template may use.
        Raises one Problem for all numbers typed by hand, unknown names and other faults, and what
        `fill_in` raises.
        """
        faults = self.faults(template, locate_line, *variables)
        if faults:
            raise joined(faults)
        return self.fill_in(template, locate_line, **variables)

    def fill_in(self, template: str, locate_line: Callable[[int], str], **variables: Any) -> Markup:
        """The same as `render`, of a template that has no faults.

        Raises one Problem for all claims that the numbers contradict, and one for a figure outside
        the window.
        """
        contradicted = contradictions(self._environment, template, locate_line)
        if contradicted:
            raise joined(contradicted)
        try:
            pieces = self._environment.from_string(template).generate(**variables)
            rendered = joined_within_limit(pieces)
        except (Problem, UndefinedError, *NARRATIVE_ERRORS) as error:
            raise _problem_with_line(error, locate_line) from None
        return Markup(ARTICLE_AFTER_THE.sub(r"\1", rendered))

    def faults(
        self, template: str, locate_line: Callable[[int], str], *variables: str
    ) -> list[Problem]:
        """Every fault of a template that shows without its numbers, in the order of its lines.

        variables: further names that the template may use.
        """
        stated_count = len(self.stated_numbers)
        faults = template_faults(self._environment, template, locate_line, variables)
        del self.stated_numbers[stated_count:]  # it was followed, not printed
        return faults

    def _stage_groups(self, published: Published, procedure: Procedure) -> list[StageGroup]:
        """The stages with their figures, even where these are not there."""
        groups = []
        for number, stage in procedure.numbered_stages:
            prefix = f"stage_{number}."
            figures = {
                id.removeprefix(prefix): published[id] for id in published if id.startswith(prefix)
            }
            groups.append(StageGroup(number, stage, figures, self._words(stage.explanation)))
        return groups

    def _procedure_words(
        self, procedure: Procedure, optional: Callable[[str], PublishedFigure | AbsentFigure]
    ) -> dict[str, Any]:
        """What a narrative may say of the procedure, as `{{ procedure.duty }}`."""
        accepted = procedure.words.accepted
        served = procedure.denominator
        number = optional(f"activity.{served.figure}") if served else None
        is_known = isinstance(number, PublishedFigure) and number.number().known
        return {
            "title": procedure.title,
            "person": procedure.person,
            "days": f"{procedure.days}s",
            "ombudsman": procedure.ombudsman.name,
            "ombudsman_received": f"The {procedure.ombudsman.name} received",
            "duty": self._words(procedure.words.duty),
            "next_stage": self._words(procedure.words.next_stage or ""),
            "public": procedure.words.public,
            "public_raised": f"{wording.capitalise(procedure.words.public)} raised",
            "was_upheld": f"was {procedure.words.upheld}",
            "were_upheld": f"were {procedure.words.upheld}",
            "complaint_upheld": f"complaint {procedure.words.upheld}",
            "complaints_upheld": f"complaints {procedure.words.upheld}",
            "upheld": procedure.words.upheld,
            "was_accepted": f"was accepted {accepted}",
            "were_accepted": f"were accepted {accepted}",
            "served": self._words(served.sentence) if served and is_known else "",
            "rate": optional(f"complaints.{served.rate_figure}") if served else AbsentFigure(),
        }

    def _words(self, template: str) -> LaterWords:
        """Words of the procedure's file, in the language."""
        where = f"the words of the procedure {self._procedure}"
        return LaterWords(lambda: Markup(self.render(template, lambda line: where).strip()))

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


def _problem_with_line(error: Exception, locate_line: Callable[[int], str]) -> Problem:
    """What stopped a template while it was rendered, at its line."""
    where = locate_line(_template_line(error))
    if isinstance(error, Problem):
        what = f"{error.where}: {error.what}" if error.where else error.what
        return Problem(kind=error.kind, where=where, what=what, remedy=error.remedy)
    return Problem(kind=Kind.NOTEBOOK, where=where, what=f"{error}", remedy=CHECK_REFERENCE)


def _optional(published: Published) -> Callable[[str], PublishedFigure | AbsentFigure]:
    """`{{ optional("complaints.from_young_people") | reported(…) }}`.

    For a figure that not every procedure has; the sentence of one that this procedure does not
    have is empty.
    """
    return lambda id: published[id] if id in published else AbsentFigure()


def _figure_groups(published: Published) -> dict[str, FigureGroup]:
    """The figures by the prefix of their id; those of several procedures by that of each."""
    figures: dict[str, dict[str, PublishedFigure]] = {}
    for id in published:
        prefix, _, name = id.rpartition(".")
        figures.setdefault(prefix, {})[name] = published[id]
    groups = {prefix: FigureGroup(prefix, members) for prefix, members in figures.items()}
    procedures: dict[str, dict[str, FigureGroup]] = {}
    for prefix in [prefix for prefix in groups if "." in prefix]:
        procedure, _, name = prefix.partition(".")
        procedures.setdefault(procedure, {})[name] = groups.pop(prefix)
    return groups | {name: ProcedureGroup(name, inner) for name, inner in procedures.items()}


def _names_of_years(published: Published, year_style: str) -> dict[str, Any]:
    return {
        "year": YearName(published.year, year_style, published.period_end),
        "previous_year": YearName(published.year.previous, year_style),
        "first_year": YearName(published.window[0], year_style),
        "years_compared": SettingNumber("comparison_years", len(published.window)),
    }


def _names_of_settings(council: Council) -> dict[str, Any]:
    durations, graded = council.time_limits.durations, council.time_limits.graded
    limits = {
        name: SettingNumber(f"time_limits.{name}", duration.length)
        for name, duration in durations.items()
    }
    disclosure = council.disclosure
    return {
        "limits": limits | council.time_limits.choices,
        "durations": {
            name: SettingDuration(f"time_limits.{name}", duration, graded.get(name, ()))
            for name, duration in durations.items()
        },
        "stages": SettingNumber("procedure.stages", len(council.procedure.stages)),
        "panel_members": SettingNumber("procedure.panel_members", PANEL_MEMBER_COUNT),
        "significance_level": SettingNumber(
            "significance.percent", round(100 * SIGNIFICANCE_LEVEL), "%"
        ),
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
