"""FHIR Bulk Data `$export`: asked for, waited for, and every file of it landed.

What a run has reached is remembered, so that the next one goes on there. The next
export asks for what changed since the server's time of the one before; what was
deleted at the server comes as files too. It leaves out which sources there are and
where their keys come from.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from urllib.parse import quote, urlencode

from orchestration.extract.fhir_export import (
    ExportOverError,
    Offer,
    awaited,
    download,
    kick_off,
    remove,
)
from orchestration.extract.fhir_http import BulkRefusedError, Clock, Http, new_session
from orchestration.extract.fhir_manifest import DELETED, ERROR, ExportFile, is_grave
from orchestration.extract.fhir_token import Client, FhirServer, Token
from orchestration.extract.files import State, fingerprint

SYSTEM, PATIENT, GROUP = "system", "patient", "group"


@dataclass(frozen=True)
class BulkSource:
    """What to export: all of a server, all its patients, or a group of them.

    `group_id` is needed at level `group` only; without `types` all types come.
    `since` (an ISO time with zone) bounds the first export. `patience_seconds` is how
    long one run waits for the server; the next goes on waiting. `client` is None
    where the server is open. `ca_file` holds the certificates to trust instead of
    the public ones.
    """

    data_source: str
    name: str
    base_url: str
    client: Client | None = None
    level: str = GROUP
    group_id: str | None = None
    types: tuple[str, ...] = ()
    since: str | None = None
    patience_seconds: float = 6 * 3_600
    ca_file: Path | None = None
    proxy_url: str | None = None

    @property
    def label(self) -> str:
        """How messages name it."""
        return f"{self.data_source}/{self.name}"


@dataclass(frozen=True)
class BulkExport:
    """What one run landed of an export that is now complete.

    `is_partial` says that the server could not export something; the next export
    then begins where this one did. `is_removed` says that the server let go of it.
    """

    files: tuple[Path, ...]
    resource_count: int
    deleted_file_count: int
    error_file_count: int
    transaction_time: str | None
    is_partial: bool
    is_removed: bool


@dataclass(frozen=True)
class _Known:
    """What is remembered between runs; `status_url` while an export is under way."""

    since: str | None = None
    status_url: str | None = None
    finished: tuple[str, ...] = ()
    is_partial: bool = False
    is_landed: bool = False


def _ignore(done: int, total: int) -> None:
    """Report to nobody."""


def extract_fhir_bulk(
    source: BulkSource,
    private_key: str | None,
    *,
    landing: Path,
    state_folder: Path,
    clock: Clock = Clock(),  # noqa: B008 - frozen
    on_files: Callable[[int, int], None] = _ignore,
) -> BulkExport:
    """Land an export in `landing/<data source>/` and say what that was.

    `private_key` (PEM) signs the login of the source's client. `on_files` is told the
    files done and in all. Raises BulkUnreachableError when it is not ready in time or
    the server is away: run again and it goes on. Raises BulkLoginError,
    BulkRefusedError, BulkAnswerError and the errors of `files`. No message
    holds an address or anything that the server wrote.
    """
    path = _path(source)
    state = State(state_folder, source.data_source, source.name)
    with state.held(), new_session(source.ca_file, source.proxy_url) as session:
        http = Http(source.label, source.base_url.rstrip("/"), session, clock)
        token = Token(http, source.client, private_key) if source.client else None
        memory = _Memory(state, fingerprint(http.base_url, path, sorted(source.types)))
        export = _Export(source, FhirServer(http, token), memory, landing)
        return export.run(f"{http.base_url}{path}/$export", on_files)


def _path(source: BulkSource) -> str:
    if (source.level == GROUP) != bool(source.group_id):
        message = f"{source.label}: a group id belongs to level group and to no other"
        raise BulkRefusedError(message)
    group = f"/Group/{quote(source.group_id or '', safe='')}"
    paths = {SYSTEM: "", PATIENT: "/Patient", GROUP: group}
    if source.level not in paths:
        raise BulkRefusedError(f"{source.label}: level is system, patient or group")
    return paths[source.level]


class _Memory:
    """What is known, on disk as soon as it is known."""

    def __init__(self, state: State, definition: str) -> None:
        self._state = state
        self._definition = definition
        try:
            known = _Known(**state.read(definition))
            self.known = replace(known, finished=tuple(known.finished))
        except TypeError:
            raise state.damaged() from None

    def note(self, **changes: object) -> None:
        self.known = replace(self.known, **changes)  # type: ignore[arg-type]
        self._state.write(self._definition, asdict(self.known))

    def end(self) -> None:
        """Forget the export; how far the source has come is kept."""
        self.note(status_url=None, finished=(), is_partial=False, is_landed=False)


class _Export:
    """One run, which begins an export or goes on with one."""

    def __init__(
        self, source: BulkSource, server: FhirServer, memory: _Memory, landing: Path
    ) -> None:
        self._source = source
        self._server = server
        self._memory = memory
        self._folder = landing / source.data_source

    def run(self, url: str, on_files: Callable[[int, int], None]) -> BulkExport:
        if self._memory.known.is_landed:
            self._let_go()
        offer = self._offer(url)
        landed: list[Path] = []
        resource_count = 0
        for done, file in enumerate(offer.files):
            on_files(done, len(offer.files))
            if file.key not in self._memory.known.finished:
                path, lines = self._land(offer, file)
                landed += [path] if path else []
                resource_count += lines
        on_files(len(offer.files), len(offer.files))
        is_partial = self._memory.known.is_partial
        since = self._memory.known.since if is_partial else offer.transaction_time
        self._memory.note(since=since, is_landed=True)
        sections = [file.section for file in offer.files]
        return BulkExport(
            files=tuple(landed),
            resource_count=resource_count,
            deleted_file_count=sections.count(DELETED),
            error_file_count=sections.count(ERROR),
            transaction_time=offer.transaction_time,
            is_partial=is_partial,
            is_removed=self._let_go(),
        )

    def _offer(self, url: str) -> Offer:
        """Wait for the export under way, else for a new one."""
        if self._memory.known.status_url:
            try:
                return self._awaited()
            except ExportOverError:
                self._memory.end()
        since = self._memory.known.since or self._source.since
        asked = {"_since": since or "", "_type": ",".join(self._source.types)}
        query = urlencode({name: value for name, value in asked.items() if value})
        status_url = kick_off(self._server, f"{url}?{query}" if query else url)
        self._memory.note(status_url=status_url)
        try:
            return self._awaited()
        except ExportOverError:
            self._memory.end()
            raise

    def _awaited(self) -> Offer:
        status_url = self._memory.known.status_url or ""
        return awaited(self._server, status_url, self._source.patience_seconds)

    def _land(self, offer: Offer, file: ExportFile) -> tuple[Path | None, int]:
        label = f"{self._source.name}-{file.label}"
        path, lines = download(self._server, offer, file, self._folder, label)
        is_partial = self._memory.known.is_partial
        if path and file.section == ERROR:
            with path.open("rb") as outcomes:
                is_partial |= any(map(is_grave, outcomes))
        finished = (*self._memory.known.finished, file.key)
        self._memory.note(finished=finished, is_partial=is_partial)
        return path, lines

    def _let_go(self) -> bool:
        is_removed = remove(self._server, self._memory.known.status_url or "")
        self._memory.end()
        return is_removed
