"""How an event is told: to which addresses, signed how, tried again when."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from inventory.errors import Refused
from inventory.words import tell

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
LONGEST_URL = 500
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)
MOST_TRIES = 12


def refuse_url(url: str, hosts: Sequence[str]) -> None:
    """Raise `Refused` unless an address is in https (http on this machine) and its host is one that the operator allows.

    The worker sends from inside the town's network: without that list, an address would reach what is not open to the outside.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host, parts = "", urlsplit("")
    sound = url.isascii() and url.isprintable() and " " not in url and "\\" not in url and len(url) <= LONGEST_URL
    if not sound or not host or not (parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)):
        raise Refused(tell("Adresse « {url} » : écrire une adresse en https:// (http seulement sur cette machine).", url=url[:80]))
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise Refused(tell("Adresse « {url} » : n'y mettre ni identifiant, ni mot de passe, ni « # ».", url=host))
    if host not in {one.lower().strip("[]") for one in hosts}:
        raise Refused(tell("Adresse chez « {host} » : l'exploitant l'ajoute d'abord à CARTABLE_WEBHOOK_HOSTS, puis relance.", host=host))


def signature(secret: str, body: bytes, moment: datetime) -> str:
    """`t=<seconds>,v1=<hex>`: HMAC-SHA256 (RFC 2104) of the seconds, a point and the body, under the secret as it was shown."""
    seconds = int(moment.timestamp())
    return f"t={seconds},v1={hmac.new(secret.encode(), f'{seconds}.'.encode() + body, hashlib.sha256).hexdigest()}"


def next_try(tries: int, now: datetime) -> datetime | None:
    """When to try again after `tries` failures: a minute later, then twice as long each time; None once it is given up."""
    return None if tries >= MOST_TRIES else now + min(FIRST_WAIT * 2 ** (tries - 1), LONGEST_WAIT)
