"""What the seeds say about alerts: their rules, who is told, and when.

Read from the CSV files themselves, as an alert may have to go out before there is a
warehouse. It leaves out what opens an alert; that is SQL (`rpt_ops_alerts`).
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from orchestration.settings import PROJECT_DIR

SEEDS_DIR = PROJECT_DIR / "seeds"
DEFAULT = "default"
LOW, HIGH, CRITICAL = "low", "high", "critical"
SEVERITIES = (LOW, HIGH, CRITICAL)


class AlertRulesError(ValueError):
    """A seed of alerts does not say what it should: correct the row it names."""


@dataclass(frozen=True)
class Rule:
    """One kind of alert: what it is called, and how often it is told again."""

    code: str
    title: str
    severity: str
    owner_role: str
    runbook: str
    renotify_after: timedelta
    is_enabled: bool


@dataclass(frozen=True)
class Hours:
    """One day of the week; a time is None on a day without it."""

    opens_at: time | None
    closes_at: time | None
    digest_at: time | None
    zone: ZoneInfo


@dataclass(frozen=True)
class Rules:
    """All that the seeds say about alerts."""

    by_code: Mapping[str, Rule]
    routes: Mapping[str, tuple[str, ...]]
    hours: Mapping[int, Hours]

    def has_enabled(self, code: str) -> bool:
        """Whether this kind of alert is to be raised; one without a rule is not."""
        return code in self.by_code and self.by_code[code].is_enabled

    def title(self, code: str) -> str:
        """Return what a kind of alert is called; its code when its rule is gone."""
        return self.by_code[code].title if code in self.by_code else code

    def destinations(self, owner_role: str) -> tuple[str, ...]:
        """Return where the alerts of a role go."""
        return self.routes.get(owner_role, (DEFAULT,))

    def is_open(self, now: datetime) -> bool:
        """Whether messages that can wait may be sent at this moment."""
        return any(
            hours.opens_at <= local.time() < hours.closes_at
            for hours, local in self._today(now)
            if hours.opens_at and hours.closes_at
        )

    def digest_day(self, now: datetime) -> date | None:
        """Return the day whose digest is due by now; None before it is."""
        for hours, local in self._today(now):
            if hours.digest_at and local.time() >= hours.digest_at:
                return local.date()
        return None

    def local_day(self, at: datetime) -> set[date]:
        """Return the day of a moment on the clocks of the seed."""
        return {local.date() for _, local in self._today(at)}

    def _today(self, now: datetime) -> list[tuple[Hours, datetime]]:
        """Return the hours of the day that it is on their own clocks."""
        found = [(day, hours, now.astimezone(hours.zone)) for day, hours in self._days]
        return [
            (hours, local) for day, hours, local in found if local.isoweekday() == day
        ]

    @property
    def _days(self) -> list[tuple[int, Hours]]:
        return sorted(self.hours.items())


def read_rules(seeds: Path = SEEDS_DIR) -> Rules:
    """Read the three seeds; raises AlertRulesError, which names seed and row."""
    routes: dict[str, list[str]] = {}
    for row in _rows(seeds, "alert_routes"):
        routes.setdefault(row["owner_role"], []).append(row["destination"])
    rules = {}
    for row in _rows(seeds, "alert_rules"):
        try:
            rules[row["alert_code"]] = _rule(row)
        except ValueError:
            raise _wrong("alert_rules", row["alert_code"]) from None
    hours = {}
    for row in _rows(seeds, "alert_hours"):
        try:
            hours[int(row["iso_weekday"])] = _hours(row)
        except (ValueError, LookupError, OSError):
            raise _wrong("alert_hours", row["iso_weekday"]) from None
    return Rules(rules, {role: tuple(to) for role, to in routes.items()}, hours)


def _rule(row: Mapping[str, str]) -> Rule:
    if row["severity"] not in SEVERITIES:
        raise ValueError
    return Rule(
        code=row["alert_code"],
        title=row["title"],
        severity=row["severity"],
        owner_role=row["owner_role"],
        runbook=row["runbook"],
        renotify_after=timedelta(hours=int(row["renotify_hours"])),
        is_enabled=row["is_enabled"] == "true",
    )


def _hours(row: Mapping[str, str]) -> Hours:
    def at(name: str) -> time | None:
        return time.fromisoformat(row[name]) if row[name] else None

    zone = ZoneInfo(row["time_zone"])
    return Hours(at("opens_at"), at("closes_at"), at("digest_at"), zone)


def _rows(seeds: Path, name: str) -> list[dict[str, str]]:
    try:
        with (seeds / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
            return list(csv.DictReader(lines, strict=True))
    except (OSError, csv.Error) as error:
        problem = f"seeds/{name}.csv cannot be read ({type(error).__name__})"
        raise AlertRulesError(problem) from None


def _wrong(seed: str, row: str) -> AlertRulesError:
    return AlertRulesError(f"seeds/{seed}.csv, row {row}: a value cannot be read")
