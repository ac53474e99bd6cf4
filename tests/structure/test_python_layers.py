"""The import direction and the size rules of `orchestration/`, read from its source.

Each rule is a function from one module to the sentences that describe how the module
breaks it, so that the last test here can show each rule a module that does.
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

PROJECT_DIR = Path(__file__).resolve().parents[2]
PACKAGE = "orchestration"
MAX_MODULE_LINES = 300
MAX_FUNCTION_LINES = 60

# What a part of the package may import of the package; others may import anything
# that no other rule forbids.
MAY_IMPORT = {
    "readers": {"readers", "raw", "feeds"},
    "simulator": {"simulator"},
    "page": {"page"},
}
# The modules that Dagster runs. Nothing else knows Dagster, nor them.
RUN_BY_DAGSTER = {
    "alert_assets",
    "assets",
    "automation",
    "checks",
    "definitions",
    "failures",
    "history",
    "launcher",
    "postgres_assets",
    "report_days",
    "resources",
    "run_records",
    "runs",
    "transform",
}
DAGSTER_USERS = {*RUN_BY_DAGSTER, "cli", "alert_commands"}
# Who may import a part or a library; everything else may be imported by anybody.
IMPORTED_ONLY_BY: dict[str, set[str]] = {
    "orchestration.cli": set(),
    "orchestration.alert_commands": {"cli"},
    "orchestration.simulator": {"simulator", "cli"},
    **{f"orchestration.{part}": DAGSTER_USERS for part in RUN_BY_DAGSTER},
    "adbc_driver_postgresql": {"postgres"},
    "apprise": {"alerts"},
    "dagster": DAGSTER_USERS,
    "dagster_dbt": {"transform"},
    "dbt": {"dbt_runner"},
    "jwt": {"extract"},
    "requests": {"extract"},
    "sqlalchemy": {"extract", "history"},
    "great_expectations": {"validation"},
    "psycopg": {"postgres"},
    "pydantic_settings": {"settings"},
}
# `dbt_runner` hands settings to dbt, whose profile can read nothing else.
USES_ENVIRONMENT = {"settings", "dbt_runner"}
ENVIRONMENT = {"environ", "environb", "getenv", "getenvb"}
TOO_BROAD = {"Exception", "BaseException"}


@dataclass(frozen=True)
class Module:
    """One file of the package; `part` is what stands right below the package."""

    name: str
    source: str

    @property
    def part(self) -> str:
        return self.name.split(".")[1] if "." in self.name else ""

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.source)


def project_modules() -> list[Module]:
    files = sorted((PROJECT_DIR / PACKAGE).rglob("*.py"))
    return [
        Module(module_name(file.relative_to(PROJECT_DIR)), file.read_text("utf-8"))
        for file in files
    ]


def module_name(file: Path) -> str:
    parts = file.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported_names(module: Module) -> Iterator[str]:
    """Full dotted names; `from a import b` is `a.b`, which also names module b."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module or ''}.{alias.name}" for alias in node.names)


def imported_parts(module: Module) -> set[str]:
    """Return the parts of this package that the module imports."""
    names = (name.split(".") for name in imported_names(module))
    return {name[1] for name in names if name[0] == PACKAGE and len(name) > 1}


def imports_outside_its_layer(module: Module) -> list[str]:
    allowed = MAY_IMPORT.get(module.part)
    if allowed is None:
        return []
    return [f"imports {part}" for part in sorted(imported_parts(module) - allowed)]


def imports_what_is_reserved(module: Module) -> list[str]:
    return [
        f"imports {name}"
        for name in imported_names(module)
        for reserved, importers in IMPORTED_ONLY_BY.items()
        if f"{name}.".startswith(f"{reserved}.") and module.part not in importers
    ]


def imports_relatively(module: Module) -> list[str]:
    return [
        f"line {node.lineno}: relative import"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and node.level > 0
    ]


def touches_the_environment(module: Module) -> list[str]:
    if module.part in USES_ENVIRONMENT:
        return []
    by_attribute = [
        f"line {node.lineno}: {node.attr}"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and node.attr in ENVIRONMENT
    ]
    by_import = [
        f"imports {name}"
        for name in imported_names(module)
        if name in {f"os.{word}" for word in ENVIRONMENT}
    ]
    return by_attribute + by_import


def catches_everything(module: Module) -> list[str]:
    return [
        f"line {node.lineno}: catches everything"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or TOO_BROAD & names_in(node.type))
    ]


def names_in(node: ast.expr) -> set[str]:
    return {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}


def has_no_docstring(module: Module) -> list[str]:
    missing = module.source and ast.get_docstring(module.tree) is None
    return ["has no docstring"] if missing else []


def is_too_long(module: Module) -> list[str]:
    length = len(module.source.splitlines())
    return [f"has {length} lines"] if length > MAX_MODULE_LINES else []


def has_too_long_functions(module: Module) -> list[str]:
    return [
        f"{node.name} has {lines_of(node)} lines"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and lines_of(node) > MAX_FUNCTION_LINES
    ]


def lines_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


Rule = Callable[[Module], list[str]]
RULES: list[Rule] = [
    imports_outside_its_layer,
    imports_what_is_reserved,
    imports_relatively,
    touches_the_environment,
    catches_everything,
    has_no_docstring,
    is_too_long,
    has_too_long_functions,
]
BROKEN = [
    (imports_outside_its_layer, "readers.x12", "import orchestration.ingest"),
    (imports_outside_its_layer, "readers.x12", "from orchestration import ingest"),
    (imports_outside_its_layer, "simulator.world", "import orchestration.raw"),
    (imports_outside_its_layer, "page.build", "import orchestration.settings"),
    (imports_what_is_reserved, "ingest", "from orchestration.simulator import world"),
    (imports_what_is_reserved, "automation", "from orchestration import cli"),
    (imports_what_is_reserved, "publish", "import great_expectations as gx"),
    (imports_what_is_reserved, "ingest", "from dagster import asset"),
    (imports_what_is_reserved, "ingest", "from orchestration.failures import x"),
    (imports_what_is_reserved, "publish", "from pydantic_settings import X"),
    (imports_relatively, "ingest", "from . import raw"),
    (touches_the_environment, "ingest", "import os\nos.environ['HOME']"),
    (touches_the_environment, "ingest", "from os import getenv"),
    (catches_everything, "ingest", "try:\n    pass\nexcept:\n    pass"),
    (catches_everything, "ingest", "try:\n    pass\nexcept (OSError, Exception): ..."),
    (has_no_docstring, "ingest", "x = 1"),
    (is_too_long, "ingest", "\n" * (MAX_MODULE_LINES + 1)),
    (
        has_too_long_functions,
        "ingest",
        "def f():\n" + "    pass\n" * MAX_FUNCTION_LINES,
    ),
]


def test_the_package_has_modules() -> None:
    """Rules that are read over nothing would all pass."""
    assert len(project_modules()) > 10


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_no_module(rule: Rule) -> None:
    found = [
        f"{module.name} {sentence}"
        for module in project_modules()
        for sentence in rule(module)
    ]

    assert not found, "\n".join(found)


@pytest.mark.parametrize(("rule", "name", "source"), BROKEN)
def test_a_module_that_breaks_a_rule_is_found(
    rule: Rule, name: str, source: str
) -> None:
    assert rule(Module(f"{PACKAGE}.{name}", source)) != []


def test_every_rule_has_a_module_that_breaks_it() -> None:
    assert {rule.__name__ for rule, _, _ in BROKEN} == {r.__name__ for r in RULES}


def test_packages_re_export_nothing() -> None:
    """One name, one home: an __init__.py is empty."""
    files = (PROJECT_DIR / PACKAGE).rglob("__init__.py")

    assert [str(file) for file in files if file.stat().st_size] == []
