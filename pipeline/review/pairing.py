"""Which paragraph, table and row of one Word file is which of another, by text and style."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from rapidfuzz import fuzz

MIN_SIMILARITY = 40  # percent, of a paragraph or a table that counts as the other, changed
PARAGRAPH, TABLE, ROW, CELL = (qn(f"w:{name}") for name in ("p", "tbl", "tr", "tc"))
TEXT = qn("w:t")
Block = BaseOxmlElement
Pair = tuple[Block | None, Block | None]


def blocks_of(container: BaseOxmlElement) -> list[Block]:
    return [block for block in container if block.tag in (PARAGRAPH, TABLE)]


def paired_blocks(old: Sequence[Block], new: Sequence[Block]) -> Iterator[Pair]:
    """The blocks of both in order, each with the one that it became or was."""
    old_keys, new_keys = [_key(block) for block in old], [_key(block) for block in new]
    matcher = SequenceMatcher(None, old_keys, new_keys, autojunk=False)
    for operation, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        if operation == "equal":
            yield from zip(old[old_start:old_end], new[new_start:new_end], strict=True)
        else:
            yield from _paired_alike(list(old[old_start:old_end]), list(new[new_start:new_end]))


def _paired_alike(old: list[Block], new: list[Block]) -> Iterator[Pair]:
    """Blocks that differ, paired with the first that is like them."""
    for block in new:
        place = next((place for place, each in enumerate(old) if _is_like(each, block)), None)
        if place is None:
            yield None, block
            continue
        yield from ((each, None) for each in old[:place])
        yield old[place], block
        old = old[place + 1 :]
    yield from ((each, None) for each in old)


def _is_like(old: Block, new: Block) -> bool:
    if old.tag != new.tag:
        return False
    if old.tag == TABLE:
        old_rows, new_rows = ([_key(row) for row in each.iter(ROW)] for each in (old, new))
        return (
            bool(set(old_rows[:1]) & set(new_rows[:1]))
            or fuzz.ratio(_key(old), _key(new)) >= MIN_SIMILARITY
        )
    return _style(old) == _style(new) and fuzz.ratio(text_of(old), text_of(new)) >= MIN_SIMILARITY


def _key(block: Block) -> str:
    """What two blocks have in common that are the same."""
    if block.tag == PARAGRAPH:
        has_picture = block.find(f".//{qn('w:drawing')}") is not None
        return f"{_style(block)}\n{text_of(block)}\n{has_picture}"
    return "\n".join(text_of(paragraph) for paragraph in block.iter(PARAGRAPH))


def text_of(block: Block) -> str:
    return "".join(node.text or "" for node in block.iter(TEXT))


def _style(paragraph: Block) -> str:
    style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
    return style.get(qn("w:val"), "") if style is not None else ""


def paired_rows(old: Sequence[Block], new: Sequence[Block]) -> Iterator[Pair]:
    """The rows of two tables; those with another number of cells are no pair."""
    for old_row, new_row in _paired_by(old, new):
        if old_row is not None and new_row is not None:
            counts = [len(list(row.iter(CELL))) for row in (old_row, new_row)]
            if counts[0] != counts[1]:
                yield old_row, None
                yield None, new_row
                continue
        yield old_row, new_row


def _paired_by(old: Sequence[Block], new: Sequence[Block]) -> Iterator[Pair]:
    """Rows paired by their text, or by their first cell."""
    old_names, new_names = ([text_of(next(row.iter(CELL))) for row in rows] for rows in (old, new))
    matcher = SequenceMatcher(None, old_names, new_names, autojunk=False)
    for operation, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        if operation == "equal":
            yield from zip(old[old_start:old_end], new[new_start:new_end], strict=True)
        else:
            yield from ((row, None) for row in old[old_start:old_end])
            yield from ((None, row) for row in new[new_start:new_end])
