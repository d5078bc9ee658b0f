"""Context managers around importing, allocating, and starting processes that import."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import LazyLoader
from multiprocessing import spawn, util
from pathlib import Path
from threading import local
from types import ModuleType
from typing import Any

# What multiprocessing tells a new process of the program that starts it.
PROGRAM_KEYS = (
    "init_main_from_name",
    "init_main_from_path",
    "sys_argv",
    "log_to_stderr",
    "log_level",
)
# What a module has before it is loaded. Not `__path__`: a question for it is about a module within.
MODULE_DESCRIPTIONS = {"__class__", "__file__", "__name__", "__spec__"}


@contextmanager
def gc_paused() -> Iterator[None]:
    """Pause the garbage collector in the block.

    Code that allocates much and frees little runs about a quarter faster.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@contextmanager
def gc_paused_then_frozen() -> Iterator[None]:
    """Pause the garbage collector in the block, and exempt all objects that exist after it.

    For imports: modules stay until the process ends, so scanning them is wasted.
    """
    with gc_paused():
        yield
        gc.freeze()


@contextmanager
def environment_variables(variables: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables for this process, and those started in the block."""
    previous = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in previous.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def imported_when_used(*names: str) -> Iterator[None]:
    """Put off the imports of these modules in the block until something of them is used.

    For what a library imports and this program never uses, without a difference to the library.
    """
    finder = _LateFinder(names)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


class _LateFinder(MetaPathFinder):
    def __init__(self, names: Iterable[str]) -> None:
        self._names = set(names)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in self._names:
            return None
        spec = PathFinder.find_spec(fullname, path)
        if spec and spec.loader:
            spec.loader = _LateLoader(spec.loader)
        return spec


class _LateLoader(LazyLoader):
    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        _LateModule.library_class = type(module)
        object.__setattr__(module, "__class__", _LateModule)


class _LateModule(ModuleType):
    """A module that is not loaded by questions of what it is.

    The library's own class loads it at any question, and ipykernel asks every module for its file.
    """

    library_class: type[ModuleType]

    def __getattribute__(self, name: str) -> Any:
        if name in MODULE_DESCRIPTIONS:
            return super().__getattribute__(name)
        object.__setattr__(self, "__class__", _LateModule.library_class)
        return getattr(self, name)


@contextmanager
def modules_hidden(*names: str) -> Iterator[None]:
    """Let modules look as if they were not installed, to a library that can do without them."""
    own_modules = {name: sys.modules[name] for name in names if name in sys.modules}
    modules: dict[str, Any] = sys.modules
    modules.update(dict.fromkeys(names))
    try:
        yield
    finally:
        for name in names:
            del modules[name]
        modules.update(own_modules)


class _Starting(local):
    """Whether this thread is starting a process that is to know nothing of the program."""

    hides_program = False


_starting = _Starting()
_library_preparation_data = spawn.get_preparation_data
_library_options: Callable[[], list[str]] = util._args_from_interpreter_flags  # type: ignore[attr-defined]


def _preparation_data(name: str) -> dict[str, Any]:
    """A patch of multiprocessing (written for Python 3.11 to 3.14), which offers no other way."""
    data = _library_preparation_data(name)
    if _starting.hides_program:
        for key in PROGRAM_KEYS:
            data.pop(key, None)
        data["sys_path"] = _path_without_script(data["sys_path"])
    return data


def _interpreter_options() -> list[str]:
    """A patch of multiprocessing, as above."""
    return [] if _starting.hides_program else _library_options()


spawn.get_preparation_data = _preparation_data
util._args_from_interpreter_flags = _interpreter_options  # type: ignore[attr-defined]


@contextmanager
def calling_program_hidden() -> Iterator[None]:
    """Start multiprocessing's processes in this block without anything of the calling program.

    The library would run its script in each of them again, and hand on its arguments, its log,
    the script's folder, in which modules are looked for, and Python's options: with `-W error` a
    process would stop in the middle of a library, and with `-O` a notebook would assert nothing.
    """
    _starting.hides_program = True
    try:
        yield
    finally:
        _starting.hides_program = False


def _path_without_script(path: list[str]) -> list[str]:
    """Where modules are looked for, without the script's folder unless this package lies there."""
    script = getattr(sys.modules["__main__"], "__file__", None)
    if not script or not path or sys.flags.safe_path:
        return path
    folder = Path(script).absolute().parent
    is_script_folder = Path(path[0]).absolute() == folder
    return path[1:] if is_script_folder and not (folder / "pipeline").is_dir() else path
