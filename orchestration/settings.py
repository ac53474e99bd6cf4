"""The only reader of the environment: where data lives and how to reach it.

Holds the `CHARTGAP_*` settings and the paths derived from them. It leaves out
everything that is about one source system; that is `sources.yml`.
"""

import os
import re
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    NonNegativeFloat,
    PositiveInt,
    SecretStr,
    ValidationError,
    field_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT_DIR = Path(__file__).resolve().parent.parent
# The name of the file is the name of the database in DuckDB.
WAREHOUSE_NAME = "warehouse.duckdb"
_PREFIX = "CHARTGAP_"
_PATTERN_SIGNS = set("*?[")


class SettingsError(ValueError):
    """A variable of the environment cannot be used: correct what the message names."""


class Settings(BaseSettings):
    """Settings of one installation; every path is absolute."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, frozen=True)

    data_dir: Path = Path("data")
    landing: Path | None = None
    sources: Path | None = None
    settle_seconds: NonNegativeFloat = 2.0
    time_zone: str = "UTC"
    workers: PositiveInt = min(os.cpu_count() or 1, 4)
    warehouse: Path | None = None
    target: str = "duckdb"
    memory: str = "4GB"
    postgres_url: SecretStr | None = None
    alert_urls: SecretStr | None = None
    runbook_url: str = "docs/runbook.md"
    hash_key: SecretStr = SecretStr("")
    # Its presence says that the run history is in PostgreSQL; see docs/deployment.
    history_host: str | None = None

    @field_validator("memory")
    @classmethod
    def _is_a_size(cls, size: str) -> str:
        """Refuse what DuckDB would not read as a size when the build begins."""
        if not re.fullmatch(r"[0-9]+(\.[0-9]+)? ?[MGT]B", size):
            raise ValueError("write a number and a unit, such as 4GB or 800MB")
        return size

    @field_validator("time_zone")
    @classmethod
    def _is_a_zone(cls, name: str) -> str:
        """Refuse what no clock is known for."""
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("write a zone such as America/New_York") from None
        return name

    @field_validator("data_dir")
    @classmethod
    def _is_no_pattern(cls, folder: Path) -> Path:
        """Refuse a path in which Dagster and DuckDB would see a pattern.

        Dagster would not find its settings and go on without them: it would keep
        what libraries print.
        """
        if _PATTERN_SIGNS & set(str(folder.expanduser().resolve())):
            raise ValueError("the path of the data folder must not hold *, ? or [")
        return folder

    @property
    def data_path(self) -> Path:
        """The data folder."""
        return self.data_dir.expanduser().resolve()

    @property
    def landing_path(self) -> Path:
        """Where senders put their files; read only."""
        return self._or(self.landing, "landing")

    @property
    def sources_path(self) -> Path:
        """The file that describes the source systems; it need not be there."""
        return self._or(self.sources, "sources.yml")

    @property
    def extract_path(self) -> Path:
        """How far each extraction from a database or server has come."""
        return self.data_path / "extract"

    @property
    def warehouse_path(self) -> Path:
        """The DuckDB file that dbt builds."""
        return self._or(self.warehouse, WAREHOUSE_NAME)

    @property
    def raw_path(self) -> Path:
        """The raw tables and their load log."""
        return self.data_path / "raw"

    @property
    def checks_path(self) -> Path:
        """What every run found of every expectation."""
        return self.data_path / "checks"

    @property
    def closes_path(self) -> Path:
        """What was reported of each month when it was closed."""
        return self.data_path / "closes"

    @property
    def published_path(self) -> Path:
        """What readers open: the published database and the page."""
        return self.data_path / "published"

    @property
    def postgres_path(self) -> Path:
        """The file of what was brought to PostgreSQL last, to bring what differs."""
        return self.data_path / "postgres"

    @property
    def report_days_path(self) -> Path:
        """What readers open of past days: one file for each report and day."""
        return self.published_path / "report_days"

    @property
    def alerts_path(self) -> Path:
        """The log of alerts: what was told, and what people decided about it."""
        return self.data_path / "alerts"

    @property
    def dagster_home(self) -> Path:
        """Dagster's own folder: its settings, and its history where that is SQLite."""
        return self.data_path / "dagster"

    def _or(self, chosen: Path | None, name: str) -> Path:
        if chosen is None:
            return self.data_path / name
        return chosen.expanduser().resolve()


def read_secret(variable: str) -> SecretStr | None:
    """Return the secret in an environment variable that sources.yml names, if any."""
    value = os.environ.get(variable)
    return SecretStr(value) if value else None


def load_settings() -> Settings:
    """Read the environment once and return the settings.

    Raises SettingsError, which names each variable and quotes no value.
    """
    try:
        return Settings()
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
    wrong = [
        f"  {_PREFIX}{str(item['loc'][0]).upper()}: "
        f"{item['msg'].removeprefix('Value error, ')}"
        for item in found
    ]
    message = "\n".join(("the environment has to be corrected:", *wrong))
    raise SettingsError(message)
