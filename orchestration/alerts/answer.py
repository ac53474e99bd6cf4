"""What people decide about alerts: somebody sees to it, or not now.

Each decision is one more event of the log, with who took it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from orchestration.alerts import log
from orchestration.alerts.log import ACKNOWLEDGED, SNOOZED, Event, State


class AnswerError(ValueError):
    """An answer cannot be taken: its message says what to write instead."""


@dataclass(frozen=True)
class Answer:
    """What somebody said about one alert."""

    key: str
    by: str


def acknowledge(folder: Path, answer: Answer, *, now: datetime) -> State:
    """Note that somebody sees to an open alert; it is told again when it gets worse.

    The key may be shortened. Raises AnswerError when no open alert has it, and
    AlertLogError when the log cannot be read or written.
    """
    with log.one_at_a_time(folder):
        state = _open_alert(folder, answer.key)
        _note(folder, Event(ACKNOWLEDGED, now, acted_by=answer.by), state)
    return state


def snooze(
    folder: Path, answer: Answer, *, hours: int, now: datetime
) -> tuple[State, datetime]:
    """Note that an open alert keeps quiet for some hours, digest included.

    Returns it and until when. Raises as `acknowledge` does.
    """
    until = now + timedelta(hours=hours)
    with log.one_at_a_time(folder):
        state = _open_alert(folder, answer.key)
        event = Event(SNOOZED, now, acted_by=answer.by, snoozed_until=until)
        _note(folder, event, state)
    return state, until


def open_alerts(folder: Path) -> list[State]:
    """Return the open alerts of the log; raises AlertLogError."""
    return [s for s in log.read(folder).states.values() if s.resolved_at is None]


def _open_alert(folder: Path, key: str) -> State:
    found = [s for s in open_alerts(folder) if s.alert.key.startswith(key)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise AnswerError("no open alert has this key; 'chartgap alerts' lists them")
    raise AnswerError(f"several open alerts begin with it: {_keys(found)}")


def _keys(states: Iterable[State]) -> str:
    return ", ".join(sorted(state.alert.key for state in states))


def _note(folder: Path, event: Event, state: State) -> None:
    log.append(folder, [log.about(event, state)])
