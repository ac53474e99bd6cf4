"""Everything that sources.yml says is to be pulled, one after the other.

A source that fails does not hold up the others: what has gone wrong is said for each.
It leaves out how a database or a server is asked (`sql`, `fhir_bulk`).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from orchestration.extract.fhir_bulk import BulkSource, extract_fhir_bulk
from orchestration.extract.fhir_token import Client
from orchestration.extract.files import ExtractError
from orchestration.extract.sql import SqlSource, extract_sql
from orchestration.settings import read_secret
from orchestration.sources import BulkEntry, Source, Sources, SqlEntry, SqlTable


@dataclass(frozen=True)
class Pulled:
    """What one pull landed; `problem` says in plain words why it ended early."""

    label: str
    file_count: int = 0
    record_count: int = 0
    problem: str | None = None


class SecretMissingError(ExtractError):
    """An environment variable that sources.yml names is not set."""


_Pull = Callable[[], Pulled]


def pull_all(
    sources: Sources,
    *,
    landing: Path,
    state_folder: Path,
    on_records: Callable[[str, int], None],
) -> Iterator[Pulled]:
    """Pull everything and yield what came of each table, query and export.

    Files land in `landing/<source system>/`. `on_records` is told the label of what
    is being pulled, and its records so far, or its files for an export. Errors of a
    source come as its `problem`, which holds no value, address or secret.
    """
    for label, pull in _pulls(sources, landing, state_folder, on_records):
        try:
            yield pull()
        except ExtractError as error:
            yield Pulled(label, problem=str(error))


def _pulls(
    sources: Sources,
    landing: Path,
    state_folder: Path,
    on_records: Callable[[str, int], None],
) -> Iterator[tuple[str, _Pull]]:
    folders = landing, state_folder
    for source in sources.entries:
        if source.sql:
            for table in source.sql.tables:
                pull = _sql(source, source.sql, table, folders, on_records)
                yield f"{source.name}/{table.name}", pull
        for entry in source.fhir_bulk:
            yield (
                f"{source.name}/{entry.name}",
                _bulk(source, entry, folders, on_records),
            )


def _sql(
    source: Source,
    entry: SqlEntry,
    table: SqlTable,
    folders: tuple[Path, Path],
    on_records: Callable[[str, int], None],
) -> _Pull:
    landing, state_folder = folders
    asked = SqlSource(
        data_source=source.name,
        name=table.name,
        feed=table.feed,
        cursor=table.cursor,
        table=table.table,
        query=table.query,
        rename=table.columns,
        overlap=table.overlap,
        time_zone=source.time_zone,
    )

    def pull() -> Pulled:
        found = extract_sql(
            asked,
            _secret(asked.label, entry.url),
            landing=landing,
            state_folder=state_folder,
            on_rows=lambda count: on_records(asked.label, count),
        )
        return Pulled(asked.label, int(found.file is not None), found.row_count)

    return pull


def _bulk(
    source: Source,
    entry: BulkEntry,
    folders: tuple[Path, Path],
    on_records: Callable[[str, int], None],
) -> _Pull:
    landing, state_folder = folders
    asked = BulkSource(
        data_source=source.name,
        name=entry.name,
        base_url=entry.url,
        client=_client(entry),
        level=entry.level,
        group_id=entry.group_id,
        types=tuple(entry.types),
        since=entry.since,
        patience_seconds=entry.patience_seconds,
        ca_file=entry.ca_file,
        proxy_url=entry.proxy_url,
    )

    def pull() -> Pulled:
        key = entry.client.private_key if entry.client else None
        found = extract_fhir_bulk(
            asked,
            _secret(asked.label, key) if key else None,
            landing=landing,
            state_folder=state_folder,
            on_files=lambda done, _: on_records(asked.label, done),
        )
        partial = "the server could not export all of it; the next run asks again"
        problem = f"{asked.label}: {partial}" if found.is_partial else None
        return Pulled(asked.label, len(found.files), found.resource_count, problem)

    return pull


def _client(entry: BulkEntry) -> Client | None:
    if entry.client is None:
        return None
    client = entry.client
    return Client(client.client_id, client.key_id, client.scope, client.token_url)


def _secret(label: str, variable: str) -> str:
    value = read_secret(variable)
    if value is None:
        raise SecretMissingError(
            f"{label}: the environment variable {variable} is not set"
        )
    return value.get_secret_value()
