"""What the documents list is what the code has."""

import csv
import json
import re
from pathlib import Path

import pytest

from orchestration.dbt_runner import prepare_manifest
from orchestration.dictionary import (
    dictionary_page,
    read_entities,
    read_marts,
    read_metrics,
)
from orchestration.feeds import FEEDS
from orchestration.runbook import PARTS, expectations_page, sections
from orchestration.settings import Settings
from orchestration.validation import read_suites

PROJECT_DIR = Path(__file__).resolve().parents[2]
CSV_EXAMPLE = re.compile(r"```csv\n(.+)\n(.+)\n```")


def text_of(name: str) -> str:
    return (PROJECT_DIR / name).read_text("utf-8")


def headings_of(name: str, level: int) -> list[str]:
    return re.findall(rf"^#{{{level}}} (.+)$", text_of(name), re.MULTILINE)


def test_readme_lists_every_setting() -> None:
    listed = set(re.findall(r"^\| `CHARTGAP_(\w+)`", text_of("README.md"), re.M))

    assert listed == {name.upper() for name in Settings.model_fields}


def test_every_feed_is_in_the_data_dictionary_with_an_example() -> None:
    examples = CSV_EXAMPLE.findall(text_of("docs/data-dictionary.md"))
    described = set(headings_of("docs/data-dictionary.md", 2))
    headers = [tuple(header.split(",")) for header, _ in examples]

    assert headers == [feed.columns for feed in FEEDS.values()]
    assert all(header.count(",") == row.count(",") for header, row in examples)
    assert set(FEEDS) <= described


def test_the_data_dictionary_marks_the_columns_a_feed_cannot_do_without() -> None:
    text = text_of("docs/data-dictionary.md")
    required = [column for feed in FEEDS.values() for column in feed.required]

    assert re.findall(r"^\| \*\*(\w+)\*\* \|", text, re.M) == required


def test_every_expectation_names_a_runbook_heading() -> None:
    suites = sorted((PROJECT_DIR / "expectations").glob("*.json"))
    named = {
        expectation["meta"]["runbook"]
        for suite in suites
        for expectation in json.loads(suite.read_text("utf-8"))["expectations"]
    }

    assert named
    assert named <= set(headings_of("docs/runbook.md", 3))


PAGES = ("docs/runbook.md", "docs/expectations.md")


@pytest.mark.parametrize("page", PAGES)
def test_every_heading_says_meaning_first_look_remedy_and_owner(page: str) -> None:
    found = sections(text_of(page))
    incomplete = [
        heading
        for heading, parts in found.items()
        if tuple(parts) != PARTS or not all(parts.values())
    ]

    assert list(found) == headings_of(page, 3) != []
    assert incomplete == []


@pytest.mark.parametrize("part", PARTS)
def test_a_heading_without_one_of_the_parts_is_found(part: str) -> None:
    lines = [f"- **{name}**: text" for name in PARTS if name != part]

    assert tuple(sections("### a\n\n" + "\n".join(lines))["a"]) != PARTS


def test_every_alert_has_a_runbook_heading() -> None:
    with (PROJECT_DIR / "seeds" / "alert_rules.csv").open(newline="") as lines:
        named = {row["alert_code"]: row["runbook"] for row in csv.DictReader(lines)}

    assert len(named) > 10
    assert set(named.values()) <= set(headings_of("docs/runbook.md", 3))


def test_every_check_in_the_code_names_a_runbook_heading() -> None:
    named = {
        heading
        for path in (PROJECT_DIR / "orchestration").rglob("*.py")
        for heading in re.findall(r'"runbook": "([a-z-]+)"', path.read_text("utf-8"))
    }

    assert named >= {"alert-not-sent", "load-not-balanced"}
    assert named <= set(headings_of("docs/runbook.md", 3))


def test_every_expectation_has_a_heading_made_from_its_suite() -> None:
    """`make runbook` makes them again."""
    suites = read_suites()
    declared = [f"{s.name}.{item.id}" for s in suites for item in s.expectations]

    assert headings_of("docs/expectations.md", 3) == declared
    assert text_of("docs/expectations.md") == expectations_page(
        suites, text_of("docs/runbook.md")
    )


def test_the_dictionary_is_what_models_and_metrics_say() -> None:
    """After a change: `make dictionary`."""
    manifest = prepare_manifest()
    marts, entities = read_marts(manifest), read_entities(manifest)

    assert len(marts) > 40
    assert text_of("docs/marts.md") == dictionary_page(read_metrics(), marts, entities)
    assert "fct_encounters ||--o{ fct_encounter_waits" in text_of("docs/marts.md")


def test_each_metric_has_a_model_or_a_reason() -> None:
    marts = {node["name"] for node in read_marts(prepare_manifest())}
    metrics = read_metrics()
    numbers = {f"m{number:02d}" for number in range(1, 43)}

    assert numbers <= {row["metric_code"] for row in metrics}
    for row in metrics:
        assert bool(row["source_model"]) != bool(row["missing_reason"]), row
        assert row["source_model"] in marts | {""}, row
        assert "" not in (row["formula"], row["population"], row["censoring_rule"])
