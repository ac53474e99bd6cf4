"""The bytes of one file, decompressed and in bounded pieces.

It knows gzip and line ends, and remembers what went wrong at the end of a
damaged file. It leaves out what the bytes mean.
"""

import codecs
import gzip
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from orchestration.readers.records import RECORD_LIMIT

HEAD_BYTES = 256 << 10
CHUNK_BYTES = 8 << 20
# A real export shrinks about tenfold; only a file made to exhaust us does this.
_BOMB_BYTES = 8 << 20
_BOMB_RATIO = 400


class Stream:
    """One file to be read once, from its beginning.

    `head` are its first decompressed bytes. Once the chunks are exhausted,
    `broken` says in plain words why there are no more although there should be,
    or is None. Raises OSError when the file itself cannot be read.
    """

    def __init__(
        self,
        raw: BinaryIO,
        *,
        head_bytes: int = HEAD_BYTES,
        chunk_bytes: int = CHUNK_BYTES,
    ) -> None:
        """Take a seekable binary file at its beginning."""
        self._raw = raw
        self._chunk_bytes = chunk_bytes
        self._produced = 0
        self.broken: str | None = None
        self.remainder = b""
        is_gzip = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        self._gzip = gzip.GzipFile(fileobj=raw, mode="rb") if is_gzip else None
        self.head = self._fill(head_bytes)
        self.is_complete = len(self.head) < head_bytes

    def chunks(self) -> Iterator[bytes]:
        """Yield all bytes from the beginning, without a UTF-8 byte order mark."""
        chunk = self.head.removeprefix(codecs.BOM_UTF8)
        while True:
            if chunk:
                yield chunk
            if self.is_complete or self.broken:
                return
            chunk = self._fill(self._chunk_bytes)
            if not chunk:
                return

    def line_blocks(self, newline: bytes = b"\n") -> Iterator[list[bytes]]:
        """Yield lines without their newline, many at a time.

        A line longer than RECORD_LIMIT comes cut to one byte more than that. The
        unfinished last line of a broken stream is left in `remainder` instead.
        """
        yield from self.split(self.chunks(), newline)

    def split(self, chunks: Iterator[bytes], newline: bytes) -> Iterator[list[bytes]]:
        """Yield the lines of `chunks`, which are this stream's, as line_blocks does."""
        pending = b""
        for chunk in chunks:
            lines = chunk.split(newline)
            if len(pending) > RECORD_LIMIT:
                lines[0] = pending
            elif pending:
                lines[0] = (pending + lines[0])[: RECORD_LIMIT + 1]
            pending = lines.pop()
            if lines:
                yield lines
        if self.broken:
            self.remainder = pending
        elif pending:
            yield [pending]

    def _fill(self, size: int) -> bytes:
        """Read about `size` bytes; fewer only at the end or at a defect."""
        parts: list[bytes] = []
        missing = size
        while missing > 0 and not self.broken:
            part = self._read(missing)
            if not part:
                break
            parts.append(part)
            missing -= len(part)
        return b"".join(parts)

    def _read(self, size: int) -> bytes:
        if self._gzip is None:
            return self._raw.read(size)
        try:
            part = self._gzip.read1(size)
        except EOFError:
            self.broken = "the gzip data is cut off"
            return b""
        except (gzip.BadGzipFile, zlib.error):
            self.broken = "the gzip data is damaged"
            return b""
        self._produced += len(part)
        if self._produced > _BOMB_BYTES + _BOMB_RATIO * self._raw.tell():
            self.broken = "the gzip data expands beyond reason"
        return part
