"""What is to be noted and told now: pure, from what is open, the log and the time.

An alert is told once when it is raised, again when it has become worse, again after
its interval while nobody has acknowledged it, and once when it is over. Low ones
wait for the digest of the day; in quiet hours only critical ones are told. It leaves
out how a message travels; that is `send`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from orchestration.alerts.log import (
    DIGEST,
    RAISED,
    RESOLVED,
    SEEN,
    Alert,
    Event,
    History,
    State,
    fold,
)
from orchestration.alerts.rules import CRITICAL, LOW, SEVERITIES, Rules

NEW = "new"
WORSE = "worse"
REMINDER = "reminder"
# An alert that stays the same is noted no more often: the log is read whole.
_SEEN_EVERY = timedelta(hours=6)


@dataclass(frozen=True)
class Found:
    """What is open now, and of what that could be told.

    An alert that is not among `alerts` is over only when its code or its key was
    judged: a warehouse that could not be opened resolves nothing.
    """

    alerts: tuple[Alert, ...]
    judged_codes: frozenset[str] = frozenset()
    judged_keys: frozenset[str] = frozenset()

    def judges(self, alert: Alert) -> bool:
        """Whether the absence of this alert says that it is over."""
        return alert.code in self.judged_codes or alert.key in self.judged_keys


@dataclass(frozen=True)
class Message:
    """What one destination is to be told; only a digest is about several alerts."""

    kind: str
    destination: str
    alerts: tuple[Alert, ...]
    recurrence: int = 0


@dataclass(frozen=True)
class Decision:
    """What to note in the log first, then what to tell."""

    events: tuple[Event, ...]
    messages: tuple[Message, ...]
    open_count: int


def decide(found: Found, history: History, rules: Rules, now: datetime) -> Decision:
    """Compare what is open with the log and say what is new, over and due."""
    alerts = {
        alert.key: alert for alert in found.alerts if rules.has_enabled(alert.code)
    }
    events = [
        *_noticed(alerts.values(), history.states, now),
        *_over(alerts, found, history.states, rules, now),
    ]
    states = fold(events, history.states).states
    standing = [state for state in states.values() if state.resolved_at is None]
    messages = [
        *_due(states.values(), rules, now),
        *_digests(standing, history, rules, now),
    ]
    return Decision(tuple(events), tuple(messages), len(standing))


def _noticed(
    alerts: Iterable[Alert], states: Mapping[str, State], now: datetime
) -> Iterator[Event]:
    """Note what is open: for the first time, again, changed, or still after hours."""
    for alert in alerts:
        state = states.get(alert.key)
        if state is None:
            yield Event(RAISED, now, alert)
        elif state.resolved_at is not None:
            yield Event(RAISED, now, alert, state.recurrence + 1)
        elif alert != state.alert or now - state.last_seen_at >= _SEEN_EVERY:
            yield Event(SEEN, now, alert, state.recurrence)


def _over(
    alerts: Mapping[str, Alert],
    found: Found,
    states: Mapping[str, State],
    rules: Rules,
    now: datetime,
) -> list[Event]:
    """Note which alerts are over: judged and not open, or of a rule that is off."""
    return [
        Event(RESOLVED, now, state.alert, state.recurrence)
        for key, state in states.items()
        if state.resolved_at is None
        and key not in alerts
        and (found.judges(state.alert) or not rules.has_enabled(state.alert.code))
    ]


def _due(states: Iterable[State], rules: Rules, now: datetime) -> list[Message]:
    messages = []
    for state in states:
        alert = state.alert
        if alert.severity != CRITICAL and not rules.is_open(now):
            continue
        to = state.sent if state.resolved_at else rules.destinations(alert.owner_role)
        for destination in to:
            kind = _kind(state, destination, rules, now)
            if kind:
                messages.append(Message(kind, destination, (alert,), state.recurrence))
    return messages


def _kind(state: State, destination: str, rules: Rules, now: datetime) -> str | None:
    """Say what a destination is to be told of an alert now, None for nothing."""
    last = state.sent.get(destination)
    if state.resolved_at is not None:
        return RESOLVED if last and last.message != RESOLVED else None
    if state.alert.severity == LOW or state.is_quiet(now):
        return None
    if last and _rank(state.alert.severity) > _rank(last.severity):
        return WORSE
    if state.acknowledged_at is not None:
        return None
    if last is None:
        return NEW
    after = rules.by_code[state.alert.code].renotify_after
    return REMINDER if now - last.at >= after else None


def _digests(
    standing: Iterable[State], history: History, rules: Rules, now: datetime
) -> list[Message]:
    """Tell each destination once a day all that is open there and not snoozed."""
    day = rules.digest_day(now)
    if day is None:
        return []
    by_destination: dict[str, list[Alert]] = {}
    for state in standing:
        if not state.is_quiet(now):
            for destination in rules.destinations(state.alert.owner_role):
                by_destination.setdefault(destination, []).append(state.alert)
    told = {
        destination
        for destination, at in history.digests.items()
        if day in rules.local_day(at)
    }
    return [
        Message(DIGEST, destination, tuple(sorted(alerts, key=_first_worst)))
        for destination, alerts in sorted(by_destination.items())
        if destination not in told
    ]


def _first_worst(alert: Alert) -> tuple[int, int, str]:
    return (-_rank(alert.severity), -alert.record_count, alert.key)


def _rank(severity: str) -> int:
    return SEVERITIES.index(severity)
