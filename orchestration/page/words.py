"""Numbers, codes and times in words, the same in every locale.

Holds pure functions from a value to text. It leaves out HTML: the templates
escape what these return.
"""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal

NOT_KNOWN = "\u2013"
_DAYS = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_UNITS = ((Decimal(10**9), "B"), (Decimal(10**6), "M"), (Decimal(10**3), "k"))


def number(count: int | None) -> str:
    """Return a whole number with thousands separators; a dash when unknown."""
    return NOT_KNOWN if count is None else f"{count:,}"


def dollars(amount: Decimal | None) -> str:
    """Return whole dollars, halves away from zero; a dash when unknown."""
    if amount is None:
        return NOT_KNOWN
    whole = int(amount.quantize(Decimal(1), ROUND_HALF_UP))
    return f"-${-whole:,}" if whole < 0 else f"${whole:,}"


def dollars_short(amount: Decimal | None) -> str:
    """Return dollars to three figures for headlines, such as $1.24M."""
    if amount is None:
        return NOT_KNOWN
    rounded = Context(prec=3, rounding=ROUND_HALF_UP).create_decimal(amount)
    for size, unit in _UNITS:
        scaled = abs(rounded) / size
        if scaled >= 1:
            places = 2 if scaled < 10 else 1 if scaled < 100 else 0  # noqa: PLR2004
            sign = "-" if amount < 0 else ""
            return f"{sign}${scaled:.{places}f}{unit}"
    return dollars(amount)


def percent(part: int, whole: int) -> str:
    """Return a share to one decimal that never rounds something down to nothing."""
    if whole == 0:
        return NOT_KNOWN
    share = 100 * part / whole
    if 0 < share < 0.1:  # noqa: PLR2004
        return "under 0.1%"
    if 99.9 < share < 100:  # noqa: PLR2004
        return "over 99.9%"
    return f"{share:.1f}%".replace(".0%", "%")


def day(value: date | None) -> str:
    """Say a date as 2 June 2025; empty when unknown."""
    if value is None:
        return ""
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def weekday_and_time(value: datetime | None) -> str:
    """Say a UTC time as Monday, 06:00 UTC; empty when unknown."""
    return "" if value is None else f"{_DAYS[value.weekday()]}, {value:%H:%M} UTC"


def moment(value: datetime | None) -> str:
    """Say a UTC time as Monday 2 June 2025, 06:00 UTC."""
    if value is None:
        return "a time that is not known"
    return f"{_DAYS[value.weekday()]} {day(value)}, {value:%H:%M} UTC"


def short_moment(value: datetime | None) -> str:
    """Say a UTC time as 2 June 2025, 06:00; empty when unknown."""
    return "" if value is None else f"{day(value)}, {value:%H:%M}"


def ordinal(count: int) -> str:
    """Say 2 as 2nd, 11 as 11th."""
    teens = range(11, 14)
    ending = {1: "st", 2: "nd", 3: "rd"}.get(count % 10, "th")
    return f"{count}{'th' if count % 100 in teens else ending}"


def plural(count: int, one: str, many: str | None = None) -> str:
    """Join a count with its noun: 1 encounter, 2 encounters."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def from_code(code: str | None, missing: str) -> str:
    """Say a code such as front_desk as Front desk; `missing` when there is none."""
    text = (code or "").replace("_", " ").strip()
    return text[:1].upper() + text[1:] if text else missing
