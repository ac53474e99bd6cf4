"""The SQL that makes serving tables what they should be and brings rows into them.

Pure: each function returns statements and runs none. Tables are made once and changed
in place after that, so that grants, policies and whatever people have built on them
stay.
"""

from collections.abc import Container, Iterator, Mapping, Sequence

from psycopg.sql import SQL, Composable, Composed, Identifier, Literal

from orchestration.postgres.shape import Column, Reference, ServingTable

# A table of the session with the keys of rows to take away.
GONE = "gone_keys"
# To look one of their few keys up, an index is no quicker than reading the table.
_FEW_ROWS = {"dim_blockers", "dim_dates", "dim_payers", "dim_requirements"}


def named(table: ServingTable) -> Composable:
    """Return the table's name with its schema."""
    return Identifier(table.schema, table.name)


def create_table(table: ServingTable) -> Composed:
    """Make a table that is new, empty and nobody's."""
    return SQL("create table {} ({})").format(named(table), defined(table.columns))


def drop_table(schema: str, name: str) -> Composed:
    """Take away a table that is not published any more."""
    return SQL("drop table {}").format(Identifier(schema, name))


def select_all(table: ServingTable) -> Composed:
    """Read a table as it is."""
    return SQL("select {} from {}").format(_listed(table.names), named(table))


def delete_all(table: ServingTable) -> Composed:
    """Take all rows away."""
    return SQL("delete from {}").format(named(table))


def analyze(table: ServingTable) -> Composed:
    """Have the planner know what is in a table now."""
    return SQL("analyze {}").format(named(table))


def create_gone(table: ServingTable) -> Composed:
    """Make the table of the session that takes the keys of rows to take away."""
    keys = [column for column in table.columns if column.name in table.key]
    return SQL("create temporary table {} ({}) on commit drop").format(
        Identifier(GONE), defined(keys)
    )


def delete_gone(table: ServingTable) -> tuple[Composed, Composed, Composed]:
    """Take the rows with these keys away."""
    gone = Identifier(GONE)
    delete = SQL("delete from {} as ours using {} as theirs where {}").format(
        named(table), gone, _same_key(table)
    )
    return SQL("analyze {}").format(gone), delete, SQL("drop table {}").format(gone)


def note_publication(token: str) -> Composed:
    """Note which publication is held from now on."""
    return SQL(
        "with gone as (delete from access.publication)"
        " insert into access.publication (token, published_at) values ({}, now())"
    ).format(Literal(token))


def change_columns(
    table: ServingTable, present: Mapping[str, str]
) -> Iterator[Composed]:
    """Bring the columns of a table that is there to what they should be."""
    wanted = {column.name: column.type for column in table.columns}
    for name in present:
        if name not in wanted:
            yield SQL("alter table {} drop column {}").format(
                named(table), Identifier(name)
            )
    for name, kind in wanted.items():
        if name not in present:
            yield SQL("alter table {} add column {} {}").format(
                named(table),
                Identifier(name),
                SQL(kind),
            )
        elif present[name] != kind:
            yield SQL("alter table {} alter column {} type {} using {}::{}").format(
                named(table),
                Identifier(name),
                SQL(kind),
                Identifier(name),
                SQL(kind),
            )


def constraints(table: ServingTable) -> dict[str, Composed]:
    """Return by name the constraints and indexes of a table, and how they are made."""
    found: dict[str, Composed] = {}
    if table.is_primary:
        name = f"{table.name}_key"
        found[name] = SQL("alter table {} add constraint {} primary key ({})").format(
            named(table), Identifier(name), _listed(table.key)
        )
    joined = {one.column for one in table.references if one.table[1] not in _FEW_ROWS}
    for column in sorted(joined | {table.seen_by}):
        is_first = table.is_primary and table.key[0] == column
        if column in table.names and not is_first:
            name = f"{table.name}_{column}_index"
            found[name] = SQL("create index {} on {} ({})").format(
                Identifier(name), named(table), Identifier(column)
            )
    return found


def references(table: ServingTable, unknown: Container[str]) -> dict[str, Composed]:
    """Return by name the foreign keys of a table, and how they are made.

    Those are left out whose column stands in `unknown`. They are looked at when a
    publication ends, whatever order tables come in.
    """
    return {
        _reference_name(table, one): SQL(
            "alter table {} add constraint {} foreign key ({}) references {} ({})"
            " deferrable initially deferred"
        ).format(
            named(table),
            Identifier(_reference_name(table, one)),
            Identifier(one.column),
            Identifier(*one.table),
            Identifier(one.key),
        )
        for one in table.references
        if table.label(one) not in unknown
    }


def drop_references(
    table: ServingTable, unknown: Container[str]
) -> dict[str, Composed]:
    """Return by name the foreign keys that rows would break, and how they go."""
    return {
        _reference_name(table, one): SQL("alter table {} drop constraint {}").format(
            named(table), Identifier(_reference_name(table, one))
        )
        for one in table.references
        if table.label(one) in unknown
    }


def comments(table: ServingTable) -> dict[tuple[str, str], Composed]:
    """Return by column (none: the table) and text what is said, and how."""
    found = {
        ("", table.comment): SQL("comment on table {} is {}").format(
            named(table), Literal(table.comment)
        )
    }
    for column in table.columns:
        name = Identifier(table.schema, table.name, column.name)
        found[column.name, column.comment] = SQL("comment on column {} is {}").format(
            name, Literal(column.comment)
        )
    return found


def defined(columns: Sequence[Column]) -> Composed:
    """Return columns with their types."""
    return SQL(", ").join(
        SQL("{} {}").format(Identifier(one.name), SQL(one.type)) for one in columns
    )


def _reference_name(table: ServingTable, reference: Reference) -> str:
    return f"{table.name}_{reference.column}_known"


def _listed(names: Sequence[str], table: str = "") -> Composed:
    return SQL(", ").join(
        Identifier(table, name) if table else Identifier(name) for name in names
    )


def _same_key(table: ServingTable) -> Composed:
    """Compare keys; what may be null is compared only where the rest is the same."""
    return SQL(" and ").join(
        SQL("{} {} {}").format(
            Identifier("ours", name),
            SQL("=" if name in table.never_null else "is not distinct from"),
            Identifier("theirs", name),
        )
        for name in table.key
    )
