"""A stream inside a compound file, in which Excel 97 keeps a workbook."""

from __future__ import annotations

import struct
from pathlib import Path

END_OF_CHAIN = 0xFFFFFFFA  # from here on, numbers are marks and no sectors
ENTRY_BYTES = 128
SHORT_SECTOR_BYTES = 64
ROOT = 5
SECTORS_IN_HEADER = 109


def read_stream(path: str, names: tuple[str, ...]) -> bytes:
    """The first stream with one of these names; raises ValueError if there is none."""
    content = Path(path).read_bytes()
    sector_bytes = 1 << struct.unpack_from("<H", content, 30)[0]
    first_folder, _, smallest, first_short_table = struct.unpack_from("<4I", content, 48)
    first_table, table_count = struct.unpack_from("<II", content, 68)

    def sector(number: int) -> bytes:
        return content[(number + 1) * sector_bytes : (number + 2) * sector_bytes]

    def chain(first: int, table: tuple[int, ...]) -> list[int]:
        numbers: list[int] = []
        while first < END_OF_CHAIN:
            if len(numbers) > len(table):
                raise ValueError("a chain of sectors without an end")
            numbers.append(first)
            first = table[first]
        return numbers

    def joined(first: int) -> bytes:
        return b"".join(sector(number) for number in chain(first, table))

    table_sectors = list(struct.unpack_from(f"<{SECTORS_IN_HEADER}I", content, 76))
    for _ in range(table_count):
        *more, first_table = _numbers(sector(first_table))
        table_sectors += more
    table = _numbers(b"".join(sector(n) for n in table_sectors if n < END_OF_CHAIN))
    folder = joined(first_folder)
    streams: dict[str, tuple[int, int]] = {}
    short_sectors = b""
    for start in range(0, len(folder), ENTRY_BYTES):
        entry = folder[start : start + ENTRY_BYTES]
        name = entry[: max(0, struct.unpack_from("<H", entry, 64)[0] - 2)].decode("utf-16-le")
        first, size = struct.unpack_from("<II", entry, 116)
        if entry[66] == ROOT:
            short_sectors = joined(first)
        else:
            streams.setdefault(name, (first, size))
    for name in names:
        if name not in streams:
            continue
        first, size = streams[name]
        if size >= smallest:
            return joined(first)[:size]
        short_table = _numbers(joined(first_short_table))
        starts = [number * SHORT_SECTOR_BYTES for number in chain(first, short_table)]
        parts = [short_sectors[start : start + SHORT_SECTOR_BYTES] for start in starts]
        return b"".join(parts)[:size]
    raise ValueError("there is no workbook in this file")


def _numbers(content: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(content) // 4}I", content[: len(content) // 4 * 4])
