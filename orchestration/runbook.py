"""The runbook as text: its headings and their parts, and the page of expectations.

Holds what `make runbook` writes: one heading for each expectation, from its suite,
with the remedy of the heading of the runbook that it shares.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from orchestration.settings import PROJECT_DIR
from orchestration.validation import Suite, read_suites

PARTS = ("Meaning", "First look", "Remedy", "Owner")
RUNBOOK = PROJECT_DIR / "docs" / "runbook.md"
EXPECTATIONS = PROJECT_DIR / "docs" / "expectations.md"

_HEADING = re.compile(r"^### (.+)$", re.MULTILINE)
_END = re.compile(r"^#{1,3} ", re.MULTILINE)
_PART = re.compile(r"^- \*\*(.+?)\*\*: ?", re.MULTILINE)
_INTRODUCTION = (
    "# Expectations\n\n"
    "One heading per expectation of `expectations/`, made from the suites by"
    " `make runbook`; do not edit it here. An error stops publication, a warning is"
    " shown. A query is for the data folder (`raw/`) or the warehouse (`marts`) and"
    " lists keys, never values. The [runbook](runbook.md) has what expectations share,"
    " and everything else.\n"
)


def sections(text: str) -> dict[str, dict[str, str]]:
    """Return the parts of each third-level heading of a page."""
    found = {}
    for match in _HEADING.finditer(text):
        rest = text[match.end() :]
        end = _END.search(rest)
        pieces = _PART.split(rest[: end.start()] if end else rest)[1:]
        names, texts = pieces[::2], (piece.strip() for piece in pieces[1::2])
        found[match[1]] = dict(zip(names, texts, strict=True))
    return found


def expectations_page(suites: Sequence[Suite], runbook: str) -> str:
    """Return the page that has a heading for each expectation of `suites`.

    `runbook` is the text of the runbook, whose remedies they share.
    """
    remedies = {
        heading: parts.get("Remedy", "") for heading, parts in sections(runbook).items()
    }
    blocks = [_INTRODUCTION]
    for suite in suites:
        blocks.append(f"## {suite.name}\n")
        for declared in suite.definition["expectations"]:
            blocks.append("\n".join(_section(suite, declared, remedies)))
    return "\n".join(blocks)


def _section(
    suite: Suite, declared: dict[str, Any], remedies: dict[str, str]
) -> Iterator[str]:
    meta = declared["meta"]
    heading = meta["runbook"].rpartition("#")[2]
    severity = "an error" if declared["severity"] == "critical" else "a warning"
    yield f"### {suite.name}.{meta['id']}\n"
    yield f"- **Meaning**: {declared['description']} A failure is {severity}."
    if "first_look" in meta:
        yield f"- **First look**: {meta['first_look']}"
    else:
        query = meta["query"].replace("{rows}", _rows(suite))
        yield f"- **First look**:\n  ```sql\n  {query};\n  ```"
    yield f"- **Remedy**: {meta.get('remedy') or _shared(heading, remedies)}"
    yield f"- **Owner**: {meta['owner']}\n"


def _shared(heading: str, remedies: dict[str, str]) -> str:
    return f"{remedies.get(heading, '')} See [{heading}](runbook.md#{heading})."


def _rows(suite: Suite) -> str:
    layer, name = suite.asset[0], suite.asset[-1]
    return f"'raw/{name}/*.parquet'" if layer == "raw" else f"{layer}.{name}"


def write_expectations(page: Path = EXPECTATIONS) -> None:
    """Write the page of expectations."""
    runbook = RUNBOOK.read_text("utf-8")
    page.write_text(expectations_page(read_suites(), runbook), "utf-8")


if __name__ == "__main__":
    write_expectations()
