"""One look at the alerts: note what is new and over, tell who should know.

Thin: `found` says what is open, `decide` what to do, `send` does it. What was decided
is noted before anything is sent, and each message right after it was taken, so that a
process that is killed in between tells at most one message twice and forgets none.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from orchestration.alerts import log
from orchestration.alerts.decide import Found, Message, decide
from orchestration.alerts.log import DIGEST, RAISED, RESOLVED, SENT, Event
from orchestration.alerts.rules import DEFAULT, Rules
from orchestration.alerts.send import Destinations
from orchestration.alerts.words import body_of, severity_of, title_of


@dataclass(frozen=True)
class Told:
    """What one look came to; `failed` and `unknown` are names of destinations.

    Those that failed took no message; those that are unknown have no address, where
    others have one.
    """

    open_count: int
    raised_count: int
    resolved_count: int
    sent_count: int
    failed: tuple[str, ...]
    unknown: tuple[str, ...]


def look(
    folder: Path,
    find: Callable[[], Found],
    rules: Rules,
    destinations: Destinations,
    *,
    now: datetime,
    runbook_url: str,
) -> Told:
    """Compare what `find` finds with the log in `folder`, and send what is due.

    Raises AlertLogError when the log cannot be read or written, UnsafeAlertError when
    an alert holds more than words of ours.
    """
    with log.one_at_a_time(folder):
        routed = _routed(rules, destinations)
        decision = decide(find(), log.read(folder), routed, now)
        log.append(folder, decision.events)
        sent_count, failed = _send(
            [m for m in decision.messages if m.destination in destinations.by_name],
            destinations,
            lambda message: log.append(folder, [_sent(message, now)]),
            rules,
            runbook_url,
        )
    kinds = [event.event for event in decision.events]
    known = destinations.by_name.keys()
    asked = {message.destination for message in decision.messages}
    return Told(
        open_count=decision.open_count,
        raised_count=kinds.count(RAISED),
        resolved_count=kinds.count(RESOLVED),
        sent_count=sent_count,
        failed=tuple(sorted(failed)),
        unknown=tuple(sorted(asked - known)) if known else (),
    )


def _send(
    messages: Sequence[Message],
    destinations: Destinations,
    note: Callable[[Message], None],
    rules: Rules,
    runbook_url: str,
) -> tuple[int, set[str]]:
    """Send messages; a destination that does not take one is left for the next look."""
    failed: set[str] = set()
    sent_count = 0
    for message in messages:
        if message.destination in failed:
            continue
        taken = destinations.send(
            message.destination,
            title=title_of(message, rules),
            body=body_of(message, runbook_url),
            severity=severity_of(message),
        )
        if taken:
            note(message)
            sent_count += 1
        else:
            failed.add(message.destination)
    return sent_count, failed


def _routed(rules: Rules, destinations: Destinations) -> Rules:
    """Replace destinations without an address by the default, where that has one."""
    has_default = DEFAULT in destinations.by_name
    routes = {
        role: tuple(
            dict.fromkeys(
                DEFAULT if name not in destinations.by_name and has_default else name
                for name in names
            )
        )
        for role, names in rules.routes.items()
    }
    return replace(rules, routes=routes)


def _sent(message: Message, now: datetime) -> Event:
    if message.kind == DIGEST:
        return Event(DIGEST, now, destination=message.destination)
    return Event(
        SENT,
        now,
        message.alerts[0],
        message.recurrence,
        destination=message.destination,
        message=message.kind,
    )
