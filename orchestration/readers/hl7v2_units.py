"""What a header begins in HL7 v2: a message or a line of a batch envelope.

Also which of its lines are kept, and their text in UTF-8. It leaves out how text
is cut into lines.
"""

from dataclasses import dataclass

from orchestration.readers.hl7v2_headers import (
    LATIN1,
    UNDECLARED,
    UTF8,
    Header,
    Opening,
    codec_of,
    opening,
    to_utf8,
    trailer_header,
)
from orchestration.readers.hl7v2_split import BLOCK_BYTES, parts

_ALL = (1 << 63) - 1


@dataclass(slots=True)
class Unit:
    """A message, a line of an envelope, or (without a name) what precedes both.

    `kept` is how many of its lines are segments of it and `code` why others are
    rejected; `lines` is how many came so far; `was_guessed` that its character set
    is neither declared nor UTF-8.
    """

    name: bytes = b""
    header: Header | None = None
    kept: int = 0
    code: str = "outside_message"
    codec: str = UNDECLARED
    message_index: int = 0
    batch_index: int = 0
    lines: int = 0
    was_guessed: bool = False

    def refuse(self, code: str) -> None:
        """Keep none of its lines from now on, nor what its header says."""
        self.kept, self.code, self.header = 0, code, None

    def in_utf8(self, text: bytes) -> list[bytes]:
        """Return lines of this unit in UTF-8, in blocks, and refuse what is not text.

        Text that is rejected, or that was sent without a character set and is not
        UTF-8, is read as Latin-1, which loses nothing.
        """
        blocks = [*parts(text, BLOCK_BYTES)]
        try:
            return [to_utf8(block, self.codec or UTF8) for block in blocks]
        except UnicodeError:
            if self.kept and self.codec == UNDECLARED:
                self.was_guessed = True
            elif self.kept:
                self.refuse("not_in_charset")
        self.codec = LATIN1
        return [to_utf8(block, LATIN1) for block in blocks]


class Units:
    """Numbers the messages of one file.

    `is_utf8` says that the text was brought into UTF-8 before, whatever character
    set a message declares.
    """

    def __init__(self, *, is_utf8: bool) -> None:
        self._is_utf8 = is_utf8
        self._messages = 0
        self._last_header: Header | None = None

    def open(self, opened: Opening, text: bytes) -> Unit:
        """Return the unit that a text begins with."""
        unit = Unit(opened.name, opened.header)
        if opened.name == b"MSH":
            self._messages += 1
            unit.message_index = self._messages
        elif opened.name in {b"BTS", b"FTS"}:
            trailer = text[opened.start : opened.start + 4]
            unit.header = trailer_header(trailer, self._last_header)
        if self._is_utf8:
            unit.codec = UTF8
        if unit.header is None:
            unit.refuse("bad_header")
            return unit
        self._last_header = unit.header
        unit.kept = _ALL if opened.name == b"MSH" else 1
        if not self._is_utf8:
            self._declare(unit, codec_of(unit.header))
        return unit

    def _declare(self, unit: Unit, codec: str | None) -> None:
        if codec is None:
            unit.refuse("unknown_charset")
        unit.codec = LATIN1 if codec is None else codec


def pieces(unit: Unit, opened: Opening | None, text: bytes) -> list[bytes]:
    """Return lines of a unit in UTF-8, from its header on where they begin with it."""
    if not opened:
        return unit.in_utf8(text)
    sent = text[opened.start :]
    found = unit.in_utf8(sent)
    if unit.header and found[0] is not sent:
        decoded = opening(found[0])
        unit.header = (decoded and decoded.header) or unit.header
    return found
