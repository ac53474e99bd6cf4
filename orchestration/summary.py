"""What the command line prints after a run and on `status`.

Holds the tables. The numbers come from the published database through the queries
of the page, so that terminal and page cannot differ.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

from orchestration.landing import passed_over_count
from orchestration.page.marts import BlockerCount, Control, Marts, read_marts
from orchestration.page.words import dollars, from_code, number
from orchestration.publish import DATABASE_NAME, PAGE_NAME
from orchestration.reconciliation import (
    NoIngestError,
    balance,
    last_ingest,
    rejects_by_reason,
)
from orchestration.run_result import FailedCheck, Run
from orchestration.settings import Settings

_TOP_BLOCKERS = 5
_RUNBOOK = "docs/runbook.md#"

_FEEDS = """
select
    data_source,
    format,
    coalesce(feed, ''),
    count(distinct file_id),
    sum(loaded_count),
    max(loaded_at)
from ops.fct_file_loads
group by all
order by all
"""


_NOT_READ = """
select standard, record_type, sum(record_count)
from marts.rpt_record_types
where not is_read
group by all
order by sum(record_count) desc, standard, record_type
"""


class UnreadablePublicationError(RuntimeError):
    """The published database is not one of this version; publish again."""


@dataclass(frozen=True)
class Published:
    """The published set as a reader finds it.

    `feeds` has one row per source and feed; `not_read` one per standard and type of
    record that no model reads, with their count.
    """

    marts: Marts
    published_at: datetime
    feeds: list[tuple[str, str, str, int, int, datetime]]
    not_read: list[tuple[str, str, int]]


def read_published(published: Path) -> Published | None:
    """Read the last publication; None when there is none.

    Raises UnreadablePublicationError when it is damaged or of another version.
    """
    database = published / DATABASE_NAME
    if not database.is_file():
        return None
    try:
        marts = read_marts(database, ("encounter_key",))
        with duckdb.connect(str(database), read_only=True) as connection:
            feeds = connection.execute(_FEEDS).fetchall()
            not_read = connection.execute(_NOT_READ).fetchall()
    except duckdb.Error as error:
        raise UnreadablePublicationError(
            f"{database} cannot be read ({type(error).__name__}). Run 'chartgap run' "
            "to publish again."
        ) from None
    published_at = datetime.fromtimestamp(database.stat().st_mtime, UTC)
    return Published(marts, published_at, feeds, not_read)


def show_run(console: Console, run: Run, settings: Settings) -> None:
    """Print what a run brought in, where encounters stand and what failed."""
    if run.is_good:
        published = read_published(settings.published_path)
        if published:
            _show_standing(console, published.marts)
    _show_records(console, settings.raw_path)
    _show_passed_over(console, passed_over_count(settings.landing_path))
    _show_checks(console, run.failed_checks)
    _show_end(console, run, settings)


def show_status(console: Console, run: Run | None, published: Published) -> None:
    """Print how fresh the publication is, whether it balances and what failed."""
    as_of = _moment(published.marts.as_of)
    _line(console, f"Published {_moment(published.published_at)}, as of {as_of}")
    _show_feeds(console, published)
    _show_not_read(console, published)
    _show_controls(console, published.marts.controls)
    if run is None:
        console.print("No run is on record in this data folder.")
        return
    outcome = "succeeded" if run.is_good else "failed; nothing was published"
    _line(console, f"Last run ended {_moment(run.ended_at)}: {outcome}")
    for problem in run.problems:
        _line(console, problem)
    _show_checks(console, run.failed_checks)


def is_balanced(published: Published) -> bool:
    """Whether every control total of the publication adds up."""
    return all(not control.difference for control in published.marts.controls)


def _show_standing(console: Console, marts: Marts) -> None:
    table = _table(console, f"Encounters by stage, as of {_moment(marts.as_of)}")
    table.add_column("stage")
    for name in ("encounters", "charged", "expected"):
        table.add_column(name, justify="right")
    for stage in marts.stages:
        if stage.count:
            table.add_row(
                stage.label or stage.stage,
                number(stage.count),
                dollars(stage.charged),
                dollars(stage.expected),
            )
    table.add_section()
    table.add_row("all", number(sum(stage.count for stage in marts.stages)), "", "")
    console.print(table)
    waiting = marts.waiting
    _line(
        console,
        f"Money waiting: {dollars(waiting.expected)} expected"
        f" ({dollars(waiting.charged)} charged) on {number(waiting.count)} encounters",
    )
    _show_blockers(console, marts.blockers[:_TOP_BLOCKERS])


def _show_blockers(console: Console, blockers: Sequence[BlockerCount]) -> None:
    if not blockers:
        return
    table = _table(console, "Top blockers")
    table.add_column("why", overflow="fold")
    table.add_column("whose turn")
    for name in ("encounters", "charged", "expected"):
        table.add_column(name, justify="right")
    for blocker in blockers:
        table.add_row(
            blocker.label or blocker.code,
            from_code(blocker.owner_role, ""),
            number(blocker.count),
            dollars(blocker.charged),
            dollars(blocker.expected),
        )
    console.print(table)


def _show_records(console: Console, raw_path: Path) -> None:
    try:
        ingest_id = last_ingest(raw_path)
    except NoIngestError:
        return
    found = balance(raw_path, ingest_id)
    _line(
        console,
        f"Records in this run: {number(found.received)} received = "
        f"{number(found.loaded)} loaded + {number(found.duplicate)} duplicate + "
        f"{number(found.rejected)} rejected, in {number(found.files)} files",
    )
    for item in rejects_by_reason(raw_path, ingest_id):
        _line(
            console,
            f"  {item.reason_code}: {number(item.places)} places,"
            f" {number(item.records)} records rejected",
        )


def _show_passed_over(console: Console, count: int) -> None:
    if count:
        _line(
            console,
            f"{number(count)} hidden or unfinished files or folders in the landing "
            "folder were passed over",
        )


def _show_checks(console: Console, checks: Sequence[FailedCheck]) -> None:
    if checks:
        console.print("Failed checks", style="bold")
    for check in checks:
        severity = "error" if check.is_error else "warning"
        what = f"{severity:8}{number(check.failed_count):>7}  {check.name}"
        todo = f"{from_code(check.owner, '')}: {_RUNBOOK}{check.runbook}"
        _line(console, f"{what} ({check.asset})")
        for problem in (check.problem or "").split("; "):
            if problem:
                _line(console, f"{'':17}{problem}")
        _line(console, f"{'':17}{todo}")


def _show_feeds(console: Console, published: Published) -> None:
    table = _table(console, "Feeds")
    for name in ("source", "format", "feed"):
        table.add_column(name)
    for name in ("files", "records", "last loaded"):
        table.add_column(name, justify="right")
    for source, kind, feed, files, records, loaded_at in published.feeds:
        table.add_row(
            source, kind, feed, number(files), number(records), _moment(loaded_at)
        )
    console.print(table)


def _show_not_read(console: Console, published: Published) -> None:
    kinds = [f"{kind} {name} {number(n)}" for kind, name, n in published.not_read]
    if kinds:
        _line(console, f"Kept in raw, read by no model: {', '.join(kinds)}")


def _show_controls(console: Console, controls: Sequence[Control]) -> None:
    table = _table(console, "Reconciliation")
    for name in ("control", "source", "feed"):
        table.add_column(name, overflow="fold")
    for name in ("in", "accounted for", "difference"):
        table.add_column(name, justify="right")
    for control in controls:
        table.add_row(
            control.name,
            control.data_source,
            control.feed,
            number(control.in_count),
            number(control.accounted_count),
            number(control.difference),
        )
    console.print(table)


def _show_end(console: Console, run: Run, settings: Settings) -> None:
    lines = list(run.problems)
    published = settings.published_path
    if run.is_good:
        if not run.failed_checks:
            lines.append("All checks passed.")
        lines.append(f"Page:      {published / PAGE_NAME}")
        lines.append(f"Warehouse: {published / DATABASE_NAME}")
    else:
        lines.append("Not published; what was published before stays in place.")
        lines.append(f"See {_RUNBOOK}publish-stopped")
    for line in lines:
        _line(console, line)


def _line(console: Console, text: str) -> None:
    """Print a line as it is: unbroken, and no word of it is markup."""
    console.print(text, soft_wrap=True, markup=False, highlight=False)


def _table(console: Console, title: str) -> Table:
    console.print(title, style="bold", highlight=False)
    return Table()


def _moment(moment: datetime | None) -> str:
    return "unknown" if moment is None else f"{moment:%Y-%m-%d %H:%M} UTC"
