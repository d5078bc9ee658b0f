"""Patches of ipykernel (written for 7.4), which run in the process of a kernel."""

from __future__ import annotations

from typing import Any

from ipykernel import kernelapp
from ipykernel.iostream import IOPubThread


class SocketOnlyIOPub(IOPubThread):
    """Sends messages through the private socket only.

    ipykernel also opens a TCP port on 127.0.0.1 for what forked processes print, to which every
    user of the machine could connect. This saves no time: it keeps a run free of open ports.
    """

    def __init__(self, socket: Any, pipe: bool = False, **kwargs: Any) -> None:
        super().__init__(socket, pipe=False, **kwargs)  # type: ignore[no-untyped-call]


def use_socket_only_iopub() -> None:
    """Let the kernel of this process open no TCP port."""
    kernelapp.IOPubThread = SocketOnlyIOPub  # type: ignore[misc,assignment]
