"""What steps are given: the settings, and someone to tell how far they are.

Both are replaced by the command line: the settings by its options, the progress by
what it draws. Under `dagster dev` the settings come from the environment and nobody
is told.
"""

from typing import Protocol

import dagster as dg

from orchestration.settings import Settings, load_settings

WAREHOUSE_POOL = "warehouse"
"""What only one run at a time may do: write raw or the warehouse, or read it whole."""


class Progress(Protocol):
    """Someone to tell how far a step is."""

    def __call__(self, step: str, done: int, total: int | None) -> None:
        """Take note that `done` of `total` units of `step` are done."""


def tell_nobody(step: str, done: int, total: int | None) -> None:
    """Progress that nobody looks at."""


@dg.resource(description="Settings of this installation, from the environment.")
def settings_resource(_context: dg.InitResourceContext) -> Settings:
    """Read the settings when a run starts, never at import."""
    return load_settings()


@dg.resource(description="Who is told how far a step is.")
def progress_resource(_context: dg.InitResourceContext) -> Progress:
    """Under the scheduler the event log is progress enough."""
    return tell_nobody
