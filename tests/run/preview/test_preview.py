"""The draft follows what is saved, on this machine alone, and the last report stays as it was."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import socket
import threading
import time
import urllib.request
from pathlib import Path

import psutil
import pytest
from runs import press_ctrl_c, start_command, surviving_processes

YEAR = "2021-22"


class Followed:
    """A preview under way, and what its page is told."""

    def __init__(self, workspace: Path, temp_folder: Path):
        self.workspace, self.temp_folder = workspace, temp_folder
        self.process = start_command(temp_folder, "preview", YEAR, "--workspace", workspace)
        self.address = re.search(r"http://\S+", self.process.stdout.readline())[0]
        self.port = int(self.address.rsplit(":", 1)[1].strip("/"))
        threading.Thread(target=self.process.stdout.read, daemon=True).start()
        self.events = urllib.request.urlopen(self.address + "events", timeout=120)
        self.told = {"draft": 0}

    def until(self, holds) -> dict:
        """Wait until what the page is told is as wanted."""
        ends = time.monotonic() + 90
        while not holds(self.told):
            assert time.monotonic() < ends, self.told
            line = self.events.readline()
            if line.startswith(b"data: "):
                self.told = json.loads(line[6:])
        return self.told

    def next_draft(self) -> dict:
        last = self.told["draft"]
        return self.until(lambda told: told["draft"] > last)

    def page(self, name: str = "report") -> str:
        return urllib.request.urlopen(self.address + name).read().decode()

    def edit(self, file: str, before: str, after: str) -> None:
        path = self.workspace / "data" / "raw" / file
        text = path.read_text(encoding="utf-8")
        assert before in text
        path.write_text(text.replace(before, after), encoding="utf-8")


@pytest.fixture(scope="module")
def followed(sample_report, tmp_path_factory):
    workspace = tmp_path_factory.mktemp("previewed") / "workspace"
    shutil.copytree(sample_report.workspace, workspace)
    temp_folder = Path("/tmp") / f"p-{os.getpid()}"
    temp_folder.mkdir()
    preview = Followed(workspace, temp_folder)
    preview.next_draft()
    yield preview
    if preview.process.poll() is None:
        preview.process.kill()
    shutil.rmtree(temp_folder, ignore_errors=True)


def test_the_page_is_served_on_the_loopback_address_alone(followed):
    listening = [
        one
        for one in psutil.Process(followed.process.pid).net_connections()
        if one.status == "LISTEN"
    ]
    assert [(one.laddr.ip, one.laddr.port) for one in listening] == [("127.0.0.1", followed.port)]


def test_another_site_s_page_cannot_ask_for_the_draft(followed):
    """By a name of its own that leads to this machine."""
    asked = http.client.HTTPConnection("127.0.0.1", followed.port)
    asked.request("GET", "/report", headers={"Host": f"elsewhere.example:{followed.port}"})
    assert asked.getresponse().status == 403


def test_no_other_file_is_served(followed):
    for name in ("../council.yaml", "data/raw/council.yaml", "/etc/passwd", "run.json"):
        asked = http.client.HTTPConnection("127.0.0.1", followed.port)
        asked.request("GET", f"/{name}")
        assert asked.getresponse().status == 404


def test_the_draft_is_marked_as_one_and_findings_are_shown(followed):
    assert "Draft" in followed.page()
    assert "<caption>" in followed.page("findings")
    assert "Draft: Calderbrook Council" in followed.told["title"]


def test_a_sentence_that_is_saved_is_seen(followed):
    followed.edit(f"{YEAR}/commentary.md", "Behind each", "Behind every single")
    followed.next_draft()
    assert "Behind every single" in followed.page()
    followed.edit(f"{YEAR}/commentary.md", "Behind every single", "Behind each")
    followed.next_draft()


def test_what_stops_the_draft_is_said_on_the_page_and_the_last_one_stays(followed):
    before = followed.page()
    followed.edit("council.yaml", "directorate:", "directorat:")
    told = followed.until(lambda told: told["problem"])
    assert 'Did you mean "directorate"?' in told["problem"]
    assert followed.page() == before
    followed.edit("council.yaml", "directorat:", "directorate:")
    assert followed.until(lambda told: not told["problem"])["state"].startswith(
        ("Made", "As before")
    )


def test_a_row_that_is_wrong_is_said_on_the_page(followed):
    followed.edit(f"{YEAR}/complaints.csv", ",not upheld,", ",not upehld,")
    assert "not upehld" in followed.until(lambda told: told["problem"])["problem"]
    followed.edit(f"{YEAR}/complaints.csv", ",not upehld,", ",not upheld,")
    followed.until(lambda told: not told["problem"])


def test_a_chart_is_drawn_anew_when_its_numbers_are_others(followed):
    """Though drawings are kept from draft to draft while nothing in them changes."""

    def drawings() -> set[str]:
        return {path.name for path in followed.temp_folder.rglob("drawing-*.svg")}

    followed.edit(f"{YEAR}/commentary.md", "Behind each", "Behind each and every one")
    followed.next_draft()
    before, drawn = followed.page(), drawings()
    followed.edit(f"{YEAR}/commentary.md", "Behind each and every one", "Behind each")
    followed.next_draft()
    assert drawings() == drawn != set()
    followed.edit("council.yaml", "comparison_years: 5", "comparison_years: 4")
    followed.next_draft()
    assert len(drawings()) == 2 * len(drawn)
    alt = re.compile(r'alt="(Line chart[^"]*)"')
    assert alt.findall(followed.page()) != alt.findall(before)
    followed.edit("council.yaml", "comparison_years: 4", "comparison_years: 5")
    followed.next_draft()


def test_the_report_and_the_tables_stay_as_they_were(followed, sample_report, everything):
    for folder in ("reports", f"data/processed/{YEAR}"):
        before, now = (
            {path.relative_to(one): content for path, content in everything(one / folder).items()}
            for one in (sample_report.workspace, followed.workspace)
        )
        assert now == before


def test_a_port_that_is_taken_is_said_to_be(followed, annual_report):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = annual_report("preview", YEAR, "--workspace", followed.workspace, "--port", port)
    assert ended.returncode == 3
    assert f"--port {port}: another program uses this port" in ended.stderr


def test_it_ends_with_ctrl_c_and_leaves_nothing(followed):
    press_ctrl_c(followed.process)
    assert followed.process.wait(20) == 130
    assert followed.process.stderr.read().strip() == "Stopped. The last good report is unchanged."
    assert surviving_processes(followed.temp_folder) == []
    assert list(followed.temp_folder.iterdir()) == []
