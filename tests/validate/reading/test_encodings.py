"""Text in the wrong encoding: read where that is certain, reported with its place always."""

from __future__ import annotations

import pandas as pd
import pytest

from pipeline.validate.reading.encoding.damage import repaired

HEADING = "date,title,audience,attended\n"
ACCENTED = "Zoë O’Neill-Núñez – “naïve” £5 ½"
# fmt: off
# Damaged text → what it was.
REPAIRS = {
    "UTF-8 read as Windows-1252": ("JosÃ© GarcÃ\xada", "José García"),
    "twice": ("JosÃƒÂ©", "José"),
    "quotation marks and dashes": ("â€œNoâ€\x9d â€“ itâ€™s Â£5", "“No” – it’s £5"),
    "UTF-8 read as latin-1": ("Itâ\x80\x99s", "It’s"),
    "UTF-8 read on a Macintosh": ("Jos√© O‚ÄôNeill ¬£5", "José O’Neill £5"),
    "UTF-8 read as code page 850": ("Jos├® OÔÇÖNeill", "José O’Neill"),
    "UTF-8 read as code page 437": ("Jos├⌐ OΓÇÖNeill", "José O’Neill"),
    "Windows-1252 read as latin-1": ("It\x92s \x93here\x94", "It’s “here”"),
    "Polish and Welsh letters": ("Å‚Ä…ki, LlÅ·r", "łąki, Llŷr"),
    "an emoji": ("ðŸ˜Š", "😊"),
    "beside text that is right": ("JosÃ© – “ok”", "José – “ok”"),
    "HTML entities": ("O&#39;Neill &amp; Sons&nbsp;Ltd", "O'Neill & Sons\u00a0Ltd"),
    "HTML entities twice": ("O&amp;#x27;Neill", "O'Neill"),
    "an entity of a damaged letter": ("Jos&Atilde;&copy;", "José"),
    "HTML tags": ('<p class="x">Late</p><br/><b>again</b>', "\nLate\n\nagain"),
    "tags as entities": ("&lt;b&gt;Late&lt;/b&gt;", "Late"),
}
RIGHT_AS_IT_IS = (
    "AT&T", "R&D; S&P", "a < b > c", "<redacted>", "«CAFÉ»", "SÃO PAULO", "João", "Ærø", "─┐",
    ACCENTED, "5 &co", "Ä. Ö. Ü.", "naïve", "½ £5 – 5°",
)
# fmt: on


def training(*titles: str, audience: str = "all") -> str:
    return HEADING + "".join(
        f"2021-05-0{n},{title},{audience},5\n" for n, title in enumerate(titles, 1)
    )


@pytest.mark.parametrize(("damaged", "right"), REPAIRS.values(), ids=REPAIRS)
def test_damaged_text_is_repaired_as_it_was_meant(damaged, right):
    assert repaired(damaged) == right


@pytest.mark.parametrize("text", RIGHT_AS_IT_IS)
def test_text_that_people_write_is_left_as_it_is(text):
    assert repaired(text) == text


def test_repair_in_a_csv_is_a_warning_with_line_and_byte(workspace):
    workspace.put("2021-22/training.csv", training("Fine", "JosÃ© &amp; co"))
    reading = workspace.read()
    assert reading.tables["training"]["title"].tolist() == ["Fine", "José & co"]
    [finding] = reading.findings
    assert (finding.severity, finding.rule, finding.row) == (
        "warning",
        "training.title.encoding",
        3,
    )
    assert finding.what.startswith("line 3, byte 15: this was in the wrong encoding")
    assert 'it is read as "José & co"' in finding.what
    assert "Look whether it is right now" in finding.remedy


def test_repair_after_a_cell_with_lines_still_finds_its_line(workspace):
    workspace.put("2021-22/training.csv", training('"a\nb\nc"', "<b>Late</b>"))
    [finding] = workspace.read().findings
    assert (finding.rule, finding.row) == ("training.title.html", 3)
    assert finding.what.startswith("line 5, byte 12: this contains HTML")


@pytest.mark.parametrize("ending", [".xlsx", ".ods", ".xls"])
def test_repair_in_a_workbook_names_the_cell(workspace, as_workbook, ending):
    sheet = [["date", "title"], ["2021-05-01", "Fine"], ["2021-05-02", "ItÃ©m"]]
    workspace.put(f"2021-22/training{ending}", as_workbook(ending, {"training": sheet}))
    reading = workspace.read()
    assert reading.tables["training"]["title"].tolist() == ["Fine", "Itém"]
    [finding] = reading.findings
    assert finding.what.startswith("cell B3: this was in the wrong encoding")


def test_repaired_code_and_mapped_value_give_the_right_figure(workspace):
    workspace.council |= {"themes": ["café & crèche", "delay"]}
    workspace.council["values"] = {"theme": {"CrÃ¨che": "café & crèche"}}
    workspace.rows(
        "complaints",
        {"theme": "cafÃ© &amp; crÃ¨che"},
        {"reference": "C2", "theme": "Crèche"},
        {"reference": "C3", "theme": "CrÃ¨che"},
    )
    reading = workspace.read()
    assert reading.tables["complaints"]["theme"].tolist() == ["café & crèche"] * 3
    assert [(one.severity, one.row) for one in reading.findings] == [("warning", 2), ("warning", 4)]


def test_repaired_personal_value_is_not_in_the_sentences(workspace):
    workspace.rows("complaints", {"complainant_name": "JosÃ© O&#39;Neill"})
    reading = workspace.read()
    assert reading.tables["complaints"]["complainant_name"].tolist() == ["José O'Neill"]
    [finding] = reading.findings
    assert finding.severity == "warning"
    assert "Jos" not in finding.what + finding.remedy
    assert "line 2, byte " in finding.what


@pytest.mark.parametrize("text", ["Jos\ufffd", "Josï¿½", "Jos\x81", "voilÃ ", "â€œNoâ€"])
def test_lost_character_is_a_warning_with_its_place(workspace, text):
    workspace.put("2021-22/training.csv", training(text))
    findings = workspace.read().findings
    [finding] = [one for one in findings if one.rule == "training.title.lost_character"]
    assert finding.severity == "warning"
    assert finding.what.startswith("line 2, byte ")
    assert "Export the column again as CSV (UTF-8)" in finding.remedy


def test_lost_character_of_a_code_is_critical(workspace):
    workspace.rows("complaints", {"received": "2021-04-3\ufffd"})
    severities = {one.rule: one.severity for one in workspace.read().findings}
    assert severities == {
        "complaints.received.lost_character": "warning",
        "complaints.received.readable": "critical",
    }


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_its_mark_is_critical_and_named(workspace, encoding):
    workspace.put("2021-22/training.csv", training("Zoë").encode(encoding))
    [finding] = workspace.read().findings
    assert finding.severity == "critical"
    assert finding.what.startswith("line 1 contains a null byte")
    assert "UTF-16 without its mark" in finding.what
    assert "save it again as CSV (UTF-8)" in finding.remedy


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_file_in_one_sure_encoding_is_read_without_finding(workspace, encoding):
    workspace.put("2021-22/training.csv", training(ACCENTED).encode(encoding))
    reading = workspace.read()
    assert reading.tables["training"]["title"].tolist() == [ACCENTED]
    assert reading.findings == []


def test_windows_lines_in_a_file_of_utf_8_are_read_and_reported(workspace):
    lines = training("Zoë", "Zoë", "Zoë").encode().splitlines(keepends=True)
    lines[2] = lines[2].replace("ë".encode(), "ë ’ £".encode("cp1252"))
    workspace.put("2021-22/training.csv", b"".join(lines))
    reading = workspace.read()
    assert reading.tables["training"]["title"].tolist() == ["Zoë", "Zoë ’ £", "Zoë"]
    [finding] = reading.findings
    assert (finding.severity, finding.rule) == ("warning", "training.file.encoding")
    assert finding.what.startswith("line 3, byte 14; line 3, byte 16; line 3, byte 18: this is Win")
    assert "export the file again as CSV (UTF-8)" in finding.remedy
    workspace.put("2021-22/training.csv", training("Zoë", "Zoë ’ £", "Zoë"))
    assert workspace.read().findings == []


def test_both_encodings_in_one_line_are_read_and_reported(workspace):
    line = training("Zoë @").encode().replace(b"@", "Renée".encode("cp1252"))
    workspace.put("2021-22/training.csv", line)
    reading = workspace.read()
    assert reading.tables["training"]["title"].tolist() == ["Zoë Renée"]
    assert reading.findings[0].what.startswith("line 2, byte 20: ")


@pytest.mark.parametrize(
    ("text", "encoding", "name"),
    [
        ("René’s Müller", "mac_roman", "Macintosh"),
        ("O’Neill doesn’t", "mac_roman", "Macintosh"),
        ("René", "cp850", "DOS"),
        ("Björn Müller £5", "cp850", "DOS"),
        ("Señora Vélez", "cp437", "DOS"),
    ],
)
def test_dos_and_macintosh_text_is_critical_and_not_guessed(workspace, text, encoding, name):
    workspace.put("2021-22/training.csv", training("Fine", text).encode(encoding))
    reading = workspace.read()
    [finding] = reading.findings
    assert (finding.severity, finding.rule) == ("critical", "training.file.readable")
    assert finding.what.startswith("line 3, byte ")
    assert f"It reads best as {name}" in finding.what
    assert "save it again as CSV (UTF-8)" in finding.remedy
    workspace.put("2021-22/training.csv", training("Fine", text))
    reading = workspace.read()
    assert reading.tables["training"]["title"].tolist() == ["Fine", text]
    assert reading.findings == []


def test_dos_lines_in_a_file_of_utf_8_are_critical(workspace):
    content = training("Zoë", "@").encode().replace(b"@", "René".encode("cp850"))
    workspace.put("2021-22/training.csv", content)
    [finding] = workspace.read().findings
    assert (finding.severity, finding.rule) == ("critical", "training.file.readable")
    assert finding.what.startswith("line 3, byte 15: ")


def test_accent_that_reads_as_a_dash_is_a_warning(workspace):
    workspace.put("2021-22/training.csv", training("López").encode("mac_roman"))
    reading = workspace.read()
    [finding] = reading.findings
    assert (finding.severity, finding.rule) == ("warning", "training.file.encoding")
    assert "on a Macintosh it would be a letter with an accent" in finding.what
    assert pd.notna(reading.tables["training"]["title"]).all()
