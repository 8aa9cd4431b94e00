"""The events that a server sends of itself: each is on disk before it is acknowledged, once however often it comes, and folded at once.

NanoMDM takes nothing but HTTP 200 for an answer, sends nothing twice and in no order: what was not kept is lost.
"""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256

import msgspec

from inventory.db import atomic
from inventory.errors import NotFound, Refused
from mdm.hooks import ENDINGS, Event, Heard, answer_key, event, hear
from mdm.models import Connector, HeardDevice, HookEvent
from mdm.secret import context
from mdm.vault import Vault

HEARS = frozenset({"micromdm", "nanomdm"})
PURPOSE = "mdm hook "
CHUNK = 500
_heard = msgspec.json.Decoder(Heard)


def hook_key(name: str, vault: Vault) -> str:
    """The part of a connector's webhook address that nobody can guess."""
    return hmac.new(vault.subkey(PURPOSE + name), name.encode(), sha256).hexdigest()[:40]


def receive(name: str, key: str, content: bytes, signature: str, *, vault: Vault, now: datetime) -> bool:
    """Keep one event and what it tells; False if it was known. `NotFound` for another address, `Refused` for what is no event, or not signed."""
    if not hmac.compare_digest(key.encode(), hook_key(name, vault).encode()):
        raise NotFound
    row = Connector.get_or_none((Connector.name == name) & Connector.active & Connector.kind.in_(HEARS))
    if row is None:
        raise NotFound
    _refuse_unsigned(row, content, signature, vault)
    try:
        one = event(content, now)
    except ValueError as fault:
        raise Refused(f"Évènement de « {name} » : {fault}.") from fault
    return _keep(row, one, now)


def _refuse_unsigned(row: Connector, content: bytes, signature: str, vault: Vault) -> None:
    """NanoMDM signs with the password of its connector, where there is one: base64 of HMAC-SHA256 of the body."""
    if row.kind != "nanomdm" or row.secret is None:
        return
    secret = vault.open(bytes(row.secret), context(row)).encode()
    expected = b64encode(hmac.new(secret, content, sha256).digest())
    if not hmac.compare_digest(expected, signature.encode()):
        raise Refused(f"Évènement de « {row.name} » : la signature n'est pas la bonne ; donner à NanoMDM et au connecteur la même clé.")


@atomic
def _keep(row: Connector, one: Event, now: datetime) -> bool:
    here = (HookEvent.connector == row) & (HookEvent.key == one.key)
    if one.kept and HookEvent.select().where(here).exists():
        return False
    if one.kept:
        HookEvent.create(connector=row, key=one.key, topic=one.topic, device=one.device, status=one.status, at=one.at, noted=now)
    known = HeardDevice.get_or_none((HeardDevice.connector == row) & (HeardDevice.device == one.device))
    heard = hear(_heard.decode(known.heard) if known else Heard(), one)
    text = msgspec.json.encode(heard).decode()
    if known:
        HeardDevice.update(heard=text, noted=now).where(HeardDevice.id == known.id).execute()
    else:
        HeardDevice.create(connector=row, device=one.device, heard=text, noted=now)
    return True


class Recalled:
    """What was heard of the devices of one connector (`mdm.driver.Memory`)."""

    def __init__(self, row: Connector) -> None:
        self._row, self._mine = row, HeardDevice.connector == row

    def recall(self, devices: Sequence[str]) -> Mapping[str, Heard]:
        found: dict[str, Heard] = {}
        for start in range(0, len(devices), CHUNK):
            some = HeardDevice.device.in_(devices[start : start + CHUNK])
            found.update({one.device: _heard.decode(one.heard) for one in HeardDevice.select().where(self._mine & some)})
        return found

    def since(self, moment: datetime) -> Sequence[tuple[str, Heard]]:
        rows = HeardDevice.select().where(self._mine & (HeardDevice.noted >= moment)).order_by(HeardDevice.device)
        return [(one.device, _heard.decode(one.heard)) for one in rows]

    def answers(self, device: str, command: str) -> Sequence[str]:
        keys = [answer_key(device, command, status) for status in ENDINGS]
        rows = HookEvent.select(HookEvent.status).where((HookEvent.connector == self._row) & HookEvent.key.in_(keys))
        return [one.status for one in rows]

    def after(self, device: str, most: int) -> Sequence[tuple[str, Heard]]:
        rows = HeardDevice.select().where(self._mine & (HeardDevice.device > device)).order_by(HeardDevice.device).limit(most)
        return [(one.device, _heard.decode(one.heard)) for one in rows]
