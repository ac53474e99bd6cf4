"""The command line: thin words around the job that the Dagster UI runs too.

Imports what takes seconds only inside the command that needs it.
"""

import logging
import warnings
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from orchestration.alert_commands import alerts_app
from orchestration.as_of import AsOfError, read_as_of
from orchestration.settings import Settings
from orchestration.sources import SourcesError, read_sources
from orchestration.terminal import TerminalProgress, errors, read_settings, refuse

FAILED = 1
_STARTING = "Starting"

app = typer.Typer(
    name="chartgap",
    help="Shows where visits are stuck between care and cash, and why.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

_Encounters = Annotated[int, typer.Option(min=1, help="How many encounters.")]
_Seed = Annotated[int, typer.Option(help="The same seed gives the same practice.")]

app.add_typer(alerts_app, name="alerts")


@app.command()
def demo(encounters: _Encounters = 2000, seed: _Seed = 7) -> None:
    """Simulate a practice in the data folder and run everything on it."""
    from orchestration.simulator.demo import DemoRefusedError, prepare_demo  # noqa: PLC0415

    settings = read_settings()
    # The practice lies in the data folder, whatever is set up for real senders.
    settings = settings.model_copy(
        update={
            "landing": settings.data_path / "landing",
            "sources": settings.data_path / "sources.yml",
            "settle_seconds": 0.0,
        }
    )
    with TerminalProgress(errors()) as progress:
        try:
            as_of = prepare_demo(
                settings.data_path,
                encounters=encounters,
                seed=seed,
                on_progress=lambda done, total: progress("Simulating", done, total),
            )
        except DemoRefusedError as error:
            refuse(str(error))
    _refresh(settings, as_of.isoformat())


@app.command()
def simulate(
    out: Annotated[Path, typer.Option(help="Where landing/ and truth/ are written.")],
    encounters: _Encounters,
    seed: _Seed,
    defects: Annotated[
        str, typer.Option(help="none, all, or names joined by commas.")
    ] = "all",
    split_at: Annotated[
        str | None,
        typer.Option(
            help="ISO time until which senders deliver to landing/; what is new or "
            "has changed since goes to landing-later/. No split when absent."
        ),
    ] = None,
) -> None:
    """Write the files of a simulated practice and the truth behind them."""
    try:
        split = None if split_at is None else read_as_of(split_at)
    except AsOfError:
        refuse("--split-at is not an ISO time such as 2026-10-31T04:00:00Z")
    from orchestration.simulator import parameters, simulate  # noqa: PLC0415

    with TerminalProgress(errors()) as progress:
        try:
            result = simulate.simulate(
                out,
                encounters=encounters,
                seed=seed,
                defects=parameters.parse_defects(defects),
                split_at=split,
                on_progress=lambda done, total: progress("Simulating", done, total),
            )
        except (ValueError, FileExistsError) as error:
            refuse(f"{out}: {error}")
    Console().print(
        f"{result.encounters:,} encounters in {result.files:,} files: {result.landing}",
        highlight=False,
        soft_wrap=True,
    )
    if result.later is not None:
        Console().print(
            f"{result.later_files:,} files that came later: {result.later}",
            highlight=False,
            soft_wrap=True,
        )


@app.command()
def run(
    landing: Annotated[
        Path | None, typer.Option(help="Where senders put their files.")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option(help="ISO time that ages are for; now when absent.")
    ] = None,
) -> None:
    """Ingest what is new, check it, build, check, publish."""
    try:
        read_as_of(as_of)
    except AsOfError as error:
        refuse(str(error))
    settings = read_settings()
    if landing is not None:
        settings = settings.model_copy(update={"landing": landing})
    _refresh(settings, as_of)


@app.command()
def publish() -> None:
    """Bring the last publication to PostgreSQL once more, for BI tools."""
    settings = read_settings()
    if settings.postgres_url is None:
        refuse(
            "CHARTGAP_POSTGRES_URL is not set. Give it the address of a database, such "
            "as postgresql://user:password@host:5432/chartgap; docs/bi/postgresql.md "
            "tells what the user needs."
        )
    from orchestration.postgres.publication import look_at  # noqa: PLC0415
    from orchestration.postgres.refusals import PostgresError  # noqa: PLC0415

    # A run tries again when PostgreSQL is away; who types the command is told at once.
    try:
        look_at(settings.postgres_url.get_secret_value())
    except PostgresError as error:
        refuse(str(error))
    with TerminalProgress(errors()) as progress:
        progress(_STARTING, 0, None)
        _hush()
        from orchestration import runs  # noqa: PLC0415

        result = runs.publish(settings, progress=progress)
    for problem in result.problems:
        errors().print(problem, markup=False, highlight=False)
    for check in result.failed_checks:
        errors().print(f"{check.name}: {check.problem} ({check.runbook})", markup=False)
    if not result.is_good:
        raise typer.Exit(FAILED)
    Console().print("PostgreSQL has the last publication.", highlight=False)


@app.command()
def status() -> None:
    """Say how fresh the publication is, whether it balances and what failed."""
    from orchestration import summary  # noqa: PLC0415

    settings = read_settings()
    try:
        published = summary.read_published(settings.published_path)
    except summary.UnreadablePublicationError as error:
        refuse(str(error))
    if published is None:
        refuse(
            f"nothing has been published in {settings.published_path}. Run "
            "'chartgap run', or 'chartgap demo' to see a simulated practice."
        )
    from orchestration.runs import last_run  # noqa: PLC0415

    last = last_run(settings)
    summary.show_status(Console(), last, published)
    if (last and not last.is_good) or not summary.is_balanced(published):
        raise typer.Exit(FAILED)


@app.command()
def doctor() -> None:
    """Look at settings, folders, sources, warehouse and PostgreSQL; say what to do."""
    from orchestration import doctor as examining  # noqa: PLC0415

    if not examining.show(Console(), examining.examine(read_settings())):
        raise typer.Exit(FAILED)


@app.command()
def explain(
    encounter: Annotated[str, typer.Argument(help="Its id in the source, or its key.")],
    source: Annotated[
        str | None, typer.Option(help="Source system, where several use the id.")
    ] = None,
) -> None:
    """Show one encounter's timeline and blockers, with the record behind each."""
    from orchestration import explain as explaining  # noqa: PLC0415

    settings = read_settings()
    try:
        found = explaining.read_explanation(
            settings.published_path, settings.raw_path, encounter, source=source
        )
    except explaining.ExplainError as error:
        refuse(str(error))
    explaining.show_explanation(Console(), found)


@app.command()
def lookml(
    out: Annotated[Path, typer.Option(help="Where the LookML project is written.")],
    connection: Annotated[
        str, typer.Option(help="Looker's own name of the PostgreSQL database.")
    ] = "chartgap",
) -> None:
    """Write views, explores and a dashboard for Looker, made from the marts."""
    import json  # noqa: PLC0415

    from orchestration.dbt_runner import prepare_manifest  # noqa: PLC0415
    from orchestration.dictionary import read_marts  # noqa: PLC0415
    from orchestration.looker import write_lookml  # noqa: PLC0415

    path = prepare_manifest()
    names = {(node["schema"], node["name"]) for node in read_marts(path)}
    manifest = json.loads(path.read_text("utf-8"))
    try:
        count = write_lookml(manifest, names, connection, out)
    except OSError as error:
        refuse(f"{out} cannot be written ({type(error).__name__})")
    Console().print(f"{count} files: {out}", highlight=False, soft_wrap=True)


@app.command()
def version() -> None:
    """Print the version."""
    Console().print(f"chartgap {installed_version('chartgap')}", highlight=False)


def main() -> None:
    """Run the command line."""
    app()


def _refresh(settings: Settings, as_of: str | None) -> None:
    """Run the job, print the summary and exit with what it came to."""
    if not settings.landing_path.is_dir():
        refuse(
            f"the landing folder {settings.landing_path} does not exist. Make it and "
            "put the senders' files there, or name another one with --landing."
        )
    try:
        read_sources(settings.sources_path)
    except SourcesError as error:
        refuse(str(error))
    with TerminalProgress(errors()) as progress:
        progress(_STARTING, 0, None)
        _hush()
        from orchestration import dbt_runner, summary  # noqa: PLC0415

        try:
            dbt_runner.prepare_manifest()
        except dbt_runner.DbtError as error:
            errors().print(str(error), markup=False)
            raise typer.Exit(FAILED) from None
        from orchestration import runs  # noqa: PLC0415

        result = runs.refresh(settings, as_of=as_of, progress=progress)
    summary.show_run(Console(), result, settings)
    if not result.is_good:
        raise typer.Exit(FAILED)


def _hush() -> None:
    """Keep what libraries say to developers off the terminal."""
    warnings.simplefilter("ignore")
    # Some of them install a handler for everyone when there is none.
    logging.basicConfig(handlers=[logging.NullHandler()])
