"""What a FHIR bulk export offers, and whether a file of it came whole.

Pure: parsed answers and bytes in. It leaves out the network (`fhir_bulk`).
"""

import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from orchestration.readers.records import RECORD_LIMIT

OUTPUT, DELETED, ERROR = "output", "deleted", "error"
SECTIONS = (OUTPUT, DELETED, ERROR)
_TYPE = re.compile(r"[A-Za-z]{1,64}")
_GRAVE = {"error", "fatal"}


class ManifestError(Exception):
    """The list of files is not as the standard says; the message says where."""


@dataclass(frozen=True)
class ExportFile:
    """One file of an export; `count` is how many resources it is said to hold."""

    section: str
    resource_type: str
    url: str
    count: int | None
    key: str
    """Tells the file from the others of its export, when asked for it again."""

    @property
    def label(self) -> str:
        """What the landed file is called after."""
        if self.section == OUTPUT:
            return self.resource_type
        return f"{self.section}-{self.resource_type}"


def files_of(manifest: Mapping[str, Any]) -> list[ExportFile]:
    """Return the files of all sections in order; raises ManifestError."""
    entries = [
        (section, entry)
        for section in SECTIONS
        for entry in _entries(manifest, section)
    ]
    # Signatures in the query change with each answer; some servers tell files apart
    # by the query alone.
    places = Counter(entry["url"].partition("?")[0] for _, entry in entries)
    files = []
    for section, entry in entries:
        url = entry["url"]
        place = url.partition("?")[0]
        key = place if places[place] == 1 else url
        kind = entry.get("type")
        is_type = isinstance(kind, str) and _TYPE.fullmatch(kind)
        count = entry.get("count")
        files.append(
            ExportFile(
                section=section,
                resource_type=str(kind) if is_type else "unknown",
                url=url,
                count=count if isinstance(count, int) else None,
                key=hashlib.sha256(f"{section} {key}".encode()).hexdigest()[:32],
            )
        )
    return files


def _entries(manifest: Mapping[str, Any], section: str) -> list[dict[str, Any]]:
    entries = manifest.get(section) or []
    if not isinstance(entries, list):
        raise ManifestError(f"{section} is no list")
    for entry in entries:
        if not isinstance(entry, dict) or not isinstance(entry.get("url"), str):
            raise ManifestError(f"{section} names a file without an address")
    return entries


def next_page(manifest: Mapping[str, Any]) -> str | None:
    """Return where the list goes on, if it does."""
    links = manifest.get("link")
    for link in links if isinstance(links, list) else []:
        if isinstance(link, dict) and link.get("relation") == "next":
            url = link.get("url")
            return url if isinstance(url, str) else None
    return None


class NdjsonCheck:
    """Looks at the bytes of an NDJSON file as they pass; memory stays bounded."""

    def __init__(self) -> None:
        """Begin before the first byte."""
        self.line_count = 0
        self._tail = b""
        self._is_cut = False
        self._is_json = True

    def take(self, piece: bytes) -> None:
        """Look at the next bytes."""
        *lines, tail = (self._tail + piece).split(b"\n")
        for line in lines:
            self._count(line)
        if lines:
            self._is_cut = False
        if len(tail) > RECORD_LIMIT:  # too long to be read, so not to be kept either
            tail, self._is_cut = tail[:1], True
        self._tail = tail

    def problem(self, expected: int | None) -> str | None:
        """Return why the file is not whole, None when it is; no bytes may follow."""
        if self._tail.strip():
            is_whole = self._is_cut or _is_object(self._tail)
            self._count(self._tail)
            if not is_whole and self._is_json:
                return "it ends within a line"
        self._tail = b""
        if not self._is_json:
            return "it is not NDJSON"
        if expected is not None and self.line_count < expected:
            return "it holds fewer resources than the server said"
        return None

    def _count(self, line: bytes) -> None:
        start = line.lstrip()[:1]
        self.line_count += bool(start)
        self._is_json &= start in {b"", b"{"}


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(orjson.loads(line), dict)
    except orjson.JSONDecodeError:
        return False


def is_grave(line: bytes) -> bool:
    """Tell whether a line is an OperationOutcome of something not exported."""
    try:
        outcome = orjson.loads(line)
        return any(issue["severity"] in _GRAVE for issue in outcome["issue"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return False


def is_passing(body: bytes) -> bool:
    """Tell whether an error answer says nothing about the export itself."""
    try:
        outcome = orjson.loads(body)
        codes = [issue["code"] for issue in outcome["issue"]]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return True
    return "transient" in codes
