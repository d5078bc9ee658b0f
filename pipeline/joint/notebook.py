"""What `5_joint.ipynb` works with: a report like any other, with a chapter on each procedure."""

from __future__ import annotations

from html import escape

import pandas as pd

from pipeline.joint.chapters import chapter_parts
from pipeline.joint.combine import combine_procedures
from pipeline.report.notebook import NotebookReport, open_notebook_report
from pipeline.settings import Settings, load_procedures
from pipeline.settings.sections import chapter_name


class JointReport(NotebookReport):
    """The report on all procedures of a council being written.

    procedures: the settings of each, in the order of council.yaml.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.procedures = load_procedures(settings)

    def chapters(self) -> None:
        """Publish a chapter on each procedure: the sections of its own report that settings name.

        Each is a section, which the settings put in its place.
        """
        for settings in self.procedures:
            procedure = settings.council.procedure
            section = chapter_name(procedure.name)
            self.publish(f"<h2>{escape(procedure.heading)}</h2>", section=section)
            sections = self.settings.council.joint_sections.chapter
            for part in chapter_parts(settings, sections):
                images = {mime: data for mime, data in part.data.items() if mime != "text/html"}
                place = part.metadata | {"section": section, "last": False}
                self.publish(part.data["text/html"], images, **place)


def open_joint_report(settings: Settings) -> tuple[JointReport, pd.DataFrame]:
    """The report on all procedures, opened on their figures, and these figures as a table.

    settings: of the joint report. Raises Problem if a procedure has no finished run.
    """
    figures = combine_procedures(settings)
    return open_notebook_report(settings, JointReport), figures
