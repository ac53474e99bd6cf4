"""How an extractor lands a file and remembers how far it is: whole or not at all.

What it lands, ingest reads like any other sender's file. It leaves out where the
content comes from (`sql`, `fhir_bulk`).
"""

import fcntl
import hashlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_SHOWN_DIGITS = 12


class ExtractError(Exception):
    """Nothing more can be extracted; the message says why, in plain words."""


class ExtractNameError(ExtractError):
    """A name cannot be the name of a file: choose another one."""


class ExtractRunningError(ExtractError):
    """Another process extracts the same source: wait for it or stop it."""


class ExtractWriteError(ExtractError):
    """A folder cannot be written: make room or give permission, then run again."""


class ExtractStateError(ExtractError):
    """The state file cannot be read: delete it to extract from the beginning."""


def fingerprint(*definition: object) -> str:
    """Return 32 hex digits that change when what is extracted is defined anew."""
    return hashlib.sha256(repr(definition).encode()).hexdigest()[:32]


class State:
    """What an extractor remembers, in `<folder>/<data source>/<name>.json`.

    The file is readable by its owner only: it may hold addresses that are secrets.
    """

    def __init__(self, folder: Path, data_source: str, name: str) -> None:
        """Take the names of the source system and of what is extracted from it.

        Raises ExtractNameError when they are more than letters, digits, - and _.
        """
        if not (_NAME.fullmatch(data_source) and _NAME.fullmatch(name)):
            message = "a data source and a name are letters, digits, - and _, up to 64"
            raise ExtractNameError(message)
        self._path = folder / data_source / f"{name}.json"
        self._lock = folder / data_source / f".{name}.lock"

    @contextmanager
    def held(self) -> Iterator[None]:
        """Be the only one who extracts this source; raises ExtractRunningError."""
        with _write_errors(self._path.parent):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            lock = self._lock.open("ab")
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                message = f"{self._path.stem} is being extracted by another process"
                raise ExtractRunningError(message) from None
            yield

    def read(self, definition: str) -> dict[str, Any]:
        """Return what was written for this definition; empty when nothing was.

        A source that is defined anew is one of which nothing is known. Raises
        ExtractStateError when the file is damaged.
        """
        try:
            found = json.loads(self._path.read_bytes())
            known: dict[str, Any] = found["known"]
            return known if found["definition"] == definition else {}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, TypeError):
            raise self.damaged() from None

    def write(self, definition: str, known: dict[str, Any]) -> None:
        """Replace what is remembered; raises ExtractWriteError."""
        draft = self._path.with_suffix(".draft")
        text = json.dumps({"definition": definition, "known": known}, indent=1)
        with _write_errors(self._path.parent):
            draft.unlink(missing_ok=True)
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(text.encode())
                file.flush()
                os.fsync(descriptor)
            draft.replace(self._path)
            _folder_to_disk(self._path.parent)

    def damaged(self) -> ExtractStateError:
        """Return the error that says that the content makes no sense."""
        return ExtractStateError(
            f"the state file {self._path.name} is damaged;"
            " delete it to extract from the beginning"
        )


class Draft:
    """A file on its way into the landing folder, under a name that ingest skips.

    Use as a context manager: what has not landed by its end is removed. Its methods
    raise ExtractWriteError when the folder cannot be written.
    """

    def __init__(self, folder: Path, label: str, suffix: str) -> None:
        """Begin a file that will be `folder/<label>-<12 of its sha256><suffix>`."""
        self._folder = folder
        self._label = label
        self._suffix = suffix
        self._digest = hashlib.sha256()
        self._path = folder / f".{label}.part"
        with _write_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("wb")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with suppress(OSError):
            self._file.close()
        with suppress(OSError):
            self._path.unlink()

    def write(self, data: bytes) -> None:
        """Add bytes at the end."""
        with _write_errors(self._folder):
            self._file.write(data)
        self._digest.update(data)

    def land(self) -> Path:
        """Make the file visible, whole and on disk, and return where it is.

        The same content gets the same name, so landing it twice is landing it once.
        """
        digits = self._digest.hexdigest()[:_SHOWN_DIGITS]
        target = self._folder / f"{self._label}-{digits}{self._suffix}"
        with _write_errors(self._folder):
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._path.replace(target)
            _folder_to_disk(self._folder)
        return target


@contextmanager
def _write_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else "the write failed"
        raise ExtractWriteError(f"cannot write to {folder}: {reason}") from None


def _folder_to_disk(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
