"""The days on which batches leave: claim submissions and payer payments.

Pure calendar arithmetic on seconds since 1970 UTC; a business day is Monday to
Friday of the UTC date.
"""

DAY = 86_400
# The time of what never happens: the last second of the year 9999.
NEVER = 253_402_300_799
_BUSINESS_DAYS = 5
_EPOCH_WEEKDAY = 3  # 1 January 1970 was a Thursday


def weekday(day: int) -> int:
    """Return the weekday of a day counted from 1970, Monday is 0."""
    return (day + _EPOCH_WEEKDAY) % 7


def next_submission(created_at: int, *, time_of_day: int) -> int:
    """Return the run of the first business day after the claim was created."""
    day = created_at // DAY + 1
    while weekday(day) >= _BUSINESS_DAYS:
        day += 1
    return day * DAY + time_of_day


def next_payment(ready_at: int, weekdays: tuple[int, ...], *, time_of_day: int) -> int:
    """Return the payer's first run at or after the time it is ready to pay."""
    day = ready_at // DAY
    while weekday(day) not in weekdays or day * DAY + time_of_day < ready_at:
        day += 1
    return day * DAY + time_of_day


def business_day_number(at: int) -> int:
    """Return how many business days there were from 1970 to the day of a run."""
    week, place = divmod(at // DAY + _EPOCH_WEEKDAY, 7)
    return week * _BUSINESS_DAYS + min(place, _BUSINESS_DAYS - 1)


def after_business_days(at: int, count: int) -> int:
    """Return the same time of day so many business days later."""
    day, time = divmod(at, DAY)
    while count:
        day += 1
        count -= weekday(day) < _BUSINESS_DAYS
    return day * DAY + time
