"""Which format a file is in, by its content and never by its name, and its reader.

It leaves out everything about one format that its reader can tell.
"""

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO

import orjson

from orchestration.raw import FHIR_RESOURCES, HL7V2_SEGMENTS, X12_SEGMENTS
from orchestration.readers.csv import read_csv
from orchestration.readers.csv_layout import ColumnMapping, layout_of
from orchestration.readers.fhir import read_ndjson
from orchestration.readers.fhir_json import read_json
from orchestration.readers.hl7v2 import (
    begins_as_hl7v2,
    contains_hl7v2,
    read_hl7v2,
)
from orchestration.readers.records import KEPT_BYTES, Item, reject
from orchestration.readers.stream import Stream
from orchestration.readers.x12 import read_x12
from orchestration.readers.x12_split import headers

_X12_WITHOUT_HEADER = re.compile(
    rb"\s*(ISA(?P<i>[^\w\s]).{2}(?P=i)|GS(?P<g>[^\w\s])[A-Z]{2}(?P=g)"
    rb"|ST(?P<s>[^\w\s])\d{3}(?P=s))"
)
_BUNDLE_START = re.compile(
    rb'\s*\{\s*("entry"\s*:\s*\[|[^\[]*?"resourceType"\s*:\s*"Bundle")'
)


@dataclass(frozen=True)
class Recognised:
    """What a file is: the format and feed of the load log.

    `reason_code` says why it is not read, where that is known already.
    """

    format: str
    feed: str | None = None
    reason_code: str | None = None


_NDJSON = Recognised("fhir_ndjson", FHIR_RESOURCES)
_JSON = Recognised("fhir_json", FHIR_RESOURCES)
_X12 = Recognised("x12", X12_SEGMENTS)
_HL7V2 = Recognised("hl7v2", HL7V2_SEGMENTS)

_READERS: dict[str, Callable[[Stream], Iterator[Item]]] = {
    "fhir_ndjson": read_ndjson,
    "fhir_json": read_json,
    "x12": read_x12,
    "hl7v2": read_hl7v2,
}
_NO_MAPPING: ColumnMapping = {}


def open_stream(
    raw: BinaryIO, columns: ColumnMapping = _NO_MAPPING
) -> tuple[Recognised, Iterator[Item]]:
    """Return what a file at its beginning is, and its records.

    `columns` maps a sender's CSV columns to those of a feed. Whatever the bytes,
    nothing but OSError is raised, and what cannot be read comes as a reject.
    """
    stream = Stream(raw)
    found = recognise(stream.head, is_complete=stream.is_complete, columns=columns)
    if found.reason_code:
        return found, iter([_refusal(stream, found.reason_code)])
    reader = _READERS.get(found.format, partial(read_csv, columns=columns))
    return found, reader(stream)


def recognise(
    head: bytes, *, is_complete: bool, columns: ColumnMapping = _NO_MAPPING
) -> Recognised:
    """Tell the format from a file's first bytes, which may be all of them."""
    text = head.removeprefix(codecs.BOM_UTF8)
    start = text.lstrip()
    if not start:
        code = "empty_file" if is_complete else "unknown_format"
        return Recognised("unknown", reason_code=code)
    if start.startswith(b"{"):
        return _json_kind(text, is_complete=is_complete)
    if begins_as_hl7v2(head):
        return _HL7V2
    if next(headers(text), None) or _X12_WITHOUT_HEADER.match(text):
        return _X12
    if _has_resource_line(text, is_complete=is_complete):
        return _NDJSON
    found = _csv_kind(head, columns)
    return _HL7V2 if found.reason_code and contains_hl7v2(head) else found


def _refusal(stream: Stream, code: str) -> Item:
    if code == "empty_file" and stream.broken:
        return reject(1, "broken_stream", stream.head, detail=stream.broken)
    return reject(1, code, stream.head[:KEPT_BYTES])


def _json_kind(text: bytes, *, is_complete: bool) -> Recognised:
    """Tell NDJSON, a resource a line, from documents that span lines or Bundles."""
    if _BUNDLE_START.match(text):
        return _JSON
    if _has_resource_line(text, is_complete=is_complete):
        return _NDJSON
    is_one_long_line = b"\n" not in text.strip() and not is_complete
    return _NDJSON if is_one_long_line else _JSON


def _has_resource_line(text: bytes, *, is_complete: bool) -> bool:
    lines = text.split(b"\n")
    if not is_complete:
        lines.pop()
    return any(_is_resource(line) for line in lines if line.startswith(b"{"))


def _is_resource(line: bytes) -> bool:
    try:
        parsed = orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return isinstance(parsed, dict) and parsed.get("resourceType") not in {
        None,
        "Bundle",
    }


def _csv_kind(head: bytes, columns: ColumnMapping) -> Recognised:
    layout = layout_of(head, columns)
    if layout and layout.feed:
        return Recognised("csv", layout.feed.name)
    if layout and layout.is_table:
        return Recognised("csv", reason_code="unknown_columns")
    return Recognised("unknown", reason_code="unknown_format")
