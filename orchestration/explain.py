"""One encounter: when what happened, what holds it, and which record proves each.

Holds the queries on the published database and the tables that the command line
prints. It leaves out every rule: what counts was decided in SQL.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import duckdb
from rich.console import Console
from rich.table import Table

from orchestration.page.words import NOT_KNOWN, from_code
from orchestration.publish import DATABASE_NAME
from orchestration.raw import LOAD_LOG

_FILE_ID_LENGTH = 12

_ENCOUNTERS = """
select
    encounters.encounter_key,
    encounters.encounter_id,
    encounters.data_source,
    encounters.visit_type,
    encounters.service_date,
    encounters.stage,
    encounters.stage_entered_at,
    blockers.blocker_label,
    encounters.owner_role,
    encounters.owner_since,
    blockers.next_action,
    facilities.time_zone
from marts.fct_encounters as encounters
left join marts.dim_blockers as blockers
    on encounters.primary_blocker_code = blockers.blocker_code
left join marts.dim_facilities as facilities
    on encounters.facility_key = facilities.facility_key
where encounters.encounter_id = $asked or encounters.encounter_key = $asked
order by encounters.data_source, encounters.encounter_key
"""

_EVENTS = """
select
    milestone,
    occurred_at,
    precision,
    grade,
    lower_at,
    upper_at,
    evidence_source,
    source_file_id,
    source_position,
    quarantine_reason,
    is_effective
from marts.fct_encounter_events
where encounter_key = $asked
order by occurred_at, milestone, is_effective desc, evidence_source,
    source_file_id, source_position
"""

_BLOCKERS = """
select
    found.blocker_code,
    blockers.blocker_label,
    found.owner_role,
    found.started_at,
    found.ended_at,
    found.is_primary,
    found.evidence
from marts.fct_encounter_blockers as found
inner join marts.dim_blockers as blockers
    on found.blocker_code = blockers.blocker_code
where found.encounter_key = $asked
order by found.started_at nulls last, found.blocker_code
"""

_WAITS = """
select owner_role, blocker_code, sum(wait_seconds)
from marts.fct_encounter_waits
where encounter_key = $asked
group by owner_role, blocker_code
order by sum(wait_seconds) desc, owner_role, blocker_code
"""


class ExplainError(ValueError):
    """The encounter cannot be explained; the message says what to do."""


Row = tuple[Any, ...]


@dataclass(frozen=True)
class Explanation:
    """Everything published about one encounter, times in UTC."""

    encounter: dict[str, Any]
    events: list[Row]
    blockers: list[Row]
    waits: list[Row]
    file_names: dict[str, str]

    @property
    def zone(self) -> ZoneInfo:
        """The clocks of the facility, UTC when they are not known."""
        try:
            return ZoneInfo(self.encounter["time_zone"] or "UTC")
        except (ZoneInfoNotFoundError, ValueError):
            return ZoneInfo("UTC")


def read_explanation(
    published: Path, raw: Path, asked: str, *, source: str | None = None
) -> Explanation:
    """Read what is published of the encounter with this id or key.

    `source` chooses among source systems that use the same id. Raises ExplainError
    when there is no publication, no such encounter or more than one.
    """
    database = published / DATABASE_NAME
    if not database.is_file():
        raise ExplainError(f"nothing has been published in {published}")
    try:
        with duckdb.connect(str(database), read_only=True) as connection:
            encounter = _one_encounter(connection, asked, source)
            key = {"asked": encounter["encounter_key"]}
            events, blockers, waits = (
                connection.execute(query, key).fetchall()
                for query in (_EVENTS, _BLOCKERS, _WAITS)
            )
    except duckdb.Error as error:
        raise ExplainError(
            f"{database} cannot be read ({type(error).__name__}). Run 'chartgap run' "
            "to publish again."
        ) from None
    files = {row[7] for row in events if row[7]}
    return Explanation(
        encounter, events, blockers, waits, _names_of_files(raw, sorted(files))
    )


def _one_encounter(
    connection: duckdb.DuckDBPyConnection, asked: str, source: str | None
) -> dict[str, Any]:
    found = connection.execute(_ENCOUNTERS, {"asked": asked})
    columns = [column[0] for column in found.description or []]
    rows = [dict(zip(columns, row, strict=True)) for row in found.fetchall()]
    if source is not None:
        rows = [row for row in rows if row["data_source"] == source]
    if not rows:
        raise ExplainError(
            "no published encounter has this id. Ids are as the source writes them; "
            "the first column of rpt_worklist is its key, which works, too."
        )
    if len(rows) > 1:
        sources = ", ".join(row["data_source"] for row in rows)
        raise ExplainError(
            f"several source systems have an encounter with this id: {sources}. "
            "Choose one with --source."
        )
    return rows[0]


def _names_of_files(raw: Path, file_ids: Sequence[str]) -> dict[str, str]:
    """Return the name under which each file came first, as far as raw knows."""
    if not file_ids or not any((raw / LOAD_LOG).glob("*.parquet")):
        return {}
    query = f"""
        select file_id, arg_min(file_name, (loaded_at, file_name))
        from read_parquet('{str(raw / LOAD_LOG).replace("'", "''")}/*.parquet')
        where list_contains($ids, file_id)
        group by file_id
    """  # noqa: S608 - a path of ours, quoted
    with duckdb.connect() as connection:
        return dict(connection.execute(query, {"ids": list(file_ids)}).fetchall())


def show_explanation(console: Console, found: Explanation) -> None:
    """Print where the encounter stands, its timeline, its blockers and its waits."""
    _show_standing(console, found)
    _show_events(console, found)
    _show_blockers(console, found)
    _show_waits(console, found)


def _show_standing(console: Console, found: Explanation) -> None:
    encounter, zone = found.encounter, found.zone
    lines = [
        f"Encounter {encounter['encounter_id']} of {encounter['data_source']}: "
        f"{from_code(encounter['visit_type'], NOT_KNOWN).lower()}, "
        f"{encounter['service_date'] or 'day unknown'}",
        f"Stage: {from_code(encounter['stage'], NOT_KNOWN)}"
        f" since {_moment(encounter['stage_entered_at'], zone)}",
    ]
    if encounter["blocker_label"]:
        turn = from_code(encounter["owner_role"], NOT_KNOWN)
        lines += [
            f"Held by: {encounter['blocker_label']} ({turn}"
            f" since {_moment(encounter['owner_since'], zone)})",
            f"To do: {encounter['next_action']}",
        ]
    lines.append(f"Times are on the clocks of {zone.key}.")
    for line in lines:
        console.print(line, soft_wrap=True, markup=False, highlight=False)


def _show_events(console: Console, found: Explanation) -> None:
    table = _table(console, "Timeline", ("when", "what", "grade", "proof", "record"))
    for row in found.events:
        milestone, occurred_at, precision, grade, lower_at, upper_at = row[:6]
        evidence, file_id, position, reason, is_effective = row[6:]
        what = from_code(milestone, NOT_KNOWN).removesuffix(" at")
        if not is_effective:
            what += f" (set aside: {reason})" if reason else " (weaker proof)"
        when = _moment(occurred_at, found.zone, precision)
        if grade == "C":
            when = f"{_moment(lower_at, found.zone)} to {_moment(upper_at, found.zone)}"
        table.add_row(
            when,
            what,
            grade,
            from_code(evidence, NOT_KNOWN),
            _record(found, file_id, position),
        )
    console.print(table)


def _record(found: Explanation, file_id: str | None, position: int | None) -> str:
    if not file_id:
        return "computed"
    name = found.file_names.get(file_id, "")
    return f"{name or file_id[:_FILE_ID_LENGTH]}, record {position}"


def _show_blockers(console: Console, found: Explanation) -> None:
    columns = ("code", "why", "whose turn", "from", "until", "proof")
    table = _table(console, "Blockers", columns)
    for code, label, owner, started_at, ended_at, is_primary, proof in found.blockers:
        table.add_row(
            f"{code} *" if is_primary else code,
            label,
            from_code(owner, NOT_KNOWN),
            _moment(started_at, found.zone),
            "open" if ended_at is None else _moment(ended_at, found.zone),
            proof,
        )
    console.print(table)
    console.print("* holds the encounter now", highlight=False)


def _show_waits(console: Console, found: Explanation) -> None:
    table = _table(console, "Waited for", ("whose turn", "code", "how long"))
    for owner, code, seconds in found.waits:
        length = str(timedelta(seconds=int(seconds)))
        table.add_row(from_code(owner, NOT_KNOWN), code or NOT_KNOWN, length)
    console.print(table)


def _table(console: Console, title: str, columns: Sequence[str]) -> Table:
    console.print(title, style="bold", highlight=False)
    table = Table()
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _moment(moment: datetime | None, zone: ZoneInfo, precision: str = "instant") -> str:
    """Return a UTC time on local clocks, as exact as it is known."""
    if moment is None:
        return "unknown"
    if precision in ("day", "month"):
        return f"{moment:%Y-%m-%d}" if precision == "day" else f"{moment:%Y-%m}"
    local = moment.replace(tzinfo=UTC).astimezone(zone)
    return f"{local:%Y-%m-%d %H:%M}" if precision == "minute" else f"{local:%F %T}"
