"""`chartgap alerts`: what people see and say, without a warehouse or a run."""

import getpass
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from orchestration.alerts import log
from orchestration.alerts.log import RAISED, RESOLVED, Alert, Event
from orchestration.cli import app

NOW = datetime.now(UTC)
GAP = Alert(
    "feed_gap-111", "feed_gap", "high", "data_engineering", "feed-gap", 40, "ehr, notes"
)
BILL = Alert(
    "ready_not_billed-222",
    "ready_not_billed",
    "critical",
    "biller",
    "ready-not-billed",
    12,
    amount=Decimal("1200.00"),
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a data folder in which two alerts are open and one is over."""
    monkeypatch.setenv("CHARTGAP_DATA_DIR", str(tmp_path))
    over = Alert("feed_late-333", "feed_late", "high", "data_engineering", "x", 2)
    raised = [Event(RAISED, NOW, alert) for alert in (GAP, BILL, over)]
    log.append(tmp_path / "alerts", [*raised, Event(RESOLVED, NOW, over)])
    return tmp_path / "alerts"


def alerts(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["alerts", *arguments])


@pytest.mark.parametrize("arguments", [(), ("list",)])
def test_the_list_has_what_is_open_the_most_severe_first(folder, arguments):
    output = alerts(*arguments).output

    assert output.index(BILL.key) < output.index(GAP.key)
    assert "feed_late" not in output
    assert "ehr, notes" in output
    assert "1,200.00" in output


def test_nothing_open_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("CHARTGAP_DATA_DIR", str(tmp_path))

    assert alerts().output == "No alert is open.\n"


@pytest.mark.parametrize(
    ("arguments", "who"), [((), getpass.getuser()), (("--by", "kim"), "kim")]
)
def test_who_acknowledges_is_recorded_and_shown(folder, arguments, who):
    result = alerts("acknowledge", "feed_gap", *arguments)

    assert result.exit_code == 0
    assert log.read(folder).states[GAP.key].acknowledged_by == who
    assert f"acknowledged by {who}" in alerts().output


def test_a_snooze_has_an_end_and_is_shown(folder):
    assert alerts("snooze", GAP.key, "--hours", "3").exit_code == 0

    until = log.read(folder).states[GAP.key].snoozed_until
    assert until
    assert timedelta(hours=2) < until - NOW < timedelta(hours=4)
    assert f"quiet until {until:%Y-%m-%d %H:%M}" in alerts().output


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("feed_late", "no open alert"),
        ("x", "no open alert"),
        ("", "several open alerts begin with it: feed_gap-111, ready_not_billed-222"),
    ],
)
def test_a_key_that_is_not_one_open_alert_is_refused(folder, key, words):
    before = log.read(folder)

    result = alerts("acknowledge", key)

    assert result.exit_code == 2
    assert words in result.stderr
    assert log.read(folder) == before


def test_a_wrong_address_is_refused_before_anything_is_noted(folder, monkeypatch):
    monkeypatch.setenv("CHARTGAP_ALERT_URLS", "billing=secret")
    before = log.read(folder)

    result = alerts("send")

    assert result.exit_code == 2
    assert "entry 1" in result.stderr
    assert "secret" not in result.stderr
    assert log.read(folder) == before


def test_send_says_what_it_did_and_whom_it_could_not_tell(folder, monkeypatch):
    """There is no warehouse and no run: what is open stays so."""
    monkeypatch.setenv("CHARTGAP_ALERT_URLS", "front_desk=json://127.0.0.1:1/")

    result = alerts("send")

    assert result.exit_code == 0
    assert "2 open, 0 of them new; 0 over; 0 messages sent." in result.output
    assert re.search(r"^Without an address in .*: billing", result.output, re.M)
