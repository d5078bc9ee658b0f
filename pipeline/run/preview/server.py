"""A few files on the loopback address, and a board that tells the page in the browser what has changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Condition, Thread

from pipeline.problem import Kind, Problem

LOOPBACK = "127.0.0.1"
KEEPALIVE_SECONDS = 10  # seconds after which a page is asked
PREVIEW_TEMPLATES = Path(__file__).parent / "templates"
CONTENT_TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8"}


class LivePage:
    """What the page shows: what goes on, what stops the draft, and which draft it is."""

    def __init__(self) -> None:
        self.files: dict[str, Path] = {}
        self.address = ""
        self._state = {"title": "Preview", "state": "", "problem": "", "draft": 0}
        self._version, self._condition, self._is_open = 0, Condition(), True

    def update(self, is_new_draft: bool = False, **changes: str) -> None:
        """Tell every page. made: whether there is a new draft to show."""
        with self._condition:
            self._state |= {**changes, "draft": self._state["draft"] + is_new_draft}
            self._version += 1
            self._condition.notify_all()

    def close(self) -> None:
        """Let every page that follows go."""
        with self._condition:
            self._is_open = False
            self._condition.notify_all()

    def events(self) -> Iterator[bytes]:
        """What a page is sent: what holds now, then each change; a mark now and then, by which one that is gone is noticed."""
        seen = -1
        while self._is_open:
            with self._condition:
                changed = self._version != seen or self._condition.wait(KEEPALIVE_SECONDS)
                seen, told = self._version, json.dumps(self._state)
            yield f"data: {told}\n\n".encode() if changed else b": still there\n\n"


@contextmanager
def page_server(port: int) -> Iterator[LivePage]:
    """A board, served on the loopback address while the block lasts; a Problem where the port is taken."""
    board = LivePage()

    class Handler(BaseHTTPRequestHandler):
        """Answers only this machine, and only by the address it was given: no other site's page may read the draft."""

        def do_GET(self) -> None:
            name = self.path.partition("?")[0].removeprefix("/")
            if self.headers.get("Host") not in {
                f"{LOOPBACK}:{server.server_port}",
                f"localhost:{server.server_port}",
            }:
                self.send_error(HTTPStatus.FORBIDDEN)
            elif name == "events":
                self._answer("text/event-stream")
                with suppress(OSError):  # the page is gone
                    for said in board.events():
                        self.wfile.write(said)
                        self.wfile.flush()
            elif path := {
                "": PREVIEW_TEMPLATES / "preview.html",
                "preview.js": PREVIEW_TEMPLATES / "preview.js",
                **board.files,
            }.get(name):
                self._file(path)
            else:
                self.send_error(HTTPStatus.NOT_FOUND)

        def _file(self, path: Path) -> None:
            try:
                content = path.read_bytes()
            except OSError:
                content = b"<!DOCTYPE html><html lang=en-GB><title>Not yet</title><p>There is no draft yet.</p>"
            self._answer(CONTENT_TYPES[path.suffix])
            self.wfile.write(content)

        def _answer(self, kind: str) -> None:
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", kind)
            self.send_header("Cache-Control", "no-store")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing: what is asked for is no news."""

    try:
        server = ThreadingHTTPServer((LOOPBACK, port), Handler)
    except OSError:
        raise Problem(
            Kind.SETTINGS,
            f"--port {port}",
            "another program uses this port",
            "Leave --port out: any that is free is then taken.",
        ) from None
    board.address = f"http://{LOOPBACK}:{server.server_port}/"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield board
    finally:
        board.close()
        server.shutdown()
        server.server_close()
        thread.join()
