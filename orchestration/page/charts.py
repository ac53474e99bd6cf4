"""Geometry of the two charts: where each bar starts and how wide it is.

Holds pure functions from counts to shares of the chart's width. The SVG is drawn
in templates/stages.html.j2 and ages.html.j2, where text is escaped; widths are
percentages, so the bars follow the screen while their labels keep their size.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from orchestration.page.marts import GapCount, StageCount

_KEYS = "ABCDEF"
_LEAST_WIDTH = 0.6
_LETTER_WIDTH = 5.0
_OTHER = "Other items"


@dataclass(frozen=True)
class StageBar:
    """One open stage; `width` is a percentage of the longest bar."""

    row: StageCount
    width: str


@dataclass(frozen=True)
class StageChart:
    """Open stages in the order of the gates; finished ones are only counted."""

    bars: tuple[StageBar, ...]
    finished: tuple[StageCount, ...]
    total: int


@dataclass(frozen=True)
class Segment:
    """One missing item within a bucket; `letter` is empty where it does not fit."""

    item: str
    key: str
    tone: int
    count: int
    x: str
    width: str
    middle: str
    letter: str


@dataclass(frozen=True)
class AgeBar:
    """One age bucket, its gaps stacked by missing item."""

    bucket: str
    total: int
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class LegendEntry:
    """What a letter and a tone stand for, and how many gaps that is."""

    item: str
    key: str
    tone: int
    count: int


@dataclass(frozen=True)
class AgeChart:
    """All buckets in order, with the legend in the order of the stack."""

    bars: tuple[AgeBar, ...]
    legend: tuple[LegendEntry, ...]
    total: int


def stage_chart(stages: Sequence[StageCount]) -> StageChart:
    """Lay out one bar per open stage; the longest one takes the whole width."""
    open_stages = [stage for stage in stages if stage.is_open]
    longest = max((stage.count for stage in open_stages), default=0)
    return StageChart(
        bars=tuple(
            StageBar(stage, _percentage(_share(stage.count, longest)))
            for stage in open_stages
        ),
        finished=tuple(s for s in stages if not s.is_open and s.count),
        total=sum(stage.count for stage in stages),
    )


def age_chart(gaps: Sequence[GapCount]) -> AgeChart:
    """Stack gaps by missing item within each bucket, keeping the buckets' order.

    The most frequent items get a letter each; the rest share the last letter.
    """
    totals = Counter[str]()
    buckets: dict[str, Counter[str]] = {}
    for gap in gaps:
        totals[_item(gap)] += gap.count
    shown = _shown_items(totals)
    for gap in gaps:
        item = _item(gap) if _item(gap) in shown else _OTHER
        bucket = buckets.setdefault(gap.bucket or "Age not known", Counter())
        bucket[item] += gap.count
    legend = tuple(
        LegendEntry(item, _KEYS[tone], tone, sum(b[item] for b in buckets.values()))
        for tone, item in enumerate(shown)
    )
    longest = max((bucket.total() for bucket in buckets.values()), default=0)
    return AgeChart(
        bars=tuple(
            AgeBar(name, bucket.total(), _segments(bucket, legend, longest))
            for name, bucket in buckets.items()
        ),
        legend=legend,
        total=totals.total(),
    )


def _item(gap: GapCount) -> str:
    return gap.item or "Item not named"


def _shown_items(totals: Counter[str]) -> list[str]:
    ranked = sorted(totals, key=lambda item: (-totals[item], item))
    if len(ranked) <= len(_KEYS):
        return ranked
    return [*ranked[: len(_KEYS) - 1], _OTHER]


def _segments(
    bucket: Counter[str], legend: Sequence[LegendEntry], longest: int
) -> tuple[Segment, ...]:
    segments = []
    start = 0.0
    for entry in legend:
        count = bucket[entry.item]
        if not count:
            continue
        width = _share(count, longest)
        segments.append(
            Segment(
                item=entry.item,
                key=entry.key,
                tone=entry.tone,
                count=count,
                x=_percentage(start),
                width=_percentage(width),
                middle=_percentage(start + width / 2),
                letter=entry.key if width >= _LETTER_WIDTH else "",
            )
        )
        start += width
    return tuple(segments)


def _share(count: int, longest: int) -> float:
    """Percentage of the longest bar; something is never drawn as nothing."""
    return max(100 * count / longest, _LEAST_WIDTH) if count and longest else 0.0


def _percentage(value: float) -> str:
    return f"{value:.3f}%"
