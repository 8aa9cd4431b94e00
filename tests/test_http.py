"""The one client that speaks to MDM servers: bounded in time, size and tries; every failure is a word in French, with no secret in it."""

from __future__ import annotations

import gzip
import json
import ssl
import threading
import tracemalloc
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from certificates import self_signed
from hypothesis import given, settings
from hypothesis import strategies as some
from scripted import HOLD, Script, http, serving

from mdm.driver import MdmError
from mdm.http import Client, Limits, NotANumber

TOKEN = "jeton-tres-secret"
BUSY = http({}, "429 Too Many Requests")
FINE = http({"status": "OK"})
IMPATIENT = Limits(whole=0.2, tries=1)


class Waits(list[float]):
    """The pauses that a client asked for; none was made."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def client(script: Script, waits: Waits | None = None, limits: Limits | None = None) -> Client:
    made = Client(script.url, pause=Waits() if waits is None else waits, limits=limits or Limits())
    made.bearer(TOKEN)
    return made


def complaint(*lines: bytes, limits: Limits | None = None) -> MdmError:
    """What a client says of a server that answers this."""
    with serving(*lines) as script, pytest.raises(MdmError) as raised:
        client(script, limits=limits).call("POST", "/devices", {"password": "azerty"})
    assert not any(secret in str(raised.value) for secret in (TOKEN, "azerty", "/devices"))
    assert str(raised.value).startswith("127.0.0.1:")
    return raised.value


def test_a_server_that_asks_for_seven_seconds_gets_them_each_time() -> None:
    busy, waits = http({}, "503 Service Unavailable", Retry_After="7"), Waits()
    with serving(busy, busy, FINE) as script:
        assert client(script, waits).call("GET", "/devices") == (200, {"status": "OK"})
    assert waits == [7.0, 7.0] and len(script.heard) == 3


def test_a_date_to_come_back_at_is_counted_from_the_servers_own_clock() -> None:
    busy = http({}, "429 Too Many Requests", Date="Sun, 29 Oct 2017 00:59:50 GMT", Retry_After="Sun, 29 Oct 2017 01:00:10 GMT")
    waits = Waits()
    with serving(busy, FINE) as script:
        client(script, waits).call("GET", "/devices")
    assert waits == [20.0]


@pytest.mark.parametrize("asked", ["", "²", "-1", "bientôt", "9" * 400, "Sun, 29 Oct 2017 01:00:10 GMT", "Sun, 99 Oct 2017 01:00:10 GMT"])
def test_an_unreadable_wish_gets_pauses_that_grow(asked: str) -> None:
    busy, waits = http({}, "429 Too Many Requests", Retry_After=asked), Waits()
    with serving(busy, busy, busy, FINE) as script:
        assert client(script, waits).call("GET", "/devices")[0] == 200
    assert [low <= wait <= 2 * low for low, wait in zip((0.5, 1, 2), waits, strict=True)] == [True] * 3


def test_a_storm_of_429_is_given_up_after_four_tries() -> None:
    waits = Waits()
    with serving(BUSY) as script, pytest.raises(MdmError, match=r"surchargé ou en panne \(HTTP 429 4 fois") as raised:
        client(script, waits).call("GET", "/devices")
    assert len(script.heard) == 4 and len(waits) == 3 and not raised.value.permanent


def test_a_server_that_asks_for_an_hour_is_left_alone() -> None:
    with serving(http({}, "429 Too Many Requests", Retry_After="3600")) as script, pytest.raises(MdmError, match="attendre 3600 s"):
        client(script).call("GET", "/devices")
    assert len(script.heard) == 1


def test_pauses_never_outlast_the_call() -> None:
    waits = Waits()
    with serving(http({}, "429 Too Many Requests", Retry_After="20")) as script, pytest.raises(MdmError, match="plus de 15 s"):
        client(script, waits, Limits(whole=15)).call("GET", "/devices")
    assert waits == [] and len(script.heard) == 1


def test_a_redirect_is_told_and_never_followed() -> None:
    with serving(FINE) as elsewhere:
        moved = complaint(http(b"", "302 Found", Location=elsewhere.url + "/devices"))
    assert moved.permanent and "autre adresse" in str(moved) and elsewhere.heard == []


def test_calls_go_over_one_connection() -> None:
    with serving(FINE) as script:
        kept = client(script)
        assert [kept.call("GET", "/devices")[0] for _ in range(5)] == [200] * 5
    assert script.connections == 1 and kept.requests == 5


def test_a_client_that_nobody_holds_any_more_keeps_no_connection() -> None:
    with serving(FINE) as script:
        kept = client(script)
        kept.call("GET", "/devices")
        line = kept._adapter.sock
        assert line is not None and line.fileno() >= 0
        del kept
        assert line.fileno() == -1


def test_an_error_is_a_status_without_its_page() -> None:
    with serving(http(b"<h1>Not here</h1>", "404 Not Found", "text/html")) as script:
        assert client(script).call("GET", "/devices") == (404, None)


def test_a_bomb_of_64_mb_is_put_out_before_it_is_unpacked() -> None:
    bomb = http(gzip.compress(b"[" + b" " * (64 * 2**20)), Content_Encoding="gzip")
    tracemalloc.start()
    try:
        assert "plus de 1 Mo" in str(complaint(bomb, limits=Limits(most_bytes=2**20)))
        assert tracemalloc.get_traced_memory()[1] < 16 * 2**20
    finally:
        tracemalloc.stop()


def test_a_body_without_end_is_cut_too() -> None:
    endless = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[" + b" " * (2 * 2**20)
    assert "plus de 1 Mo" in str(complaint(endless, limits=Limits(most_bytes=2**20)))


@pytest.mark.parametrize(
    "start",
    [b"", b"HTTP/1.1 200 OK\r\nContent-Ty", b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n[1, 2", b"HTTP/1.1 200 OK\r\n\r\n{}"],
    ids=["silence", "half a header", "half a body", "a body without end mark"],
)
def test_a_server_that_stops_talking_is_cut_when_the_time_of_the_call_is_spent(start: bytes) -> None:
    assert "met plus de 0.2 s" in str(complaint(start + HOLD, limits=IMPATIENT))


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (http(b"<!doctype html><form>Identifiez-vous", kind="text/html; charset=utf-8"), "page web"),
        (http(b"\n <html>", kind="application/json"), "page web"),
        (http(b"Welcome", kind="text/html"), "page web"),
        (http(b""), "JSON coupé"),
        (http(b'{"data": {"devices": {"items": [{"id"'), "JSON coupé"),
        (http(b'{"name": "\xff\xfe\xfd"}'), "JSON coupé"),
        (http(b"9" * 5000), "JSON coupé"),
        (http(b"[" * 100_000), "emboîtements"),
        (http(b'{"a":' * 100_000 + b"1" + b"}" * 100_000), "emboîtements"),
        (http(b"not gzip at all", Content_Encoding="gzip"), "mal compressée"),
        (http(gzip.compress(b"[]"), Content_Encoding=", ".join(["gzip"] * 20)), "mal compressée"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n[1, 2", "coupé sa réponse"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n[]", "coupé sa réponse"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2, 3\r\n\r\n[]", "protocole"),
        (b"SSH-2.0-OpenSSH_7.4\r\n", "ne répond pas"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500 + b"\r\n", "ne répond pas"),
        (b"", "ne répond pas"),
    ],
)
def test_whatever_a_server_answers_the_failure_is_named(answer: bytes, word: str) -> None:
    assert word in str(complaint(answer))


def test_nan_and_half_characters_reach_the_record_that_holds_them() -> None:
    with serving(http(b'[NaN, -Infinity, "\\ud83d", "T01"]')) as script:
        _, told = client(script).call("GET", "/devices")
    assert [isinstance(one, NotANumber) for one in told] == [True, True, False, False] and told[2:] == ["\ud83d", "T01"]


def test_no_bytes_at_all_make_another_exception() -> None:
    with serving(FINE) as script:
        reader = client(script, limits=Limits(tries=1))

        @settings(max_examples=150, deadline=None)
        @given(some.one_of(some.binary(max_size=60), some.text(max_size=40).map(lambda text: json.dumps(text).encode()[:-1])), some.booleans())
        def read(content: bytes, whole: bool) -> None:
            script.lines = [http(content) if whole else content]
            try:
                reader.call("GET", "/devices")
            except MdmError as fault:
                assert str(fault).startswith("127.0.0.1:")

        read()


@pytest.mark.parametrize("token", ["", "deux mots", "jeton\r\nX-Admin: 1", "jetоn", "\ud83d", "x" * 9000])
def test_a_token_that_is_no_header_is_not_carried(token: str) -> None:
    with pytest.raises(MdmError, match="jeton de connexion illisible"):
        Client("http://127.0.0.1").bearer(token)


def test_an_address_never_shows_the_account_written_in_it() -> None:
    with pytest.raises(MdmError) as raised:
        Client("http://bruno:azerty@127.0.0.1:9", pause=Waits()).call("GET", "/devices")
    assert str(raised.value) == "127.0.0.1:9 ne répond pas, ou coupe la connexion"


def test_an_unknown_certificate_is_refused_for_good(tmp_path: Path) -> None:
    with tls_server(tmp_path) as url, pytest.raises(MdmError, match="certificat") as raised:
        Client(url, pause=Waits()).call("GET", "/devices")
    assert raised.value.permanent


class tls_server:
    """A server whose certificate nobody signed."""

    def __init__(self, folder: Path) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self_signed(folder, datetime(2017, 10, 1, tzinfo=UTC), timedelta(days=36500)))
        self.server = HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)

    def __enter__(self) -> str:
        threading.Thread(target=self.server.serve_forever, args=[0.01], daemon=True).start()
        return f"https://127.0.0.1:{self.server.server_address[1]}"

    def __exit__(self, *told: object) -> None:
        self.server.shutdown()
        self.server.server_close()
