"""Renders the published marts as one self-contained HTML page.

Holds the assembly: marts in, figures in words, template, file out. The page makes
no request: style, script and data are inlined, and its content security policy
allows exactly that style and that script, by hash.
"""

import base64
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from orchestration.page import words
from orchestration.page.charts import age_chart, stage_chart
from orchestration.page.marts import Marts, read_marts
from orchestration.page.worklist import COLUMNS, encode_worklist

_HERE = Path(__file__).resolve().parent
_TOP_BLOCKERS = 8


@dataclass(frozen=True)
class PageResult:
    """What was written: where, how large in bytes, and what it counts."""

    path: Path
    size_bytes: int
    encounter_count: int
    waiting_count: int


@dataclass(frozen=True)
class _Tile:
    name: str
    label: str
    value: str
    exact: str
    note: str


def build_page(database: Path, out: Path) -> PageResult:
    """Render the page of the published `database` (DuckDB, read only) to `out`.

    The page takes its place by rename, so a reader sees the old or the new one,
    never half of one. The same database file gives the same bytes: the time of
    publication is the file's own. Raises duckdb.Error when the database cannot be
    opened or lacks a mart, OSError when `out` cannot be written.
    """
    published_at = datetime.fromtimestamp(database.stat().st_mtime, UTC)
    marts = read_marts(database, tuple(COLUMNS))
    html = render_page(marts, published_at).encode()
    out.parent.mkdir(parents=True, exist_ok=True)
    unfinished = out.with_name(f".{out.name}.unfinished")
    unfinished.write_bytes(html)
    unfinished.replace(out)
    return PageResult(
        path=out,
        size_bytes=len(html),
        encounter_count=sum(stage.count for stage in marts.stages),
        waiting_count=marts.waiting.count,
    )


def render_page(marts: Marts, published_at: datetime) -> str:
    """Return the page as text; `published_at` is UTC."""
    style = (_HERE / "assets" / "page.css").read_text(encoding="utf-8")
    script = (_HERE / "assets" / "page.js").read_text(encoding="utf-8")
    worklist = encode_worklist(marts)
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            policy=_policy(style, script),
            # Own files, inlined as they are: escaping would break their hashes.
            style=Markup(style),  # noqa: S704
            script=Markup(script),  # noqa: S704
            # Escaped for a script element by script_json.
            payload=Markup(worklist.payload),  # noqa: S704
            marts=marts,
            published_at=published_at,
            worklist=worklist,
            tiles=_tiles(marts),
            stages=stage_chart(marts.stages),
            ages=age_chart(marts.gaps),
            operations=marts.operations,
            summary=marts.summary,
            top_blockers=marts.blockers[:_TOP_BLOCKERS],
            more_blockers=marts.blockers[_TOP_BLOCKERS:],
            unbalanced=[c for c in marts.controls if c.difference != 0],
        )
    )


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for function in (
        words.number,
        words.dollars,
        words.dollars_short,
        words.day,
        words.moment,
        words.short_moment,
        words.ordinal,
        words.plural,
        words.from_code,
    ):
        environment.filters[function.__name__] = function
    return environment


def _policy(style: str, script: str) -> str:
    """Allow this style and this script, and no request to anywhere."""
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src 'sha256-{_sha256(style)}'",
            f"script-src 'sha256-{_sha256(script)}'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _sha256(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _tiles(marts: Marts) -> tuple[_Tile, ...]:
    total = sum(stage.count for stage in marts.stages)
    unknown = sum(s.count for s in marts.stages if s.stage == "unknown")
    gaps = sum(gap.count for gap in marts.gaps)
    waiting = marts.waiting
    oldest = min((gap.oldest for gap in marts.gaps if gap.oldest), default=None)
    return (
        _Tile(
            "waiting",
            "Waiting for action",
            words.number(waiting.count),
            str(waiting.count),
            f"{words.percent(waiting.count, total)} of all encounters",
        ),
        _money_tile(marts),
        _Tile(
            "gaps",
            "Documentation gaps",
            words.number(gaps),
            str(gaps),
            f"oldest visit {words.day(oldest)}" if oldest else "required, not yet met",
        ),
        _Tile(
            "unknown",
            "Share unknown",
            words.percent(unknown, total),
            str(unknown),
            f"{words.plural(unknown, 'encounter')}: the feed has not reached so far",
        ),
        _Tile(
            "total",
            "Encounters in total",
            words.number(total),
            str(total),
            "each in exactly one stage",
        ),
        _Tile(
            "as-of",
            "As of",
            words.day(marts.as_of) or "Not known",
            "" if marts.as_of is None else f"{marts.as_of:%Y-%m-%dT%H:%M:%SZ}",
            words.weekday_and_time(marts.as_of) or "nothing published yet",
        ),
    )


def _money_tile(marts: Marts) -> _Tile:
    """Show expected money; the charged amount stands in where none is known."""
    waiting = marts.waiting
    charged = f"{words.dollars(waiting.charged)} charged"
    label = "Expected money waiting"
    if waiting.expected is None:
        note = charged if waiting.charged is not None else "no amounts received"
        value = "Not known yet" if waiting.count else words.dollars(None)
        return _Tile("expected", label, value, "", note)
    missing = waiting.count - waiting.priced
    if missing:
        charged = f"not known for {words.number(missing)}; {charged}"
    exact = str(waiting.expected)
    return _Tile("expected", label, words.dollars(waiting.expected), exact, charged)
