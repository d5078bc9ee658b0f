"""Every place where this package overrides, or reads, what a library does not document.

Each patch stands alone: its docstring says what it saves or protects, and deleting its one use
restores the library's own behaviour. A test compares the installed versions with `WRITTEN_FOR`,
so that whoever upgrades a library looks here. Great Expectations has its own patch, in
`pipeline/validate/rules/great_expectations.py`; jsonschema's is in `pipeline/__init__.py`, and that
of what multiprocessing tells a new process in `pipeline/system/imports.py`.
"""

from __future__ import annotations

# The versions (major and minor) that the patches were read against.
WRITTEN_FOR = {
    "ipykernel": {"7.4"},
    "jupyter_client": {"8.10"},
    "python": {"3.11", "3.12", "3.13", "3.14"},
}
