"""The page as a file: what it says, what it allows, how it takes its place."""

import base64
import hashlib
import os
import re
from pathlib import Path

import duckdb
import pytest

from orchestration.page.build import PageResult, build_page

MARTS = Path(__file__).parent.parent / "browser" / "page_marts.sql"
PUBLISHED = 1_748_844_720  # Monday 2 June 2025, 06:12 UTC


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "practice.duckdb"
    execute(path, MARTS.read_text())
    return path


def execute(database: Path, sql: str) -> None:
    """Run `sql`, then give the file a time of its own again."""
    with duckdb.connect(str(database)) as connection:
        connection.execute(sql)
    os.utime(database, (PUBLISHED, PUBLISHED))


def html_of(database: Path) -> str:
    return build_page(database, database.with_name("index.html")).path.read_text()


def add_item(database: Path, **values: str) -> None:
    names, literals = ", ".join(values), ", ".join(values.values())
    execute(database, f"insert into marts.rpt_worklist ({names}) values ({literals})")


def tile(html: str, name: str) -> str:
    found = re.search(rf'data-tile="{name}">(.*?)</div>', html, re.DOTALL)
    assert found is not None
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[1])).strip()


def test_the_result_counts_what_was_written(database, tmp_path) -> None:
    execute(
        database,
        "insert into marts.rpt_stage_counts (stage, is_open, encounter_count)"
        " values ('visit', true, 4), ('closed', false, 38)",
    )
    add_item(database, encounter_id="'E-1'")
    out = tmp_path / "published" / "index.html"
    assert build_page(database, out) == PageResult(
        path=out,
        size_bytes=out.stat().st_size,
        encounter_count=42,
        waiting_count=1,
    )


def test_the_same_database_gives_the_same_bytes(database) -> None:
    add_item(database, encounter_id="'E-1'")
    assert html_of(database) == html_of(database)


def test_publication_is_the_time_of_the_database_file(database) -> None:
    assert "Published Monday 2 June 2025, 06:12 UTC" in html_of(database)


def test_a_failed_build_leaves_the_last_page_in_place(database, tmp_path) -> None:
    out = tmp_path / "index.html"
    build_page(database, out)
    before = out.read_bytes()
    execute(database, "drop table marts.rpt_worklist")
    with pytest.raises(duckdb.CatalogException):
        build_page(database, out)
    assert out.read_bytes() == before


def test_the_page_takes_its_place_by_rename_and_leaves_nothing_behind(
    database, tmp_path
) -> None:
    out = tmp_path / "index.html"
    out.write_text("old")
    with out.open() as reader:
        build_page(database, out)
        assert reader.read() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "index.html",
        "practice.duckdb",
    ]


def test_the_database_is_opened_read_only(database) -> None:
    with duckdb.connect(str(database), read_only=True):
        html_of(database)
    assert database.stat().st_mtime == PUBLISHED


def test_a_missing_database_is_an_error_and_is_not_created(tmp_path) -> None:
    with pytest.raises(FileNotFoundError):
        build_page(tmp_path / "none.duckdb", tmp_path / "index.html")
    assert list(tmp_path.iterdir()) == []


def test_the_policy_allows_exactly_the_style_and_the_script_of_the_page(
    database,
) -> None:
    html = html_of(database)
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)
    assert policy is not None
    allowed = policy[1].replace("&#39;", "'")
    for tag in ("style", "script"):
        [body] = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in allowed
    assert allowed.startswith("default-src 'none'")
    assert "unsafe" not in allowed


def test_the_page_names_no_other_file_or_host(database) -> None:
    html = html_of(database)
    links = re.findall(r"""(?:src|href)\s*=\s*["']([^"']*)""", html)
    assert {link.split(":")[0] for link in links if not link.startswith("#")} == {
        "data"
    }
    assert " style=" not in html
    assert not re.search(r"\son[a-z]+=", html)


def test_expected_money_counts_what_is_known_and_says_what_is_not(database) -> None:
    add_item(database, expected_amount="100.50", charged_amount="200")
    add_item(database, expected_amount="null", charged_amount="50")
    text = tile(html_of(database), "expected")
    assert text == "Expected money waiting $101 not known for 1; $250 charged"


def test_expected_money_that_nobody_knows_is_not_zero(database) -> None:
    add_item(database, charged_amount="50")
    text = tile(html_of(database), "expected")
    assert text == "Expected money waiting Not known yet $50 charged"


def test_an_unbalanced_control_is_named_and_opened(database) -> None:
    execute(
        database,
        "insert into marts.rpt_reconciliation values"
        " ('records_received', 's', 'x12', 10, 10, 0),"
        " ('claims_matched', 's', 'claims', 10, 9, 1)",
    )
    html = html_of(database)
    assert "1 of 2 control totals does not balance" in html
    assert "<details open>" in html


def test_balanced_controls_say_that_every_record_is_accounted_for(database) -> None:
    execute(
        database,
        "insert into marts.rpt_reconciliation values"
        " ('records_received', 's', 'x12', 10, 10, 0)",
    )
    assert "Every record is accounted for" in html_of(database)


def test_a_control_without_a_difference_is_not_taken_as_balanced(database) -> None:
    execute(
        database,
        "insert into marts.rpt_reconciliation (control) values ('records_received')",
    )
    assert "does not balance" in html_of(database)


def test_texts_of_the_marts_are_escaped(database) -> None:
    execute(
        database,
        "insert into marts.rpt_stage_counts (stage, stage_label, is_open,"
        """ encounter_count) values ('"><b>', '<b>bold</b>', true, 1)""",
    )
    html = html_of(database)
    assert "<b>" not in html
    assert "&lt;b&gt;bold&lt;/b&gt;" in html


def test_provider_names_stand_only_in_the_worklist(database) -> None:
    add_item(database, provider_name="'Synthetic Provider'")
    html = html_of(database)
    figures, data = html.split('<script type="application/json"')
    assert "Synthetic Provider" in data
    assert "Synthetic Provider" not in figures


def test_a_reason_that_is_no_delay_says_so(database) -> None:
    add_item(database, primary_blocker_code="'PAY-02'")
    execute(
        database,
        "insert into marts.dim_blockers (blocker_code, is_delay)"
        " values ('PAY-02', false)",
    )
    assert "not a delay" in html_of(database)


def test_reasons_beyond_the_table_are_still_counted(database) -> None:
    for number in range(11):
        add_item(database, primary_blocker_code=f"'B-{number:02}'")
    assert "3 further reasons with 3 encounters" in html_of(database)
