"""Dagster's run history in SQLite, with connections that stay open.

Dagster's own class opens and syncs a file for each of the thousand events of a run,
which takes longer than the work that they report. Remove this module, and its lines
in dagster.yaml, when Dagster keeps its connections.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self

from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.pool import StaticPool

from orchestration.settings import load_settings

# The index, the run at hand, and a few that somebody looks at.
_OPEN_FILES = 4
_BUSY_SECONDS = 30


class HistoryStorage(SqliteEventLogStorage):
    """One file per run and an index, as Dagster keeps them, in the data folder."""

    def __init__(
        self, base_dir: str, inst_data: ConfigurableClassData | None = None
    ) -> None:
        self._engines: dict[str, Engine] = {}
        self._tables: set[str] = set()
        super().__init__(base_dir, inst_data)

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """Take no configuration: the settings say where the data folder is."""
        return {}

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> Self:
        """Open the history in the data folder."""
        home = load_settings().dagster_home
        return cls(str(home / "history" / "runs"), inst_data)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        # The lock of the base class: one thread at a time, so one connection will do.
        with self._db_lock:
            engine = self._engine(shard)
            with engine.connect() as connection, connection.begin():
                yield connection

    def _engine(self, shard: str) -> Engine:
        engine = self._engines.pop(shard, None)
        if engine is None:
            engine = create_engine(
                self.conn_string_for_shard(shard),
                poolclass=StaticPool,
                connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False},
            )
            self._initdb(engine)
            self._initialized_dbs.add(shard)
            with engine.connect() as connection:
                # Survives a crash of the process; after a crash of the machine the
                # last events of a run may be missing. They are no state.
                connection.execute(text("pragma synchronous = normal"))
        self._engines[shard] = engine
        if len(self._engines) > _OPEN_FILES:
            self._engines.pop(next(iter(self._engines))).dispose()
        return engine

    def has_table(self, table_name: str) -> bool:
        """Ask once for each table: they are never dropped."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    def dispose(self) -> None:
        """Close every file."""
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()
        super().dispose()
