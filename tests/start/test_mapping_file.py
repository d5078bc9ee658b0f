"""council.yaml after `map --write`: comments kept, no entry replaced without asking."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
import yaml
from builders import CHILDREN, REPOSITORY, SAMPLE_RAW

import pipeline.start
from pipeline.problem import Problem
from pipeline.settings import load_settings
from pipeline.start.mapping.codes import CodeMatch, code_list
from pipeline.start.mapping.exports import read_exports
from pipeline.start.mapping.proposal import complete, council_codes, draft_tables, propose
from pipeline.start.mapping.questions import ask_codes, ask_columns
from pipeline.start.mapping.words import heading_words
from pipeline.start.mapping.writing.council_file import merge_council, write_council
from pipeline.start.mapping.writing.yaml_text import council_lines
from pipeline.validate.dictionary import EXTRACTS_BY_NAME
from pipeline.year import Year

TEMPLATE = (Path(pipeline.start.__file__).parent / "council.yaml").read_text(encoding="utf-8")
YEAR = Year.parse("2020-21")
OUTCOME = EXTRACTS_BY_NAME["complaints"].column("outcome")
ROWS = (
    "Ref,Received,Team,Office,Outcome\nA1,03/04/2020,x,y,Settled by apology\nA2,05/06/2020,x,y,\n"
)


def refuse(*_: object) -> bool:
    return False


def allow(*_: object) -> bool:
    return True


def proposal_for(tmp_path, text, name="complaints.csv", council=None):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8", newline="")
    return propose(read_exports([path]), council or {}, YEAR)


def test_empty_list_of_the_template_is_filled_below_its_note():
    merged, left_alone = merge_council(TEMPLATE, "service_areas:\n  - Early Help\n", refuse)
    assert left_alone == []
    assert "spelt as in your extracts.\nservice_areas:\n  - Early Help\n\n# What compl" in merged
    assert [line for line in merged.splitlines() if line not in TEMPLATE.splitlines()] == [
        "  - Early Help"
    ]


def test_proposal_twice_in_the_same_file_changes_nothing_more():
    lines = "columns:\n  complaints:\n    team: Office\n\n# dates: day first  # undecided\n"
    once, _ = merge_council(TEMPLATE, lines, refuse)
    assert merge_council(once, lines, refuse) == (once, [])
    assert yaml.safe_load(once)["columns"] == {"complaints": {"team": "Office"}}


def test_new_entry_of_a_section_stays_above_the_note_below_it():
    comment = "    # route: Via  # undecided: 60%\n"
    text = f"columns:\n  complaints:\n    team: Unit  # old\n{comment}\n# Dates.\nx: 1\n"
    merged, _ = merge_council(text, "columns:\n  complaints:\n    route: Via\n", refuse)
    assert merged == (
        "columns:\n  complaints:\n    team: Unit  # old\n    route: Via\n\n# Dates.\nx: 1\n"
    )


def test_second_extract_is_added_below_the_first(tmp_path):
    text = "columns:\n  complaints:\n    team: Unit\n\n# Dates.\nx: 1\n"
    lines = "columns:\n  compliments:\n    team: T\n\nlisted:\n  - a\n\nx: 2\n"
    merged, left_alone = merge_council(text, lines, refuse)
    assert left_alone == ["x"]
    assert merged == (
        "columns:\n  complaints:\n    team: Unit\n  compliments:\n    team: T\n\n# Dates.\nx: 1\n\n"
        "listed:\n  - a\n"
    )


@pytest.mark.parametrize(("answer", "team"), [(refuse, "Unit"), (allow, "Office")])
def test_entry_with_another_value_is_replaced_only_if_allowed(answer, team):
    text = "columns: # ours\n  complaints:\n    team: Unit # the old one\n"
    lines = "columns:\n  complaints:\n    team: Office\n    route: Via\n"
    merged, left_alone = merge_council(text, lines, answer)
    assert yaml.safe_load(merged)["columns"]["complaints"] == {"team": team, "route": "Via"}
    assert left_alone == (["columns.complaints.team"] if team == "Unit" else [])
    assert "# ours" in merged
    assert "# the old one" in merged


def test_sample_council_keeps_every_line_after_a_proposal(workspace):
    path = workspace / "data" / "raw" / "council.yaml"
    original = path.read_text(encoding="utf-8")
    tables = read_exports([REPOSITORY / "docs" / "wide-export.csv"])
    council = yaml.load(original, yaml.BaseLoader)
    assert write_council(workspace, council_lines(propose(tables, council, YEAR)), refuse) == []
    assert path.read_text(encoding="utf-8").startswith(original.rstrip("\n"))
    assert load_settings(workspace, "2021-22").council.columns["complaints"]["team"] == (
        "CaseDetails.Team",
    )
    assert sorted(one.name for one in path.parent.glob("*.yaml")) == ["council.yaml"]


def test_windows_line_ends_and_rights_of_the_file_stay(workspace):
    path = workspace / "data" / "raw" / "council.yaml"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    path.chmod(0o600)
    write_council(workspace, "dates: day first\n", refuse)
    assert path.read_bytes().endswith(b"\r\ndates: day first\r\n")
    assert path.read_bytes().count(b"\n") == path.read_bytes().count(b"\r\n")
    assert path.stat().st_mode & 0o777 == 0o600


def test_two_headings_alike_are_undecided_with_both_as_candidates(tmp_path):
    lines = council_lines(proposal_for(tmp_path, ROWS.replace("Team,Office", "Team,team name")))
    assert "# team: " in lines
    assert "Team" in lines
    assert "team name" in lines
    assert "\n    team: " not in lines


def test_code_that_is_like_none_of_ours_is_a_comment(tmp_path):
    lines = council_lines(proposal_for(tmp_path, ROWS.replace("Settled by apology", "Qwx")))
    assert "# Qwx:  # undecided: like none of our codes" in lines
    assert yaml.safe_load(lines).get("values") is None


def test_order_of_dates_is_that_in_which_they_lie_in_the_year(tmp_path):
    assert proposal_for(tmp_path, ROWS).dates == "day first"  # 4 March is not in the year
    assert proposal_for(tmp_path, ROWS.replace("03/04/2020", "07/08/2020")).dates is None
    assert proposal_for(tmp_path, ROWS.replace("05/06/2020", "11/02/2021")).dates == "day first"
    swapped = ROWS.replace("05/06/2020", "02/11/2021").replace("03/04/2020", "04/03/2020")
    assert proposal_for(tmp_path, swapped).dates == "month first"


def test_placeholder_in_a_column_of_dates_is_proposed(tmp_path):
    text = ROWS.replace("05/06/2020", "N/A")
    assert proposal_for(tmp_path, text).placeholders == ("N/A",)


def test_quarterly_sheets_are_one_extract_with_all_their_codes(tmp_path):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for quarter, outcome in (("Q1", "Part upheld"), ("Q2", "Fully upheld")):
        sheet = book.create_sheet(quarter)
        sheet.append(["Complaints", quarter])
        sheet.append(["Case ref", "Date rec'd", "Service", "Final outcome"])
        sheet.append([f"{quarter}-1", "2020-05-01", "SEND", outcome])
        sheet.append([f"{quarter}-2", "2020-06-01", "Early Help", outcome])
    book.save(tmp_path / "returns.xlsx")
    [table] = read_exports([tmp_path / "returns.xlsx"])
    lines = council_lines(propose([table], {}, YEAR))
    content = yaml.safe_load(lines)
    assert table.row_count == 4
    assert content["columns"]["complaints"]["received"] == "Date rec'd"
    outcomes = {"Part upheld": "partially upheld", "Fully upheld": "upheld"}
    assert content["values"]["outcome"] == outcomes
    assert lines.count("    reference:") == 1


@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_line_break_in_a_heading_or_code_is_written_on_one_line(line_end, tmp_path):
    text = (
        'Ref,"Date\nreceived",Final outcome\nA1,2020-05-01,"Part\nupheld"\nA2,2020-06-01,Upheld\n'
    )
    lines = council_lines(proposal_for(tmp_path, text.replace("\n", line_end)))
    content = yaml.safe_load(lines)
    assert content["columns"]["complaints"]["received"] == "Date received"
    assert content["values"]["outcome"] == {"Part\nupheld": "partially upheld"}


def test_file_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(Problem, match="there is no such file"):
        read_exports([tmp_path / "nothing.csv"])


def test_two_tables_of_an_extract_give_each_key_once(tmp_path):
    for name, heading in (("complaints 1.csv", "Case ref"), ("complaints 2.csv", "Reference no")):
        (tmp_path / name).write_text(f"{heading},Date received\nA1,2020-05-01\nA2,2020-06-01\n")
    paths = [tmp_path / "complaints 1.csv", tmp_path / "complaints 2.csv"]
    lines = council_lines(propose(read_exports(paths), {}, YEAR))
    assert lines.count("    reference:") == lines.count("  complaints:") == 1


def test_heading_that_appears_twice_is_named_by_its_letters(tmp_path):
    text = (
        "Ref,Date received,Date received,Service\nA1,2020-04-03,,Early Help\nA2,2020-05-03,,SEND\n"
    )
    lines = council_lines(proposal_for(tmp_path, text))
    assert "Date received (column B)" in lines


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("UPHELD", "upheld"),
        ("Not-upheld", "not upheld"),
        ("02 - Partly upheld", "partially upheld"),
        ("Upheld / justified", "upheld"),
        ("Partialy Upheld", "partially upheld"),
        ("Unsubstantiated", "not upheld"),
        ("n/a", ""),
        ("Resolved informally", "resolved before investigation"),
    ],
)
def test_code_in_other_words_or_another_spelling_is_decided(text, code):
    candidates = code_list("complaints", OUTCOME, CHILDREN.outcome_codes).candidates(text)
    match = CodeMatch(text, 1, candidates)
    assert match.is_decided
    assert match.code == code


@pytest.mark.parametrize("text", ["Upheld on appeal", "Not known yet upheld", "U", "Closed"])
def test_code_that_may_mean_several_things_is_undecided(text):
    candidates = code_list("complaints", OUTCOME, CHILDREN.outcome_codes).candidates(text)
    assert not CodeMatch(text, 1, candidates).is_decided


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("Date Rec'd", ("date", "received")),
        ("dateReceived", ("date", "received")),
        ("datereceived", ("date", "received")),
        ("Date_x0020_Recieved", ("date", "received")),
        ("S2RespDt", ("s", "2", "response", "date")),
        ("Complainants' DOB", ("complainant", "birth", "date")),
        ("CaseStatusReceipt.DateReceived", ("case", "status", "receipt", "date", "received")),
    ],
)
def test_heading_is_read_as_words_however_it_is_written(heading, words):
    assert heading_words(heading).all == words


def test_answers_on_a_terminal_decide_what_was_undecided(tmp_path):
    path = tmp_path / "complaints.csv"
    path.write_text(ROWS.replace("Team,Office", "Team,team name"), encoding="utf-8")
    council = yaml.load((SAMPLE_RAW / "council.yaml").read_text(), yaml.BaseLoader)
    questions = []

    def answer(question, options):
        questions.append((question, options))
        if ".team " in question:
            return "2"
        if "Settled by apology" in question:
            return str(1 + list(options).index("resolved before investigation"))
        return "s"

    drafts = ask_columns(draft_tables(read_exports([path]), council, YEAR), answer)
    proposal = ask_codes(complete(drafts, council, YEAR), council_codes(council), answer)
    content = yaml.safe_load(council_lines(proposal))
    team_options = next(options for question, options in questions if ".team " in question)
    assert content["columns"]["complaints"]["team"] == team_options[1].partition(" (")[0]
    assert content["values"]["outcome"] == {"Settled by apology": "resolved before investigation"}
    assert "service_area" not in content["columns"]["complaints"]
