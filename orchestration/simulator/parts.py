"""Where a delivery goes when senders deliver in two parts: until a time, and after.

Without a split everything goes into one folder. Knows times of sending only; what
is sent, and what an export of a part holds, is its callers'.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from orchestration.simulator.runs import NEVER

LANDING, LATER = "landing", "landing-later"


@dataclass(frozen=True)
class Parts:
    """The folders of what was sent up to `split_at`, and of what was sent later."""

    landing: Path
    later: Path
    split_at: int = NEVER

    @property
    def is_split(self) -> bool:
        """Whether senders deliver in two parts."""
        return self.split_at < NEVER

    def is_later(self, sent_at: int) -> bool:
        """Tell whether something that was sent at a time came after the split."""
        return sent_at > self.split_at

    def folder(self, sent_at: int) -> Path:
        """Return where something that was sent at a time is delivered."""
        return self.later if self.is_later(sent_at) else self.landing

    def export_name(self, at: int) -> str:
        """Return what the files of an export begin with: its day.

        Two exports of a split may be of one day, so that they bear their time, too.
        """
        day = "%Y-%m-%dT%H%M%SZ" if self.is_split else "%Y-%m-%d"
        return datetime.fromtimestamp(at, UTC).strftime(day)


def whole(landing: Path) -> Parts:
    """Return the one part of a delivery that is not split."""
    return Parts(landing, landing)
