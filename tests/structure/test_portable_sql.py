"""SQL outside dbt_project/macros is read alike by DuckDB, PostgreSQL and Spark.

Each model is rendered with its macros, the only place for SQL of one engine, replaced
by stand-ins, and parsed in the dialect of each engine. What is left may use the
functions below and no others: each exists in all three with the same meaning.
"""

import re
from functools import cache
from pathlib import Path

import jinja2
import pytest
import sqlglot
from sqlglot import exp

PROJECT_DIR = Path(__file__).resolve().parents[2]
MODELS = sorted((PROJECT_DIR / "models").rglob("*.sql"))
MACROS = "\n".join(
    path.read_text("utf-8")
    for path in sorted((PROJECT_DIR / "dbt_project" / "macros").glob("*.sql"))
)
DIALECTS = ("duckdb", "postgres", "spark")

# Macros that stand where a table or a join stands; all others are expressions.
TABLES = {
    "check_log",
    "new_batches",
    "newest_fhir",
    "newest_row",
    "month_closes",
    "newest_version",
    "raw",
}
JOINS = {"unnest_json", "list_places"}

PORTABLE = {
    "abs avg case cast coalesce count cume_dist exp extract first_value greatest lag"
    " lead least left length ln lower max min nullif percentile_cont rank replace right"
    " row_number sqrt stddev_samp substring sum timestamp_trunc trim upper"
    " logical_and logical_or group_concat"
}
# How the parser calls `and`, `or`, the branches of `case`, and a cast in Spark.
SYNTAX = {"and", "or", "if", "try_cast"}
ONE_ENGINE = (
    exp.Bracket,
    exp.Command,
    exp.JSONExtract,
    exp.JSONExtractScalar,
    exp.Lambda,
    exp.Lateral,
    exp.Pivot,
    exp.Qualify,
    exp.Unnest,
)


@cache
def environment() -> jinja2.Environment:
    """Return Jinja with a stand-in for each macro of the project."""
    names = set(re.findall(r"{%-? macro (\w+)", MACROS))
    assert names >= TABLES | JOINS, "a stand-in for a macro that is gone"
    made = jinja2.Environment(autoescape=False)
    made.globals.update({name: lambda *_, **__: "standing_in" for name in names})
    made.globals.update({name: lambda *_, **__: "some_rows" for name in TABLES})
    made.globals.update(
        {name: lambda *_, **__: "cross join more_rows" for name in JOINS}
    )
    made.globals.update(
        ref=lambda name: name, source=lambda _, name: name, config=lambda **_: ""
    )
    return made


def plain_sql(path: Path) -> str:
    return environment().from_string(path.read_text("utf-8")).render()


def not_portable(sql: str, dialect: str) -> list[str]:
    """Return what a statement says that not every engine understands alike."""
    tree = sqlglot.parse_one(sql, read=dialect, error_level=sqlglot.ErrorLevel.RAISE)
    known = {name for names in PORTABLE for name in names.split()} | SYNTAX
    found = []
    for node in tree.walk():
        if isinstance(node, ONE_ENGINE):
            found.append(f"{type(node).__name__} {node.sql()[:60]}")
        elif isinstance(node, exp.Anonymous):
            found.append(f"function {node.name}")
        elif isinstance(node, exp.Func) and node.sql_name().lower() not in known:
            found.append(f"function {node.sql_name()}")
    return found


def test_there_are_models_and_macros() -> None:
    assert len(MODELS) > 100
    assert len(re.findall("{%-? macro ", MACROS)) > 30


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_model_is_portable(dialect: str) -> None:
    found = [
        f"{path.relative_to(PROJECT_DIR)}: {problem}"
        for path in MODELS
        for problem in not_portable(plain_sql(path), dialect)
    ]
    assert not found, "\n".join(found)


def test_no_model_casts_as_only_some_engines_can() -> None:
    """The parser takes Spark's cast for a forgiving one, so the word is looked for."""
    found = [path.name for path in MODELS if "try_cast" in plain_sql(path).lower()]
    assert found == []


@pytest.mark.parametrize(
    "sql",
    [
        "select a from b qualify row_number() over (order by a) = 1",
        "select list_filter(a, lambda x: x > 1) as c from b",
        "select a[1] as c from b",
        "select a ->> '$.c' as d from b",
        "select json_extract_string(a, '$.c') as d from b",
        "select regexp_extract(a, 'c') as d from b",
        "select date_diff('day', a, b) as d from c",
        "select epoch(a) as d from c",
        "select c from a, unnest(b) as t (c)",
    ],
)
def test_what_one_engine_says_is_found(sql: str) -> None:
    assert not_portable(sql, "duckdb") != []
