"""The connections of a client, held so that a call that outlasts its time can be cut."""

from __future__ import annotations

import socket
import weakref
from contextlib import suppress
from typing import Any

from requests.adapters import HTTPAdapter


class Adapter(HTTPAdapter):
    """Keeps hold of the socket in use, so that a call that outlasts its time can be cut, headers dripped one by one included."""

    sock: socket.socket | None = None

    def get_connection_with_tls_context(self, *told: Any, **named: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*told, **named)
        if not hasattr(pool.ConnectionCls, "held"):
            pool.ConnectionCls = _holding(pool.ConnectionCls, self)
        return pool

    def cut(self) -> None:
        if self.sock is not None:
            with suppress(OSError):
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


def _holding(kind: Any, adapter: Adapter) -> Any:
    """Weakly, so that the connections of a client that nobody holds any more are closed at once."""
    held_by = weakref.ref(adapter)

    class Held(kind):
        held = True

        def connect(self) -> None:
            super().connect()
            owner = held_by()
            if owner is not None:
                owner.sock = self.sock

    return Held
