"""The dictionary of marts and metrics as text, made from what defines them.

Holds what `make dictionary` writes: each metric with formula, population, censoring
rule and source (seed `metric_definitions`), and each published mart with its columns,
from the descriptions in dbt's manifest.
"""

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from orchestration.dbt_runner import prepare_manifest
from orchestration.postgres.shape import ServingTable, declared_shape
from orchestration.publish import PUBLISHED_SCHEMAS, RESTRICTED
from orchestration.settings import PROJECT_DIR

PAGE = PROJECT_DIR / "docs" / "marts.md"
METRICS = PROJECT_DIR / "seeds" / "metric_definitions.csv"
_INTRODUCTION = (
    "# Metrics and marts\n\n"
    "What the figures mean and where they are, made from the seed `metric_definitions`"
    " and the descriptions of the models by `make dictionary`; do not edit it here. The"
    " feeds that come in are in the [data dictionary](data-dictionary.md).\n"
)


_DIAGRAM_WORDS = (
    "Facts and dimensions with their keys; reports (`rpt_`) have the same keys, where "
    "they have any. A column that is called as the key of another table refers to it.\n"
)


def read_metrics(path: Path = METRICS) -> list[dict[str, str]]:
    """Return the rows of the seed of metrics, numbered ones first, in their order."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return sorted(
        rows, key=lambda row: (len(row["metric_code"]) > len("m00"), row["metric_code"])
    )


def read_marts(manifest: Path) -> list[dict[str, Any]]:
    """Return the models of a manifest that readers see, by name."""
    nodes = json.loads(manifest.read_text("utf-8"))["nodes"].values()
    return sorted(
        (
            node
            for node in nodes
            if node["resource_type"] == "model"
            and node["schema"] in PUBLISHED_SCHEMAS
            and node["name"] not in RESTRICTED
        ),
        key=lambda node: str(node["name"]),
    )


def read_entities(manifest: Path) -> list[ServingTable]:
    """Return facts and dimensions with their keys and what these refer to."""
    marts = read_marts(manifest)
    names = {
        (node["schema"], node["name"])
        for node in marts
        if node["schema"] == "marts"
        and node["name"].startswith(("dim_", "fct_", "bridge_"))
    }
    found = declared_shape(json.loads(manifest.read_text("utf-8")), names)
    return [table for table in found if table.schema == "marts"]


def dictionary_page(
    metrics: list[dict[str, str]],
    marts: list[dict[str, Any]],
    entities: list[ServingTable],
) -> str:
    """Return the page: how marts hang together, each metric and each mart."""
    blocks = [_INTRODUCTION, "## Entities\n", _DIAGRAM_WORDS, *_diagram(entities), ""]
    blocks.append("## Metrics\n")
    blocks += ["\n".join(_metric(row)) for row in metrics]
    blocks.append("## Marts\n")
    blocks += ["\n".join(_mart(node)) for node in marts]
    return "\n".join(blocks)


def _diagram(entities: list[ServingTable]) -> list[str]:
    """Return a diagram of tables, their keys and what refers to what."""
    lines = ["```mermaid", "erDiagram"]
    for table in entities:
        referring = {one.column for one in table.references}
        lines.append(f"    {table.name} {{")
        for column in table.columns:
            marks = [
                mark
                for mark, is_so in (
                    ("PK", table.is_primary and column.name in table.key),
                    ("FK", column.name in referring),
                )
                if is_so
            ]
            if marks:
                kind = column.type.split("(")[0].split()[0]
                lines.append(f"        {kind} {column.name} {', '.join(marks)}")
        lines.append("    }")
    lines += [
        f"    {one.table[1]} ||--o{{ {table.name} : {one.column}"
        for table in entities
        for one in table.references
    ]
    return [*lines, "```"]


def _metric(row: Mapping[str, str]) -> list[str]:
    where = f"`{row['source_model']}`" if row["source_model"] else "not made"
    lines = [
        f"### {row['metric_code']}: {row['label']}\n",
        f"- **Formula**: {row['formula']} In {row['unit']}.",
        f"- **Population**: {row['population']}",
        f"- **Censoring**: {row['censoring_rule']}",
        f"- **Where**: {where}",
        f"- **Source**: {row['source']}",
    ]
    if row["missing_reason"]:
        lines.append(f"- **Why not**: {row['missing_reason']}")
    return [*lines, ""]


def _mart(node: Mapping[str, Any]) -> list[str]:
    lines = [
        f"### {node['schema']}.{node['name']}\n",
        f"{_one_line(node['description'])}\n",
        "| column | type | meaning |",
        "|---|---|---|",
    ]
    lines += [
        f"| {name} | {column['data_type']} | {_one_line(column['description'])} |"
        for name, column in node["columns"].items()
    ]
    return [*lines, ""]


def _one_line(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def main() -> None:
    """Write the page."""
    manifest = prepare_manifest()
    text = dictionary_page(
        read_metrics(), read_marts(manifest), read_entities(manifest)
    )
    PAGE.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
