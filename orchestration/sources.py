"""sources.yml: the source systems, what is theirs and how to reach them.

Holds the reading of that file, with errors that say which line of it is wrong. No
secret stands in it: it names the environment variables that hold them. It leaves out
how anything is read or pulled.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from orchestration.feeds import FEEDS
from orchestration.readers.csv_layout import ColumnMapping
from orchestration.strict_yaml import NotYamlError, load_strictly

DEFAULT = "default"
# Names among the zones that mean another one on each machine, or none at all.
_NO_ZONES = {"localtime", "Factory"}


class SourcesError(ValueError):
    """sources.yml cannot be used: the message says where and why; correct it."""


def _known_zone(name: str) -> str:
    if name not in available_timezones() - _NO_ZONES:
        raise ValueError("there is no such time zone; write it like America/Chicago")
    return name


def _known_feed(name: str) -> str:
    if name not in FEEDS:
        raise ValueError(f"there is no such feed; the feeds are {', '.join(FEEDS)}")
    return name


def _pattern_below_landing(pattern: str) -> str:
    if not pattern or pattern.startswith("/") or ".." in pattern.split("/"):
        raise ValueError("a pattern is of a path below the landing folder, as ehr/*")
    return pattern


_Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
_Variable = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
_Zone = Annotated[str, AfterValidator(_known_zone)]
_FeedName = Annotated[str, AfterValidator(_known_feed)]
_Pattern = Annotated[str, AfterValidator(_pattern_below_landing)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class SqlTable(_Entry):
    """A table (`schema.table`) or a query, pulled by a cursor column into a feed."""

    name: _Name
    feed: _FeedName
    cursor: str
    table: str | None = None
    query: str | None = None
    columns: dict[str, str] = {}
    overlap: Annotated[int, Field(ge=0)] = 3_600

    @model_validator(mode="after")
    def _one_of_table_and_query(self) -> Self:
        if bool(self.table) == bool(self.query):
            raise ValueError("give either a table or a query")
        return self


class SqlEntry(_Entry):
    """A SQL database; `url` names the environment variable that holds its address."""

    url: _Variable
    tables: Annotated[list[SqlTable], Field(min_length=1)]


class BulkClient(_Entry):
    """Our login at a FHIR server; `private_key` names an environment variable."""

    client_id: str
    key_id: str
    private_key: _Variable
    scope: str = "system/*.read"
    token_url: str | None = None


class BulkEntry(_Entry):
    """One FHIR bulk export."""

    name: _Name = "export"
    url: Annotated[str, Field(pattern=r"^https?://\S+$")]
    level: Literal["system", "patient", "group"] = "group"
    group_id: str | None = None
    types: list[str] = []
    since: str | None = None
    patience_seconds: Annotated[float, Field(gt=0, strict=False)] = 1_800
    client: BulkClient | None = None
    ca_file: Annotated[Path, Field(strict=False)] | None = None
    proxy_url: str | None = None

    @model_validator(mode="after")
    def _group_id_fits_level(self) -> Self:
        if (self.level == "group") != bool(self.group_id):
            raise ValueError("group_id belongs to level group and to no other")
        return self


class Source(_Entry):
    """One source system.

    `files` are patterns of paths below the landing folder in which * stands for
    anything, a / too. What lies in the folder of its name is always its own.
    `time_zone` is that of times without one; `submitter_zone` that of the times in
    the headers of X12 files, `time_zone` where it is not given. `columns` maps, for
    a feed, the sender's columns to those of the feed.
    """

    name: _Name
    files: list[_Pattern] = []
    time_zone: _Zone = "UTC"
    submitter_zone: _Zone | None = None
    columns: dict[_FeedName, dict[str, str]] = {}
    sql: SqlEntry | None = None
    fhir_bulk: list[BulkEntry] = []

    @model_validator(mode="after")
    def _columns_are_of_their_feed(self) -> Self:
        for feed, columns in self.columns.items():
            if not columns:
                raise ValueError(f"columns of {feed} is empty")
            if unknown := sorted(set(columns.values()) - set(FEEDS[feed].columns)):
                raise ValueError(f"{feed} has no column {', '.join(unknown)}")
            _require_unique(columns.values(), f"column of {feed}")
            theirs = (name.strip().lower() for name in columns)
            _require_unique(theirs, f"sender's column for {feed}")
        return self

    @model_validator(mode="after")
    def _pulls_have_names_of_their_own(self) -> Self:
        tables = self.sql.tables if self.sql else []
        names = [table.name for table in tables]
        _require_unique([*names, *(entry.name for entry in self.fhir_bulk)], "name")
        return self

    @property
    def column_mapping(self) -> ColumnMapping:
        """The columns with the sender's names in lower case."""
        return {
            feed: {theirs.strip().lower(): ours for theirs, ours in columns.items()}
            for feed, columns in self.columns.items()
        }

    @property
    def mapping_id(self) -> str | None:
        """What changes when the column mapping does; None without one."""
        if not self.columns:
            return None
        text = repr(
            sorted((feed, sorted(m.items())) for feed, m in self.columns.items())
        )
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    @property
    def is_pulled(self) -> bool:
        """Whether a run asks it for news itself."""
        return bool(self.sql or self.fhir_bulk)

    @property
    def secrets(self) -> list[str]:
        """The environment variables that hold its addresses and keys."""
        keys = [entry.client.private_key for entry in self.fhir_bulk if entry.client]
        return [*([self.sql.url] if self.sql else []), *keys]

    def names(self, file_name: str) -> bool:
        """Tell whether a pattern fits a path relative to the landing folder."""
        return any(fnmatchcase(file_name, pattern) for pattern in self.files)


class _File(_Entry):
    sources: list[Source] | None = None

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        sources = self.sources or ()
        _require_unique((source.name for source in sources), "name")
        _require_unique((p for source in sources for p in source.files), "pattern")
        return self


@dataclass(frozen=True)
class Sources:
    """The source systems in the order of the file; without any, all is `default`."""

    entries: tuple[Source, ...] = ()

    def of(self, file_name: str) -> Source:
        """Return the system of a file's folder, else the first that names the file.

        Else it is the default one.
        """
        folder, slash, _ = file_name.partition("/")
        own = (entry for entry in self.entries if slash and entry.name == folder)
        naming = (entry for entry in self.entries if entry.names(file_name))
        named = (entry for entry in self.entries if entry.name == DEFAULT)
        return next(chain(own, naming, named), Source(name=DEFAULT))


def read_sources(path: Path) -> Sources:
    """Read sources.yml; a file that is not there means no entries.

    Raises SourcesError, whose message has a line for each thing that is wrong.
    """
    try:
        found = load_strictly(path.read_bytes())
    except FileNotFoundError:
        return Sources()
    except OSError as error:
        raise SourcesError(f"{path} cannot be read ({error.strerror})") from None
    except NotYamlError as error:
        raise SourcesError(f"{path} {error}") from None
    try:
        settings = {} if found is None else found
        return Sources(tuple(_File.model_validate(settings).sources or ()))
    except ValidationError as error:
        raise SourcesError(f"{path} has to be corrected:\n{_said(error)}") from None


def _require_unique(values: Iterable[str], what: str) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise ValueError(f"{what} {value} is given twice")
        seen.add(value)


def _said(error: ValidationError) -> str:
    """Say what is wrong, a line each, without quoting what was found there."""
    found = error.errors(include_url=False, include_input=False)
    return "\n".join(f"  {_place(item['loc'])}: {_reason(item)}" for item in found)


def _place(location: tuple[int | str, ...]) -> str:
    text = ""
    for part in location:
        is_number = isinstance(part, int)
        text += f"[{part + 1}]" if is_number else f".{part}"  # type: ignore[operator]
    return text.removeprefix(".") or "the file"


def _reason(item: Mapping[str, Any]) -> str:
    reasons = {
        "extra_forbidden": "there is no such setting",
        "missing": "it is needed and missing",
        "model_type": "write settings below it, each as name: value",
        "dict_type": "write settings below it, each as name: value",
        "list_type": "write a list, each item behind a dash",
        "string_type": "write a text; put numbers, dates, yes and no in quotes",
    }
    if item["type"] == "string_pattern_mismatch":
        place = str(item["loc"][-1])
        return _PATTERNS.get(place, "it does not look as it should")
    said: str = reasons.get(item["type"], item["msg"])
    return said.removeprefix("Value error, ")


_VARIABLE = "write the name of the environment variable that holds it, not the secret"
_PATTERNS = {
    "name": "a name is letters, digits, - and _, up to 64",
    "private_key": _VARIABLE,
    "url": f"write an address like https://..., or for a database: {_VARIABLE}",
}
