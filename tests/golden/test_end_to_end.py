"""From the command line to what readers open, on a small simulated practice."""

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
import yaml

from orchestration.validation import read_suites
from tests.golden import metrics
from tests.golden.publications import asked

CHARTGAP = Path(sys.executable).with_name("chartgap")
ENCOUNTERS = 120
PROJECT_DIR = Path(__file__).resolve().parents[2]
SEMANTIC_MODELS = PROJECT_DIR / "models" / "marts" / "semantic_models.yml"


@dataclass(frozen=True)
class Answer:
    """What one command came to."""

    code: int
    output: str
    errors: str

    @property
    def text(self) -> str:
        return self.output + self.errors


def chartgap(data: Path, *arguments: str, **settings: str) -> Answer:
    done = subprocess.run(
        [CHARTGAP, *arguments],
        env={"CHARTGAP_DATA_DIR": str(data), "PATH": "/usr/bin:/bin", **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    return Answer(done.returncode, done.stdout, done.stderr)


def demo(data: Path) -> Answer:
    return chartgap(data, "demo", "--encounters", str(ENCOUNTERS), "--seed", "7")


def contents(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Return every file below a folder with its time and its bytes."""
    return {
        str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("practice") / "data"


@pytest.fixture(scope="module")
def first(data: Path) -> Answer:
    return demo(data)


@pytest.fixture(scope="module")
def status(first: Answer, data: Path) -> Answer:
    return chartgap(data, "status")


# Each additive metric of the semantic layer, and the same in plain SQL.
METRICS = {
    "encounters": "count(*) from marts.fct_encounters",
    "open_encounters": "count(*) from marts.fct_encounters semi join"
    " (from seeds.stages where is_open) using (stage)",
    "incomplete_documentation": "count(*) filter (where stage = 'documentation')"
    " from marts.fct_encounters",
    "unknown_stage_encounters": "count(*) filter (where stage = 'unknown')"
    " from marts.fct_encounters",
    "unknown_share": "avg((stage = 'unknown')::int) from marts.fct_encounters",
    "charged": "sum(charged_amount) from marts.fct_encounters",
    "expected": "sum(expected_amount) from marts.fct_encounters",
    "paid": "sum(paid_amount) from marts.fct_encounters",
    "unbilled_expected": "sum(unbilled_expected_amount) from marts.rpt_unbilled_money",
    "claims": "count(*) from marts.fct_claims where claim_standing = 'live'",
    "denied_claims": "count(*) filter (where is_denied) from marts.fct_claims"
    " where claim_standing = 'live'",
    "claimed": "sum(claim_amount) from marts.fct_claims where claim_standing = 'live'",
    "denials": "count(*) from marts.fct_denials where not is_taken_back",
    "denied": "coalesce(sum(amount), 0) from marts.fct_denials where not is_taken_back",
    "charges": "count(*) filter (where is_charged) from marts.fct_charges",
    "entered": "sum(amount) from marts.fct_charges",
    "gaps": "count(*) filter (where result = 'not_met')"
    " from marts.fct_documentation_gaps",
    "judged_requirements": "count(*) filter (where result <> 'unknown')"
    " from marts.fct_documentation_gaps",
    "requirement_gap_rate": "count(*) filter (where result = 'not_met') / count(*)"
    " from marts.fct_documentation_gaps where result <> 'unknown'",
}


def test_metrics_of_the_semantic_layer_are_those_of_the_marts(
    first: Answer, data: Path, tmp_path: Path
) -> None:
    """By MetricFlow, as a BI tool asks; each metric of the layer is asked for."""
    assert first.code == 0
    declared = yaml.safe_load(SEMANTIC_MODELS.read_text("utf-8"))["metrics"]
    assert sorted(METRICS) == sorted(metric["name"] for metric in declared)

    [found] = metrics.query(data, tmp_path, "--metrics", ",".join(METRICS))

    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as warehouse:
        for name, query in METRICS.items():
            [(expected,)] = warehouse.execute(f"select {query}").fetchall()
            assert float(found[name]) == pytest.approx(float(expected)), name


def test_the_publication_is_brought_to_postgresql_and_is_the_same(
    first: Answer, data: Path, url: str
) -> None:
    assert first.code == 0

    brought = chartgap(data, "publish", CHARTGAP_POSTGRES_URL=url)

    assert brought.code == 0, brought.text
    assert "PostgreSQL has the last publication" in brought.output
    query = (
        "select stage, count(*), sum(expected_amount) from marts.fct_encounters"
        " group by 1 order by 1"
    )
    published = str(data / "published" / "chartgap.duckdb")
    with duckdb.connect(published, read_only=True) as database:
        assert asked(url, query) == database.execute(query).fetchall()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "CHARTGAP_POSTGRES_URL is not set"),
        (
            {"CHARTGAP_POSTGRES_URL": "postgresql://nobody@127.0.0.1:1/none"},
            "cannot be reached",
        ),
    ],
)
def test_without_postgresql_publishing_to_it_says_what_to_do(
    first: Answer, data: Path, settings: dict[str, str], words: str
) -> None:
    assert first.code == 0

    refused = chartgap(data, "publish", **settings)

    assert refused.code != 0
    assert words in " ".join(refused.text.split())
    assert "Traceback" not in refused.text


@pytest.fixture(scope="module")
def broken(status: Answer, data: Path) -> tuple[Answer, dict, dict]:
    """Run the demo again after a sender left out a key; what was there before."""
    published, landing = contents(data / "published"), contents(data / "landing")
    (data / "landing" / "synthetic-payers.csv").write_text(
        'payer_id,payer_name\n"",Nobody\nY9,Somebody\n'
    )
    return demo(data), published, landing


def numbers(text: str) -> list[int]:
    return [int(number.replace(",", "")) for number in re.findall(r"[\d,]*\d", text)]


def test_the_demo_succeeds_and_shows_how_far_it_is(first: Answer):
    assert first.code == 0, first.text
    assert "Traceback" not in first.text
    steps = [line.split(" ...")[0] for line in first.errors.splitlines()]
    assert list(dict.fromkeys(steps)) == [
        "Simulating",
        "Starting",
        "Reading files",
        "Checking what came in",
        "Finding what has changed",
        "Building the warehouse",
        "Publishing",
    ]


def test_every_record_is_accounted_for_in_print(first: Answer):
    (line,) = [line for line in first.output.splitlines() if "received =" in line]

    received, loaded, duplicate, rejected, files = numbers(line)
    assert received == loaded + duplicate + rejected > ENCOUNTERS
    assert files > 0


def test_every_encounter_is_in_exactly_one_stage(first: Answer, data: Path):
    rows = [line.split("│") for line in first.output.splitlines() if "│" in line]
    stages = rows[: [row[1].strip() for row in rows].index("all")]

    assert sum(int(row[2]) for row in stages) == ENCOUNTERS
    with duckdb.connect(str(data / "published/chartgap.duckdb"), read_only=True) as db:
        assert db.sql("select count(*) from marts.fct_encounters").fetchone() == (
            ENCOUNTERS,
        )


def test_the_summary_says_what_waits_and_where_to_look(first: Answer, data: Path):
    assert re.search(r"Money waiting: \$[\d,]+ expected \(\$[\d,]+ ch", first.output)
    assert "Top blockers" in first.output
    assert str(data / "published" / "index.html") in first.output
    assert str(data / "published" / "chartgap.duckdb") in first.output


def test_missing_notes_are_flagged_and_do_not_stop_publication(first: Answer, data):
    (line,) = re.findall(r"warning +(\d+)  finished_visit_has_a_note", first.output)
    with duckdb.connect(str(data / "published/chartgap.duckdb"), read_only=True) as db:
        missing = db.sql(
            "select count(*) from marts.fct_documentation_gaps"
            " where missing_item = 'note'"
        ).fetchone()

    assert missing == (int(line),)
    assert "docs/runbook.md#missing-note" in first.output


def test_results_of_every_expectation_are_published_and_keys_are_not(
    first: Answer, data: Path
):
    declared = {
        (suite.name, expectation.id)
        for suite in read_suites()
        for expectation in suite.expectations
    }
    with duckdb.connect(str(data / "published/chartgap.duckdb"), read_only=True) as db:
        results = db.sql(
            "select suite, expectation, count(distinct run_id)"
            " from ops.fct_expectation_results group by all"
        ).fetchall()
        tables = db.sql("select table_name from information_schema.tables").fetchall()
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as db:
        keys = db.sql(
            "select count(*) from ops.expectation_failures join marts.fct_encounters"
            " on record_key = encounter_key"
        ).fetchone()

    assert {(suite, expectation) for suite, expectation, _ in results} == declared
    assert {runs for _, _, runs in results} == {1}
    assert ("expectation_failures",) not in tables
    assert keys > (0,)


def test_status_reports_the_run_and_balances(status: Answer):
    assert status.code == 0, status.text
    assert "succeeded" in status.output
    assert "finished_visit_has_a_note" in status.output
    assert re.search(r"records\s.*│ +0 │", status.output)


def test_run_history_names_no_file_and_no_record(first: Answer, data: Path):
    """A sender's file name is about a patient as often as not."""
    history = b"".join(
        path.read_bytes()
        for path in sorted((data / "dagster").rglob("*"))
        if path.is_file()
    )
    names = {path.name for path in (data / "landing").rglob("*") if path.is_file()}

    assert len(history) > 100_000, "there is a history"
    assert b"every_record_is_accounted_for" in history
    assert [name for name in sorted(names) if name.encode() in history] == []


def test_the_same_demo_again_rewrites_no_landing_file(broken, data: Path):
    _, _, landing = broken

    now = contents(data / "landing")
    assert {name: now.get(name) for name in landing} == landing


def test_an_error_stops_publication_and_leaves_the_last_one(broken, data: Path):
    answer, published, _ = broken

    assert answer.code == 1, answer.text
    assert "Traceback" not in answer.text
    assert re.search(r"error +1  payer_id_is_present", answer.output)
    assert "docs/runbook.md#key-missing" in answer.output
    assert "Not published" in answer.output
    assert contents(data / "published") == published


def test_status_after_a_stopped_run_shows_the_old_publication(broken, data: Path):
    answer = chartgap(data, "status")

    assert answer.code == 1, answer.text
    assert "nothing was published" in answer.output
    assert "payer_id_is_present" in answer.output


def test_a_failed_run_raises_alerts_that_the_warehouse_shows_too(broken, data: Path):
    """The list is read from the log, the view of the warehouse from the same files."""
    answer = chartgap(data, "alerts")

    assert answer.code == 0, answer.text
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as db:
        incidents = db.sql(
            "select alert_key, alert_code, runbook from ops.fct_alerts"
            " where resolved_at is null"
        ).fetchall()
    assert {"check_failed", "publish_stopped"} <= {code for _, code, _ in incidents}
    assert {"key-missing", "missing-note"} <= {heading for *_, heading in incidents}
    assert [key for key, *_ in incidents if key not in answer.output] == []
