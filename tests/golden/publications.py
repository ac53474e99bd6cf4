"""Made-up publications with all marts, and what tests of PostgreSQL ask of it."""

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import psycopg

from orchestration.dbt_runner import prepare_manifest
from orchestration.dictionary import read_marts

Row = dict[str, Any]
Rows = dict[str, list[Row]]
SENTINEL = "source-id-of-"
AT = datetime(2026, 3, 2, 8)


def visit(key: str, facility: str, amount: int) -> Row:
    return {
        "encounter_key": key,
        "facility_key": facility,
        "encounter_id": f"{SENTINEL}{key}",
        "stage": "charge",
        "expected_amount": amount,
    }


def some_rows(count: int, version: int = 0) -> Rows:
    """Return rows that belong together; what a version changes, it changes in all."""
    keys = [f"e{n}" for n in range(count)]
    facilities = ["north", "south"]
    return {
        "dim_facilities": [
            {"facility_key": key, "facility_name": f"Clinic {key}"}
            for key in facilities
        ],
        "dim_patients": [{"patient_key": f"patient of {key}"} for key in keys],
        "dim_payers": [{"payer_key": "payer"}],
        "fct_encounters": [
            visit(key, facilities[n % 2], version)
            | {"patient_key": f"patient of {key}"}
            for n, key in enumerate(keys)
        ],
        "fct_encounter_events": [
            {"encounter_key": key, "milestone": "charge_first_at", "occurred_at": AT}
            | {"evidence_source": "s", "is_effective": True}
            for key in keys
        ],
        "fct_claims": [
            {"claim_key": f"claim of {key}", "claim_id": f"{SENTINEL}{key}"}
            | {"claim_amount": version, "payer_key": "payer"}
            for key in keys
        ],
        "bridge_encounters_claims": [
            {"encounter_key": key, "claim_key": f"claim of {key}"} for key in keys
        ],
        "rpt_worklist": [
            visit(key, facilities[n % 2], 10) | {"worklist_rank": version}
            for n, key in enumerate(keys)
        ],
        "rpt_stage_counts": [
            {"stage": "charge", "encounter_count": count, "as_of": AT},
        ],
        "rpt_month_end": [{"month_start_date": AT.date(), "charged_amount": version}],
        "fct_file_loads": [{"file_id": "f", "loaded_count": version}],
    }


@cache
def definitions() -> str:
    """Return the statements that make every published mart, empty."""
    made = ["create schema marts", "create schema ops"]
    for node in read_marts(prepare_manifest()):
        name = f"{node['schema']}.{node['name']}"
        columns = node["columns"].values()
        types = ", ".join(f"{one['name']} {one['data_type']}" for one in columns)
        made.append(f"create table {name} ({types})")
        for one in columns:
            text = one["description"].strip().replace("'", "''")
            made.append(f"comment on column {name}.{one['name']} is '{text}'")
    return ";".join(made)


def write_publication(path: Path, rows: Rows) -> Path:
    """Write a publication with all marts, and these rows in them."""
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as connection:
        connection.execute(definitions())
        for name, found in rows.items():
            schema = "ops" if name == "fct_file_loads" else "marts"
            for row in found:
                marks = ", ".join("?" * len(row))
                connection.execute(
                    f"insert into {schema}.{name} ({', '.join(row)}) values ({marks})",
                    [*row.values()],
                )
    return path


def asked(url: str, query: str, role: str | None = None) -> list[Any]:
    with psycopg.connect(url) as connection:
        if role:
            connection.execute(f"set role {role}")
        return connection.execute(query).fetchall()


def told(url: str, *statements: str) -> None:
    with psycopg.connect(url) as connection:
        for statement in statements:
            connection.execute(statement)


def make_reader(url: str, name: str, group: str, *facilities: str | None) -> str:
    """Make a reader who sees some facilities; None is every one."""
    told(
        url,
        f"drop role if exists {name}",
        f"create role {name} login in role {group}",
        *(
            "insert into access.facility_readers values "
            + (f"('{name}', '{key}')" if key else f"('{name}', null)")
            for key in facilities
        ),
    )
    return name
