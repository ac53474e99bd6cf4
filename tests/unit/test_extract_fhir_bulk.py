"""FHIR bulk export: every file lands whole, once, whatever the server does.

Against a small server on 127.0.0.1 that is started here. Nobody sleeps: time is a
number that the waiting moves on. All resources are made up.
"""

import gzip
import json
import logging
import stat
import threading
from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from orchestration.extract.fhir_bulk import (
    BulkExport,
    BulkSource,
    extract_fhir_bulk,
)
from orchestration.extract.fhir_export import ExportOverError
from orchestration.extract.fhir_http import (
    BulkAnswerError,
    BulkLoginError,
    BulkRefusedError,
    BulkUnreachableError,
    Clock,
    Http,
    backoff,
    new_session,
)
from orchestration.extract.fhir_manifest import NdjsonCheck
from orchestration.extract.fhir_token import Client
from orchestration.extract.files import (
    ExtractError,
    ExtractRunningError,
    ExtractStateError,
    State,
)
from orchestration.landing import landed_files
from orchestration.readers.records import RECORD_LIMIT

START = 1_780_000_000.0
SERVER_TIME = "2026-03-10T00:00:00.000Z"
TOKEN_SECONDS = 300
PATIENTS = b'{"resourceType":"Patient","id":"1"}\n{"resourceType":"Patient","id":"2"}\n'
VISITS = b'{"resourceType":"Encounter","id":"9"}\n'
SECRET = "sig=se-cret"


def outcome(severity: str) -> bytes:
    issue = {"severity": severity, "code": "processing", "diagnostics": "Jane Example"}
    found = {"resourceType": "OperationOutcome", "issue": [issue]}
    return json.dumps(found).encode() + b"\n"


@dataclass
class Answer:
    """What the server says instead of what it would say."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


class FakeClock:
    """Time that passes by waiting only."""

    def __init__(self) -> None:
        self.time = START
        self.waits: list[float] = []

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.time += seconds


class FakeServer:
    """A FHIR server with bulk export and SMART backend services."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.instead: dict[str, deque[Answer]] = defaultdict(deque)
        self.polls_until_ready = 0
        self.is_exporting = False
        self.delete_status = 202
        self.public_key: Any = None
        self.tokens: dict[str, float] = {}
        self.assertions: list[dict[str, Any]] = []
        self.files = {"output": [("Patient", PATIENTS), ("Encounter", VISITS)]}
        self.manifest: dict[str, Any] = {}
        self.time = SERVER_TIME
        self.refused_count = 0
        self.signature = SECRET
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1

            def do_GET(self) -> None:
                outer.handle(self)

            do_POST = do_DELETE = do_GET  # noqa: N815 - names of the library

            def log_message(self, *_: object) -> None:
                """Keep quiet."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"
        threading.Thread(target=self.http.serve_forever, args=(0.01,)).start()

    def close(self) -> None:
        self.http.shutdown()
        self.http.server_close()

    def count(self, method: str, path: str) -> int:
        return sum(asked[:2] == (method, path) for asked in self.asked)

    def last(self, path: str) -> dict[str, str]:
        return next(asked[2] for asked in reversed(self.asked) if asked[1] == path)

    def handle(self, request: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(request.path)
        length = int(request.headers.get("Content-Length") or 0)
        body = request.rfile.read(length).decode()
        headers = {name.lower(): value for name, value in request.headers.items()}
        headers[":query"] = parts.query
        self.asked.append((request.command, parts.path, headers))
        if self.instead[parts.path]:
            answer = self.instead[parts.path].popleft()
        elif self.public_key and not parts.path.startswith(("/token", "/fhir/.well")):
            is_known = self.is_let_in(headers.get("authorization", ""))
            answer = self.answer(request, parts.path, body) if is_known else Answer(401)
        else:
            answer = self.answer(request, parts.path, body)
        self.refused_count += answer.status == 401
        request.send_response(answer.status)
        declared = {"Content-Length": str(len(answer.body)), **answer.headers}
        for name, value in declared.items():
            if value:
                request.send_header(name, value)
        request.end_headers()
        request.wfile.write(answer.body)
        request.close_connection = declared["Content-Length"] != str(len(answer.body))

    def is_let_in(self, header: str) -> bool:
        return self.tokens.get(header.removeprefix("Bearer "), 0) > self.clock.now()

    def answer(self, request: BaseHTTPRequestHandler, path: str, body: str) -> Answer:
        if path == "/token":
            return self.log_in({name: v[0] for name, v in parse_qs(body).items()})
        if path == "/fhir/.well-known/smart-configuration":
            return Answer(
                200, body=json.dumps({"token_endpoint": self.token_url}).encode()
            )
        if path.endswith("/$export"):
            self.is_exporting = True
            return Answer(202, {"Content-Location": "/status/1?" + self.signature})
        if path.startswith("/files/"):
            _, _, section, index = path.split("/")
            return Answer(200, body=self.files[section][int(index)][1])
        if path == "/status/1" and self.is_exporting:
            return self.status(request.command)
        return Answer(404)

    def status(self, method: str) -> Answer:
        if method == "DELETE":
            self.is_exporting = self.delete_status >= 400
            return Answer(self.delete_status)
        if self.polls_until_ready:
            self.polls_until_ready -= 1
            return Answer(202, {"X-Progress": "Jane Example"})
        sections = {
            section: [
                {
                    "type": kind,
                    "url": f"{self.url}/files/{section}/{index}?{self.signature}",
                    "count": content.count(b"\n"),
                }
                for index, (kind, content) in enumerate(files)
            ]
            for section, files in self.files.items()
        }
        manifest = {
            "transactionTime": self.time,
            "requiresAccessToken": bool(self.public_key),
            **sections,
            **self.manifest,
        }
        return Answer(200, body=json.dumps(manifest).encode())

    @property
    def token_url(self) -> str:
        return f"{self.url}/token"

    def log_in(self, form: dict[str, str]) -> Answer:
        """Check the assertion as the standard asks for."""
        signed = form["client_assertion"]
        try:
            claims = jwt.decode(
                signed,
                self.public_key,
                algorithms=["RS384", "ES384"],
                audience=self.token_url,
                options={
                    "verify_exp": False,
                    "require": ["iss", "sub", "aud", "exp", "jti"],
                },
            )
        except jwt.InvalidTokenError:
            return Answer(400, body=b'{"error": "invalid_client"}')
        is_fresh = 0 < claims["exp"] - self.clock.now() <= 300
        is_new = claims["jti"] not in {known["jti"] for known in self.assertions}
        is_us = claims["iss"] == claims["sub"] == "client-1"
        is_kind = form["client_assertion_type"].endswith("jwt-bearer")
        if not (is_fresh and is_new and is_us and is_kind):
            return Answer(400, body=b'{"error": "invalid_grant"}')
        self.assertions.append(
            {**claims, **jwt.get_unverified_header(signed), "form": form}
        )
        token = f"token-{len(self.assertions)}"
        self.tokens[token] = self.clock.now() + TOKEN_SECONDS
        granted = {
            "access_token": token,
            "token_type": "bearer",
            "expires_in": TOKEN_SECONDS,
        }
        return Answer(200, body=json.dumps(granted).encode())


def pem(key: Any) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


@pytest.fixture(scope="module")
def rsa_key() -> Any:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def ec_key() -> Any:
    return ec.generate_private_key(ec.SECP384R1())


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def server(clock: FakeClock) -> Iterator[FakeServer]:
    started = FakeServer(clock)
    yield started
    started.close()


class Exporter:
    """Exports from one server into one landing folder, again and again."""

    def __init__(self, server: FakeServer, folder: Path) -> None:
        self.server = server
        self.landing = folder / "landing"
        self.state_folder = folder / "extract"
        self.state_file = self.state_folder / "ehr" / "bulk.json"
        self.source = BulkSource("ehr", "bulk", f"{server.url}/fhir/", group_id="g 1/x")
        self.key: str | None = None

    def run(self, **changes: Any) -> BulkExport:
        return extract_fhir_bulk(
            replace(self.source, **changes),
            self.key,
            landing=self.landing,
            state_folder=self.state_folder,
            clock=Clock(self.server.clock.now, self.server.clock.sleep),
        )

    def landed(self) -> dict[str, bytes]:
        """Return what ingest sees, by name without the hash."""
        return {
            file.name.rsplit("-", 1)[0]: file.path.read_bytes()
            for file in landed_files(self.landing)
        }

    def known(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.state_file.read_text())["known"]
        return found


@pytest.fixture
def exporter(server: FakeServer, tmp_path: Path) -> Exporter:
    return Exporter(server, tmp_path)


@pytest.fixture
def guarded(exporter: Exporter, rsa_key: Any) -> Exporter:
    """Return an exporter for a server that wants a token."""
    exporter.server.public_key = rsa_key.public_key()
    exporter.key = pem(rsa_key)
    exporter.source = replace(
        exporter.source, client=Client("client-1", "key-1", "system/*.read")
    )
    return exporter


EXPORT = "/fhir/Group/g%201%2Fx/$export"


def test_every_file_of_an_export_lands_as_it_is(exporter: Exporter) -> None:
    result = exporter.run()

    assert exporter.landed() == {
        "ehr/bulk-Patient": PATIENTS,
        "ehr/bulk-Encounter": VISITS,
    }
    assert result.resource_count == 3
    assert result.transaction_time == SERVER_TIME
    assert {file.suffix for file in result.files} == {".ndjson"}


def test_the_request_is_as_the_standard_says(exporter: Exporter) -> None:
    exporter.run(types=("Patient", "Encounter"), since="2026-01-01T00:00:00+01:00")

    asked = exporter.server.last(EXPORT)
    assert asked["prefer"] == "respond-async"
    assert asked["accept"] == "application/fhir+json"
    assert parse_qs(asked[":query"]) == {
        "_since": ["2026-01-01T00:00:00+01:00"],
        "_type": ["Patient,Encounter"],
    }


@pytest.mark.parametrize(
    ("level", "group_id", "path"),
    [
        ("system", None, "/fhir/$export"),
        ("patient", None, "/fhir/Patient/$export"),
        ("group", "7", "/fhir/Group/7/$export"),
    ],
)
def test_each_level_has_its_address(
    exporter: Exporter, level: str, group_id: str | None, path: str
) -> None:
    exporter.run(level=level, group_id=group_id)

    assert exporter.server.count("GET", path) == 1


@pytest.mark.parametrize(
    ("level", "group_id"),
    [("system", "7"), ("group", None), ("group", ""), ("practice", None)],
)
def test_an_entry_that_makes_no_sense_says_so(
    exporter: Exporter, level: str, group_id: str | None
) -> None:
    with pytest.raises(BulkRefusedError, match="level"):
        exporter.run(level=level, group_id=group_id)

    assert exporter.server.asked == []


def test_a_finished_export_is_removed_from_the_server(exporter: Exporter) -> None:
    assert exporter.run().is_removed
    assert exporter.server.count("DELETE", "/status/1") == 1
    assert exporter.known()["status_url"] is None


@pytest.mark.parametrize(
    ("status", "is_removed"), [(204, True), (404, True), (405, False), (503, False)]
)
def test_a_server_that_does_not_let_go_is_no_failure(
    exporter: Exporter, status: int, is_removed: bool
) -> None:
    exporter.server.delete_status = status

    assert exporter.run().is_removed is is_removed
    assert exporter.run().resource_count == 3


def test_the_next_export_asks_for_what_changed_since(exporter: Exporter) -> None:
    exporter.run(since="2020-01-01T00:00:00Z")
    exporter.run(since="2020-01-01T00:00:00Z")

    asked = exporter.server.last(EXPORT)
    assert parse_qs(asked[":query"]) == {"_since": [SERVER_TIME]}


def test_other_types_are_exported_from_the_beginning(exporter: Exporter) -> None:
    exporter.run()
    exporter.run(types=("Task",))

    asked = exporter.server.last(EXPORT)
    assert parse_qs(asked[":query"]) == {"_type": ["Task"]}


def test_waiting_grows_until_the_server_says_how_long(exporter: Exporter) -> None:
    exporter.server.polls_until_ready = 8
    exporter.server.instead["/status/1"].append(Answer(202, {"Retry-After": "120"}))

    exporter.run()

    assert exporter.server.clock.waits == [120, 2, 4, 8, 16, 32, 60, 60, 60]


def test_a_date_says_how_long_to_wait_too(exporter: Exporter) -> None:
    then = formatdate(START + 90, usegmt=True)
    exporter.server.instead["/status/1"].append(Answer(202, {"Retry-After": then}))

    exporter.run()

    assert exporter.server.clock.waits == [90]


@pytest.mark.parametrize(
    ("asked", "waited"),
    [("0", 1), ("999999", 3_600), ("soon", 1), ("-5", 1), ("²", 1)],
)
def test_a_wait_beyond_reason_is_bounded(
    exporter: Exporter, asked: str, waited: float
) -> None:
    answer = Answer(202, {"Retry-After": asked.encode().decode("latin-1")})
    exporter.server.instead["/status/1"].append(answer)

    exporter.run()

    assert exporter.server.clock.waits == [waited]


def test_a_run_that_loses_patience_is_gone_on_with(exporter: Exporter) -> None:
    exporter.server.polls_until_ready = 10

    with pytest.raises(BulkUnreachableError, match="not ready; run again"):
        exporter.run(patience_seconds=60)
    result = exporter.run()

    assert result.resource_count == 3
    assert exporter.server.count("GET", EXPORT) == 1


@pytest.mark.parametrize("path", [EXPORT, "/status/1", "/files/output/0"])
def test_too_many_requests_are_repeated_when_the_server_says(
    exporter: Exporter, path: str
) -> None:
    exporter.server.instead[path].append(Answer(429, {"Retry-After": "17"}))

    assert exporter.run().resource_count == 3
    assert exporter.server.clock.waits == [17]


@pytest.mark.parametrize("path", [EXPORT, "/status/1", "/files/output/0"])
@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_error_is_repeated(exporter: Exporter, path: str, status: int) -> None:
    exporter.server.instead[path].extend([Answer(status)] * 3)

    assert exporter.run().resource_count == 3
    assert exporter.server.clock.waits == [1, 2, 4]


@pytest.mark.parametrize("path", [EXPORT, "/status/1", "/files/output/0"])
def test_a_server_that_stays_down_is_given_up_and_gone_on_with(
    exporter: Exporter, path: str
) -> None:
    exporter.server.instead[path].extend([Answer(503)] * 6)

    with pytest.raises(BulkUnreachableError, match=r"overloaded \(503\)"):
        exporter.run()
    assert exporter.server.clock.waits == [1, 2, 4, 8, 16]

    assert exporter.run().resource_count == 3


def test_a_server_that_is_not_there_says_so(exporter: Exporter) -> None:
    exporter.server.close()

    with pytest.raises(BulkUnreachableError, match="does not answer") as told:
        exporter.run()

    assert "127.0.0.1" not in str(told.value)


@pytest.mark.parametrize("status", [400, 403, 404, 422])
def test_a_refused_request_says_so(exporter: Exporter, status: int) -> None:
    exporter.server.instead[EXPORT].append(Answer(status, body=b"Jane Example"))

    with pytest.raises(BulkRefusedError, match=rf"refuses \({status}\)") as told:
        exporter.run()

    assert "Jane" not in str(told.value)
    assert exporter.server.clock.waits == []


@pytest.mark.parametrize("status", [404, 410])
def test_an_export_that_expired_is_asked_for_again(
    exporter: Exporter, status: int
) -> None:
    exporter.server.instead["/files/output/1"].extend([Answer(503)] * 6)
    with pytest.raises(BulkUnreachableError):
        exporter.run()
    exporter.server.instead["/status/1"].append(Answer(status))

    assert exporter.run().resource_count == 3
    assert exporter.server.count("GET", EXPORT) == 2


@pytest.mark.parametrize(
    ("status", "body"), [(500, outcome("error")), (404, b""), (400, b"no")]
)
def test_an_export_that_failed_is_not_waited_for_again(
    exporter: Exporter, status: int, body: bytes
) -> None:
    exporter.server.instead["/status/1"].extend([Answer(status, body=body)] * 6)
    with pytest.raises(ExportOverError, match=rf"the export \({status}\)") as told:
        exporter.run()
    assert "Jane" not in str(told.value)
    exporter.server.instead["/status/1"].clear()

    exporter.run()

    assert exporter.server.count("GET", EXPORT) == 2


def test_an_error_that_passes_says_nothing_of_the_export(exporter: Exporter) -> None:
    body = outcome("error").replace(b"processing", b"transient")
    exporter.server.instead["/status/1"].extend([Answer(500, body=body)] * 6)

    with pytest.raises(BulkUnreachableError):
        exporter.run()
    exporter.run()

    assert exporter.server.count("GET", EXPORT) == 1


CUT = Answer(200, {"Content-Length": str(len(PATIENTS))}, PATIENTS[:50])
CUT_AT_LINE = Answer(200, body=PATIENTS.splitlines(keepends=True)[0])
CUT_IN_LINE = Answer(200, body=PATIENTS[:-5])
CHUNKED = Answer(
    200,
    {"Transfer-Encoding": "chunked", "Content-Length": ""},
    b"24\r\n" + PATIENTS[:36],
)
A_PAGE = Answer(200, {"Content-Type": "text/html"}, b"<html>Jane Example</html>")


@pytest.mark.parametrize(
    "cut", [CUT, CUT_AT_LINE, CUT_IN_LINE, CHUNKED, A_PAGE], ids=range(5)
)
def test_a_file_that_came_cut_is_asked_for_again(
    exporter: Exporter, cut: Answer
) -> None:
    exporter.server.instead["/files/output/0"].append(cut)

    assert exporter.run().resource_count == 3
    assert exporter.landed()["ehr/bulk-Patient"] == PATIENTS
    assert len(exporter.landed()) == 2


@pytest.mark.parametrize(
    ("cut", "reason"),
    [
        (CUT, "the connection broke off"),
        (CUT_AT_LINE, "fewer resources than the server said"),
        (CUT_IN_LINE, "it ends within a line"),
        (A_PAGE, "it is not NDJSON"),
    ],
    ids=range(4),
)
def test_a_file_that_never_comes_whole_does_not_land(
    exporter: Exporter, cut: Answer, reason: str
) -> None:
    exporter.server.instead["/files/output/0"].extend([cut] * 6)

    with pytest.raises(BulkAnswerError, match=reason) as told:
        exporter.run()

    assert "Jane" not in str(told.value)
    assert exporter.landed() == {}
    assert list((exporter.landing / "ehr").iterdir()) == []
    assert exporter.run().resource_count == 3


def test_a_last_line_without_its_end_is_whole(exporter: Exporter) -> None:
    exporter.server.files = {"output": [("Patient", PATIENTS.rstrip())]}

    assert exporter.run().resource_count == 2
    assert exporter.landed() == {"ehr/bulk-Patient": PATIENTS.rstrip()}


def test_an_empty_file_does_not_land(exporter: Exporter) -> None:
    exporter.server.files = {"output": [("Patient", b"")]}

    assert exporter.run().files == ()
    assert exporter.landed() == {}


def test_compressed_answers_land_as_text(exporter: Exporter) -> None:
    packed = gzip.compress(PATIENTS)
    exporter.server.instead["/files/output/0"].append(
        Answer(200, {"Content-Encoding": "gzip"}, packed)
    )

    exporter.run()

    assert exporter.landed()["ehr/bulk-Patient"] == PATIENTS


class CrashError(RuntimeError):
    """Stands for the end of the process."""


def crash_at(exporter: Exporter, file: int) -> None:
    def stop(done: int, _: int) -> None:
        if done == file:
            raise CrashError

    with pytest.raises(CrashError):
        extract_fhir_bulk(
            exporter.source,
            exporter.key,
            landing=exporter.landing,
            state_folder=exporter.state_folder,
            clock=Clock(exporter.server.clock.now, exporter.server.clock.sleep),
            on_files=stop,
        )


def test_a_run_goes_on_where_the_one_before_crashed(exporter: Exporter) -> None:
    crash_at(exporter, 1)
    exporter.server.signature = "sig=fresh"

    result = exporter.run()

    assert result.resource_count == 1
    assert len(exporter.landed()) == 2
    assert exporter.server.count("GET", EXPORT) == 1
    assert exporter.server.count("GET", "/files/output/0") == 1


def test_a_crash_between_file_and_state_lands_the_same_file(
    exporter: Exporter,
) -> None:
    crash_at(exporter, 0)
    before = exporter.state_file.read_bytes()
    crash_at(exporter, 1)
    names = [file.name for file in landed_files(exporter.landing)]
    exporter.state_file.write_bytes(before)

    crash_at(exporter, 1)

    assert [file.name for file in landed_files(exporter.landing)] == names


def test_an_export_that_has_landed_is_let_go_before_the_next(
    exporter: Exporter,
) -> None:
    """Some servers hold no more than one export for a client."""
    crash_at(exporter, 2)
    known = exporter.known()
    exporter.run()
    text = json.loads(exporter.state_file.read_text())
    text["known"] = {**known, "is_landed": True, "since": SERVER_TIME}
    exporter.state_file.write_text(json.dumps(text))
    exporter.server.is_exporting = True
    exporter.server.asked.clear()

    exporter.run()

    methods = [asked[0] for asked in exporter.server.asked]
    assert methods[:2] == ["DELETE", "GET"]
    assert exporter.server.asked[1][1] == EXPORT


def test_files_that_only_their_query_tells_apart_all_land(exporter: Exporter) -> None:
    url = f"{exporter.server.url}/files/output/"
    exporter.server.manifest = {
        "output": [
            {"type": "Patient", "url": f"{url}0?file=a"},
            {"type": "Patient", "url": f"{url}0?file=b"},
            {"type": "Encounter", "url": f"{url}1"},
        ]
    }

    assert exporter.run().resource_count == 5


def test_what_was_deleted_lands_too(exporter: Exporter) -> None:
    bundle = b'{"resourceType":"Bundle","type":"transaction","entry":[]}\n'
    exporter.server.files["deleted"] = [("Bundle", bundle)]

    result = exporter.run()

    assert result.deleted_file_count == 1
    assert exporter.landed()["ehr/bulk-deleted-Bundle"] == bundle


def test_a_warning_lands_and_the_next_export_moves_on(exporter: Exporter) -> None:
    exporter.server.files["error"] = [("OperationOutcome", outcome("warning"))]

    result = exporter.run()

    assert result.error_file_count == 1
    assert not result.is_partial
    assert "ehr/bulk-error-OperationOutcome" in exporter.landed()
    assert exporter.known()["since"] == SERVER_TIME


@pytest.mark.parametrize("severity", ["error", "fatal"])
def test_after_an_error_the_next_export_begins_where_this_one_did(
    exporter: Exporter, severity: str
) -> None:
    """What could not be exported would otherwise never come."""
    exporter.run()
    exporter.server.time = "2026-03-11T00:00:00.000Z"
    exporter.server.files["error"] = [("OperationOutcome", outcome(severity))]
    crash_at(exporter, 3)

    assert exporter.run().is_partial
    assert exporter.run().is_partial
    assert exporter.known()["since"] == SERVER_TIME
    assert exporter.known()["is_partial"] is False


def test_a_list_in_several_pages_is_read_to_its_end(exporter: Exporter) -> None:
    url = exporter.server.url
    second = {"output": [{"type": "Encounter", "url": f"{url}/files/output/1"}]}
    exporter.server.manifest = {
        "output": [{"type": "Patient", "url": f"{url}/files/output/0"}],
        "link": [{"relation": "next", "url": f"{url}/page/2"}],
    }
    exporter.server.instead["/page/2"].append(
        Answer(200, body=json.dumps(second).encode())
    )

    assert exporter.run().resource_count == 3


@pytest.mark.parametrize(
    "manifest",
    [
        {"output": 1},
        {"output": ["x"]},
        {"output": [{"type": "Patient"}]},
        {"output": [{"type": "Patient", "url": 3}]},
        {"error": {"url": "x"}},
    ],
)
def test_a_list_that_is_damaged_says_so(
    exporter: Exporter, manifest: dict[str, Any]
) -> None:
    exporter.server.manifest = manifest

    with pytest.raises(BulkAnswerError, match="list of files is damaged"):
        exporter.run()


@pytest.mark.parametrize("kind", ["../../x", "a/b", "", None, 7, "x" * 99])
def test_a_type_that_is_no_name_is_no_file_name(exporter: Exporter, kind: Any) -> None:
    url = f"{exporter.server.url}/files/output/0"
    exporter.server.manifest = {"output": [{"type": kind, "url": url}]}

    exporter.run()

    assert exporter.landed() == {"ehr/bulk-unknown": PATIENTS}


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"\xff", b""])
def test_an_answer_that_is_no_json_says_so(exporter: Exporter, body: bytes) -> None:
    exporter.server.instead["/status/1"].append(Answer(200, body=body))

    with pytest.raises(BulkAnswerError, match="not JSON"):
        exporter.run()


def test_an_acceptance_without_an_address_says_so(exporter: Exporter) -> None:
    exporter.server.instead[EXPORT].append(Answer(202))

    with pytest.raises(BulkAnswerError, match="where the status is"):
        exporter.run()


@pytest.mark.parametrize("address", ["ftp://x/y", "http://", "http://[::1"])
def test_an_address_that_is_none_says_so(exporter: Exporter, address: str) -> None:
    exporter.server.instead[EXPORT].append(Answer(202, {"Content-Location": address}))

    with pytest.raises((BulkAnswerError, BulkUnreachableError)):
        exporter.run()


def test_the_login_is_as_the_standard_says(guarded: Exporter) -> None:
    """SMART backend services: five minutes at most, a jti of its own, our key's id."""
    guarded.run()

    (login,) = guarded.server.assertions
    assert login["alg"] == "RS384"
    assert login["kid"] == "key-1"
    assert login["typ"] == "JWT"
    assert login["aud"] == guarded.server.token_url
    assert login["form"]["grant_type"] == "client_credentials"
    assert login["form"]["scope"] == "system/*.read"
    for path in (EXPORT, "/status/1", "/files/output/0"):
        assert guarded.server.last(path)["authorization"] == "Bearer token-1"


def test_an_elliptic_key_signs_with_its_own_algorithm(
    guarded: Exporter, ec_key: Any
) -> None:
    guarded.server.public_key = ec_key.public_key()
    guarded.key = pem(ec_key)

    guarded.run()

    assert guarded.server.assertions[0]["alg"] == "ES384"


def test_where_to_log_in_may_be_given(guarded: Exporter) -> None:
    client = Client("client-1", "key-1", "system/*.rs", guarded.server.token_url)

    guarded.run(client=client)

    assert guarded.server.count("GET", "/fhir/.well-known/smart-configuration") == 0


def test_a_token_is_renewed_before_it_expires(guarded: Exporter) -> None:
    guarded.server.instead["/status/1"].extend(
        [Answer(202, {"Retry-After": "100"})] * 5
    )

    guarded.run()

    assert guarded.server.refused_count == 0
    assert len(guarded.server.assertions) == 2
    assert len({login["jti"] for login in guarded.server.assertions}) == 2


@pytest.mark.parametrize("path", [EXPORT, "/status/1", "/files/output/1"])
def test_a_token_that_is_refused_is_renewed(guarded: Exporter, path: str) -> None:
    guarded.server.instead[path].append(Answer(401))

    assert guarded.run().resource_count == 3
    assert guarded.server.last(path)["authorization"] == "Bearer token-2"


def test_a_server_that_refuses_every_token_says_so(guarded: Exporter) -> None:
    guarded.server.instead[EXPORT].extend([Answer(401)] * 2)

    with pytest.raises(BulkLoginError, match="does not let us in"):
        guarded.run()


def test_a_wrong_key_says_so(guarded: Exporter) -> None:
    guarded.key = pem(rsa.generate_private_key(public_exponent=65537, key_size=2048))

    with pytest.raises(BulkLoginError, match=r"gives no token \(invalid_client\)"):
        guarded.run()


def test_words_of_the_login_server_are_not_repeated(guarded: Exporter) -> None:
    body = b'{"error": "Jane Example", "error_description": "Jane Example"}'
    guarded.server.instead["/token"].append(Answer(400, body=body))

    with pytest.raises(BulkLoginError, match=r"\(status 400\)") as told:
        guarded.run()

    assert "Jane" not in str(told.value)


def test_a_login_server_that_is_overloaded_is_asked_again(guarded: Exporter) -> None:
    guarded.server.instead["/token"].append(Answer(503, {"Retry-After": "5"}))

    assert guarded.run().resource_count == 3
    assert guarded.server.clock.waits == [5]


@pytest.mark.parametrize(
    "key", ["", "words", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"]
)
def test_a_key_that_is_none_says_so(guarded: Exporter, key: str) -> None:
    guarded.key = key

    with pytest.raises(BulkLoginError, match="private key must be") as told:
        guarded.run()

    assert "AAAA" not in str(told.value)


def test_a_key_of_another_kind_says_so(guarded: Exporter) -> None:
    guarded.key = pem(ec.generate_private_key(ec.SECP256R1()))

    with pytest.raises(BulkLoginError, match="P-384"):
        guarded.run()


def test_a_server_that_wants_a_login_says_so(guarded: Exporter) -> None:
    with pytest.raises(BulkLoginError):
        guarded.run(client=None)


def test_files_outside_the_login_do_not_get_the_token(guarded: Exporter) -> None:
    guarded.server.manifest = {"requiresAccessToken": False}
    for index, body in enumerate((PATIENTS, VISITS)):
        path = f"/files/output/{index}"
        guarded.server.instead[path].append(Answer(200, body=body))

    guarded.run()

    assert "authorization" not in guarded.server.last("/files/output/0")
    assert "authorization" in guarded.server.last("/status/1")


def test_nothing_is_sent_in_the_open_to_a_server_that_is_not() -> None:
    clock = FakeClock()
    with new_session(None, None) as session:
        http = Http("ehr", "https://fhir.test", session, Clock(clock.now, clock.sleep))

        with pytest.raises(BulkAnswerError, match="names an open address"):
            http.send("GET", "http://fhir.test/status/1", headers={})


def test_nothing_is_taken_from_the_environment(
    exporter: Exporter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A forgotten .netrc would take the place of the token."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login jane password example\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "")

    exporter.run()

    assert "authorization" not in exporter.server.last(EXPORT)


def test_logs_and_errors_hold_no_address_and_no_token(
    guarded: Exporter, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    guarded.run()
    guarded.server.instead["/files/output/0"].append(Answer(418))

    with pytest.raises(ExtractError) as told:
        guarded.run()

    for text in (caplog.text, str(told.value)):
        assert not any(
            word in text for word in (SECRET, "token-1", "127.0.0.1", "/files", "Jane")
        )
    assert told.value.__cause__ is None


def test_only_the_owner_can_read_the_state(exporter: Exporter) -> None:
    """It holds the address of the export, which may carry a signature."""
    crash_at(exporter, 1)

    assert SECRET in exporter.known()["status_url"]
    assert stat.S_IMODE(exporter.state_file.stat().st_mode) == 0o600


def test_one_source_is_not_extracted_twice_at_a_time(exporter: Exporter) -> None:
    with (
        State(exporter.state_folder, "ehr", "bulk").held(),
        pytest.raises(ExtractRunningError),
    ):
        exporter.run()


@pytest.mark.parametrize("known", [[], {"finished": 1}, {"colour": "red"}])
def test_a_damaged_state_says_what_to_do(exporter: Exporter, known: Any) -> None:
    exporter.run()
    text = json.loads(exporter.state_file.read_text())
    exporter.state_file.write_text(json.dumps({**text, "known": known or [1]}))

    with pytest.raises(ExtractStateError, match="delete it"):
        exporter.run()


def test_waiting_never_grows_beyond_a_minute() -> None:
    assert [backoff(attempt) for attempt in (0, 1, 5, 6, 5_000)] == [1, 2, 32, 60, 60]


@pytest.mark.parametrize("size", [1, 7, 40, 1 << 20])
def test_lines_are_counted_whatever_the_pieces(size: int) -> None:
    text = PATIENTS + b"\r\n  \n" + VISITS.rstrip()
    check = NdjsonCheck()

    for start in range(0, len(text), size):
        check.take(text[start : start + size])

    assert check.problem(3) is None
    assert check.line_count == 3


def test_a_line_too_long_to_read_is_not_kept_in_memory() -> None:
    check = NdjsonCheck()
    check.take(b'{"a":"')
    for _ in range(RECORD_LIMIT // (16 << 20) + 2):
        check.take(b"x" * (16 << 20))

    assert len(check._tail) < RECORD_LIMIT
    assert check.problem(1) is None
    assert check.line_count == 1
