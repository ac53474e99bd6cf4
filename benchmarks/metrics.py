"""How long the reports take that leadership reads, beside the build they follow.

Simulates a practice with every defect, builds its facts as `build` does, and has dbt
build all reports from them (tag `reports`), contracts and all, each in a process of its
own. All values are made up.

Run: .venv/bin/python -m benchmarks.metrics [--encounters N] [--data DIR]
A data folder that is given is kept, and taken as it is when it holds raw rows.
"""

import argparse
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.build import by_dbt, measured, print_slowest, simulated, timed
from orchestration.dbt_runner import run_command
from orchestration.settings import Settings

_REPORTS = ("run", "--select", "tag:reports")
_LIMIT = 1.0


def by_reports(data: Path) -> None:
    """Build every report from the facts of a warehouse that was built as a whole."""
    seconds: list[tuple[float, str]] = []

    def on_node(event: dict[str, Any]) -> None:
        took = float(event["data"]["execution_time"])
        seconds.append((took, event["data"]["node_info"]["node_name"]))

    timed(lambda: run_command(Settings(data_dir=data), _REPORTS, on_node))
    print_slowest(seconds)


def measure(data: Path, encounters: int) -> bool:
    """Measure facts and reports; tell whether the limit holds."""
    if not (data / "raw").exists():
        measured(simulated, data, encounters)
    facts_seconds, _ = measured(by_dbt, data)
    reports_seconds, peak = measured(by_reports, data)
    ratio = reports_seconds / facts_seconds
    print(f"reports: {ratio:.2f} of the facts (limit {_LIMIT}), peak {peak:,.0f} MB")
    return ratio <= _LIMIT


def main() -> None:
    """Read the arguments and measure; exit status 1 when the limit is broken."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--encounters", type=int, default=1_000_000)
    parser.add_argument("--data", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = (chosen.data or Path(folder)).resolve()
        held = measure(data, chosen.encounters)
    raise SystemExit(0 if held else 1)


if __name__ == "__main__":
    main()
