"""The command line without a run: what it refuses, and how it says so."""

import io
import json
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from orchestration.as_of import AsOfError, read_as_of
from orchestration.cli import app
from orchestration.terminal import TerminalProgress

WRONG_USE = 2


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a data folder that the command line uses."""
    monkeypatch.setenv("CHARTGAP_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


def chartgap(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def assert_refused(result: Result, *words: str) -> None:
    assert result.exit_code == WRONG_USE
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert result.stderr.startswith("chartgap: ")
    for word in words:
        assert word in result.stderr


def test_version_is_the_installed_one():
    assert chartgap("version").output.strip() == f"chartgap {version('chartgap')}"


def test_run_without_a_landing_folder_says_where_and_what_to_do(data):
    assert_refused(chartgap("run"), str(data / "landing"), "--landing")
    assert not data.exists()


def test_run_on_a_named_folder_that_is_missing_names_that_folder(data, tmp_path):
    elsewhere = tmp_path / "elsewhere"

    assert_refused(chartgap("run", "--landing", elsewhere), str(elsewhere))


def test_run_refuses_an_unreadable_as_of_time(data):
    (data / "landing").mkdir(parents=True)

    assert_refused(chartgap("run", "--as-of", "yesterday"), "ISO time")


@pytest.mark.parametrize("name", ["a[b]", "a*", "a?"])
def test_a_data_folder_that_reads_as_a_pattern_is_refused(tmp_path, monkeypatch, name):
    monkeypatch.setenv("CHARTGAP_DATA_DIR", str(tmp_path / name))

    assert_refused(chartgap("run"), "CHARTGAP_DATA_DIR: the path of the data folder")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["run", "status", "demo"])
def test_a_wrong_setting_is_named_and_not_repeated(data, monkeypatch, command):
    monkeypatch.setenv("CHARTGAP_WORKERS", "pa55")
    monkeypatch.setenv("CHARTGAP_SETTLE_SECONDS", "-1")
    monkeypatch.setenv("CHARTGAP_MEMORY", "plenty")

    result = chartgap(command)

    assert_refused(
        result,
        "CHARTGAP_WORKERS: ",
        "CHARTGAP_SETTLE_SECONDS: ",
        "CHARTGAP_MEMORY: write a number and a unit",
    )
    assert "pa55" not in result.stderr


def test_status_before_the_first_publication_says_what_to_run(data):
    assert_refused(chartgap("status"), "chartgap run", "chartgap demo")


def test_status_on_a_damaged_publication_says_what_to_run(data):
    (data / "published").mkdir(parents=True)
    (data / "published" / "chartgap.duckdb").write_bytes(b"no database")

    assert_refused(chartgap("status"), "cannot be read", "chartgap run")


def test_demo_never_mixes_with_files_of_a_sender(data):
    (data / "landing").mkdir(parents=True)
    (data / "landing" / "synthetic.csv").write_text("payer_id\n")

    assert_refused(chartgap("demo", "--encounters", "1"), "no simulation wrote")
    assert [path.name for path in data.rglob("*.*")] == ["synthetic.csv"]


def test_demo_never_mixes_two_practices(data):
    chartgap("simulate", "--out", data, "--encounters", "3", "--seed", "1")
    before = {path: path.read_bytes() for path in data.rglob("*") if path.is_file()}

    assert_refused(chartgap("demo", "--encounters", "4", "--seed", "1"), "other param")
    assert before == {
        path: path.read_bytes() for path in data.rglob("*") if path.is_file()
    }


def test_demo_refuses_a_damaged_record_of_a_simulation(data):
    (data / "truth").mkdir(parents=True)
    (data / "truth" / "parameters.json").write_text(json.dumps({"seed": 7}))

    assert_refused(chartgap("demo"), "not the record of a simulation")


def test_simulate_refuses_an_unknown_defect_and_names_the_known(tmp_path):
    out = tmp_path / "out"

    result = chartgap(
        "simulate", "--out", out, "--encounters", "1", "--seed", "1", "--defects", "x"
    )

    assert_refused(result, "'x'", "note_unsigned")
    assert not out.exists()


def test_simulate_writes_files_and_truth_beside_them(tmp_path):
    out = tmp_path / "out"

    result = chartgap("simulate", "--out", out, "--encounters", "2", "--seed", "1")

    assert result.exit_code == 0
    assert any((out / "landing").rglob("*.*"))
    assert (out / "truth" / "parameters.json").is_file()


def test_simulate_delivers_in_two_parts_and_says_where_the_second_is(tmp_path):
    command = ["simulate", "--out", tmp_path, "--encounters", "9", "--seed", "1"]

    result = chartgap(*command, "--split-at", "2026-10-01T00:00:00Z")

    assert result.exit_code == 0
    assert f"{tmp_path / 'landing-later'}" in result.output
    assert any((tmp_path / "landing").rglob("*.csv"))
    assert any((tmp_path / "landing-later").rglob("*.csv"))


@pytest.mark.parametrize(
    ("split_at", "reason"), [("noon", "ISO time"), ("2027-01-01", "is not before")]
)
def test_simulate_refuses_a_split_at_no_time_within(tmp_path, split_at, reason):
    command = ["simulate", "--out", tmp_path / "out", "--encounters", "1"]

    result = chartgap(*command, "--seed", "1", "--split-at", split_at)

    assert_refused(result, "split", reason)
    assert not (tmp_path / "out").exists()


def test_demo_takes_no_part_of_a_practice_for_the_practice(data):
    command = ["simulate", "--out", data, "--encounters", "3", "--seed", "1"]
    chartgap(*command, "--split-at", "2026-10-01")

    assert_refused(chartgap("demo", "--encounters", "3", "--seed", "1"), "other param")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-10-31T12:00:00Z", datetime(2026, 10, 31, 12, tzinfo=UTC)),
        ("2026-10-31T12:00:00-05:00", datetime(2026, 10, 31, 17, tzinfo=UTC)),
        ("2026-10-31", datetime(2026, 10, 31, tzinfo=UTC)),
    ],
)
def test_an_as_of_time_is_utc_unless_it_says_otherwise(text, moment):
    assert read_as_of(text) == moment


def test_an_unreadable_as_of_time_is_refused():
    with pytest.raises(AsOfError, match="ISO time"):
        read_as_of("yesterday")


def told(console: Console) -> None:
    with TerminalProgress(console) as progress:
        for done in range(1, 201):
            progress("Reading files", done, 200)
        progress("Publishing", 0, None)


def test_progress_in_a_file_is_one_plain_line_per_step():
    output = io.StringIO()

    told(Console(file=output))

    assert output.getvalue().splitlines() == ["Reading files ... 0%", "Publishing ..."]


def test_progress_in_a_terminal_is_a_bar_that_fills():
    output = io.StringIO()

    told(Console(file=output, force_terminal=True, width=100))

    assert "━" in output.getvalue()
    assert "100%" in output.getvalue()


def test_progress_without_colour_has_no_colour():
    output = io.StringIO()

    told(Console(file=output, force_terminal=True, no_color=True, width=100))

    assert "\x1b[3" not in output.getvalue().replace("\x1b[3m", "")
