"""The words of a message: one `name: value` a line, and nothing else.

A message is about work, never about people: a key, our own title, counts, money, a
day and where the runbook has it. Whatever else came near it is refused here.
"""

import re
from collections.abc import Iterator

from orchestration.alerts.decide import Message
from orchestration.alerts.log import DIGEST, Alert
from orchestration.alerts.rules import SEVERITIES, Rules

FIELDS = ("alert", "severity", "owner", "count", "money", "deadline", "runbook", "more")
"""All that a message may tell: of an alert, and how many more a digest has."""

_MOST = 20
_WORD = re.compile(r"[a-z0-9]+(?:[_-][a-z0-9]+)*")


class UnsafeAlertError(ValueError):
    """An alert holds something that is no word of ours: correct what made it."""


def title_of(message: Message, rules: Rules) -> str:
    """Return the first line: what kind of message it is, about what."""
    if message.kind == DIGEST:
        return f"Chartgap: {len(message.alerts)} open alerts"
    [alert] = message.alerts
    again = " again" if message.recurrence else ""
    return f"Chartgap: {message.kind}{again}: {rules.title(alert.code)}"


def severity_of(message: Message) -> str:
    """Return the severity of the most severe alert that a message is about."""
    return max((alert.severity for alert in message.alerts), key=SEVERITIES.index)


def body_of(message: Message, runbook_url: str) -> str:
    """Return the lines about each alert; of many, the most severe.

    Raises UnsafeAlertError when a field is not of our own making.
    """
    shown = message.alerts[:_MOST]
    blocks = ["\n".join(_lines(alert, runbook_url)) for alert in shown]
    if len(message.alerts) > len(shown):
        blocks.append(f"more: {len(message.alerts) - len(shown)}")
    return "\n\n".join(blocks)


def _lines(alert: Alert, runbook_url: str) -> Iterator[str]:
    yield f"alert: {_word(alert.key)}"
    yield f"severity: {_word(alert.severity)}"
    yield f"owner: {_word(alert.owner_role)}"
    yield f"count: {alert.record_count:d}"
    if alert.amount is not None:
        yield f"money: {alert.amount:.2f}"
    if alert.deadline_date is not None:
        yield f"deadline: {alert.deadline_date:%Y-%m-%d}"
    yield f"runbook: {runbook_url}#{_word(alert.runbook)}"


def _word(text: str) -> str:
    if not _WORD.fullmatch(text):
        raise UnsafeAlertError("an alert's key, role or heading is no plain word")
    return text
