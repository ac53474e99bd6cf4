"""The moment that ages and stages are for, as somebody types it."""

from datetime import UTC, datetime


class AsOfError(ValueError):
    """The as-of time cannot be read; it must be an ISO time."""


def read_as_of(text: str | None) -> datetime:
    """Return the as-of time in UTC; now when none is given, UTC without an offset.

    Raises AsOfError when the text is not an ISO date or time.
    """
    if text is None:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        message = "the as-of time is not an ISO time such as 2026-10-31T12:00:00Z"
        raise AsOfError(message) from None
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
