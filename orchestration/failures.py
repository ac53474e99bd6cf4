"""Failures in plain words: what may leave a step when something goes wrong.

Messages of DuckDB and of the operating system quote values and file names, which
may be about patients. A step lets out only messages that this project wrote.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
import duckdb

# For what may pass by itself: a lock, a disk, a network. Twice more, after some ten
# and some thirty seconds, so that two who were in each other's way are not again.
RETRIES = dg.RetryPolicy(
    max_retries=2,
    delay=10,
    backoff=dg.Backoff.EXPONENTIAL,
    jitter=dg.Jitter.PLUS_MINUS,
)

_DATABASE = "the database refused a statement"
_FILE = "a file could not be read or written"


@contextmanager
def in_plain_words(
    *ours: type[Exception], final: tuple[type[Exception], ...] = ()
) -> Iterator[None]:
    """Turn foreseeable errors into dagster.Failure with a message without values.

    `ours` are error types whose messages are our own and are kept as they are;
    `final` are those of them that a person has to correct, so that no retry helps.
    """
    try:
        yield
    except final as error:
        raise dg.Failure(str(error), allow_retries=False) from None
    except ours as error:
        raise dg.Failure(str(error)) from None
    except duckdb.Error as error:
        raise dg.Failure(f"{_DATABASE} ({type(error).__name__})") from None
    except OSError as error:
        raise dg.Failure(f"{_FILE} ({type(error).__name__})") from None
