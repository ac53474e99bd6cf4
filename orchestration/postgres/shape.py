"""What the serving tables look like: read from the publication and dbt's manifest.

The publication says which tables there are, with which columns and rows; the manifest
says what they mean and which columns are keys or identify somebody. A table whose rows
identify records at their source becomes two: one for everybody without these columns,
and one of the same name in the schema `restricted` with them.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

RESTRICTED_SCHEMA = "restricted"
# Who sees a row where no column leads to a facility.
EVERYBODY, EVERY_FACILITY = "everybody", "every_facility"
# Dimensions tell nothing of what happened at a facility; patients belong to one.
_SHARED = "dim_"
_OF_PATIENTS = "dim_patients"
_TYPES = {
    "VARCHAR": "text",
    "BOOLEAN": "boolean",
    "INTEGER": "integer",
    "BIGINT": "bigint",
    "DOUBLE": "double precision",
    "DATE": "date",
    "TIMESTAMP": "timestamp without time zone",
}


class ShapeError(ValueError):
    """The publication holds what PostgreSQL has no place for."""


@dataclass(frozen=True)
class Column:
    """A column, its type in PostgreSQL's words, and what it means."""

    name: str
    type: str
    comment: str


@dataclass(frozen=True)
class Reference:
    """A column whose values are keys of another table."""

    column: str
    table: "tuple[str, str]"
    key: str


@dataclass(frozen=True)
class ServingTable:
    """One table that readers query.

    `source` is where its rows are in the publication. `key` are columns that are
    together unique, empty when no such are known. `seen_by` is what decides which
    facilities' readers see a row.
    """

    schema: str
    name: str
    source: tuple[str, str]
    comment: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    never_null: frozenset[str]
    references: tuple[Reference, ...]
    seen_by: str

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its columns."""
        return tuple(column.name for column in self.columns)

    def label(self, reference: Reference) -> str:
        """Return where a reference stands, for people: schema, table and column."""
        return f"{self.schema}.{self.name}.{reference.column}"

    @property
    def is_primary(self) -> bool:
        """Whether its key is never null, in whole or in part."""
        return bool(self.key) and self.never_null.issuperset(self.key)


def read_shape(
    publication: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any]
) -> list[ServingTable]:
    """Return the serving tables of a publication, by name.

    Raises ShapeError when a column has a type that PostgreSQL is not given.
    """
    return _shaped(_columns(publication), manifest)


def declared_shape(
    manifest: Mapping[str, Any], names: Collection[tuple[str, str]]
) -> list[ServingTable]:
    """Return the serving tables as contracts declare them, of these models."""
    columns = {
        (node["schema"], node["name"]): tuple(
            Column(
                name,
                _type(f"{node['name']}.{name}", column["data_type"].upper()),
                _one_line(column["description"]),
            )
            for name, column in node["columns"].items()
        )
        for node in manifest["nodes"].values()
        if (node["schema"], node["name"]) in names
    }
    return _shaped(columns, manifest)


def _shaped(
    columns: Mapping[tuple[str, str], tuple[Column, ...]], manifest: Mapping[str, Any]
) -> list[ServingTable]:
    models = {
        (node["schema"], node["name"]): node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
    }
    keys = {name: _key(models.get(name), manifest) for name in columns}
    targets = _targets(keys)
    tables = []
    for (schema, name), found in sorted(columns.items()):
        node = models.get((schema, name), {})
        # They lead to a record at its source, and so to a person.
        identifiers = _marked(node, "is_identifier")
        key, never_null = keys[schema, name]
        shown = tuple(one for one in found if one.name not in identifiers)
        table = ServingTable(
            schema=schema,
            name=name,
            source=(schema, name),
            comment=_one_line(node.get("description", "")),
            columns=shown,
            key=key,
            never_null=never_null,
            references=_references((schema, name), shown, targets, node),
            seen_by=_seen_by(name, {one.name for one in shown}),
        )
        tables.append(table)
        if identifiers:
            tables.append(_restricted(table, found, identifiers))
    return tables


def _columns(
    publication: duckdb.DuckDBPyConnection,
) -> dict[tuple[str, str], tuple[Column, ...]]:
    """Return the columns of each table of the publication, in their order."""
    rows = publication.execute(
        """
        select schema_name, table_name, column_name, data_type, comment
        from duckdb_columns()
        where not internal and database_name = current_database()
        order by schema_name, table_name, column_index
        """
    ).fetchall()
    found: dict[tuple[str, str], tuple[Column, ...]] = {}
    for schema, table, name, data_type, comment in rows:
        column = Column(name, _type(f"{table}.{name}", data_type), comment or "")
        found[schema, table] = (*found.get((schema, table), ()), column)
    return found


def _type(where: str, data_type: str) -> str:
    if data_type.startswith("DECIMAL"):
        return data_type.replace("DECIMAL", "numeric").replace(" ", "")
    if data_type not in _TYPES:
        message = f"{where} is a {data_type}; PostgreSQL is given none"
        raise ShapeError(message)
    return _TYPES[data_type]


def _key(
    node: Mapping[str, Any] | None, manifest: Mapping[str, Any]
) -> tuple[tuple[str, ...], frozenset[str]]:
    """Return the columns that are unique together, and those that are never null."""
    if node is None:
        return (), frozenset()
    kinds = {
        name: {one["type"] for one in column["constraints"]}
        for name, column in node["columns"].items()
    }
    primary = tuple(name for name, found in kinds.items() if "primary_key" in found)
    key = primary or next(_unique_columns(node, manifest), ())
    return key, frozenset(
        name for name, found in kinds.items() if found & {"not_null", "primary_key"}
    )


def _unique_columns(
    node: Mapping[str, Any], manifest: Mapping[str, Any]
) -> Iterator[tuple[str, ...]]:
    """Return what the data tests of a model prove to be unique over all its rows."""
    for test in manifest["nodes"].values():
        about = test.get("test_metadata") or {}
        values = about.get("kwargs", {})
        is_of_some = "condition" in values or test["config"].get("where")
        if test.get("attached_node") != node["unique_id"] or is_of_some:
            continue
        if about["name"] == "unique_combination":
            yield tuple(values["columns"])
        elif about["name"] == "unique":
            yield (values["column_name"],)


def _targets(
    keys: Mapping[tuple[str, str], tuple[tuple[str, ...], frozenset[str]]],
) -> dict[str, tuple[str, str]]:
    """Return by key the fact or dimension that a column of this name refers to.

    A column that is called as the only key of a fact or dimension is a reference to
    it; where several have the key, to the one with the shortest name.
    """
    found: dict[str, tuple[str, str]] = {}
    for table in sorted(keys, key=lambda name: (len(name[1]), name)):
        key, never_null = keys[table]
        is_target = len(key) == 1 and never_null.issuperset(key)
        if is_target and table[1].startswith(("dim_", "fct_")):
            found.setdefault(key[0], table)
    return found


def _references(
    table: tuple[str, str],
    columns: tuple[Column, ...],
    targets: Mapping[str, tuple[str, str]],
    node: Mapping[str, Any],
) -> tuple[Reference, ...]:
    """Return what the columns refer to, but for those that say that they do not."""
    excepted = _marked(node, "is_reference", is_marked=False)
    return tuple(
        Reference(column.name, targets[column.name], column.name)
        for column in columns
        if targets.get(column.name, table) != table and column.name not in excepted
    )


def _marked(node: Mapping[str, Any], mark: str, *, is_marked: bool = True) -> set[str]:
    """Return the columns whose `meta` in dbt says so."""
    return {
        name
        for name, column in node.get("columns", {}).items()
        if column["config"]["meta"].get(mark) is is_marked
    }


def _restricted(
    table: ServingTable, columns: tuple[Column, ...], identifiers: set[str]
) -> ServingTable:
    kept = tuple(one for one in columns if one.name in {*table.key, *identifiers})
    return ServingTable(
        schema=RESTRICTED_SCHEMA,
        name=table.name,
        source=table.source,
        comment=f"What leads from {table.schema}.{table.name} to the source's records.",
        columns=kept,
        key=table.key,
        never_null=table.never_null,
        references=(),
        seen_by=_seen_by(table.name, {one.name for one in kept}),
    )


def _seen_by(name: str, columns: set[str]) -> str:
    """Return the column that leads from a row to a facility, or who else sees it."""
    if name.startswith(_SHARED) and name != _OF_PATIENTS:
        return EVERYBODY
    for column in ("facility_key", "encounter_key", "claim_key", "patient_key"):
        if column in columns:
            return column
    return EVERY_FACILITY


def _one_line(text: str) -> str:
    return " ".join(text.split())
