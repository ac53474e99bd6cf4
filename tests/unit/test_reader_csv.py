"""CSV reader: canonical feeds however they are written, text kept as received."""

import csv as stdlib_csv
import io
import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.feeds import FEEDS, SYNTHEA
from orchestration.readers.csv import read_csv
from orchestration.readers.csv_layout import feed_of
from orchestration.readers.records import RECORD_LIMIT, Batch, Reject
from orchestration.readers.stream import Stream

Rows = list[dict[str, Any]]


def read(content: bytes, size: int = 1 << 16) -> tuple[Rows, list[Reject]]:
    """Read bytes in pieces of `size` behind a head of fixed size."""
    stream = Stream(io.BytesIO(content), head_bytes=1 << 16, chunk_bytes=size)
    rows: Rows = []
    rejects: list[Reject] = []
    for item in read_csv(stream, {}):
        if isinstance(item, Batch):
            rows += item.rows.to_pylist()
        else:
            rejects.append(item)
    return rows, rejects


def codes(rejects: list[Reject]) -> list[tuple[int, str]]:
    return [(reject.position, reject.reason_code) for reject in rejects]


HOLDS = list(FEEDS["holds"].columns)
values = st.text(
    st.characters(codec="utf-8", exclude_characters="\0\r\n") | st.just("é"), max_size=6
)


@settings(deadline=None)
@given(
    rows=st.lists(st.lists(values, min_size=6, max_size=6), max_size=5),
    delimiter=st.sampled_from(",;\t|^~:\x1f"),
    encoding=st.sampled_from(
        ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
    ),
    quote=st.sampled_from("\"'"),
    newline=st.sampled_from(["\n", "\r\n"]),
    is_all_quoted=st.booleans(),
    order=st.permutations(HOLDS),
)
def test_rows_are_read_as_written_however_they_are_written(
    *,
    rows: list[list[str]],
    delimiter: str,
    encoding: str,
    quote: str,
    newline: str,
    is_all_quoted: bool,
    order: list[str],
) -> None:
    is_all_quoted |= quote == "'"  # else nothing tells of it
    text = io.StringIO()
    writer = stdlib_csv.writer(
        text,
        delimiter=delimiter,
        lineterminator=newline,
        quotechar=quote,
        quoting=stdlib_csv.QUOTE_ALL if is_all_quoted else stdlib_csv.QUOTE_MINIMAL,
    )
    writer.writerows([order, *rows])
    found, rejects = read(text.getvalue().encode(encoding))
    filled = [row for row in rows if "".join(row).strip()]
    assert [[row[name] for name in order] for row in found] == filled
    assert [row["_position"] for row in found] == list(range(1, len(filled) + 1))
    assert rejects == []


@settings(deadline=None)
@given(body=st.binary(max_size=200))
def test_any_bytes_below_a_header_are_rows_or_rejects(body: bytes) -> None:
    content = ",".join(HOLDS).encode() + b"\n" + body
    rows, rejects = read(content)
    for reject in rejects:
        assert reject.record_count == 1
    if re.search(rb"[!#-+\x2d-~]", body):  # more than commas and quotes
        assert rows or rejects


@settings(deadline=None)
@given(content=st.binary(max_size=100))
def test_any_bytes_at_all_never_raise(content: bytes) -> None:
    rows, rejects = read(content)
    assert rows == []
    assert len(rejects) == 1


def test_columns_in_any_order_and_case_with_extra_ones_kept() -> None:
    content = b'Status;"ENCOUNTER_ID";Room No;\nfinished;e1;=2+3;x\n'
    rows, _ = read(content)
    assert rows[0]["encounter_id"] == "e1"
    assert rows[0]["status"] == "finished"
    assert rows[0]["patient_id"] is None
    assert json.loads(rows[0]["_extra"]) == {"Room No": "=2+3", "column_4": "x"}


def test_without_extra_columns_extra_is_null() -> None:
    rows, _ = read(b"encounter_id,status\ne1,\n")
    assert rows[0]["_extra"] is None
    assert rows[0]["status"] == ""


def test_windows_text_is_read_where_it_is_not_utf8() -> None:
    rows, rejects = read(b"hold_id,encounter_id,reason\nh1,e1,Pe\xf1a \x80\nh2,e2,a\n")
    assert [row["reason"] for row in rows] == ["Peña €", "a"]
    assert rejects == []


def test_quoted_values_keep_line_breaks_and_delimiters() -> None:
    rows, _ = read(b'hold_id,encounter_id,reason\r\nh1,e1,"a,\r\n""b"""\r\nh2,e2,c\r\n')
    assert [row["reason"] for row in rows] == ['a,\r\n"b"', "c"]
    assert [row["_position"] for row in rows] == [1, 2]


def test_a_row_with_another_number_of_fields_is_rejected_with_its_text() -> None:
    rows, rejects = read(b" \nhold_id,encounter_id\nh1,e1\nh2\n\nh3,e3,x\n  \nh4,e4")
    assert [(row["_position"], row["hold_id"]) for row in rows] == [
        (1, "h1"),
        (4, "h4"),
    ]
    assert codes(rejects) == [(2, "field_count"), (3, "field_count")]
    assert [reject.text for reject in rejects] == ["h2", "h3,e3,x"]


def test_a_quote_that_is_never_closed_costs_only_its_own_line() -> None:
    rows, rejects = read(b'hold_id,encounter_id\nh1,"e1\nh2,e2\nh3,e3\n')
    assert [(row["_position"], row["hold_id"]) for row in rows] == [
        (2, "h2"),
        (3, "h3"),
    ]
    assert codes(rejects) == [(1, "bad_quoting")]
    assert rejects[0].text == 'h1,"e1'


# A quoted value that begins with a delimiter or a line break also ends, well formed,
# what a quote opened before it: no reader can tell, so there is none among these.
good_rows = st.lists(
    st.tuples(
        st.text("g1", min_size=1, max_size=2),
        st.text('v,"\n ', max_size=8).map("v".__add__),
    ),
    max_size=4,
)
bad_lines = st.sampled_from(
    ['b,"b', '"b,b', 'b","', 'b,"', '"b"b,b', 'b,b,"b', '"b","b', '"b"b,"', '"']
)


@settings(deadline=None, max_examples=300)
@given(
    before=good_rows,
    damaged=st.lists(st.tuples(bad_lines, good_rows), min_size=1, max_size=5),
    newline=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([stdlib_csv.QUOTE_ALL, stdlib_csv.QUOTE_MINIMAL]),
    size=st.integers(1, 50),
)
def test_lines_with_broken_quoting_cost_no_row_before_the_first_or_after_the_last(
    *,
    before: list[tuple[str, str]],
    damaged: list[tuple[str, list[tuple[str, str]]]],
    newline: str,
    quoting: Any,
    size: int,
) -> None:
    text = io.StringIO()
    writer = stdlib_csv.writer(text, lineterminator=newline, quoting=quoting)
    writer.writerows([("hold_id", "encounter_id"), *before])
    for line, rows in damaged:
        text.write(line + newline)
        writer.writerows(rows)
    after = damaged[-1][1]
    found, rejects = read(text.getvalue().encode(), size=size)
    pairs = [(row["hold_id"], row["encounter_id"]) for row in found]
    assert pairs[: len(before)] == before
    assert pairs[len(pairs) - len(after) :] == after
    positions = [row["_position"] for row in found]
    positions += [reject.position for reject in rejects]
    assert sorted(positions) == list(range(1, len(positions) + 1))
    assert all(reject.record_count == 1 for reject in rejects)


def test_a_row_of_many_lines_is_read_behind_one_whose_quote_stays_open() -> None:
    content = b'hold_id,encounter_id\nh1,"e1\nh2,e2\nh3,"a\nb"\nh4,"e4\nh5,"c\nd"\n'
    rows, rejects = read(content)
    assert [(row["_position"], row["encounter_id"]) for row in rows] == [
        (2, "e2"),
        (3, "a\nb"),
        (5, "c\nd"),
    ]
    assert codes(rejects) == [(1, "bad_quoting"), (4, "bad_quoting")]


def test_many_lines_that_all_leave_a_quote_open_are_read_in_linear_time() -> None:
    count = 50_000  # a reader of quadratic time needs a quarter of an hour for these
    rows, rejects = read(b"hold_id,encounter_id\n" + b'a","\n' * count + b"h,e\n")
    assert [row["_position"] for row in rows] == [count + 1]
    assert codes(rejects) == [(at, "bad_quoting") for at in range(1, count + 1)]


@pytest.mark.parametrize(
    "inside",
    [b"\n" * (1 << 20), b'","'.join([(b"x" * (1 << 20) + b"\n") * 32] * 2)],
    ids=["a million lines", "64 MiB"],
)
def test_a_row_of_many_lines_has_its_limits(inside: bytes) -> None:
    content = b'hold_id,encounter_id\nh1,"e1' + inside + b'y"\nh2,e2\n'
    rows, rejects = read(content, size=8 << 20)
    assert [row["hold_id"] for row in rows] == ["h2"]
    assert codes(rejects)[0] == (1, "bad_quoting")


def test_a_row_with_a_nul_byte_is_rejected() -> None:
    rows, rejects = read(b"hold_id,encounter_id\nh1,e\0\nh2,e2\n")
    assert [row["hold_id"] for row in rows] == ["h2"]
    assert codes(rejects) == [(1, "nul_byte")]


def test_a_line_that_is_too_long_is_rejected() -> None:
    content = b"hold_id,encounter_id\nh1," + b"x" * (RECORD_LIMIT + 9) + b"\nh2,e2\n"
    rows, rejects = read(content, size=8 << 20)
    assert [row["hold_id"] for row in rows] == ["h2"]
    assert codes(rejects) == [(1, "too_long")]


def test_a_line_that_names_the_separator_is_not_the_header() -> None:
    rows, rejects = read(b"sep=;\r\nhold_id;encounter_id\r\nh1;e1\r\n")
    assert [(row["_position"], row["hold_id"]) for row in rows] == [(1, "h1")]
    assert rejects == []


def test_a_space_behind_each_delimiter_belongs_to_no_value() -> None:
    rows, rejects = read(b'hold_id, "encounter_id", reason\nh1, "e1", "a, b"\n')
    assert [rows[0][name] for name in ("encounter_id", "reason")] == ["e1", "a, b"]
    assert rejects == []


def test_a_header_that_comes_again_is_no_data() -> None:
    rows, rejects = read(b"hold_id,Encounter_ID\nh1,e1\nhold_id,Encounter_ID\nh2,e2\n")
    assert [(row["_position"], row["hold_id"]) for row in rows] == [
        (1, "h1"),
        (3, "h2"),
    ]
    assert codes(rejects) == [(2, "repeated_header")]


def test_rows_of_empty_fields_are_blank_lines() -> None:
    rows, rejects = read(b"hold_id,encounter_id\nh1,e1\n,\n\n , \n,,\nh2,e2\n")
    assert [row["hold_id"] for row in rows] == ["h1", "h2"]
    assert rejects == []


def test_no_delimiter_is_guessed_where_no_feed_comes_of_it() -> None:
    _, rejects = read(b"some^thing\n1^2\n")
    assert codes(rejects) == [(1, "unknown_columns")]


def test_carriage_returns_alone_end_lines_too() -> None:
    rows, _ = read(b"hold_id,encounter_id\rh1,e1\rh2,e2\r")
    assert [row["encounter_id"] for row in rows] == ["e1", "e2"]


@pytest.mark.parametrize("name", FEEDS)
def test_every_feed_is_known_by_all_or_only_its_required_columns(name: str) -> None:
    feed = FEEDS[name]
    assert set(feed.required) <= set(feed.columns)
    assert feed_of(feed.columns) == feed
    assert feed_of(feed.required) == feed


@pytest.mark.parametrize("name", SYNTHEA)
def test_a_synthea_file_is_known_by_the_columns_that_tell_it_apart(name: str) -> None:
    feed = SYNTHEA[name]
    assert feed_of(feed.columns) == feed
    assert feed_of(feed.required) == feed
    for column in feed.required:
        others = tuple(other for other in feed.required if other != column)
        assert feed_of(others) != feed


def test_a_synthea_file_keeps_its_own_columns_in_lower_case_and_further_ones() -> None:
    header = "Id,ORGANIZATION,NAME,GENDER,SPECIALITY,Status,UTILIZATION"
    rows, rejects = read(f"{header}\np1,o1,A B,F,GENERAL,=1+1,07\n".encode())
    assert rejects == []
    assert [rows[0][name] for name in ("id", "name", "utilization")] == [
        "p1",
        "A B",
        "07",
    ]
    assert json.loads(rows[0]["_extra"]) == {"Status": "=1+1"}


@pytest.mark.parametrize(
    ("feed", "column"),
    [(feed.name, column) for feed in FEEDS.values() for column in feed.required],
)
def test_a_feed_without_a_required_column_is_one_reject_that_names_it(
    feed: str, column: str
) -> None:
    header = [name for name in FEEDS[feed].columns if name != column]
    rows, rejects = read(",".join(header).encode() + b"\n1\n2\n")
    assert rows == []
    assert codes(rejects) == [(1, "missing_columns")]
    assert rejects[0].reason.endswith(f": {column}")


@pytest.mark.parametrize(
    "header", [b"hold_id\rx,encounter_id\n", b'hold_id,"encounter_id']
)
def test_a_header_that_is_no_csv_rejects_the_file(header: bytes) -> None:
    rows, rejects = read(header + b"\nh1,e1\n")
    assert rows == []
    assert codes(rejects) == [(1, "unknown_columns")]


def test_two_columns_of_the_same_name_reject_the_file() -> None:
    _, rejects = read(b"hold_id,encounter_id,HOLD_ID\n1,2,3\n")
    assert codes(rejects) == [(1, "duplicate_columns")]
