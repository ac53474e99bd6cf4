"""What really leaves: to a web server and a mail server on this machine."""

import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import duckdb
import pytest
from pydantic import SecretStr

from orchestration.alerts import log
from orchestration.alerts.decide import Found, Message
from orchestration.alerts.found import find, open_by_run
from orchestration.alerts.log import Alert
from orchestration.alerts.notify import Told, look
from orchestration.alerts.rules import read_rules
from orchestration.alerts.send import AlertUrlError, open_destinations
from orchestration.alerts.words import FIELDS, UnsafeAlertError, body_of
from orchestration.run_result import FailedCheck, Run

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
RULES = read_rules()
AT_ONCE = (0.0, 0.0)
GAP = Alert(
    "feed_gap-0123456789ab", "feed_gap", "high", "data_engineering", "feed-gap", 9
)
# What must never leave: made up, in the places where a sender could put it.
PLANTED = ("Zzyzx", "MRN-4711", "SMITH^JANE", "zzyzx-jane-1961.hl7", "1961-02-03")
# The envelope that apprise puts around each message of a webhook.
ENVELOPE = {"version", "title", "message", "attachments", "type"}


class Webhook:
    """A web server on this machine that keeps what it is sent."""

    def __init__(self) -> None:
        self.payloads: list[dict[str, str]] = []
        self.refusals = 0
        webhook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                webhook.payloads.append(json.loads(body))
                webhook.refusals -= 1
                self.send_response(503 if webhook.refusals >= 0 else 200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"json://127.0.0.1:{self.server.server_address[1]}/alerts"

    @property
    def titles(self) -> list[str]:
        return [payload["title"] for payload in self.payloads]

    def about(self, word: str) -> list[str]:
        return [title for title in self.titles if word in title]


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    webhook = Webhook()
    thread = threading.Thread(target=webhook.server.serve_forever, args=(0.01,))
    thread.start()
    yield webhook
    webhook.server.shutdown()
    webhook.server.server_close()
    thread.join()


Look = Callable[..., Told]


@pytest.fixture
def look_at(webhook: Webhook, tmp_path: Path) -> Look:
    """Return a function that looks once and sends to the webhook."""

    def look_once(found: Found, now: datetime = NOON, urls: str | None = None) -> Told:
        secret = SecretStr(urls or f"default={webhook.url}")
        return look(
            tmp_path / "alerts",
            lambda: found,
            RULES,
            open_destinations(secret, AT_ONCE),
            now=now,
            runbook_url="https://runbook.example/",
        )

    return look_once


def of_failures(count: int) -> Run:
    """Return a run in which 1,000 records failed one check and names were planted."""
    return Run(
        run_id="r",
        ended_at=NOON,
        succeeded=False,
        problems=(f"build: {PLANTED[0]} {PLANTED[4]}",),
        failed_checks=(
            FailedCheck(
                name=f"key_is_present_{PLANTED[0]}",
                asset=f"raw/{PLANTED[3]}",
                is_error=True,
                failed_count=count,
                owner="data_engineering",
                runbook="key-missing",
                problem=f"{PLANTED[2]} in {PLANTED[3]}",
            ),
        ),
    )


def test_a_thousand_failures_over_six_runs_are_one_message_a_group_and_interval(
    look_at, webhook
):
    found = open_by_run(of_failures(1000), RULES)
    interval = RULES.by_code["check_failed"].renotify_after

    for run in range(6):
        look_at(found, NOON + run * HOUR / 2)

    assert len(webhook.about("A check failed")) == 1
    assert len(webhook.about("Nothing was published")) == 1
    assert len(webhook.about("open alerts")) == 1
    assert len(webhook.payloads) == 3
    [message] = [p["message"] for p in webhook.payloads if "check failed" in p["title"]]
    assert "count: 1000" in message.splitlines()
    look_at(found, NOON + interval)
    assert len(webhook.about("A check failed")) == 2


def test_what_the_data_tell_is_not_told_by_a_check_too():
    failed = of_failures(3)
    [check] = failed.failed_checks
    known = replace(check, runbook=RULES.by_code["feed_late"].runbook)

    codes = [
        a.code
        for a in open_by_run(replace(failed, failed_checks=(known,)), RULES).alerts
    ]

    assert codes == ["publish_stopped"]


def test_a_payload_holds_what_is_allowed_and_nobody(look_at, webhook, tmp_path):
    """Names stand where senders could put them: source, feed, site, check, file."""
    warehouse = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(
            """
            create schema marts;
            create table marts.rpt_ops_alerts as
            select 'deadline_near-0123456789ab' as alert_key,
                'deadline_near' as alert_code, 'critical' as severity,
                'biller' as owner_role, 'deadline-near' as runbook,
                7::bigint as record_count, 'Zzyzx' as data_source,
                'SMITH^JANE' as detail, 'MRN-4711' as facility_key,
                1234.50::decimal(18, 2) as amount, date '2026-12-24' as deadline_date
            """
        )

    look_at(find(warehouse, of_failures(5), RULES))

    assert len(webhook.about("new")) == 3
    assert len(webhook.about("open alerts")) == 1
    for payload in webhook.payloads:
        assert set(payload) == ENVELOPE
        assert payload["attachments"] == []
        lines = [line for line in payload["message"].splitlines() if line]
        fields = [line.partition(": ")[0] for line in lines]
        assert set(fields) <= set(FIELDS)
        assert {"alert", "count", "runbook"} <= set(fields)
        assert not [name for name in PLANTED if name in json.dumps(payload)]
    [deadline] = [p for p in webhook.payloads if "Filing deadlines" in p["title"]]
    assert deadline["message"].splitlines() == [
        "alert: deadline_near-0123456789ab",
        "severity: critical",
        "owner: biller",
        "count: 7",
        "money: 1234.50",
        "deadline: 2026-12-24",
        "runbook: https://runbook.example/#deadline-near",
    ]


@pytest.mark.parametrize("field", ["key", "owner_role", "runbook", "severity"])
def test_a_field_that_is_no_plain_word_is_refused(field):
    fields = {"key": "k-1", "owner_role": "biller", "runbook": "x", "severity": "low"}
    alert = Alert(code="feed_gap", record_count=1, **{**fields, field: "SMITH^JANE"})

    with pytest.raises(UnsafeAlertError) as caught:
        body_of(Message("new", "data", (alert,)), "docs/runbook.md")
    assert "SMITH" not in str(caught.value)


def test_a_destination_that_stumbles_is_tried_again(look_at, webhook):
    webhook.refusals = 2

    told = look_at(Found((GAP,)), NOON.replace(hour=7) - HOUR / 60)

    assert told.failed == ()
    assert len(webhook.payloads) == 0, "it is quiet before seven"
    told = look_at(Found((GAP,)))
    assert (told.failed, told.sent_count) == ((), 2)
    assert len(webhook.payloads) == 2 + 2


def test_a_destination_that_is_down_is_tried_three_times_and_next_time_again(
    look_at, webhook
):
    webhook.refusals = 3

    down = look_at(Found((GAP,)))
    up = look_at(Found((GAP,)), NOON + HOUR)

    assert (down.failed, down.sent_count) == (("default",), 0)
    assert (up.failed, up.sent_count) == ((), 2)
    assert len(webhook.about("new: A feed has a hole")) == 3 + 1


def test_what_one_destination_does_not_take_the_others_still_get(look_at, webhook):
    bill = Alert("bill-1", "deadline_near", "critical", "biller", "x", 1)

    told = look_at(
        Found((GAP, bill)), urls=f"data=json://127.0.0.1:1/,billing={webhook.url}"
    )

    assert (told.failed, told.unknown) == (("data",), ())
    assert webhook.about("Filing deadlines")


def test_a_role_whose_destination_has_no_address_is_named(look_at, webhook):
    told = look_at(Found((GAP,)), urls=f"billing={webhook.url}")

    assert (told.unknown, told.sent_count) == (("data",), 0)


@pytest.mark.parametrize(
    "url",
    [
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#ops",
        "workflows://host.example:443/workflow1/signature",
        "mailtos://user:secret@mail.example?from=ops@mail.example&to=a@b.example,c@d.example",
        "jsons://host.example/hook",
    ],
)
def test_slack_teams_mail_and_webhooks_are_understood(url):
    found = open_destinations(SecretStr(f"ops={url}, billing=json://host.example"))

    assert set(found.by_name) == {"ops", "billing"}
    assert len(found.by_name["ops"]) == 1


@pytest.mark.parametrize(
    "urls",
    ["slack://secret", "x=none://secret", "x=secret", "first=json://secret"],
)
def test_an_address_that_is_not_understood_is_named_and_not_quoted(urls):
    with pytest.raises(AlertUrlError, match="entry 2") as caught:
        open_destinations(SecretStr(f"first=json://host.example, {urls}"))

    assert "secret" not in str(caught.value)


class MailServer(socketserver.StreamRequestHandler):
    """As much of SMTP as one message needs."""

    received: list[str]

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        for line in self.rfile:
            command = line[:4].upper()
            if command == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                text = b"".join(iter(self.rfile.readline, b".\r\n"))
                self.received.append(text.decode())
            self.wfile.write(b"221 bye\r\n" if command == b"QUIT" else b"250 ok\r\n")
            if command == b"QUIT":
                return


def test_an_e_mail_reaches_a_mail_server(look_at):
    received: list[str] = []
    handler = type("Handler", (MailServer,), {"received": received})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        host = f"127.0.0.1:{server.server_address[1]}"
        urls = f"data=mailto://{host}?from=chartgap@mail.example&to=ops@mail.example"
        critical = replace(GAP, severity="critical")
        told = look_at(Found((critical,)), NOON.replace(hour=3), urls=urls)
        server.shutdown()
        thread.join()

    assert told.failed == ()
    assert "Subject: Chartgap: new: A feed has a hole" in received[0]
    assert f"alert: {GAP.key}" in received[0]


def test_the_log_gives_back_what_was_put_in(tmp_path):
    money, day = Decimal("1.50"), date(2026, 1, 2)
    alert = Alert("k-1", "feed_gap", "high", "biller", "x", 4, "s", money, day)
    log.append(tmp_path, [log.Event(log.RAISED, NOON, alert)])
    later = log.Event(
        log.SNOOZED, NOON + HOUR, alert, acted_by="kim", snoozed_until=NOON + 2 * HOUR
    )
    log.append(tmp_path, [later])

    [state] = log.read(tmp_path).states.values()

    assert (state.alert, state.first_seen_at) == (alert, NOON)
    assert state.snoozed_until == NOON + 2 * HOUR


def test_a_damaged_log_is_no_empty_one(tmp_path):
    (tmp_path / "synthetic.parquet").write_bytes(b"no log")

    with pytest.raises(log.AlertLogError, match="cannot be read"):
        log.read(tmp_path)


def test_a_run_that_did_not_come_to_a_check_says_nothing_about_it():
    failed = of_failures(3)
    [check] = failed.failed_checks
    [alert, _] = open_by_run(failed, RULES).alerts
    others = Run("r", NOON, True, (), (), (("raw/claims", "claim_id_is_present"),))
    reached = Run("r", NOON, True, (), (), ((check.asset, check.name),))

    assert not open_by_run(others, RULES).judges(alert)
    assert open_by_run(reached, RULES).judges(alert)


def test_a_warehouse_that_cannot_be_opened_is_not_judged(tmp_path):
    warehouse = tmp_path / "warehouse.duckdb"
    warehouse.write_bytes(b"no database")

    assert not find(warehouse, None, RULES).judges(GAP)
    assert not find(tmp_path / "missing.duckdb", None, RULES).judges(GAP)
