"""A bounded HTTP client: it waits, retries and reads only so much, and says in French what went wrong, without any secret."""

from __future__ import annotations

import json
import random
import re
import time
from base64 import b64encode
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import requests
from requests import Response
from requests.exceptions import BaseHTTPError  # type: ignore[attr-defined]  # urllib3's, which requests lets through in places

from mdm.adapter import Adapter
from mdm.driver import MdmError
from mdm.watch import WATCH

TRANSIENT = frozenset({429, 500, 502, 503, 504})
CHUNK = 64 * 1024
TOKEN = re.compile(r"[!-~]{1,8192}")
SECONDS = re.compile(r"[0-9]{1,9}")
FINAL = (requests.exceptions.SSLError, requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema)
WORDS: tuple[tuple[type[Exception], str], ...] = (
    (requests.exceptions.SSLError, "présente un certificat qui n'est pas reconnu"),
    (requests.exceptions.InvalidURL, "n'est pas une adresse lisible"),
    (requests.exceptions.InvalidSchema, "n'est pas une adresse en https://"),
    (requests.exceptions.Timeout, "ne répond pas à temps"),
    (requests.exceptions.ConnectionError, "ne répond pas, ou coupe la connexion"),
    (requests.exceptions.ContentDecodingError, "a rendu une réponse mal compressée"),
    (requests.exceptions.ChunkedEncodingError, "a coupé sa réponse"),
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one call may take, in seconds, decoded bytes and tries; `whole` spans its tries and the pauses between them."""

    connect: float = 5.0
    read: float = 30.0
    whole: float = 120.0
    most_bytes: int = 32 * 2**20
    tries: int = 4
    longest_pause: float = 30.0


USUAL = Limits()


class NotANumber:
    """What NaN and Infinity become: the record that holds one is refused, the page is still read."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said: `seconds` is how long it took to begin, `told` its headers."""

    status: int
    kind: str
    wanted_pause: float | None
    content: bytes
    seconds: float
    told: Mapping[str, str]


class Client:
    """Speaks JSON with one server, over one kept-alive session; redirects are never followed. Calls that only read are tried again
    when a server is busy; after `ask_once`, none is."""

    def __init__(
        self, base: str, *, pause: Callable[[float], None] = time.sleep, limits: Limits = USUAL, ca: Path | None = None,
        final: Collection[int] = (), least_pause: float = 0.0,
    ) -> None:  # fmt: skip
        """`ca`: a file of the authorities to believe; `final`: statuses never to be tried again; `least_pause`: between two requests."""
        self.base, self.limits, self._ca, self._least_pause = base.rstrip("/"), limits, ca, least_pause
        self._transient = TRANSIENT - set(final)
        self.host = urlsplit(base).netloc.rpartition("@")[2]
        self._asked, self._siblings = 0, list[Client]()
        self._pause, self._stopped, self.waits = pause, False, False
        self._adapter = Adapter()
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = str(ca) if ca else True
        self._session.headers.update({"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": "cartable"})
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, self._adapter)

    def ask_once(self) -> None:
        """From now on no call is tried twice, whatever the server answers: for calls that change something."""
        self.limits, self._transient = replace(self.limits, tries=1, whole=60.0), frozenset()

    def bearer(self, token: str) -> None:
        """Carry this token from now on."""
        self.header("Authorization", token, before="Bearer ")

    def header(self, name: str, value: str, *, before: str = "") -> None:
        """Carry a header from now on; a value that no header can hold is refused without being shown."""
        if not TOKEN.fullmatch(value):
            raise MdmError(f"{self.host} a reçu ou rendu un jeton de connexion illisible", permanent=True)
        self._session.headers[name] = before + value

    def basic(self, user: str, password: str) -> None:
        """Sign each request by name and password (RFC 7617)."""
        self.header("Authorization", b64encode(f"{user}:{password}".encode()).decode(), before="Basic ")

    def sibling(self) -> Client:
        """Another client of the same server, with a session of its own and the same token: one for each thread."""
        made = Client(self.base, pause=self._pause, limits=self.limits, ca=self._ca, least_pause=self._least_pause)
        made._transient = self._transient
        made._session.headers.update(self._session.headers)
        self._siblings.append(made)
        return made

    @property
    def requests(self) -> int:
        """Requests sent so far, siblings included."""
        return self._asked + sum(one.requests for one in self._siblings)

    def stop(self) -> None:
        """Cut the call under way, from another thread, and make no other."""
        self._stopped = True
        self._adapter.cut()

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> tuple[int, Any]:
        """One call; the status and the decoded JSON (None if the status is an error)."""
        answer = self.ask(method, path, body)
        return answer.status, self.decoded(answer) if answer.status < 400 else None

    def ask(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, *, form: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:  # fmt: skip
        """One call, tried a few times if the server is busy; what it said, not decoded. `form`: a body encoded already."""
        end = time.monotonic() + self.limits.whole
        for attempt in range(1, self.limits.tries + 1):
            asked = None
            try:
                answer = self._once(method, path, end, json=body, data=form, headers=headers)
                if answer.status not in self._transient:
                    return answer
                asked, refusal = answer.wanted_pause, self._overloaded(answer.status, attempt)
            except (requests.RequestException, BaseHTTPError) as fault:
                refusal = self._broken(fault)
            if attempt == self.limits.tries or refusal.permanent or self._stopped:
                break
            self._wait(attempt, asked, end)
        raise refusal

    def _once(self, method: str, path: str, end: float, **sent: Any) -> Answer:
        if self._least_pause and self._asked:
            self._pause(self._least_pause)
        self._asked += 1
        timeout = (self.limits.connect, self.limits.read)
        with self._watched(end), self._begun(method, self.base + path, timeout=timeout, allow_redirects=False, stream=True, **sent) as answer:
            if 300 <= answer.status_code < 400:
                raise MdmError(f"{self.host} renvoie vers une autre adresse : corriger celle du connecteur", permanent=True)
            told = answer.headers
            content = b"".join(self._parts(answer))
            kind, seconds = told.get("Content-Type", ""), answer.elapsed.total_seconds()
            return Answer(answer.status_code, kind, _wanted_pause(told), content, seconds, told)

    def _begun(self, method: str, address: str, **sent: Any) -> Response:
        """An answer whose headers came; `waits` until then, for who looks from another thread."""
        self.waits = True
        try:
            return self._session.request(method, address, **sent)
        finally:
            self.waits = False

    @contextmanager
    def _watched(self, end: float) -> Iterator[None]:
        """Cut the connection once the time of the call is spent, whatever it is waiting for."""
        watch = WATCH.over(end, self._adapter.cut)
        try:
            yield
        except (requests.RequestException, BaseHTTPError):
            if not watch.late:
                raise
        finally:
            WATCH.release(watch)
        if watch.late:
            raise self._too_slow()

    def _parts(self, answer: Response) -> Iterator[bytes]:
        """The decoded body, as long as it is not too long."""
        size = 0
        for part in answer.iter_content(CHUNK):
            size += len(part)
            if size > self.limits.most_bytes:
                raise MdmError(f"{self.host} a rendu plus de {self.limits.most_bytes // 2**20} Mo dans une réponse")
            yield part

    def refuse_html(self, answer: Answer) -> None:
        if "html" in answer.kind.lower() or answer.content.lstrip()[:1] == b"<":
            raise MdmError(f"{self.host} a rendu une page web au lieu de ses données")

    def decoded(self, answer: Answer) -> Any:
        """The JSON of an answer; raises `MdmError` for anything else."""
        self.refuse_html(answer)
        with suppress(msgspec.DecodeError, UnicodeError, RecursionError):
            return msgspec.json.decode(answer.content)
        try:
            return json.loads(answer.content, parse_constant=lambda name: NotANumber())
        except RecursionError:
            raise MdmError(f"{self.host} a rendu un JSON aux emboîtements sans fin") from None
        except ValueError:
            raise MdmError(f"{self.host} a rendu un JSON coupé ou faux au lieu de ses données") from None

    def _wait(self, attempt: int, asked: float | None, end: float) -> None:
        """The pause the server asks for, else a growing one; too long a pause ends the call, a later one will do better."""
        if asked is not None and asked > self.limits.longest_pause:
            raise MdmError(f"{self.host} demande d'attendre {asked:.0f} s : relancer plus tard")
        grown = 2 ** (attempt - 1) * random.uniform(0.5, 1.0)  # noqa: S311 a spread, not a secret
        pause = min(grown, self.limits.longest_pause) if asked is None else asked
        if time.monotonic() + pause >= end:
            raise self._too_slow()
        self._pause(pause)

    def _overloaded(self, status: int, tries: int) -> MdmError:
        return MdmError(f"{self.host} est surchargé ou en panne (HTTP {status} {tries} fois de suite)")

    def _too_slow(self) -> MdmError:
        return MdmError(f"{self.host} met plus de {self.limits.whole:g} s à rendre une réponse")

    def _broken(self, fault: Exception) -> MdmError:
        """Named by its kind only: the text of such a fault may hold an address or a header."""
        word = next((word for kind, word in WORDS if isinstance(fault, kind)), "ne respecte pas le protocole HTTP")
        return MdmError(f"{self.host} {word}", permanent=isinstance(fault, FINAL))


def _wanted_pause(told: Mapping[str, str]) -> float | None:
    """`Retry-After` in seconds (RFC 9110 §10.2.3), a date being counted from the server's own `Date`; None if it says nothing."""
    asked = told.get("Retry-After", "").strip()
    if SECONDS.fullmatch(asked):
        return float(asked)
    try:
        return max(0.0, (parsedate_to_datetime(asked) - parsedate_to_datetime(told["Date"])).total_seconds())
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
