"""The arguments and options of all commands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

# fmt: off
Workspace = Annotated[Path, Option(
    "--workspace", "-w", help="The folder that contains data/raw.", show_default="this folder")]
YearName = Annotated[str, Argument(
    metavar="YEAR", help="A financial year such as 2021-22, or: latest.")]
NewYear = Annotated[str, Argument(metavar="YEAR", help="The financial year, such as 2022-23.")]
NewFolder = Annotated[Path, Argument(
    metavar="FOLDER", help="A folder for the council's data and reports.")]
Example = Annotated[str | None, Option(
    "--example",
    help="Make a working example with data instead: children, or whole-council, which has several "
    "procedures.")]
SetValues = Annotated[list[str], Option(
    "--set", metavar="KEY=VALUE",
    help="A value for council.yaml, such as authority=Anyshire Council.")]
Exports = Annotated[list[Path], Argument(
    metavar="FILE...", help="Exports of your case system, wherever they are.")]
ReferenceFiles = Annotated[list[Path], Argument(
    metavar="FILE...", help="Files of DfE, ONS, the Ombudsman or other councils, downloaded.")]
ReferenceYear = Annotated[str, Option(
    "--year", help="The year of the report that they are for.", show_default="the latest")]
MappingYear = Annotated[str, Option("--year", help="The financial year of the exports.")]
Write = Annotated[bool, Option(
    "--write", help="Add the proposal to council.yaml. No entry is replaced without asking.")]
ShowPersonal = Annotated[bool, Option(
    "--show-personal", help="Show names and other personal values, on a terminal only.")]
Formats = Annotated[str | None, Option(
    "--formats", help="Formats to make, separated by commas.", show_default="all")]
AcceptMissing = Annotated[bool, Option(
    "--accept-missing-formats",
    help="Replace the last report even if this machine cannot make one of the formats.")]
Final = Annotated[bool, Option(
    "--final",
    help="Make the final version. Every warning must first be accepted in report.yaml.")]
To = Annotated[str | None, Option(
    "--to", metavar="DATE",
    help="Report on part of the year, to this day, such as 2026-12-31.", show_default="all of it")]
Force = Annotated[bool, Option(
    "--force", help="Rebuild everything, even what has not changed.")]
Workspaces = Annotated[list[Path], Argument(
    metavar="WORKSPACE...", help="Folders that contain data/raw.")]
Years = Annotated[str | None, Option(
    "--years", help="A range such as 2019-20:2023-24.", show_default="all years")]
Jobs = Annotated[int | None, Option(
    "--jobs", min=1, help="How many reports to make at once.", show_default="one per core")]
Scheduler = Annotated[str | None, Option(
    "--scheduler", help="Address of a Dask cluster, such as tcp://node1:8786.")]
BatchPage = Annotated[Path, Option("--page", help="Where to write the page of results.")]
Port = Annotated[int, Option("--port", help="The page's port.", show_default="any free port")]
Bundle = Annotated[Path | None, Option(
    "--bundle", help="Pack the report and its audit into this file.")]
Archive = Annotated[Path | None, Option(
    "--from", help="Check such a file, here or on another machine.")]
Digest = Annotated[str, Option(
    "--digest", help="The SHA-256 that was printed when the file was packed.")]
FigureId = Annotated[str, Argument(
    metavar="FIGURE", help="Such as complaints.by_outcome.", show_default=False)]
Category = Annotated[str, Option("--category", help="Such as: partially upheld.")]
Detail = Annotated[str, Option("--detail", help="For a figure with two kinds of category.")]
NumberYear = Annotated[str | None, Option(
    "--year", help="The year of the number.", show_default="the reported year")]
Section = Annotated[str | None, Option(
    "--section", help="List the numbers printed in a section, such as 2.4.")]
ReportYear = Annotated[str, Option("--report", help="The year whose report to look at.")]
Against = Annotated[str | None, Option(
    "--against", show_default="the last one kept",
    help="A kept report by name, a year, a report's folder, an archive of verify --bundle, "
    "or: published.")]
DiffPage = Annotated[Path | None, Option(
    "--page", help="Write all differences as a page into this file.")]
Returned = Annotated[list[Path], Argument(
    metavar="RETURNED.docx...", help="Copies of the Word file that came back.")]
Apply = Annotated[bool, Option(
    "--apply", help="Ask about each safe edit, and make those that you accept.")]
ApplyAll = Annotated[bool, Option(
    "--all", help="Make every safe edit without asking.")]
ReviewPage = Annotated[Path | None, Option(
    "--page", help="Write all changes and comments as a page into this file.")]
DiffWord = Annotated[Path | None, Option(
    "--docx", help="Write the changes since the draft that readers had as a Word file with tracked "
    "changes.")]
Overwrite = Annotated[bool, Option(
    "--overwrite", help="Replace the file that is named, even if it is not one of ours.")]
# fmt: on
