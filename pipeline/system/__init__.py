"""The operating system: folders, temporary files, archives, imports, signals and its errors."""

import os

# On Linux and macOS; otherwise on Windows, where `portability` has what it lacks. The one question
# that all modules ask, so that a test can have another answer: tests/no_posix/sitecustomize.py.
IS_POSIX = hasattr(os, "fork")
