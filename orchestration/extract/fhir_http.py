"""Requests to a FHIR server, repeated while that may help.

Addresses and answers may hold tokens and patients' data, so no message quotes them.
It leaves out logging in (`fhir_token`) and what is asked (`fhir_bulk`).
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import requests

from orchestration.extract.files import ExtractError

ATTEMPTS = 6
TOO_MANY = 429
SERVER_ERROR = 500
UNAUTHORISED = 401
_TIMEOUT_SECONDS = (30.0, 300.0)  # to connect, and between two pieces of an answer
_LONGEST_BACKOFF = 60.0
_LONGEST_WAIT = 3_600.0


class BulkError(ExtractError):
    """An export did not come to its end."""


class BulkUnreachableError(BulkError):
    """The server does not answer or is not ready: run again later."""


class BulkLoginError(BulkError):
    """The server does not let us in: check client id, key and scope."""


class BulkRefusedError(BulkError):
    """The server refuses what it is asked for: check the entry of the source."""


class BulkAnswerError(BulkError):
    """The server's answer is damaged or not as the standard says: ask its owner."""


@dataclass(frozen=True)
class Clock:
    """Where time comes from: seconds since 1970, and how to let some pass."""

    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep


def backoff(attempt: int) -> float:
    """Return the seconds to wait after attempt 0, 1, ...: 1, 2, 4, up to 60."""
    return min(2.0 ** min(attempt, 10), _LONGEST_BACKOFF)


def new_session(ca_file: Path | None, proxy_url: str | None) -> requests.Session:
    """Return a session that takes nothing from the environment.

    `ca_file` holds the certificates to trust instead of the public ones.
    """
    # It would log addresses with their query.
    logging.getLogger("urllib3").setLevel(logging.CRITICAL)
    session = requests.Session()
    session.trust_env = False
    session.verify = str(ca_file) if ca_file else True
    session.headers["User-Agent"] = "chartgap"
    if proxy_url:
        session.proxies = {"http": proxy_url, "https": proxy_url}
    return session


class Http:
    """Sends requests for one source; `label` is how its messages begin."""

    def __init__(
        self, label: str, base_url: str, session: requests.Session, clock: Clock
    ) -> None:
        """Take a session. Where `base_url` is https, nothing is sent in the open."""
        self.label = label
        self.base_url = base_url
        self.clock = clock
        self._session = session
        self._is_secure = _is_https(base_url)

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        form: Mapping[str, str] | None = None,
        is_streamed: bool = False,
    ) -> requests.Response:
        """Return the answer, whatever its status.

        While the connection fails or the server is overloaded (429, 5xx) the request
        is repeated a few times, after the time that the server asks for or longer
        and longer ones. Raises BulkUnreachableError when there is no answer.
        """
        if self._is_secure and not _is_https(url):
            raise BulkAnswerError(f"{self.label}: the server names an open address")
        for attempt in range(ATTEMPTS):
            answer = self._once(method, url, headers, form, is_streamed)
            is_last = attempt == ATTEMPTS - 1
            if answer is not None and (is_last or not is_transient(answer)):
                return answer
            if not is_last:
                self.clock.sleep(self.wait_after(answer, backoff(attempt)))
            if answer is not None:
                answer.close()
        raise BulkUnreachableError(f"{self.label}: the server does not answer")

    def wait_after(self, answer: requests.Response | None, otherwise: float) -> float:
        """Return the seconds that the server asks to wait, from one to 3,600."""
        if answer is None:
            return otherwise
        asked = answer.headers.get("Retry-After", "").strip()
        if not asked:
            return otherwise
        if asked.isdecimal():
            return _bounded(float(asked))
        try:
            moment = parsedate_to_datetime(asked)
        except ValueError:
            return otherwise
        until = moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()
        return _bounded(until - self.clock.now())

    def json(self, answer: requests.Response) -> dict[str, Any]:
        """Return the JSON object of an answer; raises BulkAnswerError."""
        try:
            found = answer.json()
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise BulkAnswerError(f"{self.label}: an answer of the server is not JSON")
        return found

    def refused(self, answer: requests.Response, what: str) -> BulkError:
        """Return the error for an answer that is none to what was asked."""
        status = answer.status_code
        if is_transient(answer):
            sentence = f"{self.label}: {what}: the server is overloaded ({status})"
            return BulkUnreachableError(sentence)
        return BulkRefusedError(f"{self.label}: {what}: the server refuses ({status})")

    def _once(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        form: Mapping[str, str] | None,
        is_streamed: bool,
    ) -> requests.Response | None:
        try:
            return self._session.request(
                method,
                url,
                headers=dict(headers),
                data=form,
                stream=is_streamed,
                timeout=_TIMEOUT_SECONDS,
            )
        except requests.exceptions.SSLError:
            sentence = f"{self.label}: the certificate of the server is not trusted"
            raise BulkRefusedError(sentence) from None
        except (requests.ConnectionError, requests.Timeout):
            return None
        except requests.exceptions.ChunkedEncodingError:
            return None
        except (requests.RequestException, ValueError):
            sentence = f"{self.label}: an address of the server cannot be asked"
            raise BulkAnswerError(sentence) from None


def is_transient(answer: requests.Response) -> bool:
    """Tell whether the same request may succeed later."""
    return answer.status_code == TOO_MANY or answer.status_code >= SERVER_ERROR


def _bounded(seconds: float) -> float:
    return min(max(seconds, 1.0), _LONGEST_WAIT)


def _is_https(url: str) -> bool:
    return url.lower().startswith("https://")
