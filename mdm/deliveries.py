"""The voice towards other programs: who is told of what, and the sending of what waits in the outbox, at least once."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from inventory.actions.records import Hand
from inventory.db import atomic
from inventory.errors import NotFound, Refused
from inventory.french import counted
from inventory.journal import Entry, append
from inventory.models import Delivery, Subscription
from inventory.outbox import DeliveryState, EventKind
from inventory.words import tell
from mdm.driver import MdmError
from mdm.http import Client, Limits
from mdm.vault import Vault
from mdm.webhook import next_try, refuse_url, signature

LONGEST_NAME = 60
AT_ONCE = 200
KEPT = timedelta(days=90)
LIMITS = Limits(connect=5, read=10, whole=20, most_bytes=64 * 1024, tries=1)


@atomic
def subscribe(name: str, url: str, kinds: Iterable[EventKind], *, hosts: Sequence[str], vault: Vault, hand: Hand) -> tuple[Subscription, str]:
    """Tell a program of some kinds of event from now on; returns its row and its secret, which is shown this once."""
    name, wanted = unicodedata.normalize("NFC", name).strip(), sorted({kind.value for kind in kinds})
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Refused(tell("Nom du programme : l'écrire en {most} caractères au plus, par exemple « GLPI ».", most=LONGEST_NAME))
    if not wanted:
        raise Refused(tell("Événements : en choisir au moins un."))
    refuse_url(url, hosts)
    secret = f"whs_{secrets.token_urlsafe(32)}"
    row = Subscription.create(
        name=name, url=url, secret=vault.seal(secret, _context(url)), kinds=wanted, created=hand.now, created_by=hand.by
    )
    _journal(row, "subscribed", hand)
    return row, secret


@atomic
def stop(row: Subscription, hand: Hand) -> bool:
    """Tell a program of nothing more, what waits for it included; False if it was so already."""
    row = Subscription.get_by_id(row.id)
    if row.stopped is not None:
        return False
    row.stopped = hand.now
    row.save(only=[Subscription.stopped])
    given_up = {"state": DeliveryState.GIVEN_UP.value, "due": None, "ended": hand.now, "word": "abonnement arrêté"}
    Delivery.update(given_up).where((Delivery.subscription == row) & (Delivery.state == DeliveryState.PENDING.value)).execute()
    _journal(row, "stopped", hand)
    return True


@atomic
def send_again(row: Delivery, hand: Hand) -> None:
    """Put an event that was given up, or delivered, back in the outbox; raises `Refused` once its program is told of nothing more."""
    if row.subscription.stopped is not None:
        raise Refused(tell("L'abonnement de « {name} » est arrêté : en créer un autre.", name=row.subscription.name))
    again = {"state": DeliveryState.PENDING.value, "due": hand.now, "tries": 0, "ended": None}
    Delivery.update(again).where(Delivery.id == row.id).execute()


def deliver_due(vault: Vault, hosts: Sequence[str], clock: Callable[[], datetime], stopping: Callable[[], bool] = lambda: False) -> str:
    """Send what is due, oldest first; says what became of it. What was sent and not noted, for a crash between, is sent again."""
    pending = (Delivery.state == DeliveryState.PENDING.value) & (Delivery.due <= clock())
    rows = list(Delivery.select(Delivery, Subscription).join(Subscription).where(pending).order_by(Delivery.due, Delivery.id).limit(AT_ONCE))
    done = 0
    for row in rows:
        if stopping():
            break
        done += _deliver(row, vault, hosts, clock())
    return f"{counted(done, 'événement livré', 'événements livrés')} sur {len(rows)}"


def _deliver(row: Delivery, vault: Vault, hosts: Sequence[str], now: datetime) -> bool:
    try:
        status = _post(row, vault, hosts, now)
        word = "" if 200 <= status < 300 else f"a répondu HTTP {status}"
    except (MdmError, Refused) as fault:
        status, word = None, str(fault)
    _note(row, status, word, now)
    return not word


def _post(row: Delivery, vault: Vault, hosts: Sequence[str], now: datetime) -> int:
    """The status of one POST of the very bytes of an event; raises `MdmError` when there is none, `Refused` at an address no longer allowed."""
    url, body = row.subscription.url, bytes(row.body)
    refuse_url(url, hosts)
    parts = urlsplit(url)
    headers = {
        "Content-Type": "application/json", "Cartable-Event": row.event, "Cartable-Kind": row.kind,
        "Cartable-Signature": signature(vault.open(bytes(row.subscription.secret), _context(url)), body, now),
    }  # fmt: skip
    client, path = Client(f"{parts.scheme}://{parts.netloc}", limits=LIMITS), urlunsplit(("", "", parts.path or "/", parts.query, ""))
    return client.ask("POST", path, form=body.decode(), headers=headers).status


@atomic
def _note(row: Delivery, status: int | None, word: str, now: datetime) -> None:
    tries = row.tries + 1
    due = next_try(tries, now) if word else None
    state = DeliveryState.PENDING if due else DeliveryState.GIVEN_UP if word else DeliveryState.DELIVERED
    noted = {"tries": tries, "status": status, "word": word[:300], "due": due, "state": state.value, "ended": None if due else now}
    Delivery.update(noted).where((Delivery.id == row.id) & (Delivery.state == DeliveryState.PENDING.value)).execute()


def subscriptions() -> list[Subscription]:
    """Every subscription, those in force first."""
    return list(Subscription.select().order_by(Subscription.stopped.is_null(False), Subscription.id.desc()))


def subscription(number: int) -> Subscription:
    """The subscription of a number; raises `NotFound`."""
    return _found(Subscription, number)


def delivery(number: int) -> Delivery:
    """The delivery of a number; raises `NotFound`."""
    return _found(Delivery, number)


def latest(count: int) -> list[Delivery]:
    """The last deliveries, newest first, with their subscription."""
    return list(Delivery.select(Delivery, Subscription).join(Subscription).order_by(Delivery.id.desc()).limit(count))


def _found(model: type[Subscription] | type[Delivery], number: int) -> Any:
    row = model.get_or_none(model.id == number) if number < 2**63 else None
    if row is None:
        raise NotFound
    return row


def _context(url: str) -> str:
    return f"webhook:{url}"


def _journal(row: Subscription, value: str, hand: Hand) -> None:
    told = {"name": row.name, "url": row.url, "kinds": row.kinds}
    append([Entry("subscription", row.id, "record", value, hand.now, told)], noted=hand.now, actor=hand.by, source=hand.source)
