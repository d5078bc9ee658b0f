"""The draft follows what is saved, on this machine only, and the last report stays unchanged."""

from __future__ import annotations

import gc
import http.client
import json
import re
import shutil
import socket
import tempfile
import threading
import time
import urllib.parse
import urllib.request
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from builders import file_bytes, replace_text
from runs import (
    STOPPED_EXIT_CODE,
    STOPPED_MESSAGE,
    YEAR,
    press_ctrl_c,
    start_command,
    surviving_processes,
    wait_until,
)

from pipeline.problem import Kind
from pipeline.run.kernels.managers import Kernels
from pipeline.run.preview.preview import run_preview
from pipeline.run.preview.server import KEEPALIVE_SECONDS, page_server
from pipeline.settings import Settings, load_settings

DRAFT_SECONDS = 120
STOP_SECONDS = 20
IDLE_CLIENTS = 200


class RunningPreview:
    """A preview under way, and the state of its page."""

    def __init__(self, workspace: Path, temp_folder: Path):
        self.workspace = workspace
        self.temp_folder = temp_folder
        self.process = start_command(temp_folder, "preview", YEAR, "--workspace", workspace)
        self.address = re.search(r"http://\S+", self.process.stdout.readline())[0]
        self.port = urllib.parse.urlsplit(self.address).port
        self.prefix = urllib.parse.urlsplit(self.address).path
        threading.Thread(target=self.process.stdout.read, daemon=True).start()
        self.events = urllib.request.urlopen(self.address + "events", timeout=DRAFT_SECONDS)
        self.state: dict[str, Any] = {"draft": 0}

    def wait_for(self, is_expected: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        """The first state of the page that is as expected."""
        deadline = time.monotonic() + DRAFT_SECONDS
        while not is_expected(self.state):
            assert time.monotonic() < deadline, self.state
            line = self.events.readline()
            if line.startswith(b"data: "):
                self.state = json.loads(line[6:])
        return self.state

    def wait_for_draft(self) -> dict[str, Any]:
        last_draft = self.state["draft"]
        return self.wait_for(lambda state: state["draft"] > last_draft)

    def page(self, name: str = "report") -> str:
        return urllib.request.urlopen(self.address + name, timeout=DRAFT_SECONDS).read().decode()

    def replace_text(self, file: str, old: str, new: str) -> None:
        replace_text(self.workspace / "data" / "raw" / file, old, new)

    def status_of(self, path: str, **headers: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=DRAFT_SECONDS)
        connection.request("GET", path, headers=headers)
        return connection.getresponse().status


@pytest.fixture(scope="module")
def preview(sample_report, tmp_path_factory) -> Iterator[RunningPreview]:
    workspace = tmp_path_factory.mktemp("previewed") / "workspace"
    shutil.copytree(sample_report.workspace, workspace)
    with tempfile.TemporaryDirectory(prefix="p-") as temp_folder:
        running = RunningPreview(workspace, Path(temp_folder))
        try:
            running.wait_for_draft()
            yield running
        finally:
            running.process.kill()  # does nothing once it has ended
            running.process.wait(STOP_SECONDS)


@pytest.mark.slow
def test_what_a_draft_leaves_in_cycles_is_collected(workspace):
    """A command searches for it so rarely that dozens of pages would stay in memory."""
    pages = []
    stop = threading.Event()
    lines: list[str] = []

    class Page:
        def __init__(self) -> None:
            self.itself = self
            pages.append(weakref.ref(self))

    def make(settings: Settings, kernels: Kernels) -> bool:
        Page()
        return True

    def print_line(line: str) -> None:
        lines.append(line)
        if len(lines) == 2:  # the address, and the first draft
            stop.set()

    gc.disable()
    try:
        run_preview(load_settings(workspace, YEAR), make, 0, print_line, stop)
        assert [page() for page in pages] == [None]
    finally:
        gc.enable()


@pytest.mark.slow
def test_server_listens_on_the_loopback_address_only(preview):
    connections = psutil.Process(preview.process.pid).net_connections()
    listening = [connection.laddr for connection in connections if connection.status == "LISTEN"]
    assert [(address.ip, address.port) for address in listening] == [("127.0.0.1", preview.port)]


def test_page_of_another_site_cannot_read_the_draft(preview):
    """A site may have a name that leads to this machine."""
    assert (
        preview.status_of(f"{preview.prefix}report", Host=f"elsewhere.example:{preview.port}")
        == 403
    )
    assert preview.status_of(f"{preview.prefix}report", Host=f"localhost:{preview.port}") == 200


@pytest.mark.parametrize(
    "path", ["/../council.yaml", "/data/raw/council.yaml", "//etc/passwd", "/run.json"]
)
def test_no_other_file_is_served(preview, path):
    assert preview.status_of(path) == 404
    assert preview.status_of(f"{preview.prefix.rstrip('/')}{path}") == 404


@pytest.mark.parametrize("path", ["/", "/report", "/findings", "/events", "/wrong-token/report"])
def test_nothing_is_served_without_the_token(preview, path):
    assert len(preview.prefix) > 20
    assert preview.status_of(path) == 404


def test_draft_is_marked_and_findings_are_shown(preview):
    assert "Draft" in preview.page()
    assert "<caption>" in preview.page("findings")
    assert "Draft: Calderbrook Council" in preview.state["title"]


@pytest.mark.slow
def test_saved_sentence_appears_in_the_draft(preview):
    commentary = f"{YEAR}/commentary.md"
    preview.replace_text(commentary, "Members may want", "Members might want")
    preview.wait_for_draft()
    assert "Members might want" in preview.page()
    preview.replace_text(commentary, "Members might want", "Members may want")
    preview.wait_for_draft()


def test_wrong_setting_is_shown_and_the_last_draft_stays(preview):
    last_page = preview.page()
    preview.replace_text("council.yaml", "directorate:", "directorat:")
    state = preview.wait_for(lambda state: state["problem"])
    assert 'Did you mean "directorate"?' in state["problem"]
    assert preview.page() == last_page
    preview.replace_text("council.yaml", "directorat:", "directorate:")
    state = preview.wait_for(lambda state: not state["problem"])
    assert state["state"].startswith(("Made", "Unchanged"))


@pytest.mark.slow
def test_wrong_row_is_shown(preview):
    extract = f"{YEAR}/complaints.csv"
    preview.replace_text(extract, ",not upheld,", ",not upehld,")
    assert "not upehld" in preview.wait_for(lambda state: state["problem"])["problem"]
    preview.replace_text(extract, ",not upehld,", ",not upheld,")
    preview.wait_for(lambda state: not state["problem"])


@pytest.mark.slow
def test_file_saved_while_the_first_draft_is_made_is_seen(sample_report, tmp_path):
    workspace = tmp_path / "workspace"
    shutil.copytree(sample_report.workspace, workspace)
    commentary = Path("data", "raw", YEAR, "commentary.md")
    text = (workspace / commentary).read_text(encoding="utf-8")
    new_words = "Members will want"
    with tempfile.TemporaryDirectory(prefix="p-") as temp_folder:
        running = RunningPreview(workspace, Path(temp_folder))
        try:
            wait_until(lambda: text in copied_texts(Path(temp_folder), commentary))
            running.replace_text(f"{YEAR}/commentary.md", "Members may want", new_words)
            running.wait_for(lambda state: state["draft"] and new_words in running.page())
        finally:
            press_ctrl_c(running.process)
            running.process.wait(STOP_SECONDS)


def copied_texts(temp_folder: Path, file: Path) -> list[str]:
    return [path.read_text(encoding="utf-8") for path in temp_folder.rglob(file.as_posix())]


@pytest.mark.slow
def test_chart_is_drawn_again_only_when_its_numbers_change(preview):
    def drawings() -> set[str]:
        return {path.name for path in preview.temp_folder.rglob("drawing-*.svg")}

    def chart_texts() -> list[str]:
        return re.findall(r'alt="(Line chart[^"]*)"', preview.page())

    commentary = f"{YEAR}/commentary.md"
    preview.replace_text(commentary, "Members may want", "Members may well want")
    preview.wait_for_draft()
    first_texts = chart_texts()
    first_drawings = drawings()
    assert first_drawings
    preview.replace_text(commentary, "Members may well want", "Members may want")
    preview.wait_for_draft()
    assert drawings() == first_drawings
    preview.replace_text("council.yaml", "comparison_years: 5", "comparison_years: 4")
    preview.wait_for_draft()
    assert len(drawings()) == 2 * len(first_drawings)
    assert chart_texts() != first_texts
    preview.replace_text("council.yaml", "comparison_years: 4", "comparison_years: 5")
    preview.wait_for_draft()


@pytest.mark.parametrize("folder", ["reports", f"data/processed/{YEAR}"])
def test_report_and_tables_stay_unchanged(preview, sample_report, folder):
    assert file_bytes(preview.workspace / folder) == file_bytes(sample_report.workspace / folder)


@pytest.mark.slow
def test_port_in_use_is_reported(preview, annual_report):
    with socket.socket() as other_program:
        other_program.bind(("127.0.0.1", 0))
        other_program.listen()
        port = other_program.getsockname()[1]
        options = ("--workspace", preview.workspace, "--port", port)
        finished = annual_report("preview", YEAR, *options)
    assert finished.returncode == Kind.SETTINGS
    assert f"--port {port}: another program uses this port" in finished.stderr


def test_ctrl_c_ends_it_and_nothing_is_left(preview):
    press_ctrl_c(preview.process)
    assert preview.process.wait(STOP_SECONDS) == STOPPED_EXIT_CODE
    assert preview.process.stderr.read().strip() == STOPPED_MESSAGE
    assert surviving_processes(preview.temp_folder) == []
    assert list(preview.temp_folder.iterdir()) == []


# The server alone


def test_any_number_of_idle_clients_needs_one_thread_and_ends_at_once():
    """Pages with open events, clients that ask nothing, and one that does not read."""
    with page_server(0) as page:
        address = urllib.parse.urlsplit(page.address)
        thread_count = threading.active_count()
        clients = []
        for number in range(IDLE_CLIENTS):
            client = socket.create_connection((address.hostname, address.port))
            if number % 2:
                client.sendall(
                    f"GET {address.path}events HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode()
                )
            clients.append(client)
        with urllib.request.urlopen(page.address, timeout=DRAFT_SECONDS) as answer:
            assert b"preview.js" in answer.read()
        page.update(state="Made", is_new_draft=True)
        received = b""
        while b'"draft": 1' not in received:
            received += clients[1].recv(10_000)
        assert threading.active_count() == thread_count
        start = time.monotonic()
    assert time.monotonic() - start < KEEPALIVE_SECONDS  # it has not waited for any of them
    assert threading.active_count() == thread_count - 1
    for client in clients:
        client.close()
