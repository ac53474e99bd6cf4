"""What the documents list is what the code has."""

import json
import re
from pathlib import Path

from orchestration.feeds import FEEDS
from orchestration.settings import Settings

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


def test_every_runbook_heading_says_what_to_do() -> None:
    sections = re.split(r"^### ", text_of("docs/runbook.md"), flags=re.M)[1:]
    parts = ("- Meaning: ", "- First look: ", "- Remedy: ", "- Owner: ")
    incomplete = [
        section.splitlines()[0]
        for section in sections
        if not all(part.strip() in section for part in parts)
    ]

    assert sections
    assert incomplete == []
