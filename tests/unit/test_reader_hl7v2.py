"""HL7 v2 reader: the same segments as a naive split, and plain remarks on the rest."""

import gzip
import io
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from orchestration.readers import hl7v2, hl7v2_rows, hl7v2_split, hl7v2_units
from orchestration.readers.hl7v2 import begins_as_hl7v2, contains_hl7v2, read_hl7v2
from orchestration.readers.records import KEPT_BYTES, RECORD_LIMIT, Batch, Reject
from orchestration.readers.stream import Stream

Rows = list[dict[str, Any]]

HEADER = "MSH|^~\\&|LAB|NORTH|EHR|EAST|202601021530||ADT^A01^ADT_A01|M1|P|2.5.1"
VISIT = [HEADER, "EVN|A01|202601021530", "PID|1||7^^^NORTH^MR", "PV1|1|O"]
NOTE = ["MSH|^~\\&|DICT|NORTH|||20260103||MDM^T02|M2|P|2.3", "TXA|1|HP", "OBX|1|TX"]
SEPARATORS = "|^~\\&#$%*+:;<=>?@!/_-\"'()[]{}`.,\t\x01\x1d\x1e\x1f"


def read(content: bytes, size: int = 1 << 16) -> tuple[Rows, list[Reject]]:
    """Read bytes in pieces of `size`; return rows, and rejects by position."""
    stream = Stream(io.BytesIO(content), head_bytes=size, chunk_bytes=size)
    rows: Rows = []
    rejects: list[Reject] = []
    for item in read_hl7v2(stream):
        if isinstance(item, Batch):
            rows += item.rows.to_pylist()
        else:
            rejects.append(item)
    return rows, sorted(rejects, key=lambda item: (item.position, item.reason_code))


def joined(*messages: list[str], end: str = "\r") -> bytes:
    return "".join(line + end for message in messages for line in message).encode()


def declaring(charset: str) -> str:
    """Return a message header that names a character set (MSH-18)."""
    return f"MSH|^~\\&|LAB|NORTH|||20260102||ADT^A08|C1|P|2.6||||||{charset}"


def segments(rows: Rows) -> list[str]:
    return [row["segment"] for row in rows]


def codes(rejects: list[Reject]) -> list[tuple[str, int]]:
    return [(reject.reason_code, reject.record_count) for reject in rejects]


def column(rows: Rows, *names: str) -> list[Any]:
    found = [tuple(row[name] for name in names) for row in rows]
    return [values[0] for values in found] if len(names) == 1 else found


@st.composite
def one_message(draw: st.DrawFn) -> tuple[str, list[str]]:
    """Draw a message with its own separators, line ends and framing."""
    chosen = draw(
        st.lists(st.sampled_from(SEPARATORS), min_size=6, max_size=6, unique=True)
    )
    field, encoding = chosen[0], "".join(chosen[1 : draw(st.integers(2, 6))])
    forbidden = {field, *"\r\n\0\x0b\x1c"}
    values = st.text(st.characters(exclude_categories=["Cs"]), max_size=6).map(
        lambda text: "".join(char for char in text if char not in forbidden)
    )
    names = st.sampled_from(["PID", "PV1", "OBX", "ADD", "ZB1", "DG1", "NTE"])
    lines = st.lists(values, max_size=3)
    body = draw(
        st.lists(
            st.builds(lambda name, rest: field.join([name, *rest]), names, lines),
            max_size=6,
        )
    )
    header = f"MSH{field}{encoding}{field}{field.join(draw(lines))}"
    written = [header, *body]
    end = st.sampled_from(["\r", "\n", "\r\n", "\r\r", "\n\n \n", "\r\n\r\n"])
    text = "".join(line + draw(end) for line in written)
    before, after = draw(
        st.sampled_from([("", ""), ("\x0b", "\x1c\r"), ("\ufeff", "\n"), (" ", "")])
    )
    return before + text + after, written


@settings(deadline=None)
@given(drawn=st.lists(one_message(), min_size=1, max_size=4), size=st.integers(1, 300))
def test_segments_are_those_that_were_written_wherever_chunks_end(
    drawn: list[tuple[str, list[str]]], size: int
) -> None:
    rows, rejects = read("".join(text for text, _ in drawn).encode(), size)
    written = [lines for _, lines in drawn]
    assert segments(rows) == [line for lines in written for line in lines]
    assert rejects == []
    assert column(rows, "_position") == list(range(1, len(rows) + 1))
    assert column(rows, "message_index", "segment_index") == [
        (message, number)
        for message, lines in enumerate(written, 1)
        for number in range(1, len(lines) + 1)
    ]
    for row, line in zip(rows, segments(rows), strict=True):
        header = written[row["message_index"] - 1][0]
        encoding = [*header[4 : header.index(header[3], 4)], *[None] * 4]
        assert row["segment_id"] == line[:3]
        assert row["field_separator"] == header[3]
        assert row["component_separator"] == encoding[0]
        assert row["repetition_separator"] == encoding[1]
        assert row["escape_character"] == encoding[2]
        assert row["subcomponent_separator"] == encoding[3]


WORDS = [
    "MSH|^~\\&|", "MSH", "BHS|^~\\&|", "BTS|1", "FTS", "FHS|^", "PID|1", "a", "é", "|",
    "\r", "\r", "\n", "\x0b", "\x1c", "\x1c\x0bMSH|^|", " ", "\0",
    "|" * 16 + "ASCII", "|" * 16 + "8859/1",
]  # fmt: skip
fragments = st.lists(
    st.sampled_from([b"\xe9", *(word.encode() for word in WORDS)]), max_size=30
).map(b"".join)


def naive_count(content: bytes) -> int:
    """Count the lines of a text, but not those of white space and framing only."""
    lines = re.split(rb"[\r\n]|\x1c(?=\x0b)", content)
    return sum(bool(line.strip(b" \t\x0b\x1c")) for line in lines)


def received(rows: Rows, rejects: list[Reject]) -> int:
    return len(rows) + sum(reject.record_count for reject in rejects)


@settings(deadline=None, max_examples=300)
@given(content=fragments, size=st.integers(1, 40))
@example(content=b"PID|1\x1c\x1c\x0bMSH|^|\rBTS\x1c\x1c\x0bPID|1", size=1)
def test_every_line_is_loaded_or_rejected_and_chunks_do_not_matter(
    content: bytes, size: int
) -> None:
    rows, rejects = read(content)
    assert read(content, size) == (rows, rejects)
    assert received(rows, rejects) == naive_count(content)


@settings(deadline=None, max_examples=300)
@given(content=fragments, size=st.integers(1, 40))
@example(content=b"MSH|^~\\&|MSH|^~\\&|MSH|^~\\&|\0\rBTS|1", size=1)
@example(content=b"MSH|^~\\&|\xe9||||||||||||||||ASCII\rMSH|^|", size=1)
@example(content=b" " * 30 + b"MSH|^~\\&|\rPID|1\rBTS|1", size=1)
def test_long_messages_are_read_in_parts_wherever_chunks_end(
    content: bytes, size: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for module in (hl7v2, hl7v2_rows):
            patch.setattr(module, "RECORD_LIMIT", 24)
        for module in (hl7v2_rows, hl7v2_split, hl7v2_units):
            patch.setattr(module, "BLOCK_BYTES", 10)
        patch.setattr(hl7v2_rows, "KEPT_BYTES", 8)
        rows, rejects = read(content)
        assert read(content, size) == (rows, rejects)
        is_short = all(len(line) < 24 for line in re.split(rb"[\r\n]", content))
        if is_short:
            assert received(rows, rejects) == naive_count(content)


@settings(deadline=None)
@given(
    before=st.binary(max_size=20), after=st.binary(max_size=200), size=st.integers(1)
)
def test_any_bytes_never_raise_and_are_read_the_same_in_any_pieces(
    before: bytes, after: bytes, size: int
) -> None:
    if before.startswith(b"\x1f\x8b"):
        return
    content = before + b"\rMSH|^~\\&|A\r" + after
    found = read(content)
    assert read(content, min(size, 250)) == found
    assert found[0] or found[1]


@settings(deadline=None)
@given(content=st.text(max_size=60), size=st.integers(1, 20))
def test_text_without_a_header_is_rejected(content: str, size: int) -> None:
    if re.search("MSH|[FB]HS|[FB]TS", content):
        return
    rows, rejects = read(content.encode(), size)
    assert rows == []
    assert {code for code, _ in codes(rejects)} <= {"outside_message"}


def test_every_segment_carries_what_its_message_header_says() -> None:
    rows, rejects = read(joined(VISIT, NOTE))
    assert rejects == []
    names = [
        "message_control_id", "sending_application", "sending_facility",
        "message_type", "trigger_event", "version", "message_at", "charset",
    ]  # fmt: skip
    visit = ("M1", "LAB", "NORTH", "ADT", "A01", "2.5.1", "202601021530", None)
    note = ("M2", "DICT", "NORTH", "MDM", "T02", "2.3", "20260103", None)
    assert column(rows, *names) == [visit] * 4 + [note] * 3
    assert set(column(rows, "batch_index")) == {0}


def test_only_the_first_component_of_the_version_is_its_name() -> None:
    rows, _ = read(joined([HEADER.replace("2.5.1", "2.5.1^DEU&Germany")]))
    assert column(rows, "version") == ["2.5.1"]


def test_what_a_header_does_not_say_is_null() -> None:
    rows, rejects = read(b"MSH|^~\\&\rPID|1\rMSH|^~\\&|||||||ADT\r")
    assert rejects == []
    assert column(rows, "message_type", "trigger_event", "message_control_id") == [
        (None, None, None),
        (None, None, None),
        ("ADT", None, None),
    ]


@pytest.mark.parametrize(
    "kind", ["ADT^A04", "SIU^S12", "MDM^T02", "DFT^P03", "BAR^P01", "ZZZ^Z01"]
)
@pytest.mark.parametrize("version", ["2.2", "2.3.1", "2.4", "2.6", "2.7.1", "2.8"])
def test_every_type_and_version_is_kept_the_same_way(kind: str, version: str) -> None:
    header = f"MSH|^~\\&#|A|B|||2026||{kind}|1|P|{version}"
    sent = [header, "ZPV|1|own", "FT1|1", "ADD|continued"]
    rows, rejects = read(joined(sent))
    assert segments(rows) == sent
    assert rejects == []
    assert {*column(rows, "message_type", "trigger_event", "version")} == {
        (*kind.split("^"), version)
    }


@pytest.mark.parametrize(
    "content",
    [
        joined(VISIT, end="\n"),
        joined(VISIT, end="\r\n"),
        joined(VISIT, end="\r\r\n"),
        joined(VISIT, end="\r\n\r\n \t\n"),
        b"\x0b" + joined(VISIT) + b"\x1c\r",
        b"\x0b" + joined(VISIT)[:-1] + b"\x1c\r\n",
        b"\x0b" + joined(VISIT) + b"\x1c",
        b"\xef\xbb\xbf\r\n" + joined(VISIT),
        joined(VISIT[:2]) + b"  " + joined(VISIT[2:]),
    ],
)
def test_line_ends_framing_and_blank_lines_do_not_matter(content: bytes) -> None:
    rows, rejects = read(content * 2 + content.rstrip(b"\r\n"))
    assert segments(rows) == VISIT * 3
    assert column(rows, "message_index") == [1] * 4 + [2] * 4 + [3] * 4
    assert rejects == []


def test_a_frame_without_line_ends_around_it_still_parts_messages() -> None:
    frame = b"\x0b" + joined(VISIT)[:-1] + b"\x1c"
    rows, rejects = read(frame * 3, size=1)
    assert segments(rows) == VISIT * 3
    assert rejects == []


def test_framing_characters_inside_a_segment_are_its_text() -> None:
    sent = [HEADER, "NTE|1||first\x0bsecond \x1c third "]
    assert segments(read(joined(sent))[0]) == sent


SPANISH, GREEK, JAPANESE = "PID|Ñandú", "PID|Ωμέγα", "PID|山田^太郎"


@pytest.mark.parametrize(
    ("charset", "codec", "segment"),
    [
        ("ASCII", "ascii", "PID|plain"),
        ("8859/1", "latin-1", SPANISH),
        ("8859/7", "iso8859_7", GREEK),
        ("8859/15", "iso8859_15", "PID|Œuvre €"),
        ("ISO-8859-1", "latin-1", SPANISH),
        ("ISO IR100", "latin-1", SPANISH),
        ("ISO_IR 126", "iso8859_7", GREEK),
        ("Latin1", "latin-1", SPANISH),
        ("UNICODE UTF-8", "utf-8", JAPANESE),
        ("utf-8", "utf-8", JAPANESE),
        ("UNICODE UTF-16", "utf-8", JAPANESE),
        ("ISO IR87", "iso2022_jp", JAPANESE),
        ("~ISO IR87", "iso2022_jp", JAPANESE),
        ("ASCII~ISO IR87~ISO IR159", "iso2022_jp", JAPANESE),
        ("GB 18030-2000", "gb18030", "PID|李小龙"),
        ("KS X 1001", "euc_kr", "PID|홍길동"),
        ("BIG-5", "big5", "PID|陳大文"),
        ("windows-1252", "cp1252", "PID|“Ann”"),
    ],
)
def test_text_is_read_in_the_character_set_that_its_message_declares(
    charset: str, codec: str, segment: str
) -> None:
    sent = [declaring(charset), segment]
    rows, rejects = read("\r".join(sent).encode(codec))
    assert segments(rows) == sent
    assert set(column(rows, "charset")) == {charset}
    assert rejects == []


def test_header_values_are_read_in_the_declared_character_set_too() -> None:
    header = declaring("8859/1").replace("NORTH", "PEÑA")
    rows, _ = read(joined([header]).decode().encode("latin-1"))
    assert column(rows, "sending_facility", "segment") == [("PEÑA", header)]


def test_each_message_is_read_in_its_own_character_set() -> None:
    content = b"".join(
        "\r".join([declaring(charset), SPANISH, ""]).encode(codec)
        for charset, codec in [("8859/1", "latin-1"), ("UTF-8", "utf-8")]
    )
    assert segments(read(content)[0])[1::2] == [SPANISH, SPANISH]


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("size", [1, 7, 1 << 16])
def test_a_file_in_utf16_is_read_with_or_without_its_mark(
    codec: str, size: int
) -> None:
    sent = [declaring("UNICODE UTF-16"), JAPANESE, "PID|\U0001f600"]
    content = "\r".join([*sent, ""]).encode(codec)
    head = max(size, 6)
    stream = Stream(io.BytesIO(content), head_bytes=head, chunk_bytes=size)
    rows = [
        row
        for item in read_hl7v2(stream)
        if isinstance(item, Batch)
        for row in item.rows.to_pylist()
    ]
    assert segments(rows) == sent


@pytest.mark.parametrize("damage", [b"\x00\xd8\r\x00", b"\r"])
def test_damaged_utf16_rejects_its_message_and_no_other(damage: bytes) -> None:
    content = joined(VISIT, NOTE).decode().encode("utf-16-le") + damage
    rows, rejects = read(content)
    assert segments(rows) == VISIT
    assert [code for code, _ in codes(rejects)] == ["not_in_charset"]


@pytest.mark.parametrize(
    ("charset", "codec", "code"),
    [
        ("KLINGON", "utf-8", "unknown_charset"),
        ("8859/1~KLINGON", "utf-8", "unknown_charset"),
        ("CNS 11643-1992", "utf-8", "unknown_charset"),
        ("ASCII", "utf-8", "not_in_charset"),
        ("UNICODE UTF-8", "latin-1", "not_in_charset"),
    ],
)
def test_a_message_that_is_not_in_its_character_set_is_rejected_whole(
    charset: str, codec: str, code: str
) -> None:
    damaged = f"{declaring(charset)}\r{SPANISH}\rPV1|1\r".encode(codec)
    rows, rejects = read(joined(VISIT) + damaged + joined(NOTE))
    assert segments(rows) == VISIT + NOTE
    assert column(rows, "message_index") == [1] * 4 + [3] * 3
    assert codes(rejects) == [(code, 3)]
    assert rejects[0].position == 5
    assert rejects[0].text == damaged.decode("latin-1")[:-1]


def test_undeclared_text_that_is_not_utf8_is_latin1_and_remarked_once() -> None:
    message = "\r".join([HEADER, SPANISH, ""])
    content = message.encode() + message.encode("latin-1") * 3
    rows, rejects = read(content, size=20)
    assert segments(rows) == [HEADER, SPANISH] * 4
    assert codes(rejects) == [("read_as_latin1", 0)]
    assert (rejects[0].position, rejects[0].text) == (3, HEADER)


@pytest.mark.parametrize(
    "header",
    ["MSH", "MSH|", "MSH||LAB", "MSH|^~\\\\&|LAB", "MSH|ABCD|", "MSH|^~\\&#$|LAB",
     "MSHA^~\\&|LAB", "MSH |^~\\&|LAB", "MSH|^~\\&|LA\0B", "MSH§^~\\&§LAB"],
)  # fmt: skip
def test_a_message_with_a_broken_header_is_rejected_alone(header: str) -> None:
    broken = [header, "PID|9", "PV1|9"]
    rows, rejects = read(joined(VISIT, broken, NOTE))
    assert segments(rows) == VISIT + NOTE
    assert codes(rejects) == [("bad_header", 3)]
    assert rejects[0].position == 5
    assert rejects[0].text == "\r".join(broken).replace("\0", "\\x00")


def test_text_before_the_first_message_is_rejected() -> None:
    rows, rejects = read(b"Mail from us:\r\n\r\nPID|1\n" + joined(VISIT))
    assert segments(rows) == VISIT
    assert codes(rejects) == [("outside_message", 2)]
    assert rejects[0].text == "Mail from us:\r\n\r\nPID|1"
    assert column(rows, "_position") == [3, 4, 5, 6]


def test_neighbours_that_are_no_segments_are_one_reject() -> None:
    sent = [HEADER, "OBX|1|TX|||one", "two, line", "|three", "PV1|1", "pid|1", "1ID|1"]
    rows, rejects = read(joined(sent, end="\n"))
    assert segments(rows) == [sent[0], sent[1], sent[4]]
    assert column(rows, "segment_index") == [1, 2, 5]
    assert [(r.position, r.record_count, r.text) for r in rejects] == [
        (3, 2, "two, line\n|three"),
        (6, 2, "pid|1\n1ID|1"),
    ]
    assert {r.reason_code for r in rejects} == {"bad_segment_id"}


def test_a_segment_with_another_field_separator_is_none_of_its_message() -> None:
    rows, rejects = read(joined([HEADER, "PID^1", "PV1"]))
    assert segments(rows) == [HEADER, "PV1"]
    assert codes(rejects) == [("bad_segment_id", 1)]


def test_a_segment_with_a_nul_byte_is_rejected() -> None:
    rows, rejects = read(joined([HEADER, "PID|\0", "PV1|1"]))
    assert segments(rows) == [HEADER, "PV1|1"]
    assert codes(rejects) == [("nul_byte", 1)]
    assert rejects[0].text == "PID|\\x00"


BATCH = ["BHS|^~\\&|LAB"]
FILE = ["FHS|^~\\&|LAB"]


def test_batches_are_numbered_and_their_envelope_is_kept() -> None:
    sent = [*FILE, *BATCH, *VISIT, *NOTE, "BTS|2", *BATCH, *NOTE, "BTS|1|c", "FTS|2"]
    rows, rejects = read(joined(sent), size=50)
    assert segments(rows) == sent
    assert rejects == []
    assert column(rows, "batch_index") == [0] + [1] * 9 + [2] * 5 + [0]
    assert column(rows, "message_index") == (
        [0, 0] + [1] * 4 + [2] * 3 + [0, 0] + [3] * 3 + [0, 0]
    )
    envelope = [row for row in rows if not row["message_index"]]
    assert {row["segment_index"] for row in envelope} == {0}
    assert {row["message_control_id"] for row in envelope} == {None}
    assert {row["field_separator"] for row in envelope} == {"|"}


@pytest.mark.parametrize(
    ("sent", "remark"),
    [
        ([*BATCH, *VISIT, "BTS|3"], "BTS states 3, received 1"),
        ([*BATCH, *VISIT, "BTS|many"], "BTS states no count, received 1"),
        ([*BATCH, *VISIT, "MSH", "BTS|1"], "BTS states 1, received 2"),
        ([*FILE, *BATCH, *VISIT, "BTS|1", "FTS|2"], "FTS states 2, received 1"),
        ([*FILE, *VISIT, "FTS|9"], "FTS states 9, received 1"),
    ],
)
def test_a_wrong_count_is_a_remark_and_every_segment_is_loaded(
    sent: list[str], remark: str
) -> None:
    rows, rejects = read(joined(sent))
    assert segments(rows) == [line for line in sent if line != "MSH"]
    found = [reject for reject in rejects if reject.reason_code == "wrong_count"]
    assert [(r.record_count, r.text) for r in found] == [(0, found[0].text)]
    assert found[0].reason.endswith(remark)
    assert found[0].text in sent


@pytest.mark.parametrize(
    "sent",
    [
        [*BATCH, *VISIT, "BTS"],
        [*BATCH, *VISIT, "BTS||comment"],
        [*BATCH, *VISIT, "BTS| 0001 "],
        [*BATCH, "BTS|0"],
        [*FILE, *VISIT, "FTS|1"],
        [*FILE, *VISIT, "FTS|0"],
        [*FILE, "FTS|0"],
    ],
)
def test_a_count_need_not_be_stated_and_a_file_without_batches_has_one_or_none(
    sent: list[str],
) -> None:
    rows, rejects = read(joined(sent))
    assert segments(rows) == sent
    assert rejects == []


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ([*BATCH, *VISIT], ["missing_trailer"]),
        ([*FILE, *BATCH, *VISIT], ["missing_trailer"] * 2),
        ([*BATCH, *VISIT, *BATCH, *NOTE, "BTS|1"], ["missing_trailer"]),
        ([*FILE, *BATCH, "FTS|1"], ["missing_trailer"]),
        ([*FILE, *FILE, "FTS|0"], ["missing_trailer"]),
        ([*VISIT, "BTS|1"], ["stray_trailer"]),
        ([*VISIT, "FTS|1"], ["stray_trailer"]),
    ],
)
def test_a_missing_or_stray_trailer_is_a_remark(
    sent: list[str], expected: list[str]
) -> None:
    rows, rejects = read(joined(sent))
    assert segments(rows) == sent
    assert codes(rejects) == [(code, 0) for code in expected]


def test_an_envelope_has_its_own_separators_and_a_trailer_those_of_the_last() -> None:
    sent = ["BHS*:~", "MSH|^~\\&|A", "BTS*1", "MSH|^~\\&|A", "BTS|1"]
    rows, _ = read(joined(sent))
    assert segments(rows) == sent
    assert column(rows, "field_separator", "component_separator") == [
        ("*", ":"),
        ("|", "^"),
        ("*", None),
        ("|", "^"),
        ("|", "^"),
    ]


def test_text_between_envelope_and_messages_is_rejected_alone() -> None:
    rows, rejects = read(joined([*BATCH, "NTE|1"], VISIT, ["BTS|1", "PID|8", "PV1|8"]))
    assert segments(rows) == [*BATCH, *VISIT, "BTS|1"]
    assert codes(rejects) == [("outside_message", 1), ("outside_message", 2)]


def test_a_batch_header_without_usable_separators_is_rejected_alone() -> None:
    rows, rejects = read(joined(["BHS||LAB"], VISIT, ["BTS|1"]))
    assert segments(rows) == [*VISIT, "BTS|1"]
    assert codes(rejects) == [("bad_header", 1)]


def test_a_segment_that_is_too_long_is_rejected_and_reading_goes_on() -> None:
    long = b"OBX|" + b"x" * (RECORD_LIMIT + (20 << 20))
    content = joined([HEADER]) + long + b"\r" + joined(["PV1|1"], NOTE)
    rows, rejects = read(content, size=8 << 20)
    assert segments(rows) == [HEADER, "PV1|1", *NOTE]
    assert column(rows, "_position") == [1, 3, 4, 5, 6]
    assert column(rows, "segment_index")[:2] == [1, 3]
    assert codes(rejects) == [("too_long", 1)]
    assert rejects[0].text == long[:KEPT_BYTES].decode()


def test_a_message_whose_header_is_too_long_is_rejected_with_what_follows() -> None:
    header = b"MSH|^~\\&|" + b"x" * RECORD_LIMIT
    content = header + b"\r" + joined(["PID|1", "PV1|1"], NOTE)
    rows, rejects = read(content, size=8 << 20)
    assert segments(rows) == NOTE
    assert codes(rejects) == [("too_long", 1), ("bad_header", 2)]


def test_ten_million_lines_of_one_byte_are_rejected_in_few_lots() -> None:
    rows, rejects = read(joined([HEADER]) + b"a\r" * 10_000_000, size=8 << 20)
    assert segments(rows) == [HEADER]
    assert sum(reject.record_count for reject in rejects) == 10_000_000
    assert len(rejects) < 10


def test_a_file_that_is_cut_off_keeps_what_is_whole() -> None:
    noise = "".join(f"OBX|{n}|{n * 7919 % 10007}\r" for n in range(5000)).encode()
    packed = gzip.compress(joined(VISIT) + noise)
    rows, rejects = read(packed[: len(packed) // 2])
    whole = joined(VISIT) + noise
    assert segments(rows) == whole.decode().split("\r")[: len(rows)]
    assert len(rows) > len(VISIT)
    assert codes(rejects) == [("broken_stream", 1)]
    assert rejects[0].position == len(rows) + 1


@pytest.mark.parametrize(
    ("head", "begins", "contains"),
    [
        (joined(VISIT), True, True),
        (b"\xef\xbb\xbf\x0b" + joined(VISIT), True, True),
        (b"\r\n " + joined(FILE), True, True),
        (joined(BATCH), True, True),
        (joined(VISIT).decode().encode("utf-16"), True, True),
        (joined(VISIT).decode().encode("utf-16-be"), True, True),
        (b"MSH||broken", True, False),
        (b"Dear all,\n" + joined(VISIT), False, True),
        (b"Dear all, MSH|^~\\&|", False, False),
        (b"MSH is a hormone\n", False, False),
        (b"BTS|1\r", False, False),
        (b"PID|1\rPV1|1\r", False, False),
        (b"", False, False),
    ],
)
def test_a_file_is_known_by_its_header(
    head: bytes, begins: bool, contains: bool
) -> None:
    assert (begins_as_hl7v2(head), contains_hl7v2(head)) == (begins, contains)


def test_real_messages_have_the_very_segments_of_a_naive_split(
    sample_dir: Path,
) -> None:
    paths = sorted((sample_dir / "hl7v2").glob("*.hl7"))
    types: Counter[str] = Counter()
    loaded = 0
    for path in paths:
        text = path.read_bytes().decode("utf-8-sig")
        lines = [line for line in re.split("[\r\n]+", text) if line.strip()]
        rows, rejects = read(path.read_bytes())
        assert segments(rows) == lines, path.name
        assert rejects == [], path.name
        messages = sum(line.startswith("MSH") for line in lines)
        assert max(column(rows, "message_index")) == messages, path.name
        types.update({row["message_type"] for row in rows})
        loaded += len(rows)
    assert (len(paths), types.total(), loaded) == (139, 139, 2252)
    counts = {"ADT": 59, "SIU": 15, "MDM": 13, "DFT": 4, "BAR": 6}
    assert {name: types[name] for name in counts} == counts
