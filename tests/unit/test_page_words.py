"""Numbers, codes and times in words."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from orchestration.page import words


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0", "$0"),
        ("1234567.49", "$1,234,567"),
        ("0.50", "$1"),
        ("2.50", "$3"),
        ("-12.50", "-$13"),
    ],
)
def test_dollars_are_whole_and_halves_go_away_from_zero(amount, text) -> None:
    assert words.dollars(Decimal(amount)) == text


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("999.40", "$999"),
        ("1000", "$1.00k"),
        ("42949.10", "$42.9k"),
        ("164999", "$165k"),
        ("999999.99", "$1.00M"),
        ("1243018", "$1.24M"),
        ("-2500000000", "-$2.50B"),
    ],
)
def test_short_dollars_have_three_figures(amount, text) -> None:
    assert words.dollars_short(Decimal(amount)) == text


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (0, 0, words.NOT_KNOWN),
        (0, 10, "0%"),
        (1, 3, "33.3%"),
        (10, 10, "100%"),
        (1, 100_000, "under 0.1%"),
        (99_999, 100_000, "over 99.9%"),
    ],
)
def test_a_share_is_never_rounded_to_none_or_to_all(part, whole, text) -> None:
    assert words.percent(part, whole) == text


def test_a_time_is_said_in_words_and_in_utc() -> None:
    assert words.moment(datetime(2025, 6, 2, 6, 0)) == "Monday 2 June 2025, 06:00 UTC"


def test_an_unknown_value_has_a_word_of_its_own() -> None:
    assert words.moment(None) == "a time that is not known"
    assert words.number(None) == words.NOT_KNOWN
    assert words.dollars(None) == words.NOT_KNOWN
    assert words.dollars_short(None) == words.NOT_KNOWN
    assert words.from_code(None, "Nobody named") == "Nobody named"


def test_a_code_becomes_a_phrase() -> None:
    assert words.from_code("supervising_provider", "-") == "Supervising provider"


def test_one_has_no_plural() -> None:
    assert words.plural(1, "encounter") == "1 encounter"
    assert words.plural(2000, "encounter") == "2,000 encounters"


def test_a_day_has_no_leading_zero() -> None:
    assert words.day(date(2025, 5, 1)) == "1 May 2025"
