"""Files that are written piece by piece, the same bytes on every run.

A file comes to exist with its first record, so that an observer that saw
nothing sends nothing. Memory does not grow with what is written.
"""

import csv
import gzip
import io
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import orjson

from orchestration.simulator.clocks import shown

_BUFFER_BYTES = 1 << 20
_SPILL_BYTES = 1 << 24


def iso_utc(at: int) -> str:
    """Return seconds since 1970 as ISO text in UTC."""
    day, time = shown(at)
    return f"{day}T{time}Z"


def money(cents: int) -> str:
    """Return whole cents as text with two decimals."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"


class ByteFile:
    """A plain or gzip file that is opened by its first write."""

    def __init__(self, path: Path, *, compress: bool = False) -> None:
        self.path = path
        self._compress = compress
        self._stream: io.BufferedWriter | gzip.GzipFile | None = None
        self._raw: io.BufferedWriter | None = None
        # A copy: a kept result of orjson keeps its whole page of memory.
        self._pending = bytearray()

    def write(self, data: bytes) -> None:
        """Add bytes to the file."""
        self._pending += data
        if len(self._pending) >= _BUFFER_BYTES:
            self._flush()

    def close(self) -> None:
        """Write what is left; a file that never got a byte does not exist."""
        if self._pending:
            self._flush()
        for stream in (self._stream, self._raw):
            if stream is not None:
                stream.close()

    def _flush(self) -> None:
        if self._stream is None:
            self._stream = self._open()
        self._stream.write(self._pending)
        self._pending.clear()

    def _open(self) -> io.BufferedWriter | gzip.GzipFile:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._raw = self.path.open("wb")
        if not self._compress:
            return self._raw
        # No name and no time inside, so that the same content is the same bytes.
        return gzip.GzipFile(
            filename="", mode="wb", compresslevel=3, fileobj=self._raw, mtime=0
        )


class Table:
    """A CSV file that begins with its first row, or `always`, with its header."""

    def __init__(
        self,
        path: Path,
        header: Sequence[str],
        *,
        delimiter: str = ",",
        byte_order_mark: bool = False,
        always: bool = False,
    ) -> None:
        self._file = ByteFile(path)
        self._header = header
        self._mark = b"\xef\xbb\xbf" if byte_order_mark else b""
        self._text = io.StringIO(newline="")
        self._writer = csv.writer(self._text, delimiter=delimiter, lineterminator="\n")
        self._is_empty = True
        if always:
            self._begin()

    def row(self, values: Sequence[object]) -> None:
        """Add one row."""
        if self._is_empty:
            self._begin()
        self._writer.writerow(values)
        if self._text.tell() >= _BUFFER_BYTES:
            self._flush()

    def close(self) -> None:
        """Write what is left."""
        self._flush()
        self._file.close()

    def _begin(self) -> None:
        self._is_empty = False
        self._file.write(self._mark)
        self._writer.writerow(self._header)

    def _flush(self) -> None:
        if self._text.tell():
            self._file.write(self._text.getvalue().encode())
            self._text.seek(0)
            self._text.truncate()


class Spill:
    """Records kept on disk by key until all are known; few files are ever open."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True)
        self._pending: defaultdict[tuple[int, ...], bytearray] = defaultdict(bytearray)
        self._pending_bytes = 0
        self._keys: set[tuple[int, ...]] = set()

    def add(self, key: tuple[int, ...], record: dict[str, object]) -> None:
        """Keep one record under a key."""
        data = orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)
        self._pending[key] += data
        self._pending_bytes += len(data)
        if self._pending_bytes >= _SPILL_BYTES:
            self._flush()

    def keys(self) -> list[tuple[int, ...]]:
        """Return all keys in order."""
        self._flush()
        return sorted(self._keys)

    def read(self, key: tuple[int, ...]) -> Iterator[dict[str, object]]:
        """Return the records of a key in the order in which they were added."""
        self._flush()
        with self._path(key).open("rb") as stream:
            for line in stream:
                yield orjson.loads(line)

    def _flush(self) -> None:
        for key, records in self._pending.items():
            with self._path(key).open("ab") as stream:
                stream.write(records)
        self._keys.update(self._pending)
        self._pending.clear()
        self._pending_bytes = 0

    def _path(self, key: tuple[int, ...]) -> Path:
        return self._folder / "-".join(str(part) for part in key)
