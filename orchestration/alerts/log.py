"""The log of alerts: what was found, told and decided, appended and never changed.

Holds the events, their files and what they come to for each alert. It leaves out
what should happen next; that is `decide`. With raw it is the only state: what people
decided is nowhere else.
"""

import fcntl
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.parquet import write_whole

RAISED = "raised"
SEEN = "seen"
SENT = "sent"
ACKNOWLEDGED = "acknowledged"
SNOOZED = "snoozed"
RESOLVED = "resolved"
DIGEST = "digest"

_TEXT, _TIME = pa.string(), pa.timestamp("us")
SCHEMA = pa.schema(
    [
        ("alert_key", _TEXT),
        ("recurrence", pa.int64()),
        ("event", _TEXT),
        ("occurred_at", _TIME),
        ("alert_code", _TEXT),
        ("severity", _TEXT),
        ("owner_role", _TEXT),
        ("runbook", _TEXT),
        ("subject", _TEXT),
        ("record_count", pa.int64()),
        ("amount", pa.decimal128(18, 2)),
        ("deadline_date", pa.date32()),
        ("destination", _TEXT),
        ("message", _TEXT),
        ("acted_by", _TEXT),
        ("snoozed_until", _TIME),
    ]
)
_EMPTY = "_schema.parquet"
_LOCK = ".lock"


class AlertLogError(RuntimeError):
    """The log of alerts cannot be read or written: look at its folder."""


@dataclass(frozen=True)
class Alert:
    """One alert group that is open, in our own words, codes and numbers."""

    key: str
    code: str
    severity: str
    owner_role: str
    runbook: str
    record_count: int
    subject: str = ""
    amount: Decimal | None = None
    deadline_date: date | None = None


@dataclass(frozen=True)
class Event:
    """One thing that happened to an alert; a digest has no alert."""

    event: str
    at: datetime
    alert: Alert | None = None
    recurrence: int = 0
    destination: str | None = None
    message: str | None = None
    acted_by: str | None = None
    snoozed_until: datetime | None = None


@dataclass(frozen=True)
class Sent:
    """The last message about an alert to one destination."""

    at: datetime
    message: str
    severity: str


@dataclass(frozen=True)
class State:
    """What the log comes to for one alert: its last incident."""

    alert: Alert
    recurrence: int
    first_seen_at: datetime
    last_seen_at: datetime
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    snoozed_until: datetime | None = None
    resolved_at: datetime | None = None
    sent: dict[str, Sent] = field(default_factory=dict)

    def is_quiet(self, now: datetime) -> bool:
        """Whether somebody has asked for silence until a later time."""
        return self.snoozed_until is not None and self.snoozed_until > now


@dataclass(frozen=True)
class History:
    """All that the log says: each alert's state, each destination's last digest."""

    states: dict[str, State]
    digests: dict[str, datetime]


def about(event: Event, state: State) -> Event:
    """Return an event as one of the incident that an alert is in."""
    return replace(event, alert=state.alert, recurrence=state.recurrence)


def write_empty(folder: Path) -> None:
    """Make the log's folder with an empty file, so that it can be read as a table."""
    target = folder / _EMPTY
    if not target.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(target, SCHEMA.empty_table())


def append(folder: Path, events: Sequence[Event]) -> None:
    """Add events as one file, whole or not at all.

    Raises AlertLogError when the folder cannot be written.
    """
    if not events:
        return
    now = datetime.now(UTC)
    name = f"{now:%Y%m%dT%H%M%S%f}-{uuid.uuid4().hex[:8]}.parquet"
    try:
        write_empty(folder)
        rows = [_row(event) for event in events]
        write_whole(folder / name, pa.Table.from_pylist(rows, schema=SCHEMA))
    except OSError as error:
        raise AlertLogError(_cannot("written", folder, error)) from None


def read(folder: Path) -> History:
    """Read what the log comes to; a folder without files is an empty log.

    Raises AlertLogError when a file cannot be read: half a log would tell people
    again what they have acknowledged.
    """
    rows: list[dict[str, Any]] = []
    try:
        for path in sorted(folder.glob("*.parquet")):
            with pq.ParquetFile(path) as file:
                rows += file.read().to_pylist()
    except (OSError, pa.ArrowException) as error:
        raise AlertLogError(_cannot("read", folder, error)) from None
    # Of one moment the order is that of the files and of the rows in them.
    return fold(_event(row) for row in sorted(rows, key=lambda row: row["occurred_at"]))


def fold(events: Iterable[Event], before: Mapping[str, State] | None = None) -> History:
    """Return what events, in their order, come to after what was before."""
    history = History(dict(before or {}), {})
    for event in events:
        if event.event == DIGEST:
            history.digests[str(event.destination)] = event.at
        elif event.alert is not None:
            state = _after(history.states.get(event.alert.key), event, event.alert)
            if state:
                history.states[event.alert.key] = state
    return history


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Let nobody else decide on the same log meanwhile; waits for its turn."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / _LOCK).open("ab")
    except OSError as error:
        raise AlertLogError(_cannot("written", folder, error)) from None
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _after(state: State | None, event: Event, alert: Alert) -> State | None:
    """Return the state of an alert after an event of it."""
    at = event.at
    if event.event == RAISED:
        return State(alert, event.recurrence, first_seen_at=at, last_seen_at=at)
    if state is None or state.recurrence != event.recurrence:
        return state
    changes: dict[str, dict[str, Any]] = {
        SEEN: {"alert": alert, "last_seen_at": at},
        ACKNOWLEDGED: {"acknowledged_at": at, "acknowledged_by": event.acted_by},
        SNOOZED: {"snoozed_until": event.snoozed_until},
        RESOLVED: {"resolved_at": at},
        SENT: {
            "sent": {
                **state.sent,
                str(event.destination): Sent(at, str(event.message), alert.severity),
            }
        },
    }
    return replace(state, **changes.get(event.event, {}))


def _row(event: Event) -> dict[str, Any]:
    alert = event.alert
    about = (
        {}
        if alert is None
        else {
            "alert_key": alert.key,
            "alert_code": alert.code,
            "severity": alert.severity,
            "owner_role": alert.owner_role,
            "runbook": alert.runbook,
            "subject": alert.subject,
            "record_count": alert.record_count,
            "amount": alert.amount,
            "deadline_date": alert.deadline_date,
        }
    )
    return about | {
        "recurrence": event.recurrence,
        "event": event.event,
        "occurred_at": _naive(event.at),
        "destination": event.destination,
        "message": event.message,
        "acted_by": event.acted_by,
        "snoozed_until": _naive(event.snoozed_until),
    }


def _event(row: dict[str, Any]) -> Event:
    alert = None
    if row["alert_key"] is not None:
        alert = Alert(
            key=row["alert_key"],
            code=row["alert_code"],
            severity=row["severity"],
            owner_role=row["owner_role"],
            runbook=row["runbook"],
            record_count=row["record_count"],
            subject=row["subject"] or "",
            amount=row["amount"],
            deadline_date=row["deadline_date"],
        )
    until = row["snoozed_until"]
    return Event(
        event=row["event"],
        at=row["occurred_at"].replace(tzinfo=UTC),
        alert=alert,
        recurrence=row["recurrence"],
        destination=row["destination"],
        message=row["message"],
        acted_by=row["acted_by"],
        snoozed_until=until.replace(tzinfo=UTC) if until else None,
    )


def _naive(at: datetime | None) -> datetime | None:
    """UTC by convention, as in raw."""
    return at.astimezone(UTC).replace(tzinfo=None) if at else None


def _cannot(be: str, folder: Path, error: Exception) -> str:
    return f"the log of alerts in {folder} cannot be {be} ({type(error).__name__})"
