"""Every unit test that stands beside a model in its yml, run by dbt itself."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
import yaml

from orchestration import raw

PROJECT_DIR = Path(__file__).resolve().parents[2]
DBT = Path(sys.executable).with_name("dbt")


def declared() -> list[str]:
    """Return the names of all unit tests as `model.test`."""
    return sorted(
        f"{test['model']}.{test['name']}"
        for file in (PROJECT_DIR / "models").rglob("*.yml")
        for test in (yaml.safe_load(file.read_text()) or {}).get("unit_tests", [])
    )


def write_empty_raw(folder: Path) -> None:
    """Write raw tables without a row, but for the run that dbt looks from."""
    raw.write_empty_tables(folder)
    now = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
    run = {"as_of": [now], "ingest_id": ["none"], "hash_key": [""], "started_at": [now]}
    with raw.parquet_writer(raw.batch_file(folder, raw.RUN, "run"), raw.RUN) as writer:
        writer.write_table(pa.table(run, schema=raw.SCHEMAS[raw.RUN]))


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Build the models empty, so that they have columns; then run the unit tests."""
    data = tmp_path_factory.mktemp("data")
    write_empty_raw(data / "raw")
    where = {
        "CHARTGAP_RAW": str(data / "raw"),
        "CHARTGAP_WAREHOUSE": str(data / "warehouse.duckdb"),
        "DBT_PROJECT_DIR": str(PROJECT_DIR / "dbt_project"),
        "DBT_PROFILES_DIR": str(PROJECT_DIR / "dbt_project"),
        "DBT_TARGET_PATH": str(data / "target"),
        "DBT_LOG_PATH": str(data / "logs"),
    }
    commands = (["seed"], ["run"], ["test", "--select", "test_type:unit"])
    for arguments in commands:
        done = subprocess.run(
            [DBT, "--quiet", *arguments],
            env=os.environ | where,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0 or arguments[0] == "test", done.stdout[-5000:]
    found = json.loads((data / "target" / "run_results.json").read_text())
    return {
        ".".join(result["unique_id"].split(".")[2:]): (
            f"{result['status']} {result['message'] or ''}"
        )
        for result in found["results"]
        if result["unique_id"].startswith("unit_test.")
    }


def test_there_are_unit_tests() -> None:
    assert len(declared()) > 150


@pytest.mark.parametrize("name", declared())
def test_model(name: str, results: dict[str, str]) -> None:
    assert results[name].startswith("pass"), results[name]
