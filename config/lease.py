"""One worker at a time: a lease that ends by itself, and a token that only grows.

Whoever comes back from a long sleep holds an old token, and what it would still write under it is refused (a fencing token). A
holder that was a process of this machine and is dead is not waited for: its identifier and its start are in its name.
"""

from __future__ import annotations

import os
import secrets
import socket
from datetime import datetime, timedelta
from pathlib import Path

from config.models import Lease
from inventory.db import atomic


@atomic
def acquire(name: str, holder: str, now: datetime, seconds: int) -> int | None:
    """The token under which `holder` has `name` for `seconds`, its own again if it had it; None while another has it."""
    expires = now + timedelta(seconds=seconds)
    row = Lease.get_or_none(Lease.name == name)
    if row is None:
        Lease.create(name=name, holder=holder, token=1, expires=expires)
        return 1
    if row.holder and row.holder != holder and row.expires > now and not _dead(row.holder):
        return None
    token = row.token if row.holder == holder and row.expires > now else row.token + 1
    Lease.update(holder=holder, token=token, expires=expires).where(Lease.name == name).execute()
    return token


@atomic
def renew(name: str, token: int, now: datetime, seconds: int) -> bool:
    """Hold on for `seconds` more; False if somebody else has had it since."""
    mine = (Lease.name == name) & (Lease.token == token) & (Lease.holder != "")
    return bool(Lease.update(expires=now + timedelta(seconds=seconds)).where(mine).execute())


@atomic
def release(name: str, token: int) -> None:
    """Give the lease back; the next holder still gets a higher token."""
    Lease.update(holder="").where((Lease.name == name) & (Lease.token == token)).execute()


def this_process() -> str:
    """A holder's name that tells which process of which machine it is, and no other that had its identifier before."""
    return f"{_machine()}/{os.getpid()}/{_started(os.getpid())}/{secrets.token_hex(4)}"


def _dead(holder: str) -> bool:
    """Whether `holder` was a process of this machine that is no more; False whenever that cannot be told."""
    parts = holder.split("/")
    if len(parts) != 4 or not parts[2] or parts[0] != _machine():
        return False
    return _started(int(parts[1])) != parts[2]


def _machine() -> str:
    """Where process identifiers mean the same thing: the machine, since it started, in this namespace (proc(5))."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{socket.gethostname()}:{boot}:{os.stat('/proc/self/ns/pid').st_ino}"
    except OSError:
        return f"{socket.gethostname()}:{secrets.token_hex(8)}"


def _started(identifier: int) -> str:
    """When a living process started, in ticks since the machine did (proc(5), fields 3 and 22 of `stat`)."""
    try:
        fields = Path(f"/proc/{identifier}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in "ZX" else fields[19]
