"""The requests of a FHIR bulk export: begin, wait, download, let go.

Follows the Bulk Data Access guide (STU 2). It leaves out what is remembered between
runs (`fhir_bulk`).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import requests

from orchestration.extract.fhir_http import (
    ATTEMPTS,
    BulkAnswerError,
    BulkError,
    BulkRefusedError,
    BulkUnreachableError,
    backoff,
    is_transient,
)
from orchestration.extract.fhir_manifest import (
    SECTIONS,
    ExportFile,
    ManifestError,
    NdjsonCheck,
    files_of,
    is_passing,
    next_page,
)
from orchestration.extract.fhir_token import FhirServer
from orchestration.extract.files import Draft

_OK, _ACCEPTED = 200, 202
_FORBIDDEN = 403
_GONE = {404, 410}
_LET_GO = {200, 202, 204, *_GONE}
_PIECE_BYTES = 1 << 20
_STATUS = {"Accept": "application/json"}
_NDJSON = {"Accept": "application/fhir+ndjson"}
_KICK_OFF = {"Accept": "application/fhir+json", "Prefer": "respond-async"}


class ExportOverError(BulkRefusedError):
    """The server gave the export up or forgot it: only a new one can help."""


@dataclass(frozen=True)
class Offer:
    """What a finished export offers.

    `transaction_time` is the server's time that the content is of, None when it does
    not say; `needs_token` is whether its files are behind the login.
    """

    files: tuple[ExportFile, ...]
    transaction_time: str | None
    needs_token: bool


def kick_off(server: FhirServer, url: str) -> str:
    """Ask for an export and return where to ask for its status."""
    answer = server.send("GET", url, headers=_KICK_OFF)
    if answer.status_code != _ACCEPTED:
        raise server.http.refused(answer, "asking for an export")
    status_url = answer.headers.get("Content-Location")
    if not status_url:
        message = f"{server.http.label}: the server does not say where the status is"
        raise BulkAnswerError(message)
    return _joined(server, url, status_url)


def _joined(server: FhirServer, base: str, url: str) -> str:
    """Return an address that the server names, which may be a relative one."""
    try:
        return urljoin(base, url)
    except ValueError:
        message = f"{server.http.label}: the server names an address that is none"
        raise BulkAnswerError(message) from None


def awaited(server: FhirServer, status_url: str, patience_seconds: float) -> Offer:
    """Wait until the export is ready and return what it offers.

    Raises BulkUnreachableError when that takes longer than `patience_seconds`,
    ExportOverError when it will never be, BulkAnswerError.
    """
    http = server.http
    until = http.clock.now() + patience_seconds
    pages: list[dict[str, Any]] = []
    asked: set[str] = set()
    url: str | None = status_url
    while url and url not in asked:
        asked.add(url)
        pages.append(_page(server, url, until))
        following = next_page(pages[-1])
        url = _joined(server, url, following) if following else None
    try:
        files = files_of(_merged(pages))
    except ManifestError as found:
        message = f"{http.label}: the list of files is damaged: {found}"
        raise BulkAnswerError(message) from None
    moment = pages[0].get("transactionTime")
    return Offer(
        files=tuple(files),
        transaction_time=moment if isinstance(moment, str) else None,
        needs_token=pages[0].get("requiresAccessToken") is not False,
    )


def _merged(pages: list[dict[str, Any]]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for section in SECTIONS:
        found = [page.get(section) or [] for page in pages]
        if not all(isinstance(entries, list) for entries in found):
            raise ManifestError(f"{section} is no list")
        merged[section] = [entry for entries in found for entry in entries]
    return merged


def _page(server: FhirServer, url: str, until: float) -> dict[str, Any]:
    """Ask again and again until the answer is no longer "in progress"."""
    http = server.http
    attempt = 0
    while True:
        answer = server.send("GET", url, headers=_STATUS)
        if answer.status_code == _OK:
            return http.json(answer)
        if answer.status_code != _ACCEPTED:
            raise _failure(server, answer)
        wait = http.wait_after(answer, backoff(attempt))
        if http.clock.now() + wait > until:
            message = f"{http.label}: the export is not ready; run again to go on"
            raise BulkUnreachableError(message)
        http.clock.sleep(wait)
        attempt += 1


def _failure(server: FhirServer, answer: requests.Response) -> BulkError:
    """Tell an export that failed from a server that is out of order for a while.

    An error status with an OperationOutcome is about the export, unless it calls
    itself transient.
    """
    what = "waiting for the export"
    if is_transient(answer) and is_passing(answer.content):
        return server.http.refused(answer, what)
    status = answer.status_code
    word = "has forgotten" if status in _GONE else "gave up"
    message = f"{server.http.label}: the server {word} the export ({status})"
    return ExportOverError(message)


def download(
    server: FhirServer, offer: Offer, file: ExportFile, folder: Path, label: str
) -> tuple[Path | None, int]:
    """Land a file whole and return where it is and how many lines it has.

    An empty file does not land. A file that comes cut is asked for again a few
    times. Raises BulkAnswerError when it never comes whole.
    """
    problem: str | None = None
    for attempt in range(ATTEMPTS):
        if attempt:
            server.http.clock.sleep(backoff(attempt - 1))
        answer = server.send(
            "GET",
            _joined(server, server.http.base_url, file.url),
            headers=_NDJSON,
            with_token=offer.needs_token,
            is_streamed=True,
        )
        with answer, Draft(folder, label, ".ndjson") as draft:
            if answer.status_code != _OK:
                raise _no_file(server, answer)
            check = NdjsonCheck()
            problem = _copied(answer, draft, check) or check.problem(file.count)
            if not problem:
                return (draft.land() if check.line_count else None), check.line_count
    raise BulkAnswerError(f"{server.http.label}: a file does not come whole: {problem}")


def _copied(answer: requests.Response, draft: Draft, check: NdjsonCheck) -> str | None:
    try:
        for piece in answer.iter_content(_PIECE_BYTES):
            draft.write(piece)
            check.take(piece)
    except requests.RequestException:
        return "the connection broke off"
    return None


def _no_file(server: FhirServer, answer: requests.Response) -> BulkError:
    """Tell what a refusal means: addresses may be valid for a time only.

    The next run asks for the list of files anew, and so for fresh addresses.
    """
    status = answer.status_code
    if status in {_FORBIDDEN, *_GONE}:
        message = f"{server.http.label}: a file is not offered ({status}); run again"
        return BulkUnreachableError(message)
    return server.http.refused(answer, "downloading")


def remove(server: FhirServer, status_url: str) -> bool:
    """Let the server forget the export; tell whether it did, which is no must."""
    try:
        answer = server.send("DELETE", status_url, headers=_STATUS)
    except BulkError:
        return False
    return answer.status_code in _LET_GO
