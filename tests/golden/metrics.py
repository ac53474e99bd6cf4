"""Asks MetricFlow for the metrics of the semantic layer, as a BI tool would."""

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT_DIR = Path(__file__).resolve().parents[2]
MF = Path(sys.executable).with_name("mf")


def query(data: Path, folder: Path, *arguments: str) -> list[dict[str, str]]:
    """Return the rows of `mf query` on the warehouse of a data folder.

    `folder` is an empty one, for a project of its own that has the manifest of the
    last build.
    """
    project = folder / "project"
    shutil.copytree(
        PROJECT_DIR / "dbt_project",
        project,
        ignore=shutil.ignore_patterns("target", "logs"),
    )
    (project / "target").mkdir()
    shutil.copy(data / "dbt" / "semantic_manifest.json", project / "target")
    places = {
        "CHARTGAP_WAREHOUSE": data / "warehouse.duckdb",
        "CHARTGAP_RAW": data / "raw",
        "CHARTGAP_ALERTS": data / "alerts",
        "DBT_PROFILES_DIR": project,
        "HOME": folder,
    }
    answer = folder / "answer.csv"
    done = subprocess.run(
        [MF, "query", *arguments, "--csv", answer],
        cwd=project,
        env=os.environ | {name: str(place) for name, place in places.items()},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    with answer.open(newline="") as file:
        return list(csv.DictReader(file))
