"""What is there in PostgreSQL already: tables, their parts and what is said of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psycopg

from orchestration.postgres import rights

Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True)
class Catalog:
    """What is there: columns with their types by table, parts and comments.

    `parts` are the names of constraints, indexes and policies with schema and table.
    """

    tables: Mapping[tuple[str, str], Mapping[str, str]]
    parts: frozenset[tuple[str, str, str]]
    comments: Mapping[tuple[str, str, str], str]


def read_catalog(connection: Connection) -> Catalog:
    """Read what is there of the schemas that are published to."""
    return Catalog(
        tables=_tables(connection),
        parts=frozenset(_parts(connection)),
        comments=_comments(connection),
    )


def asked(connection: Connection, query: str, *values: object) -> list[Any]:
    """Return the rows of a query with its values."""
    return connection.execute(query, values or None).fetchall()


def _tables(connection: Connection) -> dict[tuple[str, str], dict[str, str]]:
    """Return the serving tables that are there, with columns and their types."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    rows = asked(
        connection,
        """
        select nspname, relname, attname, format_type(atttypid, atttypmod)
        from pg_class
        inner join pg_namespace on pg_class.relnamespace = pg_namespace.oid
        inner join pg_attribute on pg_class.oid = pg_attribute.attrelid
        inner join pg_roles on pg_class.relowner = pg_roles.oid
        where
            relkind = 'r' and attnum > 0 and not attisdropped
            and nspname = any(%s) and rolname = %s
        order by attnum
        """,
        list(rights.READERS),
        rights.OWNER,
    )
    for schema, table, column, kind in rows:
        found.setdefault((schema, table), {})[column] = kind
    return found


def _parts(connection: Connection) -> set[tuple[str, str, str]]:
    """Return the constraints, indexes and policies that are there, by table."""
    rows = asked(
        connection,
        """
        select nspname, relname, conname
        from pg_constraint
        inner join pg_class on pg_constraint.conrelid = pg_class.oid
        inner join pg_namespace on pg_class.relnamespace = pg_namespace.oid
        union all
        select schemaname, tablename, indexname from pg_indexes
        union all
        select schemaname, tablename, policyname from pg_policies
        """,
    )
    return set(rows)


def _comments(connection: Connection) -> dict[tuple[str, str, str], str]:
    """Return what is said of tables (no column) and columns."""
    rows = asked(
        connection,
        """
        select nspname, relname, coalesce(attname, ''), description
        from pg_description
        inner join pg_class on pg_description.objoid = pg_class.oid
        inner join pg_namespace on pg_class.relnamespace = pg_namespace.oid
        left join pg_attribute
            on attrelid = pg_class.oid and attnum = objsubid and objsubid > 0
        where classoid = 'pg_class'::regclass and nspname = any(%s)
        """,
        list(rights.READERS),
    )
    return {(schema, table, column): text for schema, table, column, text in rows}
