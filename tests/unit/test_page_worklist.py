"""The worklist as JSON inside the page."""

import json
from datetime import date, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from orchestration.page.leadership import Summary
from orchestration.page.marts import Marts, StageCount, WaitingTotals, WorklistRow
from orchestration.page.operations import Operations, coverage_calendar
from orchestration.page.worklist import (
    COLUMNS,
    Worklist,
    encode_worklist,
    script_json,
)

TEXTS = st.text() | st.sampled_from(["</script>", "<!--", "]]>", "&lt;", "\u2028"])


def row(**values: object) -> WorklistRow:
    """Make a row of the mart; what is not named is null."""
    return tuple(values.get(name) for name in COLUMNS)  # type: ignore[return-value]


def encode(*rows: WorklistRow, stages: tuple[str, ...] = ()) -> Worklist:
    return encode_worklist(
        Marts(
            as_of=datetime(2025, 6, 2, 6),
            stages=[StageCount(s, s, True, 1, None, None) for s in stages],
            operations=Operations([], coverage_calendar([], None), [], [], []),
            summary=Summary(figures=(), definitions=()),
            gaps=[],
            blockers=[],
            roles=[],
            controls=[],
            waiting=WaitingTotals(len(rows), 0, None, None),
            worklist=list(rows),
        )
    )


def column(worklist: Worklist, name: str) -> dict:
    columns = json.loads(worklist.payload)["columns"]
    return next(column for column in columns if column["name"] == name)


def decoded(worklist: Worklist, name: str) -> list:
    found = column(worklist, name)
    return [found["values"][code] for code in found["codes"]]


@given(
    st.recursive(TEXTS | st.none(), lambda v: st.lists(v) | st.dictionaries(TEXTS, v))
)
def test_json_in_a_script_is_equal_and_holds_no_markup(value) -> None:
    text = script_json(value)
    assert json.loads(text) == value
    assert not set(text) & set("<>&\u2028\u2029")


@given(st.lists(TEXTS))
def test_every_text_comes_back_and_an_empty_one_is_unknown(texts) -> None:
    worklist = encode(*(row(provider_name=text) for text in texts))
    assert decoded(worklist, "provider_name") == [text or None for text in texts]


def test_money_is_whole_cents_without_rounding() -> None:
    worklist = encode(
        row(charged_amount=Decimal("9999999999999.99")),
        row(charged_amount=Decimal("-0.01")),
        row(),
    )
    values = column(worklist, "charged_amount")["values"]
    assert values == [999999999999999, -1, None]


def test_times_travel_as_days() -> None:
    worklist = encode(
        row(owner_since=datetime(2025, 5, 1, 23, 59), service_date=date(2025, 4, 30))
    )
    assert decoded(worklist, "owner_since_date") == ["2025-05-01"]
    assert decoded(worklist, "service_date") == ["2025-04-30"]


def test_codes_count_up_in_natural_order_with_the_unknown_last() -> None:
    worklist = encode(
        *(row(encounter_id=name) for name in ("E-10", "E-9", None, "e-2"))
    )
    assert column(worklist, "encounter_id")["values"] == ["e-2", "E-9", "E-10", None]


def test_stages_sort_in_the_order_of_the_gates() -> None:
    worklist = encode(
        *(row(stage=name) for name in ("charge", "documentation", "visit")),
        stages=("visit", "documentation", "charge"),
    )
    assert column(worklist, "stage")["values"] == ["visit", "documentation", "charge"]


def test_age_buckets_sort_by_age() -> None:
    worklist = encode(
        row(age_bucket="over 60 days", age_days=90),
        row(age_bucket="8-14 days", age_days=9),
        row(age_bucket="15-30 days", age_days=20),
    )
    values = column(worklist, "age_bucket")["values"]
    assert values == ["8-14 days", "15-30 days", "over 60 days"]


def test_a_filter_offers_each_value_once_under_its_label() -> None:
    worklist = encode(
        row(primary_blocker_code="DOC-02", blocker_label="Note not signed"),
        row(primary_blocker_code="DOC-02", blocker_label="Note not signed"),
        row(),
    )
    [blocker] = [f for f in worklist.filters if f.name == "blocker"]
    assert blocker.choices == ((0, "Note not signed"), (1, "No reason named"))
    assert worklist.offers("blocker", "DOC-02")
    assert not worklist.offers("blocker", "DOC-01")


def test_optional_columns_are_announced_only_when_something_is_known() -> None:
    bare = encode(row(encounter_id="E-1"))
    assert not bare.has_expected
    assert not bare.has_deadline
    full = encode(
        row(expected_amount=Decimal(0), filing_deadline_date=date(2026, 1, 1))
    )
    assert full.has_expected
    assert full.has_deadline


def test_surrogate_keys_stay_in_the_database() -> None:
    assert not [name for name in COLUMNS if name.endswith("_key")]
