"""Failures in plain words: what may leave a step when something goes wrong.

Messages of DuckDB and of the operating system quote values and file names, which
may be about patients. A step lets out only messages that this project wrote.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
import duckdb

_DATABASE = "the database refused a statement"
_FILE = "a file could not be read or written"


@contextmanager
def in_plain_words(*ours: type[Exception]) -> Iterator[None]:
    """Turn foreseeable errors into dagster.Failure with a message without values.

    `ours` are error types whose messages are our own and are kept as they are.
    """
    try:
        yield
    except ours as error:
        raise dg.Failure(str(error)) from None
    except duckdb.Error as error:
        raise dg.Failure(f"{_DATABASE} ({type(error).__name__})") from None
    except OSError as error:
        raise dg.Failure(f"{_FILE} ({type(error).__name__})") from None
