"""X12 reader: the same segments as a naive split, and plain remarks on the rest."""

import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.readers.records import RECORD_LIMIT, Batch, Reject
from orchestration.readers.stream import Stream
from orchestration.readers.x12 import read_x12

Rows = list[dict[str, Any]]

CLAIM = ["ST*837*0001*005010X222A1", "BHT*0019*00*1", "CLM*A1*100", "SE*4*0001"]
GROUP = ["GS*HC*A*B*20260101*1200*1*X*005010X222A1", *CLAIM, "GE*1*1"]


def isa(
    element: str = "*", component: str = ":", terminator: str = "~", repeat: str = "^"
) -> str:
    """Return a header of 106 characters, its terminator included."""
    elements = [
        "ISA", "00", " " * 10, "00", " " * 10, "ZZ", "SENDER".ljust(15), "ZZ",
        "RECEIVER".ljust(15), "260101", "1200", repeat, "00501", "000000001", "0", "T",
        component,
    ]  # fmt: skip
    return element.join(elements) + terminator


def interchange(segments: list[str], groups: int = 1) -> str:
    return isa() + "~".join([*segments, f"IEA*{groups}*000000001"]) + "~"


def read(content: bytes, size: int = 1 << 16) -> tuple[Rows, list[Reject]]:
    """Read bytes in pieces of `size`; return rows and rejects."""
    stream = Stream(io.BytesIO(content), head_bytes=size, chunk_bytes=size)
    rows: Rows = []
    rejects: list[Reject] = []
    for item in read_x12(stream):
        if isinstance(item, Batch):
            rows += item.rows.to_pylist()
        else:
            rejects.append(item)
    return rows, rejects


def segments(rows: Rows) -> list[str]:
    return [row["segment"] for row in rows]


def codes(rejects: list[Reject]) -> list[tuple[str, int]]:
    return [(reject.reason_code, reject.record_count) for reject in rejects]


separators = st.lists(
    st.sampled_from(list("*:~^|>!%+;<\x1c\x1d\x1e\x1f\n")),
    min_size=4,
    max_size=4,
    unique=True,
).filter(lambda chosen: "\n" not in chosen[:2] + chosen[3:])


@st.composite
def one_interchange(draw: st.DrawFn) -> tuple[str, list[str]]:
    """Draw the text of an interchange and its segments."""
    element, component, terminator, repeat = draw(separators)
    forbidden = {element, terminator, "\n", "\r", "\0"}
    values = st.text(max_size=6).map(
        lambda text: "".join(char for char in text if char not in forbidden)
    )
    body = draw(
        st.lists(
            st.builds(
                lambda name, elements: element.join([name, *elements]),
                st.sampled_from(["CLM", "N1", "REF", "ST", "SE", "GS", "GE", "K3"]),
                st.lists(values, min_size=1, max_size=3),
            ),
            max_size=8,
        )
    )
    header = isa(element, component, terminator, repeat)[:-1]
    written = [header, *body, f"IEA{element}1{element}000000001"]
    gap = draw(st.sampled_from(["", "\n", "\r\n", "\n\n  "]))
    return "".join(segment + terminator + gap for segment in written), written


@settings(deadline=None)
@given(
    drawn=st.lists(one_interchange(), min_size=1, max_size=4),
    size=st.integers(1, 400),
)
def test_segments_are_those_of_a_naive_split_wherever_chunks_end(
    drawn: list[tuple[str, list[str]]], size: int
) -> None:
    content = "".join(text for text, _ in drawn).encode()
    rows, rejects = read(content, size)
    expected = [segment for _, written in drawn for segment in written]
    assert segments(rows) == expected
    assert [row["_position"] for row in rows] == list(range(1, len(expected) + 1))
    assert sum(reject.record_count for reject in rejects) == 0
    first = expected[0]
    assert rows[0]["element_separator"] == first[3]
    assert rows[0]["component_separator"] == first[-1]


@settings(deadline=None)
@given(
    before=st.binary(max_size=20), after=st.binary(max_size=200), size=st.integers(1)
)
def test_any_bytes_never_raise_and_are_read_the_same_in_any_pieces(
    before: bytes, after: bytes, size: int
) -> None:
    if before.startswith(b"\x1f\x8b"):
        return
    content = before + isa().encode() + after
    rows, rejects = read(content)
    again, rejects_again = read(content, min(size, 300))
    assert segments(rows) == segments(again)
    assert sum(r.record_count for r in rejects) == sum(
        r.record_count for r in rejects_again
    )


@settings(deadline=None)
@given(content=st.binary(max_size=100))
def test_bytes_without_a_header_are_one_reject(content: bytes) -> None:
    if b"ISA" in content or content.startswith(b"\x1f\x8b"):
        return
    rows, rejects = read(content)
    assert rows == []
    assert codes(rejects) == [("missing_isa", 1)]


def test_envelopes_are_numbered_within_the_file() -> None:
    content = interchange([*GROUP, *GROUP], groups=2) + interchange(
        [*GROUP[:5], *CLAIM, "GE*2*1"]
    )
    rows, rejects = read(content.encode())
    places = [
        tuple(
            row[f"{level}_index"] for level in ("interchange", "group", "transaction")
        )
        for row in rows
        if row["segment_id"] in {"ISA", "GS", "ST", "CLM", "SE", "GE", "IEA"}
    ]
    one = [(1, 1, 0), (1, 1, 1), (1, 1, 1), (1, 1, 1), (1, 1, 0)]
    two = [(1, 2, 0), (1, 2, 2), (1, 2, 2), (1, 2, 2), (1, 2, 0)]
    three = [(2, 3, 0), *[(2, 3, 3)] * 3, *[(2, 3, 4)] * 3, (2, 3, 0)]
    assert places == [(1, 0, 0), *one, *two, (1, 0, 0), (2, 0, 0), *three, (2, 0, 0)]
    assert rejects == []


def test_the_implementation_is_that_of_st_or_else_of_the_group() -> None:
    bare = ["ST*835*0002", "SE*2*0002"]
    rows, _ = read(interchange([*GROUP[:5], *bare, "GE*2*1"]).encode())
    found = {
        row["segment"]: (row["transaction_type"], row["implementation"]) for row in rows
    }
    assert found["CLM*A1*100"] == ("837", "005010X222A1")
    assert found["ST*835*0002"] == ("835", "005010X222A1")
    assert found["IEA*1*000000001"] == (None, None)


def test_repetition_is_null_where_the_header_names_none() -> None:
    old = isa(repeat="U") + "IEA*0*000000001~"
    rows, _ = read((old + interchange(GROUP)).encode())
    assert [row["repetition_separator"] for row in rows[:3]] == [None, None, "^"]


@pytest.mark.parametrize(
    ("segments_sent", "remark"),
    [
        ([*GROUP[:4], "SE*9*0001", "GE*1*1"], "SE states 9, received 4"),
        ([*GROUP[:4], "SE*x*0001", "GE*1*1"], "SE states no count, received 4"),
        ([*GROUP[:5], "GE*3*1"], "GE states 3, received 1"),
        ([*GROUP, *GROUP], "IEA states 1, received 2"),
    ],
)
def test_a_wrong_count_is_a_remark_and_every_segment_is_loaded(
    segments_sent: list[str], remark: str
) -> None:
    rows, rejects = read(interchange(segments_sent).encode())
    assert segments(rows)[1:-1] == segments_sent
    assert codes(rejects) == [("wrong_count", 0)]
    assert rejects[0].reason.endswith(remark)


@pytest.mark.parametrize(
    ("segments_sent", "expected"),
    [
        ([*GROUP[:4], "GE*1*1"], [("missing_trailer", 0)]),
        (GROUP[:4], [("missing_trailer", 0)] * 2),
        ([*GROUP, "SE*4*1"], [("stray_trailer", 0)]),
    ],
)
def test_a_missing_or_stray_trailer_is_a_remark(
    segments_sent: list[str], expected: list[tuple[str, int]]
) -> None:
    rows, rejects = read(interchange(segments_sent).encode())
    assert segments(rows)[1:-1] == segments_sent
    assert codes(rejects) == expected
    assert (rows[-1]["group_index"], rows[-1]["transaction_index"]) == (0, 0)


def test_an_interchange_that_ends_early_is_remarked_at_the_end() -> None:
    rows, rejects = read((isa() + "~".join(GROUP[:2]) + "~").encode())
    assert len(rows) == 3
    assert codes(rejects) == [("missing_trailer", 0)] * 3
    assert {reject.position for reject in rejects} == {3}


def test_prose_before_the_header_is_one_reject_and_a_byte_order_mark_is_none() -> None:
    rows, rejects = read(("Mail from us:\n\n" + interchange(GROUP)).encode())
    assert len(rows) == 8
    assert codes(rejects) == [("outside_interchange", 1)]
    assert rejects[0].text == "Mail from us:"
    assert read(("\ufeff" + interchange(GROUP)).encode())[1] == []


def test_prose_between_interchanges_is_rejected_alone() -> None:
    content = interchange(GROUP) + "\n-- next --\n" + interchange(GROUP)
    rows, rejects = read(content.encode())
    assert len(rows) == 16
    assert codes(rejects) == [("bad_segment_id", 1)]


def test_an_interchange_whose_last_terminator_is_missing_ends_at_the_next() -> None:
    content = interchange(GROUP)[:-1] + "\n" + interchange(GROUP)[:-1]
    rows, rejects = read(content.encode())
    assert segments(rows) == segments(read(interchange(GROUP).encode())[0]) * 2
    assert codes(rejects) == [("unterminated", 0)]


def test_a_segment_cut_off_by_the_end_of_the_file_is_rejected() -> None:
    rows, rejects = read((isa() + "GS*HC~CLM*A*1").encode())
    assert segments(rows)[1:] == ["GS*HC"]
    assert codes(rejects)[0] == ("unterminated", 1)
    assert rejects[0].text == "CLM*A*1"


def test_neighbours_that_are_no_segments_are_one_reject() -> None:
    rows, rejects = read((isa() + "GS*HC~x~y~*IC~N1*A~nm1*q~IEA*1*1~").encode())
    assert segments(rows)[1:] == ["GS*HC", "N1*A", "IEA*1*1"]
    assert [(r.position, r.record_count, r.text) for r in rejects[:2]] == [
        (3, 3, "x~y~*IC"),
        (7, 1, "nm1*q"),
    ]


def test_a_segment_with_a_nul_byte_is_rejected() -> None:
    rows, rejects = read((isa() + "N1*A\0B~N1*C~").encode())
    assert segments(rows)[1:] == ["N1*C"]
    assert codes(rejects)[0] == ("nul_byte", 1)
    assert rejects[0].text == "N1*A\\x00B"


def test_text_that_is_not_utf8_is_read_as_latin1_and_remarked() -> None:
    rows, rejects = read(isa().encode() + b"N1*PE\xd1A~N1*PE\xc3\x91A~")
    assert segments(rows)[1:] == ["N1*PEÑA", "N1*PEÑA"]
    assert ("read_as_latin1", 0) in codes(rejects)


def test_lines_wrapped_at_eighty_characters_are_put_together() -> None:
    whole = interchange(GROUP)
    wrapped = "\n".join(whole[n : n + 80] for n in range(0, len(whole), 80))
    assert segments(read(wrapped.encode())[0]) == segments(read(whole.encode())[0])


def test_a_header_of_wrong_width_is_read_and_remarked() -> None:
    short = interchange(GROUP).replace("*00*          *", "*00*         *", 1)
    rows, rejects = read(short.encode())
    assert len(rows) == 8
    assert codes(rejects) == [("header_width", 0)]


def test_a_segment_that_is_too_long_is_rejected_and_reading_goes_on() -> None:
    content = isa() + "N1*" + "x" * (RECORD_LIMIT + (20 << 20)) + "~N1*A~"
    rows, rejects = read(content.encode(), size=8 << 20)
    assert segments(rows)[1:] == ["N1*A"]
    assert [row["_position"] for row in rows] == [1, 3]
    assert codes(rejects)[0] == ("too_long", 1)


def test_white_space_without_end_is_skipped() -> None:
    rows, _ = read((isa() + " " * 100_000 + "N1*A~\n~~\r\nN1*B~").encode())
    assert segments(rows)[1:] == ["N1*A", "N1*B"]
