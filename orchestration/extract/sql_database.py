"""How to reach a SQL database, and its errors in words that quote no value.

Messages of databases and drivers quote hosts, users and values, which may be secrets
or about patients. It leaves out what is asked of a database (`sql`).
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import sqlalchemy as sa
from sqlalchemy import exc as errors

from orchestration.extract.files import ExtractError

_PROBE_SECONDS = 5.0
_PORTS = {"postgresql": 5432, "mysql": 3306, "mariadb": 3306, "mssql": 1433}


class SqlConnectionError(ExtractError):
    """The database cannot be reached, refuses the login or broke off."""


class SqlSourceError(ExtractError):
    """The entry of the source does not fit the database: correct the entry."""


class SqlValueError(ExtractError):
    """A value cannot be kept exactly: let a query turn its column into text."""


def engine_for(label: str, url: str) -> sa.Engine:
    """Prepare for a database without connecting; raises SqlSourceError."""
    try:
        return sa.create_engine(url, poolclass=sa.NullPool)
    except (errors.NoSuchModuleError, ImportError):
        sentence = "there is no driver for this kind of database"
        raise SqlSourceError(f"{label}: {sentence}") from None
    except (errors.ArgumentError, ValueError):
        sentence = "the address of the database is not like driver://user@host/name"
        raise SqlSourceError(f"{label}: {sentence}") from None


@contextmanager
def connected(label: str, engine: sa.Engine) -> Iterator[sa.Connection]:
    """Hold a connection that only reads, where the database knows such a thing.

    Raises SqlConnectionError.
    """
    try:
        connection = engine.connect().execution_options(postgresql_readonly=True)
        if engine.dialect.name == "postgresql":
            # Its driver reads times in no other style, which roles may choose.
            connection.exec_driver_sql("set datestyle to ISO")
    except errors.DBAPIError:
        sentence = _why_not_connected(engine.url)
        raise SqlConnectionError(f"{label}: {sentence}") from None
    try:
        yield connection
    finally:
        with suppress(errors.DBAPIError):
            connection.close()


def _why_not_connected(url: sa.URL) -> str:
    """Tell a server that does not answer from one that refuses us.

    Drivers say it in words only, which quote names and depend on the language.
    """
    port = url.port or _PORTS.get(url.get_backend_name())
    if not url.host or not port:
        return "the database does not answer or refuses the login"
    try:
        socket.create_connection((url.host, port), _PROBE_SECONDS).close()
    except (OSError, UnicodeError):
        return "the database does not answer at its host and port"
    return "the database refuses the login: check user, password and database name"


@contextmanager
def statement_errors(label: str) -> Iterator[None]:
    """Turn the errors of a statement into ours, which quote no value."""
    try:
        yield
    except (errors.DataError, ValueError, OverflowError):
        sentence = "the driver cannot give a value as it is; cast its column to text"
        raise SqlValueError(f"{label}: {sentence}") from None
    except (errors.OperationalError, errors.InterfaceError) as found:
        sentence = f"the database broke off ({type(found.orig).__name__})"
        raise SqlConnectionError(f"{label}: {sentence}") from None
    except errors.SQLAlchemyError as found:
        kind = type(getattr(found, "orig", None) or found).__name__
        sentence = f"the database refuses the table or query ({kind})"
        raise SqlSourceError(f"{label}: {sentence}") from None
