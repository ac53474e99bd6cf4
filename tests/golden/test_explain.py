"""`chartgap explain`: what it says of an encounter stands in the file that it names."""

import csv
import re
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner, Result

from orchestration.cli import app
from orchestration.explain import ExplainError, read_explanation

ENCOUNTERS = 150
# A column of each CSV feed that holds the milestone which the record proves.
PROVED_BY = {
    "csv_encounter_started": "started_at",
    "csv_document_created": "created_at",
    "csv_document_signed": "signed_at",
    "csv_charge_entered": "entered_at",
    "csv_claim_created": "created_at",
}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory, run_on: Any) -> Path:
    """Run a small practice whose feeds come as CSV from one of its systems."""
    data = tmp_path_factory.mktemp("explain")
    command = ["simulate", "--out", str(data), "--encounters", str(ENCOUNTERS)]
    simulated = CliRunner().invoke(app, [*command, "--seed", "4"])
    assert simulated.exit_code == 0, simulated.output
    ran = run_on(data / "landing", data, "--as-of", "2026-10-31T12:00:00Z")
    assert ran.code == 0, ran.output
    return data


def query(data: Path, text: str) -> list[tuple[Any, ...]]:
    database = str(data / "published" / "chartgap.duckdb")
    with duckdb.connect(database, read_only=True) as connection:
        return connection.execute(text).fetchall()


def explain(data: Path, *arguments: str) -> Result:
    environment = {"CHARTGAP_DATA_DIR": str(data), "COLUMNS": "200"}
    return CliRunner().invoke(app, ["explain", *arguments], env=environment)


def rows_of(path: Path) -> list[dict[str, str]]:
    """Read a CSV file whose delimiter is the first sign of its header that is none."""
    text = path.read_text("utf-8-sig")
    delimiter = re.search(r"[^\w\s\"]", text)
    assert delimiter is not None
    return list(csv.DictReader(text.splitlines(), delimiter=delimiter[0]))


def test_every_record_that_proves_a_milestone_holds_its_time(data: Path) -> None:
    """Opened with another reader, at the position that is given."""
    proofs = 0
    for (encounter_id,) in query(
        data,
        "select encounter_id from marts.fct_encounters order by encounter_id limit 60",
    ):
        found = read_explanation(data / "published", data / "raw", encounter_id)
        for event in found.events:
            column = PROVED_BY.get(event[6])
            if column is None:
                continue
            row = rows_of(data / "landing" / found.file_names[event[7]])[event[8] - 1]
            assert row["encounter_id"] == encounter_id
            moment = duckdb.sql(
                f"select cast('{row[column]}' as timestamptz) at time zone 'UTC'"
            ).fetchall()
            assert moment == [(event[1],)]
            proofs += 1
    assert proofs > 50


def test_it_says_where_the_encounter_stands_whose_turn_it_is_and_what_to_do(
    data: Path,
) -> None:
    [(encounter_id, label, action)] = query(
        data,
        """
        select encounter_id, blocker_label, next_action
        from marts.rpt_worklist order by encounter_key limit 1
        """,
    )
    said = explain(data, encounter_id)
    assert said.exit_code == 0, said.output
    assert f"Encounter {encounter_id} of default" in said.output
    assert f"Held by: {label} (" in said.output
    assert f"To do: {action}" in said.output
    for heading in ("Timeline", "Blockers", "Waited for"):
        assert heading in said.output
    assert re.search(r"Service end .*, record \d+ ", said.output)


def test_the_key_of_the_worklist_works_like_the_id(data: Path) -> None:
    [(key, encounter_id)] = query(
        data, "select encounter_key, encounter_id from marts.rpt_worklist limit 1"
    )
    assert explain(data, key).output == explain(data, encounter_id).output


def test_waits_sum_to_the_whole_wait(data: Path) -> None:
    """From the end of care to closing, or to the moment the run looks from."""
    wrong = query(
        data,
        """
        with waits as (
            select
                encounter_key,
                sum(wait_seconds) as seconds,
                min(started_at) as started_at,
                max(ended_at) as ended_at
            from marts.fct_encounter_waits
            group by 1
        )

        select encounter_id
        from waits
        inner join marts.fct_encounters as encounters using (encounter_key)
        where
            seconds is distinct from epoch(ended_at - started_at)
            or started_at is distinct from service_end_at
            or ended_at is distinct from coalesce(
                case when stage = 'closed' then closed_at end,
                timestamp '2026-10-31 12:00:00'
            )
        """,
    )
    assert query(data, "select count(*) from marts.fct_encounter_waits")[0][0] > 300
    assert wrong == []


def test_an_encounter_that_is_not_there_is_refused_in_plain_words(data: Path) -> None:
    said = explain(data, "nobody")
    assert said.exit_code == 2
    assert "no published encounter has this id" in said.stderr


def test_an_id_of_two_sources_has_to_be_chosen(data: Path, tmp_path: Path) -> None:
    shutil.copytree(data / "published", tmp_path / "published")
    with duckdb.connect(str(tmp_path / "published" / "chartgap.duckdb")) as connection:
        connection.execute("create table copied as from marts.fct_encounters")
        connection.execute("update copied set data_source = 'other'")
        connection.execute("insert into marts.fct_encounters from copied")
        found = connection.execute("select min(encounter_id) from copied").fetchall()
    published, raw, asked = tmp_path / "published", tmp_path / "raw", found[0][0]
    with pytest.raises(ExplainError, match=r"default, other.*--source"):
        read_explanation(published, raw, asked)
    chosen = read_explanation(published, raw, asked, source="other")
    assert chosen.encounter["data_source"] == "other"


def test_without_a_publication_it_says_so(tmp_path: Path) -> None:
    said = explain(tmp_path, "E1")
    assert said.exit_code == 2
    assert "nothing has been published" in said.stderr
