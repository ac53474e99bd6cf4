"""`chartgap doctor`: looks at an installation and says what to do.

Nothing is changed but an empty file that is written to the data folder and taken away.
What it says holds counts, names of settings and folders; never what files hold.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import duckdb
from rich.console import Console

from orchestration.landing import landed_files
from orchestration.postgres.publication import look_at
from orchestration.postgres.refusals import PostgresError
from orchestration.publish import DATABASE_NAME
from orchestration.settings import Settings, read_secret
from orchestration.sources import SourcesError, read_sources

_GB = 1024**3
# A warehouse takes about so many times what came in; see benchmarks.
_DISK_PER_LANDING = 10
_LEAST_DISK = 2 * _GB
_SHARE_OF_MEMORY = 0.6
_UNITS = {"MB": 1024**2, "GB": _GB, "TB": 1024 * _GB}


class State(Enum):
    """How something was found."""

    FINE = "✓"
    LOOK = "!"
    WRONG = "✗"


@dataclass(frozen=True)
class Finding:
    """What was looked at, how it is, and what to do where it is not fine."""

    what: str
    state: State
    says: str
    remedy: str = ""


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything; each finding comes as soon as it is known."""
    parts: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
        _environment,
        _data_folder,
        _landing,
        _sources,
        _warehouse,
        _publication,
        _postgres,
        _alerts,
    )
    for part in parts:
        yield from part(settings)


def show(console: Console, findings: Iterator[Finding]) -> bool:
    """Print findings; tell whether nothing is wrong."""
    is_well = True
    for finding in findings:
        console.print(
            f"{finding.state.value} {finding.what}: {finding.says}",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
        if finding.remedy:
            console.print(
                f"  {finding.remedy}", markup=False, highlight=False, soft_wrap=True
            )
        is_well = is_well and finding.state is not State.WRONG
    return is_well


def _environment(settings: Settings) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("Python", State.FINE, version)
    programs = str(Path(sys.executable).parent)
    if shutil.which("dbt", path=programs) is None:
        yield Finding("dbt", State.WRONG, f"not found in {programs}", "Run: make setup")
    number, unit = settings.memory[:-2], settings.memory[-2:]
    wanted = float(number) * _UNITS[unit]
    there = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    says = f"{settings.memory} for building, of {there / _GB:.0f} GB"
    if wanted > _SHARE_OF_MEMORY * there:
        remedy = "Set CHARTGAP_MEMORY to half of what the machine has, such as 4GB."
        yield Finding("Memory", State.LOOK, says, remedy)
    else:
        yield Finding("Memory", State.FINE, says)
    if not settings.hash_key.get_secret_value():
        yield Finding(
            "Patient keys",
            State.LOOK,
            "CHARTGAP_HASH_KEY is empty, so that keys can be worked out from ids",
            "Before real data come: export CHARTGAP_HASH_KEY=$(openssl rand -hex 24), "
            "and keep it; another key makes other patients.",
        )


def _data_folder(settings: Settings) -> Iterator[Finding]:
    folder = settings.data_path
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            free = shutil.disk_usage(folder).free
    except OSError as error:
        says = f"{folder} cannot be written ({type(error).__name__})"
        remedy = "Give this user the folder, or name another in CHARTGAP_DATA_DIR."
        yield Finding("Data folder", State.WRONG, says, remedy)
        return
    says = f"{folder}, {free / _GB:.0f} GB free"
    needed = max(_LEAST_DISK, _DISK_PER_LANDING * _size(settings.landing_path))
    if free < needed:
        remedy = f"Make room: a build may take {needed / _GB:.0f} GB."
        yield Finding("Data folder", State.LOOK, says, remedy)
    else:
        yield Finding("Data folder", State.FINE, says)


def _landing(settings: Settings) -> Iterator[Finding]:
    folder = settings.landing_path
    if not folder.is_dir():
        says = f"there is no {folder}"
        remedy = (
            "Make it and have senders put their files there, or name another in "
            "CHARTGAP_LANDING. To see a made-up practice: chartgap demo"
        )
        yield Finding("Landing folder", State.WRONG, says, remedy)
        return
    files = list(landed_files(folder))
    refused = sum(file.refusal is not None for file in files)
    if not files:
        remedy = "Put files there: FHIR, HL7 v2, X12 or CSV, under any name."
        yield Finding("Landing folder", State.LOOK, f"{folder} is empty", remedy)
    else:
        yield Finding("Landing folder", State.FINE, f"{len(files):,} files in {folder}")
    if refused:
        yield Finding(
            "Landing folder",
            State.WRONG,
            f"{refused:,} files cannot be opened",
            "Let this user read them; links have to stay inside the folder.",
        )


def _sources(settings: Settings) -> Iterator[Finding]:
    try:
        sources = read_sources(settings.sources_path)
    except SourcesError as error:
        remedy = "docs/sources.md tells what may stand there."
        yield Finding("Source systems", State.WRONG, str(error), remedy)
        return
    if not sources.entries:
        yield Finding(
            "Source systems",
            State.LOOK,
            f"there is no {settings.sources_path.name}: times without a zone are UTC",
            "Where a system writes local times, name its zone there (docs/sources.md).",
        )
    for entry in sources.entries:
        zone = entry.time_zone or "UTC for times without a zone"
        yield Finding(f"Source {entry.name}", State.FINE, zone)
        for name in entry.secrets:
            if read_secret(name) is None:
                remedy = "Set it where the run, or the services, can see it."
                says = f"the variable {name} is not set"
                yield Finding(f"Source {entry.name}", State.WRONG, says, remedy)


def _warehouse(settings: Settings) -> Iterator[Finding]:
    path = settings.warehouse_path
    if not path.is_file():
        remedy = "chartgap run"
        yield Finding("Warehouse", State.LOOK, "nothing is built yet", remedy)
        return
    try:
        with duckdb.connect(str(path), read_only=True):
            yield Finding(
                "Warehouse", State.FINE, f"{path.stat().st_size / _GB:.1f} GB"
            )
    except duckdb.Error:
        says = "it cannot be opened: a run is using it, or something else has it open"
        remedy = "Wait for the run; close tools that opened warehouse.duckdb itself."
        yield Finding("Warehouse", State.LOOK, says, remedy)


_FEEDS = """
select feed, data_source
from marts.rpt_feed_freshness
where freshness = 'late'
order by 1, 2
"""


def _publication(settings: Settings) -> Iterator[Finding]:
    database = settings.published_path / DATABASE_NAME
    if not database.is_file():
        remedy = "chartgap run; a run whose checks failed publishes nothing."
        yield Finding("Publication", State.LOOK, "nothing is published yet", remedy)
        return
    try:
        with duckdb.connect(str(database), read_only=True) as connection:
            late = connection.execute(_FEEDS).fetchall()
            (unread,) = connection.execute(
                "select coalesce(sum(rejected_count), 0) from ops.fct_file_loads"
            ).fetchall()[0]
    except duckdb.Error as error:
        says = f"it cannot be read ({type(error).__name__})"
        yield Finding("Publication", State.WRONG, says, "chartgap run")
        return
    yield Finding("Publication", State.FINE, f"{settings.published_path}")
    for feed, source in late:
        remedy = "Ask its sender; docs/runbook.md#feed-late"
        says = "it has been silent for longer than it usually is"
        yield Finding(f"Feed {feed} of {source}", State.LOOK, says, remedy)
    if unread:
        remedy = "chartgap status says why, by feed."
        says = f"{unread:,} could not be read"
        yield Finding("Records", State.LOOK, says, remedy)


def _postgres(settings: Settings) -> Iterator[Finding]:
    if settings.postgres_url is None:
        says = "not set up (CHARTGAP_POSTGRES_URL); BI tools can open the DuckDB file"
        yield Finding("PostgreSQL", State.FINE, says)
        return
    try:
        version, published_at, readers = look_at(
            settings.postgres_url.get_secret_value()
        )
    except PostgresError as error:
        yield Finding("PostgreSQL", State.WRONG, str(error), "docs/bi/postgresql.md")
        return
    if published_at is None:
        says = f"version {version}, nothing is published there yet"
        yield Finding("PostgreSQL", State.LOOK, says, "chartgap publish")
        return
    says = f"version {version}, published {published_at:%Y-%m-%d %H:%M} UTC"
    yield Finding("PostgreSQL", State.FINE, says)
    if not readers:
        says = "nobody sees a row: access.facility_readers is empty"
        yield Finding("PostgreSQL", State.LOOK, says, "docs/bi/postgresql.md, step 3")


def _alerts(settings: Settings) -> Iterator[Finding]:
    if settings.alert_urls is None:
        remedy = "docs/alerts.md tells how Slack, Teams, e-mail or a webhook is named."
        says = "CHARTGAP_ALERT_URLS is not set: alerts are listed, and sent to nobody"
        yield Finding("Alerts", State.LOOK, says, remedy)
    else:
        yield Finding("Alerts", State.FINE, "destinations are set")


def _size(folder: Path) -> int:
    if not folder.is_dir():
        return 0
    return sum(file.state.size for file in landed_files(folder))
