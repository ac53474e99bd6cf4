"""What an expectation says, as conditions that DuckDB holds rows against.

Great Expectations reads every row into Python first: a million rows of one feed take
ten seconds and two gigabytes. Counted in DuckDB they take a fraction of one. Holds
the kinds of expectation that suites may use; a kind, or an argument of one, that is
not here is refused, never passed over. It leaves out where rows come from.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


class UnknownKindError(ValueError):
    """An expectation is of a kind, or has an argument, that is not counted here."""


@dataclass(frozen=True)
class Rule:
    """What one expectation judges and what fails it.

    `judged` and `failed` are SQL conditions on one row. `unique` names the columns
    whose values must stand together in one row only, `present` the columns that the
    table must have; where one of them is set, the conditions say nothing.
    """

    judged: str = "true"
    failed: str = "false"
    unique: tuple[str, ...] = ()
    present: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()


def rule_of(kind: str, arguments: Mapping[str, Any]) -> Rule:
    """Return the rule of a Great Expectations type with its kwargs.

    Raises UnknownKindError for a type or an argument that is not counted here.
    """
    if kind not in _KINDS:
        raise UnknownKindError(f"{kind} is not counted")
    build, needed = _KINDS[kind]
    if set(arguments) != needed:
        wrong = ", ".join(sorted(set(arguments) ^ needed))
        raise UnknownKindError(f"{kind} with or without {wrong} is not counted")
    return build(arguments)


def quoted(name: str) -> str:
    """Return the name of a column as SQL reads it, whatever letters it has."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: object) -> str:
    """Return a value as SQL text."""
    return "'" + str(value).replace("'", "''") + "'"


def _not_null(arguments: Mapping[str, Any]) -> Rule:
    column = arguments["column"]
    return Rule(failed=f"{quoted(column)} is null", reads=(column,))


def _in_set(arguments: Mapping[str, Any]) -> Rule:
    values = _values(arguments["value_set"])
    return _of_a_value(arguments["column"], lambda text: f"{text} not in ({values})")


def _not_in_set(arguments: Mapping[str, Any]) -> Rule:
    values = _values(arguments["value_set"])
    return _of_a_value(arguments["column"], lambda text: f"{text} in ({values})")


def _regex(arguments: Mapping[str, Any]) -> Rule:
    pattern = literal(arguments["regex"])
    return _of_a_value(
        arguments["column"], lambda text: f"not regexp_matches({text}, {pattern})"
    )


def _of_a_value(column: str, fails: Callable[[str], str]) -> Rule:
    """Judge a value where there is one, as Great Expectations does."""
    judged = f"{quoted(column)} is not null"
    return Rule(
        judged=judged,
        failed=f"{judged} and {fails(quoted(column))}",
        reads=(column,),
    )


def _unique_value(arguments: Mapping[str, Any]) -> Rule:
    name = arguments["column"]
    return Rule(judged=f"{quoted(name)} is not null", unique=(name,), reads=(name,))


def _unique(arguments: Mapping[str, Any]) -> Rule:
    if arguments["ignore_row_if"] != "any_value_is_missing":
        raise UnknownKindError("ignore_row_if must be any_value_is_missing")
    names = tuple(arguments["column_list"])
    judged = " and ".join(f"{quoted(name)} is not null" for name in names)
    return Rule(judged=judged, unique=names, reads=names)


def _present(arguments: Mapping[str, Any]) -> Rule:
    if arguments["exact_match"] is not False:
        raise UnknownKindError("exact_match must be false: other columns may be there")
    return Rule(present=tuple(arguments["column_set"]))


def _values(values: Sequence[object]) -> str:
    if not values:
        raise UnknownKindError("value_set must not be empty")
    return ", ".join(literal(value) for value in values)


_KINDS: dict[str, tuple[Callable[[Mapping[str, Any]], Rule], set[str]]] = {
    "expect_column_values_to_not_be_null": (_not_null, {"column"}),
    "expect_column_values_to_be_in_set": (_in_set, {"column", "value_set"}),
    "expect_column_values_to_not_be_in_set": (_not_in_set, {"column", "value_set"}),
    "expect_column_values_to_match_regex": (_regex, {"column", "regex"}),
    "expect_column_values_to_be_unique": (_unique_value, {"column"}),
    "expect_compound_columns_to_be_unique": (
        _unique,
        {"column_list", "ignore_row_if"},
    ),
    "expect_table_columns_to_match_set": (_present, {"column_set", "exact_match"}),
}
