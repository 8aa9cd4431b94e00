"""One waitress process for the pages: threads behind one fair lock, and an end that finishes what it has begun."""

from __future__ import annotations

import errno
import gc
import logging
import resource
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from waitress import create_server, wasyncore

from config.presence import at_work
from inventory.db import held_open
from inventory.errors import Refused

THREADS = 8
MOST_CONNECTIONS = 1000
OPEN_FILES = 4096
MOST_BODY = 21 * 1024 * 1024
END_SECONDS = 20
log = logging.getLogger(__name__)


def serve(app: Flask, host: str, port: int, ready: Callable[[], None] | None = None) -> None:
    """Serve until SIGINT or SIGTERM, calling `ready` once the port is held and pages can be made; `Refused` when it is taken or cannot be had.

    Asked to end, it takes no new connection, answers every request that it has begun to receive, 20 seconds at most, and returns.
    """
    bound = listen(host, port)
    _warm(app)
    if ready:
        ready()
    _allow_open_files()
    wires: dict[int, Any] = {}
    with bound, at_work(app.config["CARTABLE"].database_file), held_open():
        server = create_server(
            app, wires, sockets=[bound], threads=THREADS, connection_limit=MOST_CONNECTIONS, ident="",
            max_request_body_size=MOST_BODY, clear_untrusted_proxy_headers=not app.config["CARTABLE"].trusted_proxies, channel_timeout=60,
        )  # fmt: skip
        leaving = threading.Event()
        try:
            with _ended_by_signals(leaving, server.pull_trigger):
                while not leaving.is_set():
                    _turn(wires)
            _drain(server, wires)
        finally:
            server.task_dispatcher.shutdown(timeout=1)
            server.close()


def _warm(app: Flask) -> None:
    """Compile the templates before anybody waits for one, and let the collector of cycles pass over what stays for ever."""
    for name in app.jinja_env.list_templates():
        app.jinja_env.get_template(name)
    gc.collect()
    gc.freeze()


def _turn(wires: dict[int, Any], seconds: float = 1) -> None:
    """Move what can be read or written now, waiting `seconds` at most for something."""
    wasyncore.loop(timeout=seconds, use_poll=True, map=wires, count=1)


def _drain(server: Any, wires: dict[int, Any]) -> None:
    """Close the door, answer what was begun, hang up on who asks for nothing."""
    server.del_channel()
    server.socket.close()
    late = threading.Timer(END_SECONDS, server.pull_trigger)
    late.start()
    _turn(wires, 0)
    while server.active_channels and late.is_alive():
        for wire in list(server.active_channels.values()):
            if not (wire.requests or wire.request or wire.total_outbufs_len):
                wire.will_close = True
        _turn(wires)
    late.cancel()
    if server.active_channels:
        log.warning("%d connection(s) cut after %d seconds", len(server.active_channels), END_SECONDS)


def listen(host: str, port: int) -> socket.socket:
    """A socket that has the port; raises `Refused` with a clear word when it is busy, forbidden or elsewhere."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        bound = socket.socket(family, kind, protocol)
    except OSError as fault:
        raise Refused(f"L'adresse d'écoute « {host} » est inconnue : écrire 127.0.0.1 ou 0.0.0.0 (CARTABLE_HOST).") from fault
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind(address)
        bound.listen()
    except OSError as fault:
        bound.close()
        raise Refused(_why(host, port, fault)) from fault
    return bound


def _why(host: str, port: int, fault: OSError) -> str:
    if fault.errno == errno.EADDRINUSE:
        return f"Le port {port} est déjà pris sur {host} : arrêter ce qui l'occupe, ou en choisir un autre (--port {port + 1})."
    if fault.errno == errno.EACCES:
        return f"Le port {port} est réservé à l'administrateur de la machine : en choisir un de 1024 à 65535 (--port 8000)."
    return f"Impossible d'écouter sur {host}, port {port} ({fault.strerror}) : vérifier CARTABLE_HOST."


def _allow_open_files() -> None:
    """Room for every connection: a shell often gives 1024 files, fewer than connections and their database handles."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


@contextmanager
def _ended_by_signals(leaving: threading.Event, wake: Callable[[], None]) -> Iterator[None]:
    """SIGTERM and SIGINT set `leaving` between two turns, never in the midst of one; asked again, the process ends at once."""

    def leave(*_: Any) -> None:
        leaving.set()
        wake()

    kept = {number: signal.signal(number, leave) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
