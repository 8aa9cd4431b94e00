"""A bounded HTTP client: it waits, retries and reads only so much, and says in French what went wrong, without any secret."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import requests

from mdm.driver import MdmError

CONNECT_SECONDS, READ_SECONDS, WHOLE_SECONDS = 5, 30, 120
MOST_BYTES = 64 * 2**20
TRIES = 4
LONGEST_PAUSE = 30.0
TRANSIENT = frozenset({429, 500, 502, 503, 504})
CHUNK = 64 * 1024


class NotANumber:
    """What NaN and Infinity become: the record that holds one is refused, the page is still read."""


class Client:
    """Speaks JSON with one server, over one kept-alive session; redirects are never followed."""

    def __init__(self, base: str, *, pause: Callable[[float], None] = time.sleep) -> None:
        self.base = base.rstrip("/")
        self.host = urlsplit(base).netloc
        self.requests = 0
        self._pause = pause
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers.update({"Accept": "application/json", "User-Agent": "cartable"})

    def bearer(self, token: str) -> None:
        """Carry this token from now on."""
        self._session.headers["Authorization"] = f"Bearer {token}"

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> tuple[int, Any]:
        """One call, tried a few times if the server is busy; the status and the decoded JSON (None if the status is an error)."""
        for attempt in range(1, TRIES + 1):
            last = attempt == TRIES
            try:
                status, pause, content = self._once(method, path, body)
            except requests.RequestException as fault:
                if last:
                    raise MdmError(f"{self.host} ne répond pas ({type(fault).__name__})") from None
                self._pause(self._backoff(attempt, None))
                continue
            if status in TRANSIENT and not last:
                self._pause(self._backoff(attempt, pause))
                continue
            if status in TRANSIENT:
                raise MdmError(f"{self.host} est surchargé ou en panne (HTTP {status} {TRIES} fois de suite)")
            return status, self._decoded(content) if status < 400 else None
        raise MdmError(f"{self.host} ne répond pas")

    def _once(self, method: str, path: str, body: Mapping[str, Any] | None) -> tuple[int, str | None, bytes]:
        self.requests += 1
        timeout = (CONNECT_SECONDS, READ_SECONDS)
        with self._session.request(
            method, self.base + path, json=body, timeout=timeout, allow_redirects=False, stream=True
        ) as answer:
            if 300 <= answer.status_code < 400:
                raise MdmError(f"{self.host} renvoie vers une autre adresse : corriger celle du connecteur", permanent=True)
            return answer.status_code, answer.headers.get("Retry-After"), self._read(answer)

    def _read(self, answer: requests.Response) -> bytes:
        """The decoded body, as long as it is neither too long nor too slow."""
        deadline, parts, size = time.monotonic() + WHOLE_SECONDS, [], 0
        for part in answer.iter_content(CHUNK):
            size += len(part)
            if size > MOST_BYTES:
                raise MdmError(f"{self.host} a rendu plus de {MOST_BYTES // 2**20} Mo dans une réponse")
            if time.monotonic() > deadline:
                raise MdmError(f"{self.host} met plus de {WHOLE_SECONDS} s à rendre une réponse")
            parts.append(part)
        return b"".join(parts)

    def _decoded(self, content: bytes) -> Any:
        try:
            return json.loads(content, parse_constant=lambda name: NotANumber())
        except RecursionError:
            raise MdmError(f"{self.host} a rendu un JSON aux emboîtements sans fin") from None
        except ValueError:
            what = "une page web" if content.lstrip()[:1] == b"<" else "un JSON coupé ou faux"
            raise MdmError(f"{self.host} a rendu {what} au lieu de ses données") from None

    def _backoff(self, attempt: int, asked: str | None) -> float:
        """The pause the server asks for, else a growing one; never longer than `LONGEST_PAUSE`."""
        if asked is not None and asked.isdigit():
            return min(float(asked), LONGEST_PAUSE)
        return min(2 ** (attempt - 1) * random.uniform(0.5, 1.0), LONGEST_PAUSE)  # noqa: S311 a spread, not a secret
