"""What leadership looks at first: a few figures, how sure they are, what they mean.

Holds the query on the published database and the figures in words. It leaves out HTML,
which templates/leadership.html.j2 and templates/definitions.html.j2 write, and what a
figure is, which is SQL (`rpt_leadership_summary`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from orchestration.page import words

Rows = Callable[[str], list[tuple]]  # type: ignore[type-arg]

_FIGURES = """
select
    figure_code,
    label,
    unit,
    owner_role,
    detail,
    value,
    low,
    high,
    comparison,
    comparison_label,
    verdict,
    change,
    judged_count,
    worse_count,
    better_count,
    metric_code,
    metric_label,
    formula,
    population,
    censoring_rule,
    source_model
from marts.rpt_leadership_summary
order by figure_order, value desc nulls last, owner_role
"""


@dataclass(frozen=True)
class SummaryRow:
    """One row of the report: a figure, or the part of it that one role holds."""

    code: str
    label: str
    unit: str
    owner_role: str | None
    detail: str | None
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    comparison: Decimal | None
    comparison_label: str | None
    verdict: str
    change: str | None
    judged: int
    worse: int
    better: int
    metric: str
    metric_label: str | None
    formula: str | None
    population: str | None
    censoring_rule: str | None
    source_model: str | None


@dataclass(frozen=True)
class Part:
    """What one owner role holds of a figure."""

    role: str | None
    value: str


@dataclass(frozen=True)
class Figure:
    """One card: the value, how sure it is, and whether it has changed."""

    code: str
    label: str
    value: str
    exact: str
    notes: tuple[str, ...]
    verdict: str
    is_signal: bool
    is_worse: bool
    is_better: bool
    parts: tuple[Part, ...]
    metric: str


@dataclass(frozen=True)
class Definition:
    """What a metric means."""

    code: str
    label: str
    formula: str
    population: str
    censoring_rule: str
    source_model: str


@dataclass(frozen=True)
class Summary:
    """All that the first screen shows, and what it means."""

    figures: tuple[Figure, ...]
    definitions: tuple[Definition, ...]


def read_summary(rows: Rows) -> Summary:
    """Read the figures by `rows`, which answers a query on the published database."""
    by_code: dict[str, list[SummaryRow]] = {}
    for row in rows(_FIGURES):
        one = SummaryRow(*row)
        by_code.setdefault(one.code, []).append(one)
    definitions = {
        one.metric: Definition(
            code=one.metric,
            label=one.metric_label or one.label,
            formula=one.formula or "",
            population=one.population or "",
            censoring_rule=one.censoring_rule or "",
            source_model=one.source_model or "",
        )
        for group in by_code.values()
        for one in group
    }
    return Summary(
        figures=tuple(figure(group) for group in by_code.values()),
        definitions=tuple(definitions.values()),
    )


def figure(rows: Sequence[SummaryRow]) -> Figure:
    """Return the card of one figure; parts of roles sum to its value."""
    first = rows[0]
    parts = [row for row in rows if row.owner_role is not None]
    value = first.value
    if parts:
        value = sum((row.value for row in parts if row.value is not None), Decimal())
    return Figure(
        code=first.code,
        label=first.label,
        value=in_words(value, first.unit),
        exact="" if value is None else str(value),
        notes=tuple(_notes(first)),
        verdict=_verdict(first),
        is_signal=first.verdict == "signal",
        is_worse=first.change == "worse",
        is_better=first.change == "better",
        parts=tuple(Part(r.owner_role, in_words(r.value, r.unit)) for r in parts),
        metric=first.metric,
    )


def in_words(value: Decimal | None, unit: str) -> str:
    """Return a value with its unit as people say it."""
    if value is None:
        return "Not known"
    if unit == "dollars":
        return words.dollars(value)
    if unit.startswith("share"):
        return f"{100 * value:.1f} %"
    if unit.startswith("days"):
        return f"{value:.1f} {unit}"
    if unit == "per visit":
        return f"{value:.2f} per visit"
    return words.number(int(value))


def _notes(row: SummaryRow) -> list[str]:
    notes = []
    if row.detail:
        notes.append(row.detail)
    if row.low is not None and row.high is not None:
        low, high = in_words(row.low, row.unit), in_words(row.high, row.unit)
        notes.append(f"95 % sure: {low} to {high}")
    if row.comparison is not None and row.comparison_label:
        before = in_words(row.comparison, row.unit)
        label = row.comparison_label[:1].upper() + row.comparison_label[1:]
        notes.append(f"{label}: {before}")
    return notes


def _verdict(row: SummaryRow) -> str:
    if row.verdict == "signal" and row.judged:
        how = "worse" if row.change == "worse" else "better"
        places = row.worse if how == "worse" else row.better
        return f"Signal: {how} at {places} of {row.judged} places watched"
    if row.verdict == "signal":
        return "Signal: stands out beyond chance"
    if row.verdict == "noise":
        return "Noise: no more than chance brings"
    if row.verdict == "too little history":
        return "Too little history to tell signal from noise"
    return ""
