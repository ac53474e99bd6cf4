"""How clocks show a time: in UTC, or in the zone of a facility.

Senders write millions of times, so days and offsets are worked out once each.
Offsets change on the hour, in every zone that this practice has a site in.
"""

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from orchestration.simulator.runs import DAY

_HOUR = 3600
_MINUTES = [f"{minute // 60:02d}:{minute % 60:02d}:" for minute in range(1440)]
_SECONDS = [f"{second:02d}" for second in range(60)]
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()


@lru_cache(maxsize=8192)
def day_text(day: int) -> str:
    """Return the ISO date of a day counted from 1970."""
    return date.fromordinal(_EPOCH_ORDINAL + day).isoformat()


@lru_cache(maxsize=1 << 17)
def offset_at(zone: ZoneInfo, hour: int) -> int:
    """Return the seconds by which a zone is ahead of UTC in an hour since 1970."""
    offset = datetime.fromtimestamp(hour * _HOUR, zone).utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0


def shown(at: int, zone: ZoneInfo | None = None) -> tuple[str, str]:
    """Return date and time of day (HH:MM:SS) that clocks show; UTC without a zone."""
    if zone is not None:
        at += offset_at(zone, at // _HOUR)
    second = at % DAY
    return day_text(at // DAY), _MINUTES[second // 60] + _SECONDS[second % 60]


def offset_text(at: int, zone: ZoneInfo) -> str:
    """Return how far a zone is from UTC at a time, such as -06:00."""
    return _offset_text(offset_at(zone, at // _HOUR))


@lru_cache(maxsize=64)
def _offset_text(offset: int) -> str:
    hours, minutes = divmod(abs(offset) // 60, 60)
    return f"{'-' if offset < 0 else '+'}{hours:02d}:{minutes:02d}"
