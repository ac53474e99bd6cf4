"""The doctor looks at a publication, and at a real PostgreSQL."""

from pathlib import Path
from typing import Any

import pytest

from orchestration.doctor import State, examine
from orchestration.postgres.publication import publish_to_postgres
from orchestration.settings import Settings
from tests.golden.publications import make_reader, some_rows, write_publication


@pytest.fixture
def settings(tmp_path: Path, url: str) -> Settings:
    """Return the settings of a data folder with a feed that is late."""
    rows = some_rows(1)
    rows["rpt_feed_freshness"] = [
        {"freshness_key": "a", "feed": "documents", "data_source": "ehr"}
        | {"freshness": "late"},
        {"freshness_key": "b", "feed": "claims", "data_source": "ehr"}
        | {"freshness": "fresh"},
    ]
    rows["fct_file_loads"] = [{"file_id": "f", "rejected_count": 7}]
    (tmp_path / "published").mkdir()
    write_publication(tmp_path / "published" / "chartgap.duckdb", rows)
    return Settings.model_validate({"data_dir": tmp_path, "postgres_url": url})


def test_late_feeds_and_records_that_could_not_be_read_are_told(
    settings: Settings,
) -> None:
    found = {one.what: one for one in examine(settings)}

    assert found["Publication"].state is State.FINE
    assert found["Feed documents of ehr"].state is State.LOOK
    assert "Feed claims of ehr" not in found
    assert found["Records"].says.startswith("7 ")


def test_postgresql_is_empty_then_without_readers_then_fine(
    settings: Settings, url: str, manifest: dict[str, Any]
) -> None:
    def told() -> list[tuple[State, str]]:
        found = examine(settings)
        return [(one.state, one.remedy) for one in found if one.what == "PostgreSQL"]

    assert told() == [(State.LOOK, "chartgap publish")]
    database = settings.published_path / "chartgap.duckdb"
    publish_to_postgres(database, url, manifest, settings.postgres_path)
    assert told() == [
        (State.FINE, ""),
        (State.LOOK, "docs/bi/postgresql.md, step 3"),
    ]
    make_reader(url, "analyst_of_the_doctor", "bi_reader", None)
    assert told() == [(State.FINE, "")]
