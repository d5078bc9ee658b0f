"""Which sections a report prints, in which order."""

from __future__ import annotations

from pipeline.procedures import Procedure
from pipeline.settings.fields import Code, SettingsModel

JOINT = "joint"  # the report on all procedures of a council that has several
CHAPTERS = "chapters"


class ReportSections(SettingsModel):
    """The sections of the report in printed order; `main` has numbers and `annex` has letters."""

    # fmt: off
    front: tuple[Code, ...] = ("key_points", "courses_of_action")
    main: tuple[Code, ...] = (
        "overview", "service_areas", "outcomes", "response_times", "ombudsman", "young_people",
        "complainants", "learning", "compliments", "training", "about_the_data",
    )
    # fmt: on
    annex: tuple[Code, ...] = ("full_tables", "equality")

    @property
    def names(self) -> tuple[str, ...]:
        """All sections, in printed order."""
        return (*self.front, *self.main, *self.annex)


class JointSections(SettingsModel):
    """The sections of a report on several procedures, in printed order.

    main: CHAPTERS marks the place of a chapter on each procedure.
    chapter: the sections of a procedure's own report that its chapter contains.
    """

    front: tuple[Code, ...] = ("key_points", "courses_of_action")
    # fmt: off
    main: tuple[Code, ...] = (
        "overview", "learning", CHAPTERS, "ombudsman", "compliments", "about_the_data",
    )
    # fmt: on
    chapter: tuple[Code, ...] = ("overview", "service_areas", "outcomes", "response_times")

    def of_report(self, procedures: tuple[Procedure, ...]) -> ReportSections:
        """The sections with those of each procedure's chapter."""
        chapters = [chapter_name(procedure.name) for procedure in procedures]
        main = [
            name
            for section in self.main
            for name in (chapters if section == CHAPTERS else [section])
        ]
        return ReportSections(front=self.front, main=tuple(main), annex=())


def chapter_name(procedure: str) -> str:
    """The name of the section that is the chapter on a procedure."""
    return f"chapter_{procedure}"
