"""XML: an element per record, with an element or an attribute per field.

No entity is followed: a file that declares a document type is refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from pipeline.validate.reading.formats.record_file import (
    MAX_DEPTH,
    Fields,
    RecordFile,
    below,
    check_size,
    stage_number,
)
from pipeline.validate.reading.table_source import UnreadableSource

NAMESPACE_SEPARATOR = "}"


class _Refused(Exception):
    """A document type, or elements nested too deeply."""


def read_xml(path: Path) -> RecordFile:
    """The records of an XML file; raises UnreadableSource if it is none."""
    check_size(path)
    try:
        root = _parse(path)
    except (expat.ExpatError, _Refused, ValueError):
        raise UnreadableSource(
            "this cannot be read as XML: it is damaged, nested too deeply, or declares a document "
            "type",
            "Export it again without a document type, or save it as .csv or .xlsx.",
        ) from None
    lists = [[_fields(record) for record in records] for records in _lists_of_records(root)]
    largest = max(lists, key=lambda records: (len(records), sum(map(len, records))), default=[])
    return RecordFile(largest)


def _parse(path: Path) -> Element:
    """The root of the document; names without their namespaces."""
    builder = TreeBuilder()
    depth = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise _Refused
        builder.start(_local(tag), {_local(name): text for name, text in attributes.items()})

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(_local(tag))

    def refuse(*_: object) -> None:
        raise _Refused

    parser = expat.ParserCreate(namespace_separator=NAMESPACE_SEPARATOR)
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = refuse
    with path.open("rb") as content:
        parser.ParseFile(content)
    return builder.close()


def _local(name: str) -> str:
    return name.rpartition(NAMESPACE_SEPARATOR)[2]


def _lists_of_records(element: Element) -> Iterator[list[Element]]:
    """The elements of one name, with fields, in one parent; not those inside such an element."""
    with_fields = [child for child in element if len(child) or len(child.attrib) > 1]
    names = Counter(child.tag for child in with_fields)
    repeated = [name for name, count in names.items() if count > 1]
    for name in repeated:
        yield [child for child in with_fields if child.tag == name]
    if repeated:
        return
    for child in with_fields:
        if len(child) == 1 and len(child[0]):
            yield from _lists_of_records(child)  # around records
        elif any(not len(field) for field in child) or not len(child):
            yield [child]
        else:
            yield from _lists_of_records(child)


def _fields(element: Element) -> Fields:
    """The attributes and elements of an element, those inside others by their paths."""
    fields: Fields = [(name, text) for name, text in element.attrib.items() if name != "nil"]
    for child in element:
        if len(child) or set(child.attrib) - {"nil"}:
            inner = _fields(child)
            if child.text and child.text.strip():
                inner.append(("", child.text.strip()))
            fields += below(child.tag, inner, stage_number(inner))
        else:
            fields.append((child.tag, (child.text or "").strip()))
    return fields
