"""Who may read what: roles, their schemas, and the facilities whose rows they see.

Pure: each function returns statements and runs none. Readers are let in by hand, in
`access.facility_readers`; nobody sees a row before that.
"""

from collections.abc import Iterator

from psycopg.sql import SQL, Composable, Composed, Identifier

from orchestration.postgres.shape import (
    EVERY_FACILITY,
    EVERYBODY,
    RESTRICTED_SCHEMA,
    ServingTable,
)

OWNER, BI_READER, OPS_READER = "owner", "bi_reader", "ops_reader"
ROLES = (OWNER, BI_READER, OPS_READER)
# Who may read which schema; row security decides which rows.
READERS = {
    "marts": (BI_READER, OPS_READER),
    "ops": (OPS_READER,),
    RESTRICTED_SCHEMA: (OPS_READER,),
}
ACCESS_SCHEMA = "access"
POLICY = "facility_of_the_reader"

# Whoever has a row with a facility sees that facility; a row without one is for all.
ACCESS = (
    SQL("""
    create table if not exists access.facility_readers (
        reader name not null,
        facility_key text,
        unique nulls not distinct (reader, facility_key)
    )
    """),
    SQL("""
    comment on table access.facility_readers is
        'One row per reader (a role) and facility that it sees; facility_key null: '
        'every facility. Kept by hand; a publication never changes it.'
    """),
    SQL("""
    create table if not exists access.publication (
        token text not null,
        published_at timestamp with time zone not null
    )
    """),
    SQL("""
    comment on table access.publication is
        'One row: which publication the tables hold, and since when.'
    """),
    # The view reads the table as its owner, and asks about the role that reads it.
    SQL("""
    create or replace view access.my_facilities as
    select readers.facility_key
    from access.facility_readers as readers
    inner join pg_catalog.pg_roles as roles on readers.reader = roles.rolname
    where pg_catalog.pg_has_role(roles.oid, 'member')
    """),
)
_SEES_ALL = SQL("exists (select from access.my_facilities where facility_key is null)")
# Which keys a reader may see, by the column that leads to a facility.
_SEEN_KEYS = {
    "facility_key": (ACCESS_SCHEMA, "my_facilities"),
    "encounter_key": ("marts", "fct_encounters"),
    "claim_key": ("marts", "bridge_encounters_claims"),
    "patient_key": ("marts", "fct_encounters"),
}


def create_schemas() -> Iterator[Composed]:
    """Make the schemas that are missing and let readers into theirs."""
    for schema, readers in READERS.items():
        yield SQL("create schema if not exists {}").format(Identifier(schema))
        yield SQL("grant create, usage on schema {} to {}").format(
            Identifier(schema), Identifier(OWNER)
        )
        for reader in readers:
            yield SQL("grant usage on schema {} to {}").format(
                Identifier(schema), Identifier(reader)
            )


def create_access() -> Iterator[SQL | Composed]:
    """Make the table that says who sees which facility, when it is missing."""
    name = Identifier(ACCESS_SCHEMA)
    yield SQL("create schema if not exists {}").format(name)
    yield SQL("grant create, usage on schema {} to {}").format(name, Identifier(OWNER))
    yield from ACCESS
    for what in ("facility_readers", "publication", "my_facilities"):
        # This is how a view is given away, too.
        yield SQL("alter table {} owner to {}").format(
            Identifier(ACCESS_SCHEMA, what), Identifier(OWNER)
        )
    for reader in (BI_READER, OPS_READER):
        yield SQL("grant usage on schema {} to {}").format(name, Identifier(reader))
        for what in ("my_facilities", "publication"):
            yield SQL("grant select on {} to {}").format(
                Identifier(ACCESS_SCHEMA, what), Identifier(reader)
            )


def let_in(table: ServingTable) -> Iterator[Composed]:
    """Give a new table to its owner and readers, row by row from now on."""
    name = Identifier(table.schema, table.name)
    yield SQL("alter table {} owner to {}").format(name, Identifier(OWNER))
    for reader in READERS[table.schema]:
        yield SQL("grant select on {} to {}").format(name, Identifier(reader))
    if table.seen_by != EVERYBODY:
        yield SQL("alter table {} enable row level security").format(name)


def policies(table: ServingTable) -> dict[str, Composed]:
    """Return by name what lets readers see the rows of their facilities, no others."""
    if table.seen_by == EVERYBODY:
        return {}
    made = SQL("create policy {} on {} for select to {} using ({})").format(
        Identifier(POLICY),
        Identifier(table.schema, table.name),
        SQL(", ").join(map(Identifier, READERS[table.schema])),
        _seen(table),
    )
    return {POLICY: made}


def _seen(table: ServingTable) -> Composable:
    """Return the condition under which a reader sees a row."""
    if table.seen_by == EVERY_FACILITY:
        return _SEES_ALL
    return SQL("{} or {} in (select {} from {})").format(
        _SEES_ALL,
        Identifier(table.seen_by),
        Identifier(table.seen_by),
        Identifier(*_SEEN_KEYS[table.seen_by]),
    )
