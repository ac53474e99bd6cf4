"""The demonstration data: one simulated practice per data folder.

Holds what decides whether a practice is simulated, used again or refused, so that
no file of a sender is ever replaced by a simulated one.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from orchestration.simulator.parameters import ALL_DEFECTS, DEFAULT_AS_OF
from orchestration.simulator.simulate import simulate


class DemoRefusedError(RuntimeError):
    """The data folder holds something else; the message says what to do."""


def prepare_demo(
    data: Path,
    *,
    encounters: int,
    seed: int,
    on_progress: Callable[[int, int], None],
) -> datetime:
    """Have a simulated practice in `data` and return the moment it is as of, UTC.

    The same practice is left as it is. Raises DemoRefusedError when `data` holds
    another practice or files that no simulation wrote.
    """
    wanted = {
        "encounters": encounters,
        "seed": seed,
        "as_of": DEFAULT_AS_OF,
        "defects": sorted(ALL_DEFECTS),
        "split_at": None,
    }
    present = _simulated(data / "truth" / "parameters.json")
    if present is None:
        _simulate(data, encounters=encounters, seed=seed, on_progress=on_progress)
    elif present != wanted:
        raise DemoRefusedError(
            f"{data} holds a practice simulated with other parameters; mixing two "
            "would make no sense. Delete that folder, or set CHARTGAP_DATA_DIR to "
            "another one."
        )
    return DEFAULT_AS_OF


def _simulate(
    data: Path,
    *,
    encounters: int,
    seed: int,
    on_progress: Callable[[int, int], None],
) -> None:
    try:
        simulate(data, encounters=encounters, seed=seed, on_progress=on_progress)
    except FileExistsError as error:
        raise DemoRefusedError(
            f"in {data}, {error}. Use 'chartgap run' for them, or set "
            "CHARTGAP_DATA_DIR to another folder."
        ) from None


def _simulated(marker: Path) -> dict[str, object] | None:
    """Return what the practice in place was simulated with; None without one."""
    if not marker.is_file():
        return None
    try:
        found = json.loads(marker.read_text(encoding="utf-8"))
        return {
            "encounters": found["encounters"],
            "seed": found["seed"],
            "as_of": datetime.fromisoformat(found["as_of"]).astimezone(UTC),
            "defects": found["defects"],
            # A part of a practice is not the practice.
            "split_at": found.get("split_at"),
        }
    except (ValueError, KeyError, TypeError):
        raise DemoRefusedError(
            f"{marker} is not the record of a simulation. Delete that folder, or set "
            "CHARTGAP_DATA_DIR to another one."
        ) from None
