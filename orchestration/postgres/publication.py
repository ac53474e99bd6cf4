"""Publication to PostgreSQL: all tables of one publication, or none of it.

Everything happens in one transaction: a reader sees the set of before or the new one,
also in the midst of it. Only rows that differ are written, in bulk, and no table is
ever made anew, so that rights and what people have built on tables stay.
"""

import os
import shutil
import tempfile
import uuid
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import adbc_driver_postgresql.dbapi as adbc
import duckdb
import psycopg
from psycopg.sql import SQL, Identifier

from orchestration.postgres import rights
from orchestration.postgres.catalog import Connection, asked, read_catalog
from orchestration.postgres.comparison import compared
from orchestration.postgres.refusals import PostgresError, in_plain_words
from orchestration.postgres.shape import ShapeError, read_shape
from orchestration.postgres.transaction import OnTable, PostgresResult, Transaction

# Unique keys in which nulls are the same came with this version.
OLDEST_VERSION = 15
# Publications wait for each other on this number.
_LOCK = 7_244_278


def publish_to_postgres(
    publication: Path,
    url: str,
    manifest: Mapping[str, Any],
    kept: Path,
    *,
    memory: str = "4GB",
    on_table: OnTable = lambda _done, _total: None,
) -> PostgresResult:
    """Bring the publication, a DuckDB file, to the PostgreSQL at `url`.

    `manifest` is dbt's. `kept` is a folder for the file of what was brought last, so
    that the next publication brings what differs. `memory` is what comparing may take;
    `on_table` is told how many tables are done, and of how many.

    Raises PostgresError, which quotes no value, when there is no publication,
    PostgreSQL cannot be reached or is too old, a right is missing or a row does not
    fit; in each case readers see what they saw before.
    """
    if not publication.is_file():
        raise PostgresError("nothing has been published yet; run 'chartgap run'")
    kept.mkdir(parents=True, exist_ok=True)
    try:
        with duckdb.connect(str(publication), read_only=True) as opened:
            tables = read_shape(opened, manifest)
        with (
            tempfile.TemporaryDirectory(prefix="spill-", dir=kept) as scratch,
            compared(publication, Path(scratch), memory) as comparison,
            _connected(url) as connection,
        ):
            _prepare(connection)
            former = kept / f"{_token(connection)}.duckdb"
            if former.is_file():
                comparison.know(former, tables)
            token = str(uuid.uuid4())
            _keep(publication, kept / f"{token}.duckdb")
            work = Transaction(read_catalog(connection), comparison, token)
            with adbc.connect(url) as loader:
                result = work.run(loader, tables, on_table)
                loader.commit()
            for file in kept.glob("*.duckdb"):
                if file.stem != token:
                    file.unlink()
            return result
    except ShapeError as error:
        raise PostgresError(str(error)) from None
    except duckdb.Error as error:
        message = f"the publication cannot be read ({type(error).__name__})"
        raise PostgresError(message) from None
    except OSError as error:
        message = f"{kept} cannot be written ({type(error).__name__})"
        raise PostgresError(message) from None
    except (psycopg.Error, adbc.Error) as error:
        raise PostgresError(in_plain_words(error)) from None


def look_at(url: str) -> tuple[int, datetime | None, int]:
    """Return version, time of the publication that it holds, and how many readers.

    Raises PostgresError when PostgreSQL cannot be reached, is too old or refuses.
    """
    try:
        with _connected(url) as connection:
            version = connection.info.server_version // 10_000
            known = asked(connection, "select to_regclass('access.publication')")
            if known == [(None,)]:
                return version, None, 0
            held = asked(
                connection,
                "select published_at at time zone 'UTC' from access.publication",
            )
            [(readers,)] = asked(
                connection, "select count(*) from access.facility_readers"
            )
            return version, held[0][0] if held else None, int(readers)
    except psycopg.Error as error:
        raise PostgresError(in_plain_words(error)) from None


def _connected(url: str) -> Connection:
    try:
        connection = psycopg.connect(url, autocommit=True, connect_timeout=10)
    except psycopg.ProgrammingError:
        message = (
            "CHARTGAP_POSTGRES_URL is not understood: write "
            "postgresql://user:password@host:5432/database"
        )
        raise PostgresError(message) from None
    version = connection.info.server_version // 10_000
    if version < OLDEST_VERSION:
        connection.close()
        message = f"PostgreSQL {version} is too old: take {OLDEST_VERSION} or newer"
        raise PostgresError(message)
    return connection


def _prepare(connection: Connection) -> None:
    """Wait for other publications, then make the roles and schemas that are missing."""
    # Held until the connection ends.
    connection.execute("select pg_advisory_lock(%s)", [_LOCK])
    for role in rights.ROLES:
        if not asked(connection, "select 1 from pg_roles where rolname = %s", role):
            connection.execute(SQL("create role {} nologin").format(Identifier(role)))
    if not asked(connection, "select 1 where pg_has_role(%s, 'member')", rights.OWNER):
        owner = Identifier(rights.OWNER)
        connection.execute(SQL("grant {} to current_user").format(owner))
    known = {name for (name,) in asked(connection, "select nspname from pg_namespace")}
    with connection.transaction():
        if not known.issuperset({*rights.READERS, rights.ACCESS_SCHEMA}):
            for statement in (*rights.create_schemas(), *rights.create_access()):
                connection.execute(statement)


def _token(connection: Connection) -> str:
    """Return the name of the publication that PostgreSQL holds; none at first."""
    rows = asked(connection, "select token from access.publication")
    return str(rows[0][0]) if rows else "none"


def _keep(publication: Path, target: Path) -> None:
    """Keep the file of a publication under a name of its own, without a copy."""
    try:
        os.link(publication, target)
    except OSError:
        shutil.copyfile(publication, target)
