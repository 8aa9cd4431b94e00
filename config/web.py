"""One waitress process for the pages: threads behind one fair lock, and an end that finishes what it has begun."""

from __future__ import annotations

import errno
import resource
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from waitress import create_server

from config.presence import at_work
from inventory.db import held_open
from inventory.errors import Refused

THREADS = 8
MOST_CONNECTIONS = 1000
OPEN_FILES = 4096
MOST_BODY = 21 * 1024 * 1024
END_SECONDS = 15


def serve(app: Flask, host: str, port: int, ready: Callable[[], None] | None = None) -> None:
    """Serve until SIGINT or SIGTERM, calling `ready` once the port is held; `Refused` when it is taken or cannot be had."""
    bound = listen(host, port)
    if ready:
        ready()
    _allow_open_files()
    with bound, at_work(app.config["CARTABLE"].database_file), held_open(), _ended_by_sigterm():
        server = create_server(
            app, sockets=[bound], threads=THREADS, connection_limit=MOST_CONNECTIONS, asyncore_use_poll=True, ident="",
            max_request_body_size=MOST_BODY, clear_untrusted_proxy_headers=True, channel_timeout=60,
        )  # fmt: skip
        try:
            server.run()
        finally:
            server.task_dispatcher.shutdown(timeout=END_SECONDS)
            server.close()


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
def _ended_by_sigterm() -> Iterator[None]:
    """SIGTERM ends the server as Ctrl-C does: no new request, those begun are answered."""

    def leave(*_: Any) -> None:
        sys.exit(0)

    kept = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, kept)
