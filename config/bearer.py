"""The door of the API: a token in the `Authorization` header and nothing else, so that no browser is ever made to carry it (RFC 6750)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from flask import abort, current_app, g, request
from werkzeug.wrappers import Response

from config import networks, problems, security_log, tokens
from config.security_log import Happened
from config.sessions import room_permitting
from inventory.access import ANYONE, Policy, policy
from inventory.queries.visible import scope_of

SPAN = 60.0
CHALLENGE = 'Bearer realm="cartable"'


class Pace:
    """How fast each token may ask, in this process: at most `most` requests in a minute of the machine's stopwatch."""

    def __init__(self, most: int, stopwatch: Callable[[], float] = time.monotonic) -> None:
        self._most, self._stopwatch, self._lock = most, stopwatch, threading.Lock()
        self._spans: dict[int, tuple[float, int]] = {}

    def wait(self, token: int) -> float:
        """Count one more request; how many seconds are left until the next would be heard, 0 if this one is."""
        with self._lock:
            present = self._stopwatch()
            since, count = self._spans.get(token, (present, 0))
            if present - since >= SPAN:
                since, count = present, 0
            if count >= self._most:
                return since + SPAN - present
            self._spans[token] = since, count + 1
        return 0.0


def recognise(network: str) -> None:
    """Set `g.token`, `g.person` and `g.scope` from the header, as the database has them now; guesses are counted by network."""
    g.web_session = g.token = g.person = None
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and text.strip():
        g.token = tokens.bearer(text.strip(), g.now)
        if g.token is None:
            _count_guess(network)
    g.person = g.token.person if g.token else None
    g.scope = scope_of(g.person)


def _count_guess(network: str) -> None:
    with room_permitting():
        if not networks.take_a_try(f"api {network}", g.now):
            abort(429)
        security_log.write(Happened.TOKEN_REFUSED, None, g.now, network=network)


def admit(opens: Callable[[Policy], bool]) -> Response | None:
    """Let a request through to its view, or refuse it."""
    told = policy(current_app.view_functions[request.endpoint]) if request.endpoint else None
    if told is None or told.roles == ANYONE:
        return None
    if g.token is None:
        return _unknown()
    wait = current_app.config["PACE"].wait(g.token.id)
    if wait:
        return _slow_down(wait)
    return None if opens(told) else problems.answer(403)


def _unknown() -> Response:
    answer = problems.answer(401)
    given = "Authorization" in request.headers
    answer.headers["WWW-Authenticate"] = f'{CHALLENGE}, error="invalid_token"' if given else CHALLENGE
    return answer


def _slow_down(wait: float) -> Response:
    seconds = int(wait) + 1
    answer = problems.answer(429, f"Ce jeton a trop demandé en une minute : attendre {seconds} s.")
    answer.headers["Retry-After"] = str(seconds)
    return answer
