"""The web server of the preview: a few files, and a stream of events that updates the page.

It listens on the loopback address only. Its address contains a random token, because any user of
the machine can open a port of that address.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Condition, Thread
from typing import TypedDict

from pipeline.problem import Kind, Problem

LOOPBACK = "127.0.0.1"
TOKEN_BYTES = 16
# How often a page is sent something, so that one that was closed is noticed.
KEEPALIVE_SECONDS = 10
SHUTDOWN_POLL_SECONDS = 0.05
TEMPLATES = Path(__file__).parent / "templates"
CONTENT_TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
NO_DRAFT = b"<!DOCTYPE html><html lang=en-GB><title>Not yet</title><p>There is no draft yet.</p>"


class PageState(TypedDict):
    """What a page shows. problem: what stops the draft. draft: the number of the last draft."""

    title: str
    state: str
    problem: str
    draft: int


class LivePage:
    """The page that every browser shows, and its changes.

    files: what is served besides, by name. address: where the page is.
    """

    def __init__(self) -> None:
        self.files: dict[str, Path] = {}
        self.address = ""
        self._state = PageState(title="Preview", state="", problem="", draft=0)
        self._version = 0
        self._condition = Condition()
        self._is_open = True

    def update(
        self,
        state: str,
        problem: str | None = None,
        title: str | None = None,
        is_new_draft: bool = False,
    ) -> None:
        """Change what every page shows; None leaves a part as it is."""
        with self._condition:
            self._state["state"] = state
            if problem is not None:
                self._state["problem"] = problem
            if title is not None:
                self._state["title"] = title
            if is_new_draft:
                self._state["draft"] += 1
            self._version += 1
            self._condition.notify_all()

    def close(self) -> None:
        """End every stream of events."""
        with self._condition:
            self._is_open = False
            self._condition.notify_all()

    def events(self) -> Iterator[bytes]:
        """What a page is sent: its state now, each change, and a comment now and then."""
        last_version = -1
        while self._is_open:
            with self._condition:
                is_changed = self._version != last_version
                if not is_changed:
                    is_changed = self._condition.wait(KEEPALIVE_SECONDS)
                last_version = self._version
                state = json.dumps(self._state)
            yield f"data: {state}\n\n".encode() if is_changed else b": keep-alive\n\n"


class PreviewServer(ThreadingHTTPServer):
    """Serves a page on the loopback address. Raises OSError if the port is taken."""

    def __init__(self, port: int, page: LivePage) -> None:
        super().__init__((LOOPBACK, port), PreviewHandler)
        self.page = page
        self.prefix = f"/{secrets.token_urlsafe(TOKEN_BYTES)}/"
        page.address = f"http://{LOOPBACK}:{self.server_port}{self.prefix}"


class PreviewHandler(BaseHTTPRequestHandler):
    """Answers requests for the page, its script, its events and its files.

    It answers only under the address that it was given, token included: neither another site's
    page nor another user of the machine may read the draft.
    """

    server: PreviewServer

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        name = path.removeprefix(self.server.prefix)
        files = {
            "": TEMPLATES / "preview.html",
            "preview.js": TEMPLATES / "preview.js",
            **self.server.page.files,
        }
        if not self._is_own_host():
            self.send_error(HTTPStatus.FORBIDDEN)
        elif not path.startswith(self.server.prefix):
            self.send_error(HTTPStatus.NOT_FOUND)
        elif name == "events":
            self._send_events()
        elif name in files:
            self._send_file(files[name])
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    def _is_own_host(self) -> bool:
        port = self.server.server_port
        return self.headers.get("Host") in {f"{LOOPBACK}:{port}", f"localhost:{port}"}

    def _send_events(self) -> None:
        self._send_headers("text/event-stream")
        with suppress(OSError):  # the page was closed
            for event in self.server.page.events():
                self.wfile.write(event)
                self.wfile.flush()

    def _send_file(self, path: Path) -> None:
        try:
            content = path.read_bytes()
        except OSError:
            content = NO_DRAFT
        self._send_headers(CONTENT_TYPES[path.suffix])
        self.wfile.write(content)

    def _send_headers(self, content_type: str) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", content_type)
        self.send_header("Cache-Control", "no-store")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Log no requests: they would hide what the preview prints."""


@contextmanager
def page_server(port: int) -> Iterator[LivePage]:
    """A page that is served while the block lasts.

    port: 0 for any free one.
    Raises Problem if another program uses the port.
    """
    page = LivePage()
    try:
        server = PreviewServer(port, page)
    except OSError:
        raise Problem(
            kind=Kind.SETTINGS,
            where=f"--port {port}",
            what="another program uses this port",
            remedy="Leave out --port, and a free one is chosen.",
        ) from None
    serving = {"poll_interval": SHUTDOWN_POLL_SECONDS}
    thread = Thread(target=server.serve_forever, kwargs=serving, daemon=True)
    thread.start()
    try:
        yield page
    finally:
        page.close()
        server.shutdown()
        server.server_close()
        thread.join()
