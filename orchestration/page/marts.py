"""Reads what the page shows from the published database, and nothing else.

Holds the queries on the `rpt_` marts and the rows they return. It leaves out how
anything looks: words, charts and the worklist's encoding are their own modules.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb

from orchestration.page.leadership import Summary, read_summary
from orchestration.page.operations import Operations, read_operations


@dataclass(frozen=True)
class StageCount:
    """One stage: how many encounters are in it, and their money in dollars."""

    stage: str | None
    label: str | None
    is_open: bool
    count: int
    charged: Decimal | None
    expected: Decimal | None


@dataclass(frozen=True)
class GapCount:
    """Documentation gaps of one missing item in one age bucket."""

    bucket: str | None
    item: str | None
    count: int
    oldest: date | None


@dataclass(frozen=True)
class BlockerCount:
    """One reason for waiting: whose turn it is, how many, worth how much."""

    code: str | None
    label: str | None
    owner_role: str | None
    next_action: str | None
    is_delay: bool
    count: int
    charged: Decimal | None
    expected: Decimal | None


@dataclass(frozen=True)
class RoleCount:
    """One role and how many encounters wait for it."""

    owner_role: str | None
    count: int


@dataclass(frozen=True)
class Control:
    """One control total: what came in against what is accounted for."""

    name: str | None
    data_source: str | None
    feed: str | None
    in_count: int | None
    accounted_count: int | None
    difference: int | None


@dataclass(frozen=True)
class WaitingTotals:
    """The worklist in numbers; `priced` counts the items with expected money."""

    count: int
    priced: int
    charged: Decimal | None
    expected: Decimal | None


WorklistRow = tuple[str | int | Decimal | date | datetime | None, ...]


@dataclass(frozen=True)
class Marts:
    """Everything the page shows, as published."""

    as_of: datetime | None
    stages: list[StageCount]
    gaps: list[GapCount]
    blockers: list[BlockerCount]
    roles: list[RoleCount]
    controls: list[Control]
    waiting: WaitingTotals
    operations: Operations
    summary: Summary
    worklist: list[WorklistRow]


_AS_OF = "select max(as_of) from marts.rpt_stage_counts"

_STAGES = """
select
    stage,
    stage_label,
    coalesce(is_open, false),
    coalesce(encounter_count, 0),
    charged_amount,
    expected_amount
from marts.rpt_stage_counts
order by stage_order nulls last, stage nulls last
"""

_GAPS = """
select
    age_bucket,
    missing_item,
    coalesce(sum(gap_count), 0),
    min(oldest_service_date)
from marts.rpt_documentation_gap_aging
group by age_bucket, missing_item
order by min(bucket_order) nulls last, age_bucket nulls last, missing_item nulls last
"""

_BLOCKERS = """
with waiting as (
    select
        primary_blocker_code,
        min(blocker_label) as blocker_label,
        min(owner_role) as owner_role,
        min(next_action) as next_action,
        count(*) as encounter_count,
        sum(charged_amount) as charged_amount,
        sum(expected_amount) as expected_amount
    from marts.rpt_worklist
    group by primary_blocker_code
)

select
    waiting.primary_blocker_code,
    coalesce(dim_blockers.blocker_label, waiting.blocker_label),
    coalesce(dim_blockers.owner_role, waiting.owner_role),
    coalesce(dim_blockers.next_action, waiting.next_action),
    coalesce(dim_blockers.is_delay, true),
    waiting.encounter_count,
    waiting.charged_amount,
    waiting.expected_amount
from waiting
left join marts.dim_blockers
    on waiting.primary_blocker_code = dim_blockers.blocker_code
order by waiting.encounter_count desc, waiting.primary_blocker_code nulls last
"""

_ROLES = """
select nullif(owner_role, '') as owner_role, count(*) as encounter_count
from marts.rpt_worklist
group by nullif(owner_role, '')
order by encounter_count desc, owner_role nulls last
"""

_CONTROLS = """
select control, data_source, feed, in_count, accounted_count, difference
from marts.rpt_reconciliation
order by control nulls last, data_source nulls last, feed nulls last
"""

_WAITING = """
select
    count(*),
    count(expected_amount),
    sum(charged_amount),
    sum(expected_amount)
from marts.rpt_worklist
"""


def read_marts(database: Path, worklist_columns: tuple[str, ...]) -> Marts:
    """Read the marts from the published DuckDB file, which is opened read only.

    Worklist rows carry `worklist_columns` in that order, most urgent row first.
    Raises duckdb.Error when the file cannot be opened or lacks a mart.
    """
    names = ", ".join(worklist_columns)
    worklist = (
        f"select {names} from marts.rpt_worklist "  # noqa: S608 - our own constants
        "order by worklist_rank nulls last, data_source, encounter_id"
    )
    with duckdb.connect(str(database), read_only=True) as connection:

        def rows(sql: str) -> list[tuple]:  # type: ignore[type-arg]
            return connection.execute(sql).fetchall()

        as_of = rows(_AS_OF)[0][0]
        return Marts(
            as_of=as_of,
            stages=[StageCount(*row) for row in rows(_STAGES)],
            gaps=[GapCount(*row) for row in rows(_GAPS)],
            blockers=[BlockerCount(*row) for row in rows(_BLOCKERS)],
            roles=[RoleCount(*row) for row in rows(_ROLES)],
            controls=[Control(*row) for row in rows(_CONTROLS)],
            waiting=WaitingTotals(*rows(_WAITING)[0]),
            operations=read_operations(rows, as_of),
            summary=read_summary(rows),
            worklist=rows(worklist),
        )
