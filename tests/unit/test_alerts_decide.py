"""When an alert is told, told again and over: pure, over an imagined week."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from orchestration.alerts.decide import Decision, Found, decide
from orchestration.alerts.log import (
    ACKNOWLEDGED,
    DIGEST,
    RAISED,
    RESOLVED,
    SEEN,
    SENT,
    SNOOZED,
    Alert,
    Event,
    History,
    about,
    fold,
)
from orchestration.alerts.rules import Rules, read_rules
from orchestration.alerts.words import title_of

# A Tuesday at noon: people are at work and the digest of the day is due.
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
EARLY = NOON.replace(hour=5)
NIGHT = NOON.replace(hour=22)
SUNDAY = NOON + timedelta(days=5)
HOUR = timedelta(hours=1)
GAP = Alert("feed_gap-0123456789ab", "feed_gap", "high", "data_engineering", "x", 9)
JUDGED = frozenset({"feed_gap", "deadline_near", "ready_not_billed"})


@pytest.fixture(scope="module")
def rules() -> Rules:
    return read_rules()


class Alerts:
    """A log in memory; every message that is due is taken."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.events: list[Event] = []

    @property
    def history(self) -> History:
        return fold(self.events)

    def look(self, now: datetime, *alerts: Alert, judged=JUDGED) -> Decision:
        decision = decide(Found(alerts, judged), self.history, self.rules, now)
        self.events += decision.events
        for message in decision.messages:
            if message.kind == DIGEST:
                self.events.append(Event(DIGEST, now, destination=message.destination))
                continue
            self.events.append(
                Event(
                    SENT,
                    now,
                    message.alerts[0],
                    message.recurrence,
                    destination=message.destination,
                    message=message.kind,
                )
            )
        return decision

    def say(self, event: str, now: datetime, **said: object) -> None:
        state = self.history.states[GAP.key]
        self.events.append(about(Event(event, now, **said), state))


def kinds(decision: Decision) -> list[str]:
    return [message.kind for message in decision.messages if message.kind != DIGEST]


def noted(decision: Decision) -> list[str]:
    return [event.event for event in decision.events]


@pytest.fixture
def alerts(rules: Rules) -> Alerts:
    return Alerts(rules)


def test_an_alert_is_told_once_while_it_lasts(alerts):
    first = alerts.look(NOON, GAP)
    later = [alerts.look(NOON + n * HOUR, GAP) for n in range(1, 5)]

    assert (noted(first), kinds(first)) == ([RAISED], ["new"])
    assert [kinds(decision) for decision in later] == [[]] * 4


def test_what_stays_the_same_is_noted_every_six_hours_and_a_change_at_once(alerts):
    more = replace(GAP, record_count=10)
    looks = [(0, GAP), (1, GAP), (2, more), (3, more), (7, more), (8, more)]

    found = [noted(alerts.look(NOON + hours * HOUR, alert)) for hours, alert in looks]

    assert found == [[RAISED], [], [SEEN], [], [], [SEEN]]
    state = alerts.history.states[GAP.key]
    assert (state.alert, state.last_seen_at) == (more, NOON + 8 * HOUR)


def test_it_is_told_again_after_its_interval_and_not_before(alerts, rules):
    after = rules.by_code["feed_gap"].renotify_after
    alerts.look(NOON, GAP)

    assert kinds(alerts.look(NOON + after - HOUR, GAP)) == []
    assert kinds(alerts.look(NOON + after, GAP)) == ["reminder"]
    assert kinds(alerts.look(NOON + after + HOUR, GAP)) == []


def test_who_was_told_is_told_when_it_is_over(alerts):
    alerts.look(NOON, GAP)

    over = alerts.look(NOON + HOUR)

    assert (noted(over), kinds(over)) == ([RESOLVED], ["resolved"])
    assert kinds(alerts.look(NOON + 2 * HOUR)) == []


def test_an_alert_that_comes_again_is_another_incident(alerts):
    alerts.look(NOON, GAP)
    alerts.look(NOON + HOUR)

    again = alerts.look(NOON + 2 * HOUR, GAP)

    assert (noted(again), kinds(again)) == ([RAISED], ["new"])
    assert [event.recurrence for event in again.events] == [1]
    assert [m.recurrence for m in again.messages if m.kind == "new"] == [1]


def test_what_could_not_be_looked_at_is_not_over(alerts):
    alerts.look(NOON, GAP)

    unknown = alerts.look(NOON + HOUR, judged=frozenset())

    assert (noted(unknown), kinds(unknown)) == ([], [])
    assert unknown.open_count == 1


def test_an_acknowledged_alert_is_not_told_again_until_it_gets_worse(alerts):
    alerts.look(NOON, GAP)
    alerts.say(ACKNOWLEDGED, NOON + HOUR, acted_by="kim")
    day = timedelta(days=1)

    assert kinds(alerts.look(NOON + day, GAP)) == []
    worse = replace(GAP, severity="critical")
    assert kinds(alerts.look(NOON + 2 * day, worse)) == ["worse"]
    assert kinds(alerts.look(NOON + 2 * day + HOUR, worse)) == []
    assert alerts.history.states[GAP.key].acknowledged_by == "kim"


def test_an_acknowledgement_ends_with_its_incident(alerts):
    alerts.look(NOON, GAP)
    alerts.say(ACKNOWLEDGED, NOON + HOUR, acted_by="kim")
    alerts.look(NOON + 2 * HOUR)

    assert kinds(alerts.look(NOON + 3 * HOUR, GAP)) == ["new"]


def test_a_snoozed_alert_is_quiet_until_then_in_the_digest_too(alerts):
    alerts.look(EARLY, GAP)
    alerts.say(SNOOZED, EARLY, snoozed_until=NOON + HOUR)

    assert alerts.look(NOON, GAP).messages == ()
    decision = alerts.look(NOON + HOUR, GAP)
    assert [message.kind for message in decision.messages] == ["new", DIGEST]


@pytest.mark.parametrize("quiet", [EARLY, NIGHT, SUNDAY])
def test_quiet_hours_hold_back_all_but_the_critical(alerts, quiet):
    critical = replace(GAP, key="feed_gap-1", severity="critical")

    decision = alerts.look(quiet, GAP, critical)

    told = [m.alerts[0].key for m in decision.messages if m.kind != DIGEST]
    assert told == ["feed_gap-1"]
    morning = NOON + timedelta(days=7)
    assert "new" in kinds(alerts.look(morning, GAP, critical))


def test_what_is_over_in_quiet_hours_is_told_after_them(alerts):
    alerts.look(NOON, GAP)

    assert kinds(alerts.look(NIGHT)) == []
    assert kinds(alerts.look(NOON + timedelta(days=1))) == ["resolved"]


def test_a_low_alert_waits_for_the_digest(alerts):
    low = replace(GAP, severity="low")

    assert alerts.look(EARLY, low).messages == ()
    [digest] = alerts.look(NOON, low).messages
    assert (digest.kind, digest.alerts) == (DIGEST, (low,))


def test_there_is_one_digest_a_day_and_destination_the_worst_first(alerts):
    bill = Alert("b-1", "ready_not_billed", "low", "biller", "x", 3, amount=Decimal(5))
    due = replace(bill, key="b-2", code="deadline_near", severity="critical")

    days = [
        [
            message
            for hour in range(24)
            for message in alerts.look(midnight + hour * HOUR, GAP, bill, due).messages
            if message.kind == DIGEST
        ]
        for midnight in (NOON - 12 * HOUR, NOON + 12 * HOUR)
    ]

    for day in days:
        assert [message.destination for message in day] == ["billing", "data"]
        assert [alert.key for alert in day[0].alerts] == ["b-2", "b-1"]


def test_nothing_open_is_no_digest(alerts):
    assert alerts.look(NOON).messages == ()


def test_a_rule_that_is_switched_off_raises_nothing_and_ends_what_it_raised(rules):
    off = replace(rules.by_code["feed_gap"], is_enabled=False)
    alerts = Alerts(rules)
    alerts.look(NOON, GAP)

    alerts.rules = replace(rules, by_code={**rules.by_code, "feed_gap": off})
    decision = alerts.look(NOON + HOUR, GAP, judged=frozenset())

    assert noted(decision) == [RESOLVED]


def test_an_alert_whose_rule_is_gone_is_over_and_raises_nothing(alerts, rules):
    alerts.look(NOON, GAP)
    alerts.rules = replace(rules, by_code={})

    decision = alerts.look(NOON + HOUR, GAP, judged=frozenset())

    assert noted(decision) == [RESOLVED]
    assert title_of(decision.messages[0], alerts.rules).endswith("feed_gap")


def test_each_destination_of_a_role_is_told_by_itself(rules):
    two = replace(rules, routes={"data_engineering": ("one", "two")})
    history = fold(
        [
            Event(RAISED, NOON, GAP),
            Event(SENT, NOON, GAP, destination="one", message="new"),
        ]
    )

    decision = decide(Found((GAP,), JUDGED), history, two, NOON + HOUR)

    told = [(m.kind, m.destination) for m in decision.messages if m.kind != DIGEST]
    assert told == [("new", "two")]


def test_a_role_without_a_route_goes_to_the_default(alerts):
    stray = replace(GAP, owner_role="somebody_else")

    decision = alerts.look(NOON, stray)

    assert {message.destination for message in decision.messages} == {"default"}
