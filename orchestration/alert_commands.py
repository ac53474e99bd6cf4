"""`chartgap alerts`: what is open, and what people say about it.

The list comes from the log, so it needs neither warehouse nor run.
"""

import getpass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from orchestration.alerts import answer
from orchestration.alerts.answer import Answer, AnswerError
from orchestration.alerts.log import AlertLogError, State
from orchestration.alerts.rules import SEVERITIES
from orchestration.terminal import read_settings, refuse

FAILED = 1

alerts_app = typer.Typer(
    help="What calls for somebody: list, acknowledge, snooze, send.",
    invoke_without_command=True,
    pretty_exceptions_enable=False,
)

_Key = Annotated[str, typer.Argument(help="Its key, or the beginning of it.")]
_By = Annotated[
    str | None, typer.Option(help="Who says so; the user of this machine when absent.")
]


@alerts_app.callback()
def alerts(context: typer.Context) -> None:
    """List what is open when nothing else is asked for."""
    if context.invoked_subcommand is None:
        list_alerts()


@alerts_app.command(name="list")
def list_alerts() -> None:
    """List the open alerts, the most severe first."""
    settings = read_settings()
    states = _open(settings.alerts_path)
    if not states:
        _say("No alert is open.")
    for state in states:
        _show(state, settings.runbook_url)


@alerts_app.command()
def acknowledge(key: _Key, by: _By = None) -> None:
    """Say that you see to an alert: no reminders, unless it gets worse."""
    folder = read_settings().alerts_path
    try:
        state = answer.acknowledge(folder, Answer(key, _who(by)), now=_now())
    except (AnswerError, AlertLogError) as error:
        refuse(str(error))
    _say(f"{state.alert.key} is acknowledged by {_who(by)}.")


@alerts_app.command()
def snooze(
    key: _Key,
    hours: Annotated[int, typer.Option(min=1, help="For how many hours.")] = 24,
    by: _By = None,
) -> None:
    """Keep an alert quiet for some hours, in the digest too."""
    folder = read_settings().alerts_path
    said = Answer(key, _who(by))
    try:
        state, until = answer.snooze(folder, said, hours=hours, now=_now())
    except (AnswerError, AlertLogError) as error:
        refuse(str(error))
    _say(f"{state.alert.key} keeps quiet until {_moment(until)}.")


@alerts_app.command()
def send() -> None:
    """Look at the alerts now and tell what is due; the scheduler does it hourly."""
    settings = read_settings()
    from orchestration.alert_assets import ALERT_ERRORS, look_now  # noqa: PLC0415
    from orchestration.runs import open_instance  # noqa: PLC0415

    try:
        with open_instance(settings) as instance:
            told = look_now(settings, instance)
    except ALERT_ERRORS as error:
        refuse(str(error))
    _say(
        f"{told.open_count} open, {told.raised_count} of them new; "
        f"{told.resolved_count} over; {told.sent_count} messages sent."
    )
    if told.unknown:
        _say(f"Without an address in CHARTGAP_ALERT_URLS: {', '.join(told.unknown)}")
    if told.failed:
        _say(f"Did not take its messages: {', '.join(told.failed)}")
        raise typer.Exit(FAILED)


def _open(folder: Path) -> list[State]:
    try:
        states = answer.open_alerts(folder)
    except AlertLogError as error:
        refuse(str(error))
    return sorted(states, key=_first_worst)


def _first_worst(state: State) -> tuple[int, datetime, str]:
    severity = SEVERITIES.index(state.alert.severity)
    return (-severity, state.first_seen_at, state.alert.key)


def _show(state: State, runbook_url: str) -> None:
    """Print one alert: how bad, what about, whose turn, since when."""
    alert = state.alert
    facts = [f"{alert.severity:9}{alert.record_count:>7,}  {alert.key}"]
    if alert.amount is not None:
        facts.append(f"${alert.amount:,.2f}")
    if alert.deadline_date is not None:
        facts.append(f"deadline {alert.deadline_date}")
    _say(", ".join(facts))
    for line in (
        alert.subject,
        f"{alert.owner_role}: {runbook_url}#{alert.runbook}",
        f"since {_moment(state.first_seen_at)}, {_standing(state)}",
    ):
        if line:
            _say(f"{'':18}{line}")


def _standing(state: State) -> str:
    if state.snoozed_until and state.is_quiet(_now()):
        return f"quiet until {_moment(state.snoozed_until)}"
    if state.acknowledged_at:
        return f"acknowledged by {state.acknowledged_by}"
    return f"open again ({state.recurrence})" if state.recurrence else "open"


def _who(by: str | None) -> str:
    try:
        return by or getpass.getuser()
    except (KeyError, OSError):
        refuse("this machine does not know who you are; say it with --by")


def _now() -> datetime:
    return datetime.now(UTC)


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _say(text: str) -> None:
    Console().print(text, soft_wrap=True, markup=False, highlight=False)
