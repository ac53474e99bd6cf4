"""No mapping in the dbt project says a key twice: dbt would keep the last and warn."""

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import pytest
import yaml

PROJECT_DIR = Path(__file__).resolve().parents[2]
FILES = sorted(
    path
    for folder in ("models", "seeds", "dbt_project")
    for path in (PROJECT_DIR / folder).rglob("*.yml")
    if "target" not in path.parts
)
# What a mapping takes over from another, it may say anew.
MERGE = "tag:yaml.org,2002:merge"


class StrictLoader(yaml.SafeLoader):
    """Reads YAML and refuses a key that stands twice in one mapping."""

    def construct_mapping(
        self, node: yaml.MappingNode, deep: bool = False
    ) -> dict[Hashable, Any]:
        keys = [key.value for key, _ in node.value if key.tag != MERGE]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        if twice:
            raise yaml.constructor.ConstructorError(
                None, None, f"said twice: {', '.join(twice)}", node.start_mark
            )
        return super().construct_mapping(node, deep=deep)


def said_twice(text: str) -> str | None:
    """Return which key is said twice, and where; None when none is."""
    try:
        yaml.load(text, Loader=StrictLoader)
    except yaml.constructor.ConstructorError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        return f"line {line}: {error.problem}"
    return None


def test_there_are_files() -> None:
    assert len(FILES) > 300


def test_no_key_is_said_twice() -> None:
    found = [
        f"{path.relative_to(PROJECT_DIR)} {problem}"
        for path in FILES
        if (problem := said_twice(path.read_text("utf-8")))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\nb: 2\na: 3",
        "models:\n  - name: x\n    columns: []\n    columns: []",
        "rows:\n  - {encounter_key: e1, stage: claim, stage: hold}",
    ],
)
def test_a_key_that_is_said_twice_is_found(text: str) -> None:
    assert said_twice(text) is not None


def test_the_same_key_in_two_mappings_is_fine() -> None:
    assert said_twice("- {a: 1}\n- &x {a: 2}\n- {<<: *x, a: 3}") is None
