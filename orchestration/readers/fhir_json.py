"""FHIR as JSON documents: Bundles and single resources, also several in a file.

A Bundle is read entry by entry without holding it whole, and the exact text of
each entry's resource is kept; of an entry that deletes one, the entry's text; an
entry that is a Bundle is read like the outer one. It leaves out the Bundle's own
members and what a resource means.
"""

import re
from collections.abc import Iterator
from typing import Any

from orchestration.readers.fhir import (
    DELETE,
    Identity,
    ResourceRows,
    identity_of,
    parse,
    rejected,
)
from orchestration.readers.json_scan import Bracket, BracketScan
from orchestration.readers.records import (
    KEPT_BYTES,
    RECORD_LIMIT,
    Item,
    Reject,
    reject,
)
from orchestration.readers.stream import Stream

_DOCUMENT, _ENTRIES, _ENTRY, _RESOURCE = 1, 2, 3, 4  # depth of each in a Bundle
_KEY_BYTES = 256
_ENTRY_KEY = re.compile(rb'"entry"\s*:\s*\Z')
_RESOURCE_KEY = re.compile(rb'"resource"\s*:\s*\Z')
_LAST_UPDATED = re.compile(rb'"lastUpdated"\s*:\s*"([^"]*)"')
_DELETED = re.compile(r"(?:^|/)([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})\Z")
_RESOURCE_TYPE = re.compile(rb'"resourceType"\s*:\s*"([^"]*)"')


def read_json(stream: Stream) -> Iterator[Item]:
    """Yield the resources of Bundles and single resources.

    `_position` counts entries and single resources from 1.
    """
    documents = _Documents()
    for piece in stream.chunks():
        yield from documents.feed(piece)
        if documents.is_broken:
            break
    yield from documents.finish(stream.broken)


class _Documents:
    """Follows the brackets of a file and cuts out records as they close.

    All offsets count from the beginning of the file. A record is an entry of a
    Bundle, or a document that is no Bundle.
    """

    def __init__(self, position: int = 0) -> None:
        """Take the position of what came before."""
        self._scan = BracketScan(_RESOURCE)
        self._text = bytearray()
        self._text_start = 0
        self._position = position
        self._rows = ResourceRows()
        self._record: int | None = None  # where the open record starts
        self._resource: tuple[int, int] | None = None
        self._cut: bytes | None = None  # the beginning of a record that is too long
        self._is_bundle = False
        self._updated: str | None = None  # the Bundle, when its entries come after
        self._in_entries = False
        self._done = 0  # everything before is dealt with

    @property
    def is_broken(self) -> bool:
        return self._scan.is_broken

    def feed(self, piece: bytes) -> Iterator[Item]:
        start = self._text_start + len(self._text)
        self._text += piece
        for bracket in self._scan.feed(piece):
            yield from self._follow(bracket, start + bracket.offset)
        yield from self._rows.batches()
        self._rows = ResourceRows()
        self._forget()

    def finish(self, broken: str | None) -> Iterator[Item]:
        """Yield what is wrong with the end of the file, if anything."""
        start = self._done if self._record is None else self._record
        rest = self._slice(start, self._text_start + len(self._text))
        if self._cut is not None:
            rest = self._cut
        if broken:
            yield self._reject(rest, "broken_stream", broken)
        elif self.is_broken:
            yield self._reject(rest, "not_json", "more is closed than was opened")
        elif not self._scan.is_idle:
            yield self._reject(rest, "not_json", "the file ends inside of it")
        elif rest.strip():
            yield self._reject(rest, "not_json", "")

    def _follow(self, bracket: Bracket, at: int) -> Iterator[Item]:
        if bracket.depth == _DOCUMENT:
            yield from self._follow_document(bracket, at)
        elif bracket.depth == _ENTRIES:
            self._follow_entries(bracket, at)
        elif self._in_entries and bracket.depth == _ENTRY:
            if bracket.opens:
                self._record, self._resource = at, None
            else:
                yield from self._close_entry(at + 1)
        elif self._in_entries and self._record is not None:
            self._follow_resource(bracket, at)

    def _follow_document(self, bracket: Bracket, at: int) -> Iterator[Item]:
        if bracket.opens:
            between = self._slice(self._done, at)
            if between.strip():
                yield self._reject(between, "not_json", "")
            self._record, self._is_bundle = at, False
            return
        if self._record is not None and not self._is_bundle:
            yield from self._close_document(at + 1)
        self._record, self._cut = None, None
        self._done = at + 1

    def _follow_entries(self, bracket: Bracket, at: int) -> None:
        if not bracket.opens:
            self._in_entries = False
            return
        if not (self._follows(_ENTRY_KEY, at) and self._may_be_bundle(at)):
            return
        if not self._is_bundle:
            found = _LAST_UPDATED.search(self._slice(self._record or 0, at))
            self._updated = found[1].decode("utf-8", "replace") if found else None
        self._in_entries = self._is_bundle = True
        self._record, self._cut = None, None

    def _follow_resource(self, bracket: Bracket, at: int) -> None:
        if bracket.opens:
            if self._follows(_RESOURCE_KEY, at):
                self._resource = (at, 0)
        elif self._resource is not None and self._resource[1] == 0:
            self._resource = (self._resource[0], at + 1)

    def _may_be_bundle(self, at: int) -> bool:
        """Tell a Bundle from a List, which has entries too but names its type."""
        if self._is_bundle or self._record is None:
            return self._is_bundle
        found = _RESOURCE_TYPE.search(self._slice(self._record, at))
        return found is None or found[1] == b"Bundle"

    def _close_document(self, end: int) -> Iterator[Item]:
        text = self._take(end)
        parsed = parse(text) if self._cut is None else "too_long"
        if isinstance(parsed, dict) and parsed.get("resourceType") == "Bundle":
            return  # a Bundle without entries
        found = parsed if isinstance(parsed, str) else identity_of(parsed, text)
        yield from self._add(text, text, found)

    def _close_entry(self, end: int) -> Iterator[Item]:
        resource = self._resource
        entry_start = self._record or 0
        text = self._take(end)
        parsed = parse(text) if self._cut is None else "too_long"
        if isinstance(parsed, str):
            yield from self._add(text, text, parsed)
        elif _part(parsed, "request").get("method") == "DELETE":
            found = _deleted(parsed, self._updated)
            yield from self._add(text, text, found, _full_url(parsed), DELETE)
        elif resource is None or not isinstance(parsed.get("resource"), dict):
            yield from self._add(text, text, "no_resource")
        else:
            kept = text[resource[0] - entry_start : resource[1] - entry_start]
            if parsed["resource"].get("resourceType") == "Bundle":
                yield from self._read_inside(kept)
                self._leave_entry(end)
                return
            found = identity_of(parsed["resource"], kept, _full_url(parsed))
            yield from self._add(text, kept, found, _full_url(parsed))
        self._leave_entry(end)

    def _leave_entry(self, end: int) -> None:
        self._record, self._resource, self._cut = None, None, None
        self._done = end

    def _read_inside(self, bundle: bytes) -> Iterator[Item]:
        """Read a Bundle that is an entry, as answers to a batch are.

        Its entries are counted on as if they stood in the outer one.
        """
        inside = _Documents(self._position)
        yield from inside.feed(bundle)
        self._position = inside._position

    def _add(
        self,
        text: bytes,
        kept: bytes,
        found: Identity | str,
        full_url: str | None = None,
        change: str | None = None,
    ) -> Iterator[Item]:
        self._position += 1
        if isinstance(found, str):
            yield rejected(self._position, self._cut or text, found)
        else:
            self._rows.add(
                self._position, kept, found, full_url=full_url, change=change
            )

    def _reject(self, text: bytes, code: str, detail: str) -> Reject:
        self._position += 1
        return reject(self._position, code, text[:KEPT_BYTES], detail=detail)

    def _take(self, end: int) -> bytes:
        return self._slice(self._record or 0, end)

    def _slice(self, start: int, end: int) -> bytes:
        return bytes(
            self._text[max(start - self._text_start, 0) : end - self._text_start]
        )

    def _follows(self, key: re.Pattern[bytes], at: int) -> bool:
        return key.search(self._slice(at - _KEY_BYTES, at)) is not None

    def _forget(self) -> None:
        """Drop the text that no open record needs; cut a record that is too long."""
        end = self._text_start + len(self._text)
        keep = end - _KEY_BYTES
        if self._record is not None and self._cut is None:
            if end - self._record > RECORD_LIMIT:
                self._cut = self._slice(self._record, self._record + KEPT_BYTES)
            else:
                keep = self._record
        elif self._record is None and not self._is_bundle:
            keep = max(self._done, end - RECORD_LIMIT)
        drop = max(keep - self._text_start, 0)
        del self._text[:drop]
        self._text_start += drop


def _deleted(entry: dict[str, Any], bundle_updated: str | None) -> Identity | str:
    """Return what an entry deletes and when, or the reason code why it is not known.

    The entry's own time is that of a history (https://hl7.org/fhir/R4/http.html);
    the Bundle's that of the deletions of a bulk export, which have none.
    """
    url = _part(entry, "request").get("url")
    found = _DELETED.search(url) if isinstance(url, str) else None
    if found is None:
        return "no_resource"
    updated = _part(entry, "response").get("lastModified")
    if not isinstance(updated, str):
        updated = bundle_updated
    return found[1], found[2], None, updated


def _full_url(entry: dict[str, Any]) -> str | None:
    url = entry.get("fullUrl")
    return url if isinstance(url, str) else None


def _part(entry: dict[str, Any], name: str) -> dict[str, Any]:
    part = entry.get(name)
    return part if isinstance(part, dict) else {}
