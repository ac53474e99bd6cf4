"""What a run prints, where nothing is published; every file here is synthetic."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from orchestration.run_result import Run
from orchestration.settings import Settings
from orchestration.summary import show_run


def shown(landing: Path, data: Path) -> str:
    run = Run("r1", None, succeeded=False, problems=(), failed_checks=())
    output = io.StringIO()
    settings = Settings(data_dir=data, landing=landing)
    show_run(Console(file=output), run, settings)
    return output.getvalue()


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    """Make a landing folder with one file that is to be read."""
    folder = tmp_path / "landing"
    folder.mkdir()
    (folder / "synthetic.csv").touch()
    return folder


def test_what_is_passed_over_is_counted_and_not_named(
    landing: Path, tmp_path: Path
) -> None:
    (landing / ".synthetic-hidden").touch()
    (landing / "synthetic-upload.part").touch()

    output = shown(landing, tmp_path)

    assert "2 hidden or unfinished files or folders" in output
    assert "synthetic" not in output


def test_where_nothing_is_passed_over_nothing_is_said(
    landing: Path, tmp_path: Path
) -> None:
    assert "passed over" not in shown(landing, tmp_path)
