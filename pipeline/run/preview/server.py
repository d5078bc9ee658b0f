"""The web server of the preview: a few files, and a stream of events that updates the page.

It listens on the loopback address only. Its address contains a random token, because any user of
the machine can open a port of that address. One thread serves every page, however many are open.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from pathlib import Path
from threading import Event, Thread
from typing import TypedDict

from tornado.httpserver import HTTPServer
from tornado.iostream import StreamClosedError
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from pipeline.problem import Kind, Problem

LOOPBACK = "127.0.0.1"
TOKEN_BYTES = 16
# How often a page is sent something, so that one that was closed is noticed.
KEEPALIVE_SECONDS = 10
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

    def __init__(self, port: int) -> None:
        self.files: dict[str, Path] = {}
        self.prefix = f"/{secrets.token_urlsafe(TOKEN_BYTES)}/"
        self.hosts = {f"{LOOPBACK}:{port}", f"localhost:{port}"}
        self.address = f"http://{LOOPBACK}:{port}{self.prefix}"
        self._state = PageState(title="Preview", state="", problem="", draft=0)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._changed = asyncio.Event()

    def update(
        self,
        state: str,
        problem: str | None = None,
        title: str | None = None,
        is_new_draft: bool = False,
    ) -> None:
        """Change what every page shows; None leaves a part as it is. Called from any thread."""
        changed = self._state.copy()
        changed["state"] = state
        if problem is not None:
            changed["problem"] = problem
        if title is not None:
            changed["title"] = title
        if is_new_draft:
            changed["draft"] += 1
        self._state = changed
        if self._loop:
            self._loop.call_soon_threadsafe(self._tell_pages)

    def _tell_pages(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    def serve_in(self, loop: asyncio.AbstractEventLoop) -> None:
        """Tell pages of changes in this loop from now on."""
        self._loop = loop

    async def next_event(self, last_state: PageState | None) -> tuple[PageState, bytes]:
        """The state of the page and what it is sent: a change, or a comment now and then.

        last_state: that the page was sent before.
        """
        if self._state is last_state:
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._changed.wait(), KEEPALIVE_SECONDS)
        state = self._state
        if state is last_state:
            return state, b": keep-alive\n\n"
        return state, f"data: {json.dumps(state)}\n\n".encode()


class PreviewHandler(RequestHandler):
    """Answers requests for the page, its script, its events and its files.

    It answers only under the address that it was given, token included: neither another site's
    page nor another user of the machine may read the draft.
    """

    def initialize(self, page: LivePage) -> None:
        self.page = page

    async def get(self) -> None:
        path = self.request.path
        name = path.removeprefix(self.page.prefix)
        files = {
            "": TEMPLATES / "preview.html",
            "preview.js": TEMPLATES / "preview.js",
            **self.page.files,
        }
        self.set_header("Cache-Control", "no-store")
        if self.request.headers.get("Host") not in self.page.hosts:
            self.send_error(HTTPStatus.FORBIDDEN)
        elif not path.startswith(self.page.prefix):
            self.send_error(HTTPStatus.NOT_FOUND)
        elif name == "events":
            await self._send_events()
        elif name in files:
            self._send_file(files[name])
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    async def _send_events(self) -> None:
        self.set_header("Content-Type", "text/event-stream")
        state = None
        with suppress(StreamClosedError):  # the page was closed
            while True:
                state, event = await self.page.next_event(state)
                self.write(event)
                await self.flush()

    def _send_file(self, path: Path) -> None:
        try:
            content = path.read_bytes()
        except OSError:
            content = NO_DRAFT
        self.set_header("Content-Type", CONTENT_TYPES[path.suffix])
        self.write(content)

    def compute_etag(self) -> None:
        """None: a page is never cached."""

    def log_exception(self, *_: object) -> None:
        """Log nothing: it would hide what the preview prints."""


@contextmanager
def page_server(port: int) -> Iterator[LivePage]:
    """A page that is served while the block lasts.

    port: 0 for any free one.
    Raises Problem if another program uses the port.
    """
    try:
        sockets = bind_sockets(port, LOOPBACK)
    except (OSError, OverflowError):
        raise Problem(
            kind=Kind.SETTINGS,
            where=f"--port {port}",
            what="another program uses this port",
            remedy="Leave out --port, and a free one is chosen.",
        ) from None
    page = LivePage(sockets[0].getsockname()[1])
    loop = asyncio.new_event_loop()
    is_serving = Event()

    def serve() -> None:
        asyncio.set_event_loop(loop)
        page.serve_in(loop)
        handlers = [(r".*", PreviewHandler, {"page": page})]
        server = HTTPServer(Application(handlers, log_function=lambda handler: None))
        server.add_sockets(sockets)
        is_serving.set()
        loop.run_forever()
        server.stop()

    thread = Thread(target=serve, daemon=True)
    thread.start()
    is_serving.wait()
    try:
        yield page
    finally:
        # Pages that are open are dropped: the process is about to end.
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
