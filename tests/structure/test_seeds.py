"""The shape of the reference data in seeds/; their rows are tested by dbt."""

import csv
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

SEEDS = Path(__file__).parents[2] / "seeds"
NAMES = sorted(path.stem for path in SEEDS.glob("*.csv"))
STAGES_OUTSIDE_THE_ORDER = {"registration", "any", "exit", "data"}


@cache
def rows(name: str) -> list[dict[str, str]]:
    """Return the data rows of a seed, all values as text."""
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, strict=True))


@cache
def properties(name: str) -> dict[str, Any]:
    """Return what the yml beside a seed says about it."""
    document = yaml.safe_load((SEEDS / f"{name}.yml").read_text(encoding="utf-8"))
    seed: dict[str, Any]
    (seed,) = document["seeds"]
    return seed


def column_types(name: str) -> dict[str, str]:
    """Return the declared type of each column of a seed."""
    types: dict[str, str] = properties(name)["config"]["column_types"]
    return types


def test_every_seed_has_a_csv_and_a_yml() -> None:
    assert NAMES, "no seeds found"
    assert sorted(path.stem for path in SEEDS.glob("*.yml")) == NAMES


@pytest.mark.parametrize("name", NAMES)
class TestEverySeed:
    def test_the_yml_names_and_describes_the_seed_beside_it(self, name: str) -> None:
        assert properties(name)["name"] == name
        assert properties(name)["description"].startswith("One row per ")

    def test_every_column_is_described(self, name: str) -> None:
        described = {
            column["name"]: column.get("description", "").strip()
            for column in properties(name)["columns"]
        }
        assert list(described) == list(rows(name)[0])
        assert all(described.values())

    def test_every_column_has_a_declared_type(self, name: str) -> None:
        assert list(column_types(name)) == list(rows(name)[0])

    def test_every_row_has_exactly_the_columns_of_the_header(self, name: str) -> None:
        assert all(None not in row and None not in row.values() for row in rows(name))

    def test_no_value_has_spaces_around_it(self, name: str) -> None:
        values = [value for row in rows(name) for value in row.values()]
        assert [value for value in values if value != value.strip()] == []

    def test_no_value_has_a_character_that_nobody_sees(self, name: str) -> None:
        """Zero bytes before an id made a requirement that no other seed could find."""
        values = [value for row in rows(name) for value in row.values()]
        assert [value for value in values if not value.isprintable()] == []

    def test_the_values_fit_the_declared_types(self, name: str) -> None:
        path = SEEDS / f"{name}.csv"
        with duckdb.connect() as connection:
            loaded = connection.execute(
                "select * from read_csv(?, header = true, columns = ?)",
                [str(path), column_types(name)],
            ).fetchall()
        assert len(loaded) == len(rows(name))

    def test_row_keys_are_unique_and_never_empty(self, name: str) -> None:
        key = properties(name)["config"]["meta"]["row_key"]
        keys = Counter(tuple(row[column] for column in key) for row in rows(name))
        assert [key for key, count in keys.items() if count > 1] == []
        assert all(all(key) for key in keys)


def test_blockers_reference_existing_stages() -> None:
    known = {row["stage"] for row in rows("stages")} | STAGES_OUTSIDE_THE_ORDER
    assert {row["stage"] for row in rows("blockers")} <= known


def test_a_blocker_label_fits_a_list() -> None:
    labels = [row["label"] for row in rows("blockers")]
    assert [label for label in labels if len(label) > 40] == []


def test_a_next_action_is_one_sentence() -> None:
    actions = [row["next_action"] for row in rows("blockers")]
    wrong = [a for a in actions if not a.endswith(".") or ". " in a]
    assert wrong == []


def test_states_that_are_no_fault_are_never_a_delay() -> None:
    states = {
        row["blocker_code"] for row in rows("blockers") if row["is_delay"] == "false"
    }
    exits = {
        row["blocker_code"]
        for row in rows("blockers")
        if row["blocker_code"].startswith("NB-")
    }
    assert exits
    assert states == exits | {"VIS-02", "HLD-01", "PAY-02"}


def test_alerts_go_to_roles_that_exist() -> None:
    known = {row["owner_role"] for row in rows("blockers")}
    assert {row["owner_role"] for row in rows("alert_rules")} <= known
    assert {row["owner_role"] for row in rows("alert_routes")} <= known


def test_every_role_that_can_act_has_a_route_for_its_alerts() -> None:
    waiting = {"none", "payer", "system"}
    acting = {row["owner_role"] for row in rows("blockers")} - waiting
    assert acting == {row["owner_role"] for row in rows("alert_routes")}


def test_alert_hours_have_each_day_of_the_week() -> None:
    assert [row["iso_weekday"] for row in rows("alert_hours")] == list("1234567")


def test_milestone_evidence_references_existing_milestones() -> None:
    known = {row["milestone"] for row in rows("milestones")}
    assert {row["milestone"] for row in rows("milestone_evidence")} <= known


def test_all_evidence_of_a_milestone_picks_the_same_end() -> None:
    picks = defaultdict(set)
    for row in rows("milestone_evidence"):
        picks[row["milestone"]].add(row["pick"])
    assert {name: pick for name, pick in picks.items() if len(pick) > 1} == {}


def test_unverified_requirements_are_disabled() -> None:
    unverified = [
        row
        for row in rows("documentation_requirements")
        if row["note"].startswith("unverified")
    ]
    assert unverified
    assert {row["is_enabled"] for row in unverified} == {"false"}


def test_age_buckets_cover_every_age_once() -> None:
    buckets = sorted(rows("age_buckets"), key=lambda row: int(row["bucket_order"]))
    starts = [int(row["min_days"]) for row in buckets]
    ends = [row["max_days"] for row in buckets]
    assert starts[0] == 0
    assert starts[1:] == [int(end) + 1 for end in ends[:-1]]
    assert ends[-1] == ""
