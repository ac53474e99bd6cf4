"""Logging in to a FHIR server as a program: SMART backend services.

A short assertion signed with our private key is exchanged for a token that lives
for minutes (SMART App Launch 2.x, Backend Services and Asymmetric Authentication).
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt
import requests
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP384R1,
    EllipticCurvePrivateKey,
)
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from orchestration.extract.fhir_http import (
    UNAUTHORISED,
    BulkAnswerError,
    BulkLoginError,
    Http,
    is_transient,
)

_OK = 200
_ASSERTION_SECONDS = 240  # the standard allows five minutes
_TOKEN_SECONDS = 300  # what it recommends, where the server does not say
_EARLY_SECONDS = 30
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
# The words of RFC 6749, 5.2; any other word is the server's own and not repeated.
_REASONS = {
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
}


@dataclass(frozen=True)
class Client:
    """Who we are to the server. `token_url` None: the server says where it is."""

    client_id: str
    key_id: str
    scope: str
    token_url: str | None = None


class Token:
    """The access token of one source, renewed when it is about to expire."""

    def __init__(self, http: Http, client: Client, private_key: str | None) -> None:
        """Take a private key in PEM: RSA, or EC on P-384; else BulkLoginError."""
        self._http = http
        self._client = client
        self._key, self._algorithm = _signing_key(http.label, private_key or "")
        self._value: str | None = None
        self._expires_at = 0.0

    def header(self) -> dict[str, str]:
        """Return the header that lets us in; asks for a token where none is valid.

        Raises BulkLoginError when the server does not give one.
        """
        if not self._value or self._http.clock.now() >= self._expires_at:
            self._value, self._expires_at = self._ask()
        return {"Authorization": f"Bearer {self._value}"}

    def forget(self) -> None:
        """Ask for a new token next time: the server refuses this one."""
        self._value = None

    def _ask(self) -> tuple[str, float]:
        url = self._client.token_url or self._discovered()
        now = self._http.clock.now()
        form = {
            "grant_type": "client_credentials",
            "scope": self._client.scope,
            "client_assertion_type": _ASSERTION_TYPE,
            "client_assertion": self._assertion(url, now),
        }
        headers = {"Accept": "application/json"}
        answer = self._http.send("POST", url, headers=headers, form=form)
        if is_transient(answer):
            raise self._http.refused(answer, "logging in")
        found = self._http.json(answer)
        value = found.get("access_token")
        if answer.status_code != _OK or not value or not isinstance(value, str):
            said = found.get("error")
            reason = said if said in _REASONS else f"status {answer.status_code}"
            message = f"{self._http.label}: the server gives no token ({reason})"
            raise BulkLoginError(message)
        seconds = found.get("expires_in")
        lifetime = seconds if isinstance(seconds, int) else _TOKEN_SECONDS
        return value, now + lifetime - min(_EARLY_SECONDS, lifetime / 2)

    def _discovered(self) -> str:
        url = f"{self._http.base_url}/.well-known/smart-configuration"
        answer = self._http.send("GET", url, headers={"Accept": "application/json"})
        if answer.status_code != _OK:
            raise self._http.refused(answer, "looking for where to log in")
        found = self._http.json(answer).get("token_endpoint")
        if not isinstance(found, str):
            message = f"{self._http.label}: the server does not say where to log in"
            raise BulkAnswerError(message)
        return found

    def _assertion(self, url: str, now: float) -> str:
        claims = {
            "iss": self._client.client_id,
            "sub": self._client.client_id,
            "aud": url,
            "exp": int(now) + _ASSERTION_SECONDS,
            "jti": secrets.token_hex(16),
        }
        headers = {"kid": self._client.key_id}
        return jwt.encode(claims, self._key, self._algorithm, headers)


def _signing_key(label: str, pem: str) -> tuple[Any, str]:
    """Return the key and the algorithm that the standard names for its kind."""
    try:
        key = load_pem_private_key(pem.strip().encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if isinstance(key, RSAPrivateKey):
        return key, "RS384"
    if isinstance(key, EllipticCurvePrivateKey) and isinstance(key.curve, SECP384R1):
        return key, "ES384"
    sentence = "the private key must be in PEM without a password, RSA or EC on P-384"
    raise BulkLoginError(f"{label}: {sentence}")


class FhirServer:
    """Sends requests to a FHIR server as somebody who is logged in, or as nobody."""

    def __init__(self, http: Http, token: Token | None) -> None:
        """Take the token; None where the server is open."""
        self.http = http
        self._token = token

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        with_token: bool = True,
        is_streamed: bool = False,
    ) -> requests.Response:
        """Return the answer, whatever its status but 401.

        A token that the server refuses is renewed once; then BulkLoginError.
        """
        token = self._token if with_token else None
        for _ in range(2):
            answer = self.http.send(
                method,
                url,
                headers={**headers, **(token.header() if token else {})},
                is_streamed=is_streamed,
            )
            if answer.status_code != UNAUTHORISED:
                return answer
            answer.close()
            if token is None:
                break
            token.forget()
        message = f"{self.http.label}: the server does not let us in (401)"
        raise BulkLoginError(message)
