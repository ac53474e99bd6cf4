"""The layer direction and the shape rules of the dbt models, read from their files.

Each rule is a function from one model to the sentences that describe how the model
breaks it, so that a test here can show each rule a model that does.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

PROJECT_DIR = Path(__file__).resolve().parents[2]
MODELS = PROJECT_DIR / "models"
MAX_MODEL_LINES = 150

# What a layer reads; `ingest` is staging of the load log, of the log of alerts
# and of closed months, which marts show as they are. Staging also reads staging of the
# same source.
LOGS = {"ingest", "alerts", "closes"}
MAY_READ = {
    "staging": {"source"},
    "intermediate": {"staging", "ingest", "intermediate", "seed"},
    "marts": {"intermediate", "marts", "seed"},
    "marts/process": {"intermediate", "marts", "seed", "ingest"},
    "marts/revenue": {"intermediate", "marts", "seed", "ingest"},
}
NAMES = {
    "staging": r"stg_{folder}__[a-z0-9_]*s(_[a-z0-9_]+)?",
    "intermediate": r"int_[a-z0-9_]+",
    "marts": r"(dim|fct|bridge|rpt)_[a-z0-9_]+",
}
JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
COMMENT = re.compile(r"\{#.*?#\}|/\*.*?\*/|--[^\n]*", re.DOTALL)
TEXT = re.compile(r"'(?:[^']|'')*'")
REF = re.compile(r"\bref\(\s*['\"](\w+)['\"]\s*\)")
# `source`, and the macros that stand for a table of raw.
SOURCE = re.compile(
    r"\b(?:source\(\s*['\"]\w+['\"]\s*,|raw\(|new_batches\()\s*['\"]?(\w+)['\"]?\s*\)"
)
ONE_DIALECT = re.compile(
    r"\bqualify\b|->|\bgroup\s+by\s+all\b|\bignore\s+nulls\b"
    r"|\b(?:json_\w+|unnest|explode|date_?diff|epoch\w*|strftime|strptime|regexp_\w+)"
    r"\s*\(",
    re.IGNORECASE,
)
# Where a record carries what somebody wrote: FHIR narratives, attachments and notes,
# HL7 v2 segments of text, columns of a flat feed that nobody has described.
NOTE_TEXT = re.compile(
    r"\$\.(?:text|note|description|conclusion|content|presentedForm|section|title)\b"
    r"|\.div\b|\battachment\b|\b(?:OBX|NTE)\b|\b_extra\b"
)
SELECT_DISTINCT = re.compile(r"\bselect\s+distinct\b", re.IGNORECASE)


@dataclass(frozen=True)
class Model:
    """One model: where it stands below models/, its SQL, its entry in the yml."""

    path: Path
    sql: str
    entries: list[dict[str, Any]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def layer(self) -> str:
        return self.path.parts[0]

    @property
    def folder(self) -> str:
        return self.path.parent.as_posix()

    @property
    def code(self) -> str:
        return COMMENT.sub(" ", self.sql)

    @property
    def plain_sql(self) -> str:
        """The SQL without comments, texts and Jinja: what an engine must speak."""
        return TEXT.sub("''", JINJA.sub(" ", self.code))


def project_models() -> list[Model]:
    return [
        Model(path.relative_to(MODELS), path.read_text("utf-8"), yml_entries(path))
        for path in sorted(MODELS.rglob("*.sql"))
    ]


def yml_entries(sql_path: Path) -> list[dict[str, Any]]:
    path = sql_path.with_suffix(".yml")
    if not path.exists():
        return []
    entries: list[dict[str, Any]] = yaml.safe_load(path.read_text("utf-8"))["models"]
    return entries


def kinds_of_relation() -> dict[str, str]:
    """Return what each name that `ref` may take is: a layer, `ingest` or `seed`."""
    seeds = {path.stem: "seed" for path in (PROJECT_DIR / "seeds").glob("*.csv")}
    models = {
        path.stem: "ingest" if path.parent.name in LOGS else layer
        for layer in ("staging", "intermediate", "marts")
        for path in (MODELS / layer).rglob("*.sql")
    }
    return seeds | models


KINDS = kinds_of_relation()


def reads_outside_its_layer(model: Model) -> list[str]:
    allowed = MAY_READ.get(model.folder) or MAY_READ.get(model.layer, set())
    read = [
        (name, KINDS.get(name, "unknown"))
        for name in REF.findall(model.code)
        if not (
            model.layer == "staging"
            and name.startswith(f"stg_{model.path.parent.name}__")
        )
    ]
    read += [(name, "source") for name in SOURCE.findall(model.code)]
    return [f"reads {kind} {name}" for name, kind in read if kind not in allowed]


def is_misnamed(model: Model) -> list[str]:
    pattern = NAMES.get(model.layer, "nothing").format(folder=model.path.parent.name)
    return [] if re.fullmatch(pattern, model.name) else [f"is not named {pattern}"]


def has_no_yml_of_its_own(model: Model) -> list[str]:
    described = [entry["name"] for entry in model.entries]
    return [] if described == [model.name] else [f"its .yml describes {described}"]


def does_not_say_its_grain(model: Model) -> list[str]:
    return [
        "its description does not start with 'One row per'"
        for entry in model.entries
        if not str(entry.get("description", "")).startswith("One row per")
    ]


def has_undescribed_columns(model: Model) -> list[str]:
    columns = [c for entry in model.entries for c in entry.get("columns", [])]
    undescribed = [c["name"] for c in columns if not c.get("description")]
    return [f"column {name} has no description" for name in undescribed] or (
        [] if columns else ["describes no column"]
    )


def switches_its_contract_off(model: Model) -> list[str]:
    configs = [entry.get("config", {}) for entry in model.entries]
    off = any(config.get("contract", {}).get("enforced") is False for config in configs)
    in_sql = re.search(r"config\([^)]*contract", model.code)
    return (
        ["changes its contract"] if model.layer == "marts" and (off or in_sql) else []
    )


def speaks_one_dialect(model: Model) -> list[str]:
    return [f"says {word}" for word in ONE_DIALECT.findall(model.plain_sql)]


def repairs_with_distinct(model: Model) -> list[str]:
    found = model.layer == "marts" and SELECT_DISTINCT.search(model.plain_sql)
    return ["says select distinct: fix the grain upstream"] if found else []


def reads_text_of_notes(model: Model) -> list[str]:
    return [f"reads {found}" for found in NOTE_TEXT.findall(model.code)]


def is_too_long(model: Model) -> list[str]:
    length = len(model.sql.splitlines())
    return [f"has {length} lines"] if length > MAX_MODEL_LINES else []


Rule = Callable[[Model], list[str]]
RULES: list[Rule] = [
    reads_outside_its_layer,
    is_misnamed,
    has_no_yml_of_its_own,
    does_not_say_its_grain,
    has_undescribed_columns,
    switches_its_contract_off,
    speaks_one_dialect,
    repairs_with_distinct,
    reads_text_of_notes,
    is_too_long,
]
STAGING = "staging/fhir/stg_fhir__encounters"
MART = "marts/core/fct_encounters"
ENTRY = {"name": "fct_encounters", "description": "One row per encounter."}
NO_CONTRACT = {"config": {"contract": {"enforced": False}}}
BROKEN: list[tuple[Rule, str, str, list[dict[str, Any]]]] = [
    (reads_outside_its_layer, STAGING, "{{ ref('int_nothing') }}", []),
    (reads_outside_its_layer, MART, "{{ source('raw', 'claims') }}", []),
    (reads_outside_its_layer, "intermediate/int_a", "{{ source('raw', 'b') }}", []),
    (reads_outside_its_layer, "intermediate/int_a", "{{ raw('b') }}", []),
    (reads_outside_its_layer, "intermediate/int_a", "{{ new_batches('b') }}", []),
    (reads_outside_its_layer, MART, "{{ newest_row(raw(feed), 'b_id') }}", []),
    (is_misnamed, "staging/fhir/stg_csv__encounters", "", []),
    (is_misnamed, "staging/fhir/stg_fhir__encounter", "", []),
    (is_misnamed, "marts/core/encounters", "", []),
    (is_misnamed, "elsewhere/int_encounters", "", []),
    (has_no_yml_of_its_own, MART, "", []),
    (has_no_yml_of_its_own, MART, "", [ENTRY, ENTRY]),
    (does_not_say_its_grain, MART, "", [ENTRY | {"description": "Encounters."}]),
    (has_undescribed_columns, MART, "", [ENTRY | {"columns": [{"name": "stage"}]}]),
    (has_undescribed_columns, MART, "", [ENTRY]),
    (switches_its_contract_off, MART, "", [ENTRY | NO_CONTRACT]),
    (switches_its_contract_off, MART, "{{ config(contract={}) }}", []),
    (speaks_one_dialect, MART, "select a ->> '$.b' from c", []),
    (speaks_one_dialect, MART, "select 1 from a qualify 1 = 1", []),
    (speaks_one_dialect, MART, "select datediff('day', a, b)", []),
    (speaks_one_dialect, MART, "select json_extract_string(a, '$.b')", []),
    (repairs_with_distinct, MART, "select\n    distinct a from b", []),
    (reads_text_of_notes, STAGING, "{{ json_text('resource', '$.text.div') }}", []),
    (reads_text_of_notes, STAGING, "{{ json_text('a', '$.attachment.data') }}", []),
    (reads_text_of_notes, STAGING, "where segment_id = 'OBX'", []),
    (reads_text_of_notes, STAGING, "select _extra from a", []),
    (is_too_long, MART, "\n" * (MAX_MODEL_LINES + 1), []),
]


def test_there_are_models() -> None:
    """Rules that are read over nothing would all pass."""
    assert len(project_models()) > 0


def test_every_reference_is_a_model_or_a_seed() -> None:
    read = {name for model in project_models() for name in REF.findall(model.code)}

    assert read - set(KINDS) == set()


def test_contracts_are_enforced_for_all_marts() -> None:
    """The folder decides; no model may change it (see the rules)."""
    path = PROJECT_DIR / "dbt_project" / "dbt_project.yml"
    project = yaml.safe_load(path.read_text("utf-8"))

    assert project["models"]["chartgap"]["marts"]["+contract"] == {"enforced": True}


def test_every_rule_has_a_model_that_breaks_it() -> None:
    assert {rule.__name__ for rule, *_ in BROKEN} == {r.__name__ for r in RULES}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_no_model(rule: Rule) -> None:
    found = [
        f"{model.path} {sentence}"
        for model in project_models()
        for sentence in rule(model)
    ]

    assert not found, "\n".join(found)


@pytest.mark.parametrize(("rule", "path", "sql", "entries"), BROKEN)
def test_a_model_that_breaks_a_rule_is_found(
    rule: Rule, path: str, sql: str, entries: list[dict[str, Any]]
) -> None:
    assert rule(Model(Path(f"{path}.sql"), sql, entries)) != []
