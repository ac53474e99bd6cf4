"""How long the reports take that leadership reads, beside the build they follow.

Makes up the facts of a practice as the marts hold them, and has dbt build each report
from them, contracts and all. No file is read and no other model built: how long those
take is for `build` to say. Every value is made up.

Run: .venv/bin/python -m benchmarks.metrics [--encounters N] [--report NAME]
"""

import argparse
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration.dbt_runner import run_command
from orchestration.raw import write_empty_tables
from orchestration.settings import Settings

# What dbt builds for a report, in any order.
_REPORTS = {
    "lags": (
        "fct_encounter_lags",
        "rpt_lag_steps",
        "rpt_lag_curves",
        "rpt_lag_figures",
        "rpt_lags",
    ),
}
# The build of a million encounters, see README; each report has to be quicker.
_CORE_BUILD_SECONDS = 894
_AS_OF = datetime(2026, 10, 31, 12, tzinfo=UTC)
_DAYS = 180
# In the order of the way, with the hours that half of them take.
_MILESTONES = {
    "service_start_at": 0.0,
    "service_end_at": 0.5,
    "note_started_at": 0.6,
    "author_signed_at": 4.0,
    "documentation_complete_at": 0.1,
    "charge_first_at": 8.0,
    "charges_complete_at": 0.1,
    "billing_ready_at": 0.1,
    "claim_created_at": 24.0,
    "claim_submitted_at": 20.0,
    "clearinghouse_accepted_at": 20.0,
    "payer_accepted_at": 24.0,
    "first_adjudicated_at": 400.0,
    "first_paid_at": 24.0,
    "closed_at": 1.0,
}
_STAGES = {
    "service_start_at": "visit",
    "service_end_at": "documentation",
    "documentation_complete_at": "charge",
    "charges_complete_at": "hold",
    "billing_ready_at": "claim",
    "claim_submitted_at": "acknowledgement",
    "payer_accepted_at": "payer",
    "closed_at": "closed",
}


def make_up(warehouse: Path, encounters: int) -> None:
    """Write facts and dimensions as the marts hold them, for so many encounters."""
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("set threads = 2; select setseed(0.5)")
        for schema in ("marts", "intermediate"):
            connection.execute(f"create schema {schema}")
        for name, count in (("facility", 8), ("payer", 12), ("provider", 400)):
            dimension = {"facility": "facilities"}.get(name, f"{name}s")
            connection.execute(
                f"create table marts.dim_{dimension} as select md5('{name}' || n)"
                f" as {name}_key, '{name} ' || n as {name}_name,"
                f" 'specialty ' || n % 9 as specialty from range({count}) as t (n)"
            )
        connection.execute(
            f"create table intermediate.int_clock as select {_timestamp(_AS_OF)}"
            " as as_of"
        )
        connection.execute(_walks(encounters))
        connection.execute(_events())
        connection.execute(_encounters())
        connection.execute("drop table walks")


def _timestamp(at: datetime) -> str:
    return f"timestamp '{at:%Y-%m-%d %H:%M:%S}'"


def _walks(encounters: int) -> str:
    """Return SQL that makes up when each encounter reaches each milestone, or not."""
    # One in fifty stops before each step; seconds, as senders tell them.
    chances = [
        f"to_seconds(cast(case when random() < 0.98 then 3600 * {hours}"
        f" * exp(2 * (random() + random() - 1)) end as bigint)) as after_{milestone}"
        for milestone, hours in _MILESTONES.items()
    ]
    since = f"to_seconds(cast(random() * {_DAYS * 86400} as bigint)) as since"
    reached, steps = f"({_timestamp(_AS_OF)} - since)", []
    for milestone in _MILESTONES:
        steps.append(f"{reached} + after_{milestone} as {milestone}")
        reached = milestone
    return f"""
        create table walks as
        with chances as materialized (
            select n, {since}, {", ".join(chances)} from range({encounters}) as t (n)
        )
        select n, {", ".join(steps)} from chances
    """


def _events() -> str:
    return f"""
        create table marts.fct_encounter_events as
        select md5('e' || n) as encounter_key, milestone,
            reached as occurred_at,
            reached as lower_at, reached as upper_at, 'instant' as "precision",
            'A' as grade, true as is_effective
        from (unpivot walks on {", ".join(_MILESTONES)}
            into name milestone value reached)
        where reached <= {_timestamp(_AS_OF)}
    """


def _encounters() -> str:
    reached = " ".join(
        f"when {milestone} <= {_timestamp(_AS_OF)} then '{stage}'"
        for milestone, stage in reversed(_STAGES.items())
    )
    return f"""
        create table marts.fct_encounters as
        select md5('e' || n) as encounter_key, 'made_up' as data_source,
            md5('provider' || n % 400) as provider_key,
            md5('facility' || n % 8) as facility_key,
            md5('payer' || n % 12) as payer_key,
            'office_visit' as visit_type,
            cast(service_start_at as date) as service_date,
            case {reached} end as stage,
            cast(null as varchar) as primary_blocker_code,
            cast(null as timestamp) as owner_since,
            closed_at
        from walks
    """


def build(settings: Settings, models: tuple[str, ...]) -> float:
    """Have dbt build the models of a report; return its seconds, and print each."""
    seconds: list[tuple[float, str]] = []

    def on_node(event: dict[str, Any]) -> None:
        took = float(event["data"]["execution_time"])
        seconds.append((took, event["data"]["node_info"]["node_name"]))

    start = time.perf_counter()
    run_command(settings, ("run", "--select", *models), on_node)
    for took, name in sorted(seconds, reverse=True):
        print(f"  {took:7.1f} s  {name}")
    return time.perf_counter() - start


def measure(data: Path, encounters: int, reports: list[str]) -> bool:
    """Measure each report; tell whether all are quicker than the core build."""
    settings = Settings(data_dir=data)
    write_empty_tables(settings.raw_path)
    make_up(settings.warehouse_path, encounters)
    run_command(settings, ("seed",), lambda _node: None)
    limit = _CORE_BUILD_SECONDS * encounters / 1_000_000
    held = True
    for report in reports:
        print(f"{report}, {encounters:,} encounters", flush=True)
        took = build(settings, _REPORTS[report])
        print(f"  {took:.0f} s (limit {limit:.0f})")
        held = held and took <= limit
    return held


def main() -> None:
    """Read the arguments and measure; exit status 1 when a limit is broken."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--encounters", type=int, default=1_000_000)
    parser.add_argument("--report", choices=sorted(_REPORTS), action="append")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        reports = chosen.report or sorted(_REPORTS)
        held = measure(Path(folder).resolve(), chosen.encounters, reports)
    raise SystemExit(0 if held else 1)


if __name__ == "__main__":
    main()
