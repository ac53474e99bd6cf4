"""Why PostgreSQL refused, in words that quote no value."""

import psycopg


class PostgresError(RuntimeError):
    """Nothing was published to PostgreSQL; readers see what they saw before."""


# By the code that PostgreSQL gives the error (its manual, appendix A).
_MEANING = {
    "42501": "PostgreSQL refused it for want of a right: the user of "
    "CHARTGAP_POSTGRES_URL has to own the database and may have to create roles; see "
    "docs/bi/postgresql.md",
    "2BP01": "a column or table that is no longer published is used by a view of yours "
    "in PostgreSQL; drop the view, publish, and make it again",
    "53100": "the disk of PostgreSQL is full",
    "57P01": "PostgreSQL was shut down in the midst of it",
}


def in_plain_words(error: Exception) -> str:
    """Say what PostgreSQL refused, without what it quotes of a row."""
    if isinstance(error, psycopg.OperationalError) and error.sqlstate is None:
        return (
            "PostgreSQL cannot be reached: is it running, and are host, port, "
            "database, user and password of CHARTGAP_POSTGRES_URL right?"
        )
    state = getattr(error, "sqlstate", None)
    if state in _MEANING:
        return _MEANING[state]
    return f"PostgreSQL refused a statement (error {state or type(error).__name__})"
