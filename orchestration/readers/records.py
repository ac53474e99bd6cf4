"""What every reader yields: batches of rows for a raw table, and rejects.

It leaves out where they go (`ingest`) and what is read (one module per envelope).
"""

from dataclasses import dataclass

import pyarrow as pa

RECORD_LIMIT = 64 << 20
"""The longest record in bytes that is read; a longer one is rejected."""
KEPT_BYTES = 64 << 10
"""How much is kept of the text of what is too long to keep whole."""
DEPTH_LIMIT = 512
"""The deepest nesting of JSON that is read."""

READERS_VERSION = 2
"""Raise it when readers learn to read files that they rejected as a whole before:
the next ingest reads these files once more."""

REASONS: dict[str, str] = {
    "empty_file": "the file is empty",
    "unknown_format": "not a known format",
    "refused": "not an ordinary file inside the landing folder",
    "unreadable": "the file could not be opened or read",
    "broken_stream": "the file ends too early or is damaged",
    "too_long": "the record is longer than 64 MiB; only its first 64 KiB are kept",
    "nul_byte": "the record contains a NUL byte",
    "not_text": "the record is not valid UTF-8",
    "not_json": "the record is not valid JSON",
    "too_deep": "the record is nested deeper than 512 levels",
    "not_an_object": "the record is JSON but not an object",
    "no_resource_type": "the record has no resourceType",
    "no_id": "the resource has neither an id nor a urn:uuid as its full URL",
    "no_resource": "the entry carries no resource",
    "missing_columns": "the file lacks a required column",
    "unknown_columns": "the columns fit no known feed",
    "duplicate_columns": "two columns have the same name",
    "field_count": "the row has more or fewer fields than the header",
    "repeated_header": "the row repeats the header",
    "bad_quoting": "the quoting of the row is broken",
    "missing_isa": "X12 without a readable interchange header (ISA)",
    "outside_interchange": "text before an interchange header (ISA)",
    "outside_message": "text outside a message, which begins with its header (MSH)",
    "bad_header": "the header (MSH, FHS or BHS) does not declare usable separators",
    "unknown_charset": "the message declares a character set that is not known",
    "not_in_charset": "the message is not text in the character set it declares",
    "bad_segment_id": "the segment does not begin with a segment identifier",
    "unterminated": "the file ends inside a segment",
    "wrong_count": "the trailer states another count than was received",
    "missing_trailer": "the envelope is not closed by its trailer",
    "stray_trailer": "the trailer closes an envelope that is not open",
    "read_as_latin1": "the text is not UTF-8 and was read as Latin-1",
    "header_width": "the interchange header (ISA) has not its fixed width",
}
"""Why something was not read as it stands, in plain words, by reason code."""


@dataclass(frozen=True)
class Batch:
    """Rows for one raw table: `_position` and the table's own columns."""

    table: str
    rows: pa.RecordBatch


@dataclass(frozen=True)
class Reject:
    """Records that were not read, or (record_count 0) a warning about one that was.

    `position` counts from 1 as `_position` of the format does; `text` is what was
    received, with bytes that are no text written as backslash escapes.
    """

    position: int
    reason_code: str
    reason: str
    record_count: int
    text: str | None


Item = Batch | Reject


def reject(
    position: int,
    code: str,
    text: bytes | None = None,
    *,
    count: int = 1,
    detail: str = "",
) -> Reject:
    """Return a reject with the plain reason of its code.

    `detail` completes the reason; it must never hold a value of the record.
    """
    reason = f"{REASONS[code]}: {detail}" if detail else REASONS[code]
    return Reject(position, code, reason, count, readable(text))


def warning(position: int, code: str, text: bytes, *, detail: str = "") -> Reject:
    """Return a remark about a record that was loaded all the same."""
    return reject(position, code, text, count=0, detail=detail)


def readable(text: bytes | None) -> str | None:
    """Return bytes as text that every store accepts, losing nothing."""
    if text is None:
        return None
    return text.decode("utf-8", "backslashreplace").replace("\0", "\\x00")
