"""Standard output and error that take every character, on any terminal, pipe or file."""

from __future__ import annotations

import codecs
import errno
import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from pipeline.problem import Kind, Problem, printable
from pipeline.system.portability.programs import start_again

ERROR_HANDLER = "annual-report"
# What our messages contain beyond the alphabet, in signs that every encoding has.
# fmt: off
PLAIN_SIGNS = {
    "\N{RIGHTWARDS ARROW}": "->", "\N{EN DASH}": "-", "\N{EM DASH}": "-", "\N{MINUS SIGN}": "-",
    "\N{HORIZONTAL ELLIPSIS}": "...", "\N{BULLET}": "*", "\N{MIDDLE DOT}": "|",
    "\N{CHECK MARK}": "v", "\N{MULTIPLICATION SIGN}": "x", "\N{NO-BREAK SPACE}": " ",
    "\N{LEFT SINGLE QUOTATION MARK}": "'",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'", "\N{LEFT DOUBLE QUOTATION MARK}": '"',
    "\N{RIGHT DOUBLE QUOTATION MARK}": '"', "\N{POUND SIGN}": "GBP ",
}
# fmt: on
STANDARD_DESCRIPTORS = (0, 1, 2)
LOST_READER_ERRNOS = {errno.EPIPE, errno.EINVAL, errno.EBADF}  # EINVAL on Windows
OUTPUT_REMEDY = "Free some space there or name another file, then run the command again."


class PatientOutput(io.TextIOBase):
    """A stream on which printing never fails for the sake of a character or of a lost reader.

    A character that the encoding lacks becomes a plain sign, or its code such as \\u0142. Once the
    reader of a pipe has gone, as after `| head -1`, the rest is dropped and the command goes on. It
    has no `buffer`, because click would go past it to that.

    Names and texts of a user may contain what a terminal obeys; it is printed escaped.

    name: what a message calls it, such as "standard output".
    failure: why something could not be written, other than for want of a reader.
    draws: whether a library that draws on a terminal writes here, whose own sequences pass.
    """

    def __init__(self, stream: TextIO, name: str) -> None:
        self._stream = stream
        self._name = name
        self.failure: Problem | None = None
        self.draws = False

    def _escaped(self, text: str) -> str:
        return text if self.draws else printable(text)

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._stream.encoding

    @property
    def errors(self) -> str | None:  # type: ignore[override]
        return self._stream.errors

    def fileno(self) -> int:
        return self._stream.fileno()

    def isatty(self) -> bool:
        return self._stream.isatty()

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if text or not isinstance(text, str):  # click tries what a stream takes with empty ones
            self._attempt(lambda: self._stream.write(self._escaped(text)))
        return len(text)

    def flush(self) -> None:
        self._attempt(self._stream.flush)

    def _attempt(self, action: Callable[[], object]) -> None:
        """Write, or drop what has no reader any more. Raises Problem for any other error."""
        try:
            action()
        except OSError as error:
            with suppress(OSError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), self.fileno())
            if error.errno not in LOST_READER_ERRNOS:
                self.failure = Problem(
                    kind=Kind.MACHINE,
                    where=self._name,
                    what=f"what the command prints cannot be written: {error.strerror}",
                    remedy=OUTPUT_REMEDY,
                )
                raise self.failure from None


def use_utf_8_names() -> None:
    """Start this command again in Python's UTF-8 mode where names of files would be ASCII.

    That is so in the C locale if neither mode nor locale is adjusted. A name such as Łódź would
    then be bytes without characters. What is printed keeps the encoding of the terminal.
    """
    is_utf_8 = codecs.lookup(sys.getfilesystemencoding()).name == "utf-8"
    was_started_again = os.environ.get("PYTHONUTF8") == "1"
    if is_utf_8 or was_started_again or not sys.executable:
        return
    os.environ["PYTHONIOENCODING"] = getattr(sys.stdout, "encoding", None) or "utf-8"
    os.environ["PYTHONUTF8"] = "1"
    start_again()


def prepare_output() -> None:
    """Let every command print anything to standard output and error, whatever they are."""
    _occupy_closed_descriptors()
    codecs.register_error(ERROR_HANDLER, _in_plain_signs)
    sys.stdout = _patient(sys.stdout, "standard output")
    sys.stderr = _patient(sys.stderr, "standard error")


@contextmanager
def drawing_on_terminal() -> Iterator[None]:
    """Let a library draw on the standard output while the block lasts."""
    stream = sys.stdout
    if not isinstance(stream, PatientOutput):
        yield
        return
    stream.draws = True
    try:
        yield
    finally:
        stream.draws = False


def check_output_written() -> None:
    """Raise the Problem of a standard output that could not be written.

    A library that prints may have swallowed it, and Python would meet it only when it ends.
    """
    sys.stdout.flush()
    if isinstance(sys.stdout, PatientOutput) and sys.stdout.failure:
        raise sys.stdout.failure


def _patient(stream: TextIO | None, name: str) -> PatientOutput:
    """The stream; a closed one is replaced by one that drops everything."""
    if stream is None:
        stream = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  while we run
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors=ERROR_HANDLER)
    return PatientOutput(stream, name)


def _occupy_closed_descriptors() -> None:
    """Open what a caller has closed: else the next file opened would be the standard output."""
    for descriptor in STANDARD_DESCRIPTORS:
        try:
            os.fstat(descriptor)
        except OSError:
            opened = os.open(os.devnull, os.O_RDWR)  # the lowest number that is free
            os.set_inheritable(opened, True)  # for the processes that we start


def _in_plain_signs(error: UnicodeError) -> tuple[str | bytes, int]:
    """The handler of a character that an encoding lacks, for the codecs of the library."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    part = error.object[error.start : error.end]
    signs = [PLAIN_SIGNS.get(sign) or _code(sign) for sign in part]
    return "".join(signs), error.end


def _code(sign: str) -> str:
    return sign.encode("ascii", "backslashreplace").decode("ascii")
