"""FHIR readers: exact text of every resource, and a reason for every other record."""

import hashlib
import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.readers.fhir import read_ndjson
from orchestration.readers.fhir_json import read_json
from orchestration.readers.records import KEPT_BYTES, RECORD_LIMIT, Batch, Reject
from orchestration.readers.stream import Stream

Rows = list[dict[str, Any]]


def read(reader: Any, content: bytes, size: int = 1 << 16) -> tuple[Rows, list[Reject]]:
    """Read bytes in pieces of `size`; return rows and rejects."""
    stream = Stream(io.BytesIO(content), head_bytes=size, chunk_bytes=size)
    rows: Rows = []
    rejects: list[Reject] = []
    for item in reader(stream):
        if isinstance(item, Batch):
            rows += item.rows.to_pylist()
        else:
            rejects.append(item)
    return rows, rejects


def texts(rows: Rows) -> list[str]:
    return [row["resource"] for row in rows]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)


@st.composite
def resource_texts(draw: st.DrawFn, indent: bool) -> str:
    resource = {
        "note": draw(json_values),
        "resourceType": draw(st.sampled_from(["Encounter", "Claim"])),
        "id": draw(st.text("abc123-", min_size=1, max_size=5)),
        'odd "key" \\': draw(json_values),
    }
    return json.dumps(
        resource,
        ensure_ascii=draw(st.booleans()),
        indent=draw(st.sampled_from([None, 1])) if indent else None,
        separators=draw(st.sampled_from([(",", ":"), (" , ", " : ")])),
    )


@settings(deadline=None)
@given(
    lines=st.lists(resource_texts(indent=False) | st.just(""), max_size=6),
    newline=st.sampled_from(["\n", "\r\n"]),
    size=st.integers(1, 200),
)
def test_ndjson_lines_are_reproduced_exactly_with_their_line_numbers(
    lines: list[str], newline: str, size: int
) -> None:
    content = newline.join(lines).encode("utf-8", "surrogatepass")
    rows, rejects = read(read_ndjson, content, size)
    expected = [(n, line) for n, line in enumerate(lines, 1) if line]
    assert [(row["_position"], row["resource"]) for row in rows] == expected
    assert rejects == []


@settings(deadline=None)
@given(content=st.binary(max_size=300), size=st.integers(1, 50))
def test_any_bytes_as_ndjson_give_one_outcome_per_line(
    content: bytes, size: int
) -> None:
    if content.startswith(b"\x1f\x8b"):
        return
    rows, rejects = read(read_ndjson, content, size)
    lines = [line for line in content.split(b"\n") if line.strip()]
    assert len(rows) + sum(reject.record_count for reject in rejects) == len(lines)


def test_identity_is_what_the_resource_states() -> None:
    line = (
        b'{"resourceType":"Encounter","id":"e1",'
        b'"meta":{"versionId":"3","lastUpdated":"2026-01-01T00:00:00Z"}}'
    )
    rows, _ = read(read_ndjson, line)
    assert rows == [
        {
            "_position": 1,
            "resource_type": "Encounter",
            "resource_id": "e1",
            "version_id": "3",
            "last_updated": "2026-01-01T00:00:00Z",
            "full_url": None,
            "resource": line.decode(),
            "change": None,
        }
    ]


def nested(levels: int) -> bytes:
    inner = b"[" * (levels - 1) + b"]" * (levels - 1)
    return b'{"resourceType":"Basic","id":"b","x":' + inner + b"}"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b'{"resourceType":"Encounter","id":', "not_json"),
        (b'{"resourceType":"Encounter","id":NaN}', "not_json"),
        (b"[1]", "not_an_object"),
        (b'"text"', "not_an_object"),
        (b'{"id":"1"}', "no_resource_type"),
        (b'{"resourceType":7,"id":"1"}', "no_resource_type"),
        (b'{"resourceType":"Encounter"}', "no_id"),
        (b'{"resourceType":"Encounter","id":5}', "no_id"),
        (b'{"resourceType":"Encounter","id":"\0"}', "nul_byte"),
        (b'{"resourceType":"Encounter","id":"\xff"}', "not_text"),
        (nested(513), "too_deep"),
        (b"[" * 2_000_000, "too_deep"),
    ],
)
def test_a_bad_line_is_rejected_and_its_neighbours_are_not(
    line: bytes, code: str
) -> None:
    good = b'{"resourceType":"Encounter","id":"1"}'
    rows, rejects = read(read_ndjson, b"\n".join([good, line, good]))
    assert [row["_position"] for row in rows] == [1, 3]
    assert [(reject.position, reject.reason_code) for reject in rejects] == [(2, code)]
    assert rejects[0].record_count == 1


def test_nesting_up_to_the_limit_and_repeated_keys_are_read() -> None:
    repeated = b'{"resourceType":"Basic","id":"a","id":"b"}'
    rows, rejects = read(read_ndjson, nested(512) + b"\n" + repeated)
    assert [row["resource_id"] for row in rows] == ["b", "b"]
    assert rejects == []


def test_a_line_that_is_too_long_is_rejected_with_its_beginning() -> None:
    good = b'{"resourceType":"Encounter","id":"1"}'
    long = b'{"resourceType":"Encounter","id":"2","x":"' + b"y" * RECORD_LIMIT + b'"}'
    rows, rejects = read(read_ndjson, long + b"\n" + good, size=8 << 20)
    assert [row["_position"] for row in rows] == [2]
    assert [reject.reason_code for reject in rejects] == ["too_long"]
    assert len(rejects[0].text or "") == KEPT_BYTES


def bundle(entries: list[str], space: str = "") -> str:
    inside = ("," + space).join(entries)
    return f'{{"resourceType":"Bundle",{space}"entry"{space}:{space}[{inside}]{space}}}'


@settings(deadline=None)
@given(
    resources=st.lists(resource_texts(indent=True), max_size=5),
    space=st.sampled_from(["", " ", "\n\t"]),
    size=st.integers(1, 300),
)
def test_resources_of_a_bundle_are_reproduced_exactly(
    resources: list[str], space: str, size: int
) -> None:
    entries = [
        f'{{"search":{{"mode":"match"}},{space}"resource"{space}:{space}{text},"x":[]}}'
        for text in resources
    ]
    rows, rejects = read(read_json, bundle(entries, space).encode(), size)
    assert texts(rows) == resources
    assert [row["_position"] for row in rows] == list(range(1, len(resources) + 1))
    assert rejects == []


@settings(deadline=None)
@given(resources=st.lists(resource_texts(indent=True), max_size=4), size=st.integers(1))
def test_documents_in_a_row_are_single_resources(
    resources: list[str], size: int
) -> None:
    rows, rejects = read(read_json, "\n".join(resources).encode(), min(size, 10_000))
    assert texts(rows) == resources
    assert rejects == []


@settings(deadline=None)
@given(content=st.binary(max_size=300), size=st.integers(1, 50))
def test_any_bytes_as_json_are_read_or_rejected(content: bytes, size: int) -> None:
    if content.startswith(b"\x1f\x8b"):
        return
    rows, rejects = read(read_json, content, size)
    if content.removeprefix(b"\xef\xbb\xbf").strip():
        assert rows or sum(reject.record_count for reject in rejects)


@settings(deadline=None)
@given(content=st.text('{}[]",:\\ \nentryresource1', max_size=80), size=st.integers(1))
def test_anything_that_looks_like_json_never_raises(content: str, size: int) -> None:
    whole = read(read_json, content.encode())
    assert read(read_json, content.encode(), min(size, 100))[0] == whole[0]


ENCOUNTER = '{"resourceType":"Encounter","id":"1"}'


def test_a_resource_without_id_is_known_by_its_urn_uuid() -> None:
    anonymous = '{"resourceType":"Encounter"}'
    rows, rejects = read(
        read_json,
        bundle(
            [
                f'{{"fullUrl":"urn:uuid:aa-1","resource":{anonymous}}}',
                f'{{"fullUrl":"http://x/Encounter/9","resource":{anonymous}}}',
                f'{{"resource":{ENCOUNTER},"fullUrl":"urn:uuid:aa-2"}}',
            ]
        ).encode(),
    )
    assert [row["resource_id"] for row in rows] == ["aa-1", "1"]
    assert [row["full_url"] for row in rows] == ["urn:uuid:aa-1", "urn:uuid:aa-2"]
    assert [(reject.position, reject.reason_code) for reject in rejects] == [
        (2, "no_id")
    ]


@pytest.mark.parametrize("size", [3, 1 << 16])
def test_entries_of_a_bundle_in_a_bundle_count_on_as_if_they_stood_outside(
    size: int,
) -> None:
    other = '{"resourceType":"Claim","id":"2"}'
    bad = '{"resource":{"resourceType":"Claim"}}'
    answers = bundle([f'{{"fullUrl":"urn:uuid:7","resource":{other}}}', bad])
    empty = '{"resourceType":"Bundle","id":"b","total":0}'
    batch = bundle([f'{{"resource":{answers}}}'])
    held = [ENCOUNTER, batch, empty, ENCOUNTER]
    entries = [f'{{"resource":{resource}}}' for resource in held]
    rows, rejects = read(read_json, bundle(entries).encode(), size)
    found = sorted((row["_position"], row["resource"]) for row in rows)
    assert found == [(1, ENCOUNTER), (2, other), (4, ENCOUNTER)]
    assert [row["full_url"] for row in rows if row["_position"] == 2] == ["urn:uuid:7"]
    assert [(reject.position, reject.text) for reject in rejects] == [(3, bad)]


def test_a_bad_entry_does_not_lose_its_neighbours() -> None:
    good = f'{{"resource":{ENCOUNTER}}}'
    bad = '{"resource":{"resourceType":"Encounter","id":nothing}}'
    empty = '{"request":{"method":"GET","url":"Encounter/1"}}'
    rows, rejects = read(read_json, bundle([good, bad, empty, good]).encode())
    assert [row["_position"] for row in rows] == [1, 4]
    assert [(reject.position, reject.reason_code) for reject in rejects] == [
        (2, "not_json"),
        (3, "no_resource"),
    ]


@pytest.mark.parametrize("size", [1, 1 << 16])
def test_a_deletion_is_a_record_of_the_resource_it_names(size: int) -> None:
    timed = (
        '{"fullUrl":"http://x/Encounter/a","request":{"method":"DELETE",'
        '"url":"http://x/Encounter/a"},"response":{"lastModified":"2026-01-02"}}'
    )
    untimed = '{"request": {"method": "DELETE", "url": "Patient/b"}, "resource": {}}'
    good = f'{{"resource":{ENCOUNTER}}}'
    content = bundle([timed, good, untimed])
    dated = content.replace('"entry"', '"meta":{"lastUpdated":"2026-01-09"},"entry"', 1)
    rows, rejects = read(read_json, (dated + "\n" + content).encode(), size)
    names = ("resource_type", "resource_id", "last_updated", "change")
    first = ("Encounter", "a", "2026-01-02", "delete")
    kept = ("Encounter", "1", None, None)
    assert [tuple(row[name] for name in names) for row in rows] == [
        first,
        kept,
        ("Patient", "b", "2026-01-09", "delete"),
        first,
        kept,
        ("Patient", "b", None, "delete"),
    ]
    assert texts(rows) == [timed, ENCOUNTER, untimed] * 2
    assert rows[0]["full_url"] == "http://x/Encounter/a"
    assert rejects == []


@pytest.mark.parametrize("url", ['"Patient?identifier=1"', '"Patient"', "7"])
def test_a_deletion_that_names_no_id_is_rejected(url: str) -> None:
    entry = f'{{"request":{{"method":"DELETE","url":{url}}}}}'
    rows, rejects = read(read_json, bundle([entry]).encode())
    assert rows == []
    assert [reject.reason_code for reject in rejects] == ["no_resource"]


def test_an_outcome_without_id_is_known_by_its_content() -> None:
    line = '{"resourceType":"OperationOutcome","issue":[{"severity":"error"}]}'
    known = hashlib.sha256(line.encode()).hexdigest()
    in_line, _ = read(read_ndjson, line.encode())
    in_bundle, _ = read(read_json, bundle([f'{{"resource":{line}}}']).encode())
    assert [row["resource_id"] for row in in_line + in_bundle] == [known, known]


def test_a_bundle_may_name_its_type_last_and_a_list_is_no_bundle() -> None:
    late = f'{{"entry":[{{"resource":{ENCOUNTER}}}],"resourceType":"Bundle"}}'
    listing = '{"resourceType":"List","id":"l","entry":[{"item":{"resource":{}}}]}'
    rows, rejects = read(read_json, (late + listing).encode())
    assert texts(rows) == [ENCOUNTER, listing]
    assert rejects == []


def test_a_bundle_without_entries_holds_no_record() -> None:
    assert read(read_json, b'{"resourceType":"Bundle","total":0}') == ([], [])


@pytest.mark.parametrize(
    ("content", "loaded"),
    [
        (bundle([f'{{"resource":{ENCOUNTER}}}'])[:-2], 1),
        (bundle([f'{{"resource":{ENCOUNTER}}}'])[:-4], 0),
        (bundle([f'{{"resource":{ENCOUNTER}}}']) + "}", 1),
        (ENCOUNTER + " and more", 1),
        ("garbage " + ENCOUNTER, 1),
    ],
)
def test_what_surrounds_a_document_is_rejected_once(content: str, loaded: int) -> None:
    rows, rejects = read(read_json, content.encode())
    assert len(rows) == loaded
    assert [reject.reason_code for reject in rejects] == ["not_json"]


def test_an_entry_that_is_too_long_is_rejected_with_its_beginning() -> None:
    good = f'{{"resource":{ENCOUNTER}}}'
    long = f'{{"resource":{{"x":"{"y" * (RECORD_LIMIT + (16 << 20))}"}}}}'
    rows, rejects = read(read_json, bundle([good, long, good]).encode(), size=8 << 20)
    assert [row["_position"] for row in rows] == [1, 3]
    assert [(reject.position, reject.reason_code) for reject in rejects] == [
        (2, "too_long")
    ]
    assert len(rejects[0].text or "") == KEPT_BYTES


def test_a_bundle_with_long_members_of_its_own_is_read() -> None:
    long = "y" * (RECORD_LIMIT + (16 << 20))
    text = bundle([f'{{"resource":{ENCOUNTER}}}']).replace(
        '"entry"', f'"x":"{long}","entry"'
    )
    rows, rejects = read(read_json, text.encode(), size=8 << 20)
    assert texts(rows) == [ENCOUNTER]
    assert rejects == []
