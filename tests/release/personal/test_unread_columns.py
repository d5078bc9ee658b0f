"""Names in a column that council.yaml does not name are searched for like all others."""

from __future__ import annotations

import pytest
from builders import replace_text

from pipeline.inputs import check_data
from pipeline.problem import Problem
from pipeline.release.personal.search import check_personal_data
from pipeline.report.documents.page import Page
from pipeline.settings import load_settings
from pipeline.validate.personal.headings import personal_column

YEAR = "2021-22"
NAMES = ["Odalys Dummythorpe", "Quillon Madeupton", "Isolde Testerby", "Wystan Testerby"]
ADDRESSES = ["37 Example Street, Calderbrook, ZZ8 2ZZ", "55 Specimen Lane, ZZ1 8ZZ"]


@pytest.fixture
def unread_workspace(workspace):
    """unread_workspace(old, new, words): a heading replaced, and words added to the commentary."""

    def build(old, new, words):
        folder = workspace / "data" / "raw" / YEAR
        replace_text(folder / "complaints.csv", old, new)
        commentary = folder / "commentary.md"
        text = commentary.read_text(encoding="utf-8")
        commentary.write_text(text.replace("## overview\n", f"## overview\n\n{words}\n"))
        return load_settings(workspace, YEAR)

    return build


# A heading of ours, what the case system calls it, and words of the commentary.
@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("complainant_name", "Customer surname", "We thank the Dummythorpe family."),
        ("complainant_name", "Who rang", "Quillon Madeupton told us so."),
        ("child_name", "CHILD_FORENAME", "Ximena was heard."),
        ("date_of_birth", "Child DOB", "She was born on 28 September 2007."),
        ("address", "Correspondence", "The home at 55 Specimen Lane was closed."),
    ],
)
def test_name_of_an_unmapped_column_in_the_commentary_stops_a_report(
    unread_workspace, old, new, words
):
    settings = unread_workspace(old, new, words)
    findings = [one for one in check_data(settings).findings if one.rule == "words.personal"]
    assert [one.severity for one in findings] == ["critical"] * len(findings)
    assert findings, words
    assert "commentary.md" in findings[0].file


def test_name_of_an_unmapped_column_in_a_finished_file_stops_a_report(unread_workspace):
    settings = unread_workspace("complainant_name", "Customer", "Nothing.")
    page = Page("<p>Ms Odalys Dummythorpe was right.</p>", settings)
    with pytest.raises(Problem, match=r"contains a name \(complainant_name in row 2"):
        check_personal_data(page, {}, settings)


@pytest.mark.parametrize(
    ("heading", "cells", "column"),
    [
        ("MainParty.Name", [], "complainant_name"),
        ("Child.Name", [], "child_name"),
        ("custSurname", [], "complainant_name"),
        ("Complainant", NAMES, "complainant_name"),
        ("Complainant", ["parent", "Foster Carer"], None),
        ("Young person", NAMES, "child_name"),
        ("Column 7", NAMES, "complainant_name"),
        ("Column 7", ADDRESSES, "address"),
        ("D.O.B. (DOB)", [], "date_of_birth"),
        ("Contact", ["07700 900671", "07700 900123"], "telephone"),
        ("Postcode", [], "address"),
        ("Case Officer Name", NAMES, None),
        ("Social worker", NAMES, None),
        ("Team Name", ["North Team", "South Team"], None),
        ("Service", ["Early Help", "Looked After Children", "Youth Justice"], None),
        ("Email sent", ["Y", "N"], None),
        ("Preferred contact", ["Email", "Telephone"], None),
    ],
)
def test_column_is_personal_by_its_heading_or_its_cells(heading, cells, column):
    assert personal_column(heading, cells) == column
