"""The doctor finds what is wrong with an installation, and says what to do."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from orchestration.doctor import Finding, State, examine, show
from orchestration.settings import Settings


@pytest.fixture
def look(tmp_path: Path) -> Callable[..., dict[str, Finding]]:
    """Return a function that looks at a data folder with some settings."""
    (tmp_path / "landing").mkdir()

    def found(**settings: object) -> dict[str, Finding]:
        given = {"data_dir": tmp_path, **settings}
        return {one.what: one for one in examine(Settings.model_validate(given))}

    return found


def test_a_new_installation_is_told_what_comes_next(look):
    found = look()

    assert State.WRONG not in {one.state for one in found.values()}
    assert "is empty" in found["Landing folder"].says
    assert found["Warehouse"].remedy == "chartgap run"
    assert "chartgap run" in found["Publication"].remedy
    assert "openssl rand" in found["Patient keys"].remedy
    assert "not set up" in found["PostgreSQL"].says


def test_all_that_is_not_fine_has_a_remedy(look):
    found = look(postgres_url="postgresql://nobody@127.0.0.1:1/none", memory="999TB")

    assert found["PostgreSQL"].state is State.WRONG
    assert found["Memory"].state is State.LOOK
    assert [one for one in found.values() if one.state is not State.FINE]
    assert all(one.remedy for one in found.values() if one.state is not State.FINE)


def test_what_is_set_well_is_fine(look, tmp_path):
    (tmp_path / "landing" / "some.csv").write_text("document_id\n1\n")

    found = look(hash_key="secret", alert_urls="ops=json://127.0.0.1")

    assert found["Landing folder"].state is State.FINE
    assert found["Landing folder"].says.startswith("1 files")
    assert found["Alerts"].state is State.FINE
    assert "Patient keys" not in found


def test_a_landing_folder_that_is_not_there_is_wrong(look, tmp_path):
    (tmp_path / "landing").rmdir()

    assert look()["Landing folder"].state is State.WRONG


def test_a_file_that_cannot_be_read_is_counted_and_not_named(look, tmp_path):
    (tmp_path / "landing" / "jane-doe.csv").symlink_to("/etc/passwd")

    found = look()["Landing folder"]

    assert found.state is State.WRONG
    assert found.says.startswith("1 files")
    assert "jane" not in found.says


def test_sources_that_cannot_be_read_or_lack_a_secret_are_wrong(look, tmp_path):
    file = tmp_path / "sources.yml"
    file.write_text("sources: [{name: ehr, time_zone: Mars/Olympus}]")
    assert "Mars" not in look()["Source systems"].remedy
    assert look()["Source systems"].state is State.WRONG

    file.write_text(
        "sources: [{name: ehr, time_zone: America/Chicago, sql: {url: EHR_URL, "
        "tables: [{name: t, feed: documents, cursor: c, table: t}]}}]"
    )
    found = look()["Source ehr"]
    assert found.state is State.WRONG
    assert "EHR_URL" in found.says


def test_a_data_folder_that_cannot_be_written_is_wrong(look, tmp_path):
    (tmp_path / "file").write_text("no folder")

    found = look(data_dir=tmp_path / "file" / "data", landing=tmp_path / "landing")

    assert found["Data folder"].state is State.WRONG


def test_a_full_disk_is_told_before_it_is_full(look, monkeypatch):
    usage = shutil.disk_usage("/")._replace(free=1024**3)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: usage)

    assert look()["Data folder"].state is State.LOOK


def test_a_damaged_warehouse_or_publication_is_told(look, tmp_path):
    (tmp_path / "warehouse.duckdb").write_bytes(b"no database")
    (tmp_path / "published").mkdir()
    (tmp_path / "published" / "chartgap.duckdb").write_bytes(b"no database")

    found = look()

    assert found["Warehouse"].state is State.LOOK
    assert found["Publication"].state is State.WRONG


def test_it_ends_badly_only_where_something_is_wrong(capsys):
    fine, wrong = (Finding("A", s, "so", "do") for s in (State.LOOK, State.WRONG))

    assert show(Console(), iter([fine]))
    assert not show(Console(), iter([fine, wrong]))
    assert "✗ A: so" in capsys.readouterr().out
