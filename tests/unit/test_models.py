"""Every unit test that stands beside a model in its yml, run by dbt itself."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
import yaml

from orchestration import raw
from orchestration.build import build
from orchestration.dbt_runner import DbtError, run_command
from orchestration.settings import Settings

PROJECT_DIR = Path(__file__).resolve().parents[2]


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
    settings = Settings(data_dir=data)
    build(settings, ["--exclude-resource-type", "test"], lambda _node: None)
    # Each unit test that fails is told of by its own name below.
    with suppress(DbtError):
        units = ("test", "--select", "test_type:unit")
        run_command(settings, units, lambda _node: None)
    found = json.loads((data / "dbt" / "run_results.json").read_text())
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
