"""LookML that a parser reads, of fields that the marts have, and SQL that runs."""

import json
import re
from pathlib import Path
from typing import Any

import duckdb
import lkml
import pytest
import yaml
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.dbt_runner import prepare_manifest
from orchestration.dictionary import read_marts
from orchestration.looker import write_lookml

Views = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def marts() -> list[dict[str, Any]]:
    found = read_marts(prepare_manifest())
    return [node for node in found if node["schema"] == "marts"]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, marts: list[Any]) -> Path:
    out = tmp_path_factory.mktemp("lookml")
    manifest = json.loads(prepare_manifest().read_text("utf-8"))
    names = {(node["schema"], node["name"]) for node in marts}
    count = write_lookml(manifest, names, "warehouse", out)
    assert count == sum(file.is_file() for file in out.rglob("*")) == len(marts) + 2
    return out


@pytest.fixture(scope="module")
def views(project: Path) -> Views:
    found = {}
    for file in (project / "views").iterdir():
        (view,) = lkml.load(file.read_text("utf-8"))["views"]
        found[view["name"]] = view
    return found


def fields_of(view: dict[str, Any]) -> set[str]:
    plain = view.get("dimensions", []) + view["measures"]
    names = [field["name"] for field in plain]
    for group in view.get("dimension_groups", []):
        names += [f"{group['name']}_{frame}" for frame in group["timeframes"]]
    assert len(names) == len(set(names)), view["name"]
    return set(names)


def test_each_column_that_identifies_nobody_is_a_field(
    views: Views, marts: list[dict[str, Any]]
) -> None:
    assert views.keys() == {node["name"] for node in marts}
    for node in marts:
        view = views[node["name"]]
        fields = view.get("dimensions", []) + view.get("dimension_groups", [])
        shown = {
            name
            for name, column in node["columns"].items()
            if not column["config"]["meta"].get("is_identifier")
        }
        assert {field["sql"] for field in fields} == {
            f"${{TABLE}}.{name}" for name in shown
        }


def test_every_field_runs_against_the_catalogue(
    views: Views, marts: list[dict[str, Any]]
) -> None:
    with duckdb.connect() as connection:
        connection.execute("create schema marts")
        for node in marts:
            columns = ", ".join(
                f"{one['name']} {one['data_type']}" for one in node["columns"].values()
            )
            connection.execute(f"create table marts.{node['name']} ({columns})")
        for view in views.values():
            fields = view.get("dimensions", []) + view.get("dimension_groups", [])
            table = f"{view['sql_table_name']} as t"
            plain = ", ".join(one["sql"] for one in fields).replace("${TABLE}", "t")
            connection.execute(f"select {plain} from {table}")
            for one in view["measures"]:
                sql = one.get("sql", "1").replace("${TABLE}", "t")
                connection.execute(f"select sum({sql}) from {table}")


def test_measures_are_those_of_the_semantic_models(views: Views) -> None:
    manifest = json.loads(prepare_manifest().read_text("utf-8"))
    for model in manifest["semantic_models"].values():
        view = views[model["node_relation"]["alias"]]
        names = {one["name"].removeprefix("total_") for one in view["measures"]}
        assert names == {"row_count"} | {one["name"] for one in model["measures"]}


def test_explores_join_what_is_there_one_row_to_each(
    project: Path, views: Views
) -> None:
    model = lkml.load((project / "chartgap.model.lkml").read_text("utf-8"))
    assert model["connection"] == "warehouse"
    joins = 0
    for explore in model["explores"]:
        assert explore["name"] in views
        for join in explore.get("joins", []):
            joins += 1
            found = re.findall(r"\$\{(\w+)\.(\w+)\}", join["sql_on"])
            assert [view for view, _ in found] == [explore["name"], join["name"]]
            assert all(field in fields_of(views[view]) for view, field in found)
            (key,) = [
                one["name"]
                for one in views[join["name"]]["dimensions"]
                if one.get("primary_key") == "yes"
            ]
            assert (join["name"], key) == found[1]
    assert joins > 40


def test_the_dashboard_asks_for_fields_that_exist(project: Path, views: Views) -> None:
    file = project / "dashboards" / "gap_overview.dashboard.lookml"
    (dashboard,) = yaml.safe_load(file.read_text("utf-8"))
    assert len(dashboard["elements"]) == 4
    for tile in dashboard["elements"]:
        for field in [*tile["fields"], *(sort.split()[0] for sort in tile["sorts"])]:
            view, _, name = field.partition(".")
            assert view == tile["explore"]
            assert name in fields_of(views[view])


def test_the_command_writes_the_project_or_says_why_not(tmp_path: Path) -> None:
    runner = CliRunner()
    written = runner.invoke(app, ["lookml", "--out", str(tmp_path / "project")])
    (tmp_path / "file").touch()
    refused = runner.invoke(app, ["lookml", "--out", str(tmp_path / "file")])

    assert written.exit_code == 0, written.output
    assert (tmp_path / "project" / "chartgap.model.lkml").is_file()
    assert refused.exit_code != 0
    assert "cannot be written" in " ".join(refused.output.split())
