"""What commands share in the terminal: progress, settings, and how they refuse.

Progress is bars where somebody looks, lines where a file does.
"""

import time
from types import TracebackType
from typing import NoReturn, Self

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
)

from orchestration.settings import Settings, SettingsError, load_settings

WRONG_USE = 2
_SAY_AGAIN_SECONDS = 10.0


class TerminalProgress:
    """Shows each step as it is told of it; use as a context manager.

    In a terminal one bar per step; otherwise one line when a step begins and one
    every ten seconds while it goes on.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bars = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._tasks: dict[str, TaskID] = {}
        self._said: dict[str, float] = {}

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._bars.stop()

    def __call__(self, step: str, done: int, total: int | None) -> None:
        """Show that `done` of `total` units of `step` are done."""
        if self._console.is_terminal:
            self._draw(step, done, total)
        else:
            self._say(step, done, total)

    def _draw(self, step: str, done: int, total: int | None) -> None:
        if step not in self._tasks:
            self._finish()
            self._tasks[step] = self._bars.add_task(step, total=total)
        self._bars.update(self._tasks[step], completed=done, total=total)

    def _finish(self) -> None:
        """Fill the bars of the steps before: a new step means that they ended."""
        for task in self._bars.tasks:
            if not task.finished:
                self._bars.update(task.id, total=1, completed=1)

    def _say(self, step: str, done: int, total: int | None) -> None:
        now = time.monotonic()
        if now - self._said.get(step, -_SAY_AGAIN_SECONDS) < _SAY_AGAIN_SECONDS:
            return
        share = f" {100 * done // total}%" if done and total else ""
        self._console.print(f"{step} ...{share}", highlight=False)
        self._said[step] = now


def errors() -> Console:
    """Return where what is wrong is said."""
    return Console(stderr=True)


def refuse(message: str) -> NoReturn:
    """Say what is wrong, where and what to do; then leave with 'wrong use'."""
    errors().print(f"chartgap: {message}", soft_wrap=True, markup=False)
    raise typer.Exit(WRONG_USE)


def read_settings() -> Settings:
    """Read the settings, or refuse and name the variable that is wrong."""
    try:
        return load_settings()
    except SettingsError as error:
        refuse(str(error))
