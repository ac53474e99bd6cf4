"""LookML for the marts in PostgreSQL: views, explores, measures and a dashboard.

Made from dbt's manifest: columns and what they mean from the contracts, joins from the
keys, measures from the semantic models. Nothing is asked of a database.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import lkml
import yaml

from orchestration.postgres.shape import Column, ServingTable, declared_shape

MODEL = "chartgap"
_DAY = ["date", "week", "month", "quarter", "year", "day_of_week"]
_MOMENT = ["time", "hour", *_DAY]
_KINDS = {"text": "string", "boolean": "yesno"}
_TIME = "timestamp without time zone"
_MARTS = "marts"
Field = dict[str, Any]


def write_lookml(
    manifest: Mapping[str, Any],
    names: Collection[tuple[str, str]],
    connection: str,
    out: Path,
) -> int:
    """Write the files of a LookML project; return how many.

    `names` are schema and name of the marts; `connection` is Looker's own name of the
    PostgreSQL database. Files that are there under the same names are replaced.
    """
    tables = [
        table for table in declared_shape(manifest, names) if table.schema == _MARTS
    ]
    measures = read_measures(manifest)
    files = {
        f"views/{table.name}.view.lkml": _text(
            {"views": [view_of(table, measures.get(table.name, []))]}
        )
        for table in tables
    }
    files[f"{MODEL}.model.lkml"] = _text(
        {
            "connection": connection,
            "includes": ["views/*.view.lkml", "dashboards/*.dashboard.lookml"],
            "explores": [explore_of(table) for table in tables],
        }
    )
    files["dashboards/gap_overview.dashboard.lookml"] = yaml.safe_dump(
        [_DASHBOARD], sort_keys=False, allow_unicode=True
    )
    for name, text in files.items():
        file = out / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return len(files)


def _text(found: Field) -> str:
    return f"{lkml.dump(found)}\n"


def read_measures(manifest: Mapping[str, Any]) -> dict[str, list[dict[str, str]]]:
    """Return by mart what its semantic model sums: name, expression, description."""
    return {
        model["node_relation"]["alias"]: [
            {
                "name": measure["name"],
                "sql": measure["expr"] or measure["name"],
                "description": measure["description"],
            }
            for measure in model["measures"]
            if measure["agg"] == "sum"
        ]
        for model in manifest["semantic_models"].values()
    }


def view_of(table: ServingTable, measures: list[dict[str, str]]) -> Field:
    """Return the view of a mart: a field for each column, a count, and its sums."""
    times = [one for one in table.columns if one.type in ("date", _TIME)]
    others = [one for one in table.columns if one not in times]
    is_sole_key = table.is_primary and len(table.key) == 1
    taken = {one.name for one in others}
    groups = [_group(one, taken) for one in times]
    taken |= {
        f"{group['name']}_{frame}" for group in groups for frame in group["timeframes"]
    }
    return {
        "name": table.name,
        "label": _label(table.name.partition("_")[2]),
        "sql_table_name": f"{table.schema}.{table.name}",
        "dimensions": [
            _dimension(one, is_key=is_sole_key and one.name in table.key)
            for one in others
        ],
        "dimension_groups": groups,
        "measures": [
            {"name": "row_count", "type": "count", "label": "Rows"},
            *(_measure(one, table, taken) for one in measures),
        ],
    }


def explore_of(table: ServingTable) -> Field:
    """Return the explore of a mart, joined to what its keys refer to."""
    return {
        "name": table.name,
        "description": _quotable(table.comment),
        "joins": [
            {
                "name": one.table[1],
                "type": "left_outer",
                "relationship": "many_to_one",
                "sql_on": f"${{{table.name}.{one.column}}} = "
                f"${{{one.table[1]}.{one.key}}}",
            }
            for one in table.references
            if one.table[0] == _MARTS and one.column not in _dates(table)
        ],
    }


def _dates(table: ServingTable) -> set[str]:
    """Return the columns that are groups of fields, which a join cannot name."""
    return {one.name for one in table.columns if one.type in ("date", _TIME)}


def _dimension(column: Column, *, is_key: bool) -> Field:
    found: Field = {"name": column.name}
    if is_key:
        found["primary_key"] = "yes"
    if column.name.endswith("_key"):
        found["hidden"] = "yes"
    found |= {
        "type": _KINDS.get(column.type, "number"),
        "sql": f"${{TABLE}}.{column.name}",
        "description": _quotable(column.comment),
    }
    return found | _formatted(column.name)


def _group(column: Column, taken: Collection[str]) -> Field:
    is_day = column.type == "date"
    short = re.sub(r"_(at|date)$", "", column.name)
    clashes = any(f"{short}_{frame}" in taken for frame in _MOMENT)
    return {
        "name": column.name if clashes else short,
        "type": "time",
        "timeframes": _DAY if is_day else _MOMENT,
        "datatype": "date" if is_day else "timestamp",
        "convert_tz": "no" if is_day else "yes",
        "sql": f"${{TABLE}}.{column.name}",
        "description": _quotable(column.comment),
    }


def _measure(
    measure: Mapping[str, str], table: ServingTable, taken: Collection[str]
) -> Field:
    name = measure["name"]
    words = "|".join(map(re.escape, sorted(table.names, key=len, reverse=True)))
    sql = re.sub(rf"\b({words})\b(?!')", r"${TABLE}.\1", measure["sql"])
    return {
        "name": f"total_{name}" if name in taken else name,
        "type": "sum",
        "sql": sql,
        "description": _quotable(measure["description"]),
    } | _formatted(name)


def _formatted(name: str) -> Field:
    if name.endswith("_amount"):
        return {"value_format_name": "usd"}
    if name.endswith(("_share", "_rate")):
        return {"value_format_name": "percent_1"}
    return {}


def _label(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _quotable(text: str) -> str:
    """LookML has no way to write a quotation mark within one."""
    return " ".join(text.split()).replace('"', "'")


def _tiles() -> Iterator[Field]:
    """Yield the tiles of the dashboard: what waits, for whom, and why."""
    encounters = "fct_encounters"
    yield _tile(
        "Visits by stage",
        "looker_column",
        encounters,
        [f"{encounters}.stage", f"{encounters}.encounter_count"],
    )
    yield _tile(
        "Expected money that no payer has accepted, by who acts next",
        "looker_bar",
        encounters,
        [f"{encounters}.owner_role", f"{encounters}.unbilled_expected_amount"],
    )
    yield _tile(
        "Missing elements of documentation",
        "looker_bar",
        "fct_documentation_gaps",
        [
            "fct_documentation_gaps.missing_item",
            "fct_documentation_gaps.gap_count",
        ],
    )
    yield _tile(
        "Who waits for whom: the worklist",
        "looker_grid",
        "rpt_worklist",
        [
            "rpt_worklist.worklist_rank",
            "rpt_worklist.facility_name",
            "rpt_worklist.provider_name",
            "rpt_worklist.blocker_label",
            "rpt_worklist.owner_role",
            "rpt_worklist.next_action",
            "rpt_worklist.age_days",
            "rpt_worklist.expected_amount",
        ],
    )


def _tile(title: str, kind: str, explore: str, fields: list[str]) -> Field:
    order = f"{fields[0]} asc" if kind == "looker_grid" else f"{fields[1]} desc"
    return {
        "title": title,
        "name": title,
        "model": MODEL,
        "explore": explore,
        "type": kind,
        "fields": fields,
        "sorts": [order],
        "limit": 500,
    }


_DASHBOARD: Field = {
    "dashboard": "gap_overview",
    "title": "Where visits are stuck",
    "layout": "newspaper",
    "preferred_viewer": "dashboards-next",
    "elements": list(_tiles()),
}
