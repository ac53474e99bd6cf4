"""What the header of an HL7 v2 message (MSH) or envelope (FHS, BHS) declares.

Its separators, its character set, and who sent it when under which number. It
leaves out the segments that follow.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from orchestration.readers.hl7v2_split import HEADER_LINE, SEPARATOR

UTF8 = "utf-8"
LATIN1 = "latin-1"
UNDECLARED = ""
"""The codec of a message that names no character set."""

Separators = tuple[bytes, bytes, bytes | None, bytes | None, bytes | None]
"""Field, component, repetition, escape and subcomponent, one byte each."""

_OPENING = re.compile(HEADER_LINE + rb"(?P<rest>[^\r\n\x1c]*)")
_IS_SEPARATOR = re.compile(SEPARATOR)
# Five since 2.7, the fifth for truncated values; fewer where not all are used.
_ENCODING = re.compile(SEPARATOR + rb"{1,5}")
_TRAILERS = frozenset({b"BTS", b"FTS"})
_LAST_FIELD = 18
_NOTHING = (None,) * 8
_ESCAPE = b"\x1b"

# HL7 table 0211 and how senders also write it, without regard to case and signs.
# Where a header could be read as single bytes, its message is not in UTF-16 or
# UTF-32, whatever it declares: it was converted on the way, and UTF-8 is tried.
_CODECS = {
    **dict.fromkeys(("ASCII", "USASCII", "ISOIR6"), "ascii"),
    **{
        f"{prefix}8859{part}": f"iso8859_{part}"
        for prefix in ("", "ISO")
        for part in (*range(1, 12), *range(13, 17))
    },
    # Registered numbers of the right halves of 8859-1 to 8859-9.
    **{
        f"ISOIR{number}": f"iso8859_{part}"
        for number, part in (
            (100, 1),
            (101, 2),
            (109, 3),
            (110, 4),
            (144, 5),
            (127, 6),
            (126, 7),
            (138, 8),
            (148, 9),
        )
    },
    **dict.fromkeys(("LATIN1", "ISOLATIN1"), "iso8859_1"),
    **{
        f"{prefix}{name}": UTF8
        for prefix in ("", "UNICODE")
        for name in ("UTF8", "UTF16", "UTF32")
    },
    "UNICODE": UTF8,
    **dict.fromkeys(("ISOIR14", "ISOIR87", "ISOIR159"), "iso2022_jp_ext"),
    **dict.fromkeys(("GB180302000", "GB18030"), "gb18030"),
    **dict.fromkeys(("KSX1001", "ISOIR149"), "euc_kr"),
    **dict.fromkeys(("BIG5",), "big5"),
    **{f"{prefix}1252": "cp1252" for prefix in ("CP", "WINDOWS")},
}
_WITH_ESCAPES = frozenset({"iso2022_jp_ext"})


class Header(NamedTuple):
    """What a header declares, as sent; None where it says nothing.

    The order is that of the columns of the raw table.
    """

    message_control_id: bytes | None
    sending_application: bytes | None
    sending_facility: bytes | None
    message_type: bytes | None
    trigger_event: bytes | None
    version: bytes | None
    message_at: bytes | None
    charset: bytes | None
    field_separator: bytes | None
    component_separator: bytes | None
    repetition_separator: bytes | None
    escape_character: bytes | None
    subcomponent_separator: bytes | None


class Opening(NamedTuple):
    """The line that begins a message or an envelope, or is a trailer.

    `start` is where it begins behind a byte order mark or framing; `header` is
    None when its separators cannot be used, and for a trailer.
    """

    name: bytes
    start: int
    header: Header | None


def opening(text: bytes) -> Opening | None:
    """Return the opening that a text begins with, if any."""
    found = _OPENING.match(text)
    if not found:
        return None
    name, start = found["name"], found.start("name")
    field = found["rest"][:1]
    # A field is found under its number: field 1 is the separator itself.
    fields = [b"", *found["rest"].split(field, _LAST_FIELD)] if field else [b""] * 3
    separators = None if name in _TRAILERS else _separators(field, fields[2])
    if separators is None or b"\0" in found["rest"]:
        return Opening(name, start, None)
    if name != b"MSH":
        return Opening(name, start, Header(*_NOTHING, *separators))
    fields += [b""] * (_LAST_FIELD + 1 - len(fields))
    message_type, _, rest = fields[9].partition(separators[1])
    header = Header(
        message_control_id=fields[10] or None,
        sending_application=fields[3] or None,
        sending_facility=fields[4] or None,
        message_type=message_type or None,
        trigger_event=rest.partition(separators[1])[0] or None,
        version=fields[12].partition(separators[1])[0] or None,
        message_at=fields[7] or None,
        charset=fields[18] or None,
        field_separator=separators[0],
        component_separator=separators[1],
        repetition_separator=separators[2],
        escape_character=separators[3],
        subcomponent_separator=separators[4],
    )
    return Opening(name, start, header)


def trailer_header(trailer: bytes, last: Header | None) -> Header:
    """Return what is known of a trailer's separators: those of the last header."""
    field = trailer[3:4]
    if last and field in {b"", last.field_separator}:
        return Header(*_NOTHING, *last[len(_NOTHING) :])
    return Header(*_NOTHING, field or None, None, None, None, None)


def codec_of(header: Header) -> str | None:
    """Return the codec that a message declares; UNDECLARED or None when unknown."""
    if header.charset is None:
        return UNDECLARED
    return _codec(header.charset, header.repetition_separator)


def to_utf8(text: bytes, codec: str) -> bytes:
    """Return text in UTF-8. Raises UnicodeError when it is not in its codec."""
    if text.isascii() and not (codec in _WITH_ESCAPES and _ESCAPE in text):
        return text
    return text.decode(codec).encode(UTF8)


@lru_cache(maxsize=1024)
def _separators(field: bytes, encoding: bytes) -> Separators | None:
    """Return a header's separators, None when they are no usable ones."""
    is_usable = _IS_SEPARATOR.fullmatch(field) and _ENCODING.fullmatch(encoding)
    if not is_usable or len(set(encoding)) < len(encoding):
        return None
    component, repetition, escape, subcomponent = (
        encoding[n : n + 1] for n in range(4)
    )
    return field, component, repetition or None, escape or None, subcomponent or None


@lru_cache(maxsize=1024)
def _codec(charset: bytes, repetition: bytes | None) -> str | None:
    """Return the codec of a character set and its alternates.

    The first that is more than ASCII counts: text that switches between sets by
    escape sequences is read by a codec that knows them all.
    """
    names = charset.split(repetition) if repetition else [charset]
    found = [
        _CODECS.get(re.sub(rb"[^A-Z0-9]", b"", name.upper()).decode())
        for name in names
        if name.strip()
    ]
    if None in found:
        return None
    return next((codec for codec in found if codec != "ascii"), "ascii")
