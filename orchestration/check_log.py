"""What every run found of every expectation, kept in Parquet beside raw.

`checks/results` grows: a file a day, a row for each run and expectation, with counts
only. `checks/failures` holds our own keys of the rows that failed when a suite was
last held against rows: a file for each suite, in its place. The warehouse shows both;
deleting it loses neither. See docs/decisions/0022.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from orchestration.evaluation import NOTHING_NEW, Outcome
from orchestration.parquet import write_whole

RESULTS = "results"
FAILURES = "failures"
_SCHEMA_FILE = "_schema.parquet"

SCHEMAS = {
    RESULTS: pa.schema(
        [
            ("run_id", pa.string()),
            ("checked_at", pa.timestamp("us")),
            ("suite", pa.string()),
            ("asset", pa.string()),
            ("expectation", pa.string()),
            ("severity", pa.string()),
            ("owner", pa.string()),
            ("runbook", pa.string()),
            ("evaluated_count", pa.int64()),
            ("failed_count", pa.int64()),
            ("is_met", pa.bool_()),
            ("outcome", pa.string()),
        ]
    ),
    FAILURES: pa.schema(
        [
            ("run_id", pa.string()),
            ("suite", pa.string()),
            ("expectation", pa.string()),
            ("record_key", pa.string()),
            ("file_id", pa.string()),
            ("position", pa.int64()),
        ]
    ),
}


def write_empty(checks: Path) -> None:
    """Give each table its folder and an empty file that carries its columns."""
    for table, schema in SCHEMAS.items():
        target = checks / table / _SCHEMA_FILE
        if not (target.is_file() and pq.read_schema(target).equals(schema)):
            write_whole(target, schema.empty_table())


def record(
    checks: Path, run_id: str, checked_at: datetime, outcomes: Sequence[Outcome]
) -> None:
    """Keep what one run found of one suite; `checked_at` is naive UTC.

    What the same run has said of the suite before is replaced, so that a step may be
    tried again. Raises OSError when the folder cannot be written.
    """
    if not outcomes:
        return
    suite = outcomes[0].expectation.suite
    day = checks / RESULTS / f"{checked_at:%Y-%m-%d}.parquet"
    found = _table(RESULTS, [_result(run_id, checked_at, item) for item in outcomes])
    if day.is_file():
        before = pq.read_table(day)
        is_same = pc.and_(
            pc.equal(before["run_id"], run_id), pc.equal(before["suite"], suite)
        )
        found = pa.concat_tables([before.filter(pc.invert(is_same)), found])
    write_whole(day, found)
    if outcomes[0].note != NOTHING_NEW:
        keys = [row for item in outcomes for row in _failures(run_id, item)]
        write_whole(checks / FAILURES / f"{suite}.parquet", _table(FAILURES, keys))


def _result(run_id: str, checked_at: datetime, outcome: Outcome) -> dict[str, object]:
    expectation = outcome.expectation
    return {
        "run_id": run_id,
        "checked_at": checked_at,
        "suite": expectation.suite,
        "asset": "/".join(expectation.asset),
        "expectation": expectation.id,
        "severity": outcome.severity,
        "owner": expectation.owner,
        "runbook": expectation.runbook,
        "evaluated_count": outcome.evaluated_count,
        "failed_count": outcome.failed_count,
        "is_met": outcome.passed,
        "outcome": outcome.note.partition(";")[0],
    }


def _failures(run_id: str, outcome: Outcome) -> list[dict[str, object]]:
    """Return a row for each failing key: file and position of what came in, or key."""
    expectation = outcome.expectation
    of_raw = expectation.asset[0] == "raw"
    return [
        {
            "run_id": run_id,
            "suite": expectation.suite,
            "expectation": expectation.id,
            "record_key": None if of_raw else "|".join(str(part) for part in key),
            "file_id": key[0] if of_raw else None,
            "position": key[1] if of_raw else None,
        }
        for key in outcome.keys
    ]


def _table(name: str, rows: list[dict[str, object]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=SCHEMAS[name])
