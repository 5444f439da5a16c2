"""One server and how to speak to it: time limits, repetitions, and refusals as sentences."""

from __future__ import annotations

import json
import os
import random
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from http.client import HTTPException, HTTPResponse
from ssl import SSLError
from typing import Any
from urllib.parse import urlsplit

from ..errors import PerennialError
from ..version import VERSION

REPEATED = frozenset({429, 502, 503, 504})
ATTEMPTS_MAX = 4
FIRST_WAIT_SECONDS_MAX = 0.2
WAIT_SECONDS_MAX = 5.0
ANSWER_BYTES_MAX = 64 * 1024 * 1024
CODE_OF_STATUS = {
    401: "unauthenticated", 403: "forbidden", 404: "not_found", 413: "too_large", 429: "rate_limited",
    502: "unavailable", 503: "unavailable", 504: "timeout",
}  # fmt: skip


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the token to wherever it points."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirects)


@dataclass(frozen=True)
class Door:
    """An address and a token; the token is in no message and no repr."""

    url: str
    token: str = field(repr=False)
    timeout_seconds: float = 30.0
    attempt_timeout_seconds: float = 10.0

    def ask(self, method: str, path: str, body: Any = None, key: str | None = None) -> Any:
        """The JSON of the answer. Only what is safe to send twice may be asked through here."""
        headers = {"accept": "application/json"}
        data = None
        if body is not None:
            data = json.dumps(body, allow_nan=False).encode()
            headers["content-type"] = "application/json"
        if key is not None:
            headers["idempotency-key"] = key
        raw = self.repeat(lambda seconds: self._once(method, path, data, headers, seconds))
        if not raw:
            return None
        try:
            return json.loads(raw)
        except ValueError:
            raise PerennialError(
                f"The answer to {method} {path} is not one that this package (version {VERSION}) reads.",
                "Check that the address is that of Perennial, and use the package of the version that is running.",
                code="unknown_answer",
            ) from None

    def _once(self, method: str, path: str, data: bytes | None, headers: Mapping[str, str], seconds: float) -> bytes:
        with self.open(method, path, data, headers, seconds) as response, self.reading(path, seconds):
            raw = response.read(ANSWER_BYTES_MAX + 1)
            if len(raw) > ANSWER_BYTES_MAX:
                raise PerennialError(f"The answer to {method} {path} is too large.", code="unknown_answer")
            # A connection that ends early is no error to http.client where so many bytes are asked for.
            if response.length:
                raise self._cut_off(path)
        return raw

    @contextmanager
    def reading(self, path: str, seconds: float) -> Iterator[None]:
        """What breaks while an answer is read is a reason to ask again."""
        try:
            yield
        except TimeoutError:
            raise self._late(path, seconds) from None
        except (HTTPException, ConnectionError, SSLError):
            raise self._cut_off(path) from None

    def _cut_off(self, path: str) -> PerennialError:
        return PerennialError(f"The answer of {self.url}{path} was cut off.", "Call again; nothing is done twice.", code="unavailable", retryable=True)

    def repeat(self, attempt: Callable[[float], Any], timeout_seconds: float | None = None) -> Any:
        """Repeats what may succeed later, in ever longer and random pauses (full jitter), within the time for all."""
        whole = self.timeout_seconds if timeout_seconds is None else timeout_seconds
        deadline = time.monotonic() + whole
        for number in range(1, ATTEMPTS_MAX + 1):
            left = deadline - time.monotonic()
            try:
                return attempt(min(left, self.attempt_timeout_seconds) if timeout_seconds is None else left)
            except PerennialError as error:
                ceiling = min(WAIT_SECONDS_MAX, FIRST_WAIT_SECONDS_MAX * 2 ** (number - 1))
                wait = float(getattr(error, "retry_after_seconds", 0.0)) + random.random() * ceiling
                if not error.retryable or number == ATTEMPTS_MAX or time.monotonic() + wait >= deadline:
                    raise
                time.sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    def open(self, method: str, path: str, data: Any, headers: Mapping[str, str], seconds: float) -> HTTPResponse:
        """One attempt; the body of the answer is the caller's to read. Raises PerennialError."""
        request = urllib.request.Request(f"{self.url}{path}", data=data, method=method)
        for name, value in headers.items():
            request.add_header(name, value)
        request.add_unredirected_header("authorization", f"Bearer {self.token}")
        request.add_unredirected_header("x-perennial-client", f"python/{VERSION}")
        try:
            response: HTTPResponse = _opener.open(request, timeout=max(0.001, seconds))
            return response
        except urllib.error.HTTPError as answer:
            with answer:
                raise self._refusal(method, path, answer) from None
        except TimeoutError:
            raise self._late(path, seconds) from None
        except (urllib.error.URLError, HTTPException, OSError) as cause:
            reason = getattr(cause, "reason", cause)
            if isinstance(reason, TimeoutError):
                raise self._late(path, seconds) from None
            raise PerennialError(
                f"{self.url} cannot be reached ({getattr(reason, 'strerror', None) or reason}).",
                "Check the address and that Perennial runs there.",
                code="unreachable", retryable=True,
            ) from None  # fmt: skip

    def _late(self, path: str, seconds: float) -> PerennialError:
        return PerennialError(
            f"{self.url}{path} did not answer within {seconds:.1f} s.", "Call again; nothing is done twice.", code="timeout", retryable=True
        )

    def _refusal(self, method: str, path: str, answer: urllib.error.HTTPError) -> PerennialError:
        try:
            problem = json.loads(answer.read(1_000_000))
        except (ValueError, OSError, HTTPException):
            problem = {}
        problem = problem if isinstance(problem, dict) else {}
        status = answer.code
        retryable = problem.get("retryable")
        error = PerennialError(
            str(problem.get("detail") or f"{method} {self.url}{path} was answered with {status}."),
            str(problem.get("hint") or "Check the address and what stands between this program and the server."),
            code=str(problem.get("code") or CODE_OF_STATUS.get(status, "unknown_answer")),
            status=status,
            # What a gateway lost may be sent again, and so may what was refused for now.
            retryable=status in REPEATED and retryable is not False or status == 409 and problem.get("code") == "idempotency_in_progress",
            path=problem.get("path"),
            request_id=problem.get("requestId") or answer.headers.get("x-request-id"),
        )
        error.retry_after_seconds = _retry_after(answer.headers.get("retry-after"))  # type: ignore[attr-defined]
        return error


def _retry_after(header: str | None) -> float:
    if not header:
        return 0.0
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(header).timestamp() - time.time())
    except ValueError:
        return 0.0


def door_of(url: str | None, token: str | None, *settings: str) -> Door:
    """From what was given, else from the environment: the first of ``settings`` that is set, and PERENNIAL_TOKEN."""
    names = settings or ("PERENNIAL_URL",)
    address = url or next((os.environ[name] for name in names if os.environ.get(name)), None)
    if address is None:
        raise PerennialError(f"Nothing says where Perennial is: url is not given and {names[-1]} is not set.", f"Set {names[-1]}.", code="configuration")
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise PerennialError("The address of Perennial must begin with http:// or https://.", f"Correct url or {names[-1]}.", code="configuration")
    secret = token or os.environ.get("PERENNIAL_TOKEN")
    if not secret:
        raise PerennialError("There is no token: token is not given and PERENNIAL_TOKEN is not set.", "Set PERENNIAL_TOKEN.", code="configuration")
    return Door(address.rstrip("/"), secret)
