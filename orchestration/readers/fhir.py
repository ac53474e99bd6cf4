"""FHIR as NDJSON lines: one resource a line, its text kept exactly.

Also what makes a row of a resource, which `fhir_json` shares. It leaves out what
a resource means.
"""

import hashlib
from collections.abc import Iterator
from typing import Any

import orjson
import pyarrow as pa

from orchestration.raw import FHIR_RESOURCES, LABEL, reader_schema
from orchestration.readers.records import (
    DEPTH_LIMIT,
    KEPT_BYTES,
    RECORD_LIMIT,
    Batch,
    Item,
    Reject,
    reject,
)
from orchestration.readers.stream import Stream

_SCHEMA = reader_schema(FHIR_RESOURCES)
_URN_UUID = "urn:uuid:"
# What servers tell about a request; they give it no id.
_KNOWN_BY_CONTENT = {"OperationOutcome"}
DELETE = "delete"
"""The `change` of a record which says that the resource was deleted."""

Identity = tuple[str, str, str | None, str | None]
"""Type, id, version and last update of a resource, as it states them."""


class ResourceRows:
    """Collects rows for `fhir_resources`."""

    def __init__(self) -> None:
        self._rows: list[tuple[object, ...]] = []

    def add(
        self,
        position: int,
        text: bytes,
        identity: Identity,
        *,
        full_url: str | None = None,
        change: str | None = None,
    ) -> None:
        """Add one resource, or its deletion, with its exact text in valid UTF-8."""
        self._rows.append((position, *identity, full_url, text, change))

    def batches(self) -> Iterator[Batch]:
        """Yield what was collected, unless it is nothing."""
        if not self._rows:
            return
        columns = zip(*self._rows, strict=True)
        arrays = [
            pa.array(values, pa.string()).cast(LABEL)
            if field.type == LABEL
            else pa.array(values, field.type)
            for field, values in zip(_SCHEMA, columns, strict=True)
        ]
        yield Batch(FHIR_RESOURCES, pa.record_batch(arrays, schema=_SCHEMA))


def read_ndjson(stream: Stream) -> Iterator[Item]:
    """Yield the resources of NDJSON; `_position` is the line number from 1."""
    number = 0
    for lines in stream.line_blocks():
        rows = ResourceRows()
        for line in lines:
            number += 1
            text = line.removesuffix(b"\r")
            found = identify(text)
            if isinstance(found, tuple):
                rows.add(number, text, found)
            elif found and text.strip():
                yield rejected(number, text, found)
        yield from rows.batches()
    if stream.broken:
        yield reject(
            number + 1, "broken_stream", stream.remainder, detail=stream.broken
        )


def identify(text: bytes) -> Identity | str:
    """Return the identity of the resource in `text`, or why there is none (a code)."""
    parsed = parse(text)
    return parsed if isinstance(parsed, str) else identity_of(parsed, text)


def parse(text: bytes) -> dict[str, Any] | str:
    """Return the JSON object in `text`, or the reason code why it is not read."""
    if len(text) > RECORD_LIMIT:
        return "too_long"
    try:
        parsed = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        return _why_not_json(text, error)
    if not isinstance(parsed, dict):
        return "not_an_object"
    if text.count(b"{") + text.count(b"[") > DEPTH_LIMIT and _is_too_deep(parsed):
        return "too_deep"
    return parsed


def identity_of(
    resource: dict[str, Any], text: bytes, full_url: str | None = None
) -> Identity | str:
    """Return the identity of a resource, parsed and as text, or why not (a code).

    A resource without an id is known by its urn:uuid, as entries of a Bundle that
    is to be created are (https://hl7.org/fhir/R4/bundle.html#references), an
    OperationOutcome by the sha256 of its text.
    """
    resource_type, resource_id = resource.get("resourceType"), resource.get("id")
    if not isinstance(resource_type, str) or not resource_type:
        return "no_resource_type"
    if not isinstance(resource_id, str) or not resource_id:
        if full_url and full_url.startswith(_URN_UUID):
            resource_id = full_url.removeprefix(_URN_UUID)
        elif resource_type in _KNOWN_BY_CONTENT:
            resource_id = hashlib.sha256(text).hexdigest()
        else:
            return "no_id"
    meta = resource.get("meta")
    if not isinstance(meta, dict):
        return resource_type, resource_id, None, None
    version, updated = meta.get("versionId"), meta.get("lastUpdated")
    return (
        resource_type,
        resource_id,
        version if isinstance(version, str) else None,
        updated if isinstance(updated, str) else None,
    )


def rejected(position: int, text: bytes, code: str) -> Reject:
    """Return the reject of one resource, its text cut when it is too long."""
    return reject(position, code, text[:KEPT_BYTES] if code == "too_long" else text)


def _why_not_json(text: bytes, error: orjson.JSONDecodeError) -> str:
    if b"\0" in text:
        return "nul_byte"
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return "not_text"
    return "too_deep" if "depth limit" in error.msg else "not_json"


def _is_too_deep(parsed: dict[str, Any]) -> bool:
    """Tell whether a parsed JSON value is nested deeper than DEPTH_LIMIT."""
    level: list[Any] = [parsed]
    for _ in range(DEPTH_LIMIT):
        level = [
            child
            for value in level
            for child in (value.values() if isinstance(value, dict) else value)
            if isinstance(child, dict | list)
        ]
        if not level:
            return False
    return True
