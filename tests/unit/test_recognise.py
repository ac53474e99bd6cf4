"""Formats are recognised by content; whatever the bytes, there is an outcome."""

import gzip
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.readers.recognise import Recognised, open_stream
from orchestration.readers.records import Batch, Item

ENCOUNTER = b'{"resourceType":"Encounter","id":"1"}'
BUNDLE = b'{"resourceType":"Bundle","entry":[{"resource":' + ENCOUNTER + b"}]}"
PRETTY = b'{\n  "resourceType": "Encounter",\n  "id": "1"\n}\n'
ISA = (
    b"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       "
    b"*260101*1200*^*00501*000000001*0*T*:~"
)
LONG_NAME = b'"' + b"x" * 300_000 + b'"'


def outcome(content: bytes) -> tuple[Recognised, list[Item]]:
    found, items = open_stream(io.BytesIO(content))
    return found, list(items)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (ENCOUNTER + b"\n" + ENCOUNTER, ("fhir_ndjson", "fhir_resources")),
        (b"\xef\xbb\xbf\n" + ENCOUNTER, ("fhir_ndjson", "fhir_resources")),
        (b"oops\n" + ENCOUNTER, ("fhir_ndjson", "fhir_resources")),
        (b'{"resourceType":\n' + ENCOUNTER, ("fhir_ndjson", "fhir_resources")),
        (
            b'{"resourceType":"Basic","id":"1","x":' + LONG_NAME + b"}\n" + ENCOUNTER,
            ("fhir_ndjson", "fhir_resources"),
        ),
        (PRETTY, ("fhir_json", "fhir_resources")),
        (PRETTY + PRETTY, ("fhir_json", "fhir_resources")),
        (BUNDLE, ("fhir_json", "fhir_resources")),
        (BUNDLE + b"\n" + BUNDLE, ("fhir_json", "fhir_resources")),
        (
            b'{"resourceType":"Bundle","link":[{"url":"x"}],"id":' + LONG_NAME + b"}",
            ("fhir_json", "fhir_resources"),
        ),
        (b'{"name":"not FHIR"}', ("fhir_json", "fhir_resources")),
        (ISA, ("x12", "x12_segments")),
        (b"\xef\xbb\xbfDear all,\r\n" + ISA, ("x12", "x12_segments")),
        (b"ISA*00*too short~", ("x12", "x12_segments")),
        (b"GS*HC*A*B*20260101*1200*1*X*005010X222A1~", ("x12", "x12_segments")),
        (b"ST*835*0001~BPR*I*1~", ("x12", "x12_segments")),
        (b"encounter_id,status\n", ("csv", "encounters")),
        ("encounter_id;status\n".encode("utf-16"), ("csv", "encounters")),
        (b"Id,START,STOP,PATIENT\n1,2,3,4\n", ("csv", None)),
        (
            b"Id,START,STOP,PATIENT,PROVIDER,PAYER,ENCOUNTERCLASS,CODE,DESCRIPTION\n",
            ("csv", "synthea_encounters"),
        ),
        (b"Id,ORGANIZATION,NAME,GENDER,SPECIALITY\n", ("csv", "synthea_providers")),
        (b"MSH|^~\\&|A|B\r", ("hl7v2", "hl7v2_segments")),
        (b"\xef\xbb\xbf\x0bMSH|^~\\&|A|B\r", ("hl7v2", "hl7v2_segments")),
        (b"FHS|^~\\&|A\rMSH|^~\\&|A|B\r", ("hl7v2", "hl7v2_segments")),
        (b"BHS|^~\\&|A\rMSH|^~\\&|A|B\r", ("hl7v2", "hl7v2_segments")),
        (b"Dear all,\nMSH|^~\\&|A|B\r", ("hl7v2", "hl7v2_segments")),
        ("MSH|^~\\&|A|B\r".encode("utf-16"), ("hl7v2", "hl7v2_segments")),
        (b"MSH|broken\r", ("hl7v2", "hl7v2_segments")),
        (b"", ("unknown", None)),
        (b" \n\t\n", ("unknown", None)),
        (b"# Notes\n\nSome prose, with a comma.\n", ("unknown", None)),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", ("unknown", None)),
        (b"PK\x03\x04", ("unknown", None)),
        (b"[1,2]", ("unknown", None)),
    ],
)
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_format_and_feed_follow_from_content(
    content: bytes, expected: tuple[str, str | None], pack: type[bytes]
) -> None:
    found, _ = outcome(pack(content))
    assert (found.format, found.feed) == expected


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"\n \n", "empty_file"),
        (b"\xef\xbb\xbf", "empty_file"),
        (b"Id,START\n1,2\n", "unknown_columns"),
        (b"MIT License, and so on.\n", "unknown_format"),
        (b"\x00\x01\x02", "unknown_format"),
        (b"ISA*00*too short~", "missing_isa"),
        (b"ST*835*0001~", "missing_isa"),
        (gzip.compress(ENCOUNTER, mtime=0)[:8], "broken_stream"),
    ],
)
def test_what_cannot_be_read_at_all_is_one_reject(content: bytes, code: str) -> None:
    _, items = outcome(content)
    assert [
        (item.position, item.reason_code, item.record_count)
        for item in items
        if not isinstance(item, Batch)
    ] == [(1, code, 1)]
    assert len(items) == 1


def test_whole_records_before_the_end_of_cut_gzip_data_are_kept() -> None:
    lines = [b'{"resourceType":"Basic","id":"%d"}' % n for n in range(5000)]
    packed = gzip.compress(b"\n".join(lines))
    _, items = outcome(packed[: len(packed) // 2])
    loaded = sum(item.rows.num_rows for item in items if isinstance(item, Batch))
    rejects = [item for item in items if not isinstance(item, Batch)]
    assert 0 < loaded < 5000
    assert [(reject.position, reject.record_count) for reject in rejects] == [
        (loaded + 1, 1)
    ]
    assert rejects[0].reason.endswith("the gzip data is cut off")


def test_gzip_data_that_expands_beyond_reason_is_given_up() -> None:
    bomb = gzip.compress(ENCOUNTER + b"\n" + b" " * (64 << 20))
    _, items = outcome(bomb)
    [rejected] = [item for item in items if not isinstance(item, Batch)]
    assert rejected.reason.endswith("the gzip data expands beyond reason")
    assert len(rejected.text or "") < (32 << 20)


@settings(deadline=None)
@given(
    start=st.sampled_from([b"", b"{", b"ISA", b"MSH|", b"a,b\n", b"\x1f\x8b\x08", ISA]),
    rest=st.binary(max_size=200),
)
def test_whatever_the_bytes_nothing_is_raised_and_something_comes(
    start: bytes, rest: bytes
) -> None:
    _, items = outcome(start + rest)
    assert items
