"""Whether the machine has what a run will need, as far as that can be told before it starts."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import psutil

from pipeline.system.folders import nearest_existing

MEGABYTE = 1_000_000


def shortage_warnings(disk_bytes: Mapping[Path, int], memory_bytes: int) -> Iterator[str]:
    """A sentence for each disk, and for the memory, of which there is clearly too little.

    disk_bytes: what will be written, by folder; folders on one disk count together.
    """
    needed_by_disk: dict[int, int] = {}
    folder_by_disk: dict[int, Path] = {}
    for folder, size in disk_bytes.items():
        nearest = nearest_existing(folder) or folder
        disk = os.stat(nearest).st_dev  # noqa: PTH116  one call for a number
        needed_by_disk[disk] = needed_by_disk.get(disk, 0) + size
        folder_by_disk.setdefault(disk, nearest)
    for disk, folder in folder_by_disk.items():
        free = shutil.disk_usage(folder).free
        if free < needed_by_disk[disk]:
            yield (
                f"The disk of {folder} has {_megabytes(free)} free, and this run will need about "
                f"{_megabytes(needed_by_disk[disk])}."
            )
    available = available_memory()
    if available < memory_bytes:
        yield (
            f"This machine has {_megabytes(available)} of memory available, and this run will need "
            f"about {_megabytes(memory_bytes)}."
        )


def available_memory() -> int:
    """The bytes of memory that a program can still have without slowing the machine down."""
    return int(psutil.virtual_memory().available)


def _megabytes(size: int) -> str:
    return f"{max(size // MEGABYTE, 0):,} MB"
