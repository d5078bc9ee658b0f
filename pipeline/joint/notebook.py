"""What `5_joint.ipynb` works with: a report like any other, with a chapter on each procedure."""

from __future__ import annotations

from html import escape

import pandas as pd

from pipeline.joint.chapters import chapter_outputs
from pipeline.joint.combine import combine_procedures
from pipeline.joint.moves import Partnership, shared_cases
from pipeline.report import tables, wording
from pipeline.report.narrative.markdown import markdown_to_html
from pipeline.report.notebook import NotebookReport, show_style
from pipeline.settings import Settings, load_procedures
from pipeline.settings.sections import chapter_name

WORDS_OF_SHARED_CASES = "the words on complaints of two procedures"
# Sentences on complaints of two procedures; the numbers of each other procedure replace PARTS.
MOVED_AWAY = "We moved PARTS."
MOVED_HERE = "We took over PARTS."
JOINT_THERE = "We answered PARTS (counted here)."
JOINT_HERE = "We answered PARTS (counted there)."
# What each says of one other procedure; the id of the figure takes the place of FIGURE.
PARTS = {
    MOVED_AWAY: "{{ FIGURE | counted }} to {{ target }}",
    MOVED_HERE: "{{ FIGURE | counted }} from {{ source }}",
    JOINT_THERE: "{{ FIGURE | counted }} jointly with {{ target }}",
    JOINT_HERE: "{{ FIGURE | counted }} jointly with {{ source }}",
}


class JointReport(NotebookReport):
    """The report on all procedures of a council being written.

    procedures: the settings of each, in the order of council.yaml.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.procedures = load_procedures(settings)
        self._shared_cases = shared_cases(self.procedures)

    def side_by_side(self, caption: str, heading: str, figures: dict[str, str]) -> None:
        """Publish a table of the categories of several figures in the year, a column for each.

        figures: the id of each by the heading of its column, which is narrative.
        """
        self._render_line(heading)  # refused like any other words
        columns = {self._render_line(text): self.published[id] for text, id in figures.items()}
        self._publish(tables.side_by_side(columns, self._render_line(caption), heading))

    def chapters(self) -> None:
        """Publish a chapter on each procedure: the sections of its own report that settings name.

        Each is a section, which the settings put in its place.
        """
        for settings in self.procedures:
            procedure = settings.council.procedure
            section = chapter_name(procedure.name)
            self._publish(f"<h2>{escape(procedure.heading)}</h2>", section=section)
            self._publish(markdown_to_html(self._shared_cases_of(settings)), section=section)
            sections = self.settings.council.joint_sections.chapter
            for output in chapter_outputs(settings, sections):
                images = {mime: data for mime, data in output.data.items() if mime != "text/html"}
                place = output.place | {"section": section, "last": False}
                self._publish(output.html, images, **place)

    def _shared_cases_of(self, settings: Settings) -> str:
        """The sentences on complaints that came from other procedures, went there, or are joint."""
        parts: dict[str, list[str]] = {}
        for shared in self._shared_cases:
            words = {
                "source": shared.source.council.procedure.heading_in_sentence,
                "target": shared.target.council.procedure.heading_in_sentence,
            }
            is_joint = isinstance(shared, Partnership)
            if settings.procedure == shared.source.procedure:
                sentence = JOINT_THERE if is_joint else MOVED_AWAY
            elif settings.procedure == shared.target.procedure:
                sentence = JOINT_HERE if is_joint else MOVED_HERE
            else:
                continue
            template = f"{{% if FIGURE.number().occurs %}}{PARTS[sentence]}{{% endif %}}"
            part = self.language.render(
                template.replace("FIGURE", shared.id), lambda line: WORDS_OF_SHARED_CASES, **words
            )
            if part:
                parts.setdefault(sentence, []).append(part)
        return " ".join(
            sentence.replace("PARTS", wording.listing(texts)) for sentence, texts in parts.items()
        )


def open_joint_report(settings: Settings) -> tuple[JointReport, pd.DataFrame]:
    """The report on all procedures, opened on their figures, and these figures as a table.

    settings: of the joint report. Raises Problem if a procedure has no finished run.
    """
    figures = combine_procedures(settings)
    show_style(settings)
    return JointReport(settings), figures
