"""What a voice is: it asks one thing of one device of one server, once, by an account of its own. It decides nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol

from inventory.words import later
from mdm.commands.order import Action
from mdm.driver import DeviceReport, MdmError
from mdm.http import Answer, Client


@dataclass(frozen=True, slots=True)
class Order:
    """One command for one device: `uuid` names it however often it is spoken of, `sent` is when it left (None: not yet)."""

    action: Action
    mdm_id: str
    number: str
    uuid: str
    words: str = ""
    sent: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an order, as the server tells it: `done`, or refused by the tablet, and why."""

    done: bool
    said: str


class Declined(MdmError):
    """The server answered, and did not take the command: nothing left. Any other `MdmError` of a sending leaves it unknown."""


class Voice(Protocol):
    """Speaks to one server. Nothing that it sends is ever tried again by itself."""

    actions: ClassVar[frozenset[Action]]

    def sign_in(self) -> None:
        """Open a session by the account of commands; raises `MdmError`."""
        ...

    def find(self, mdm_id: str, number: str) -> DeviceReport | None:
        """The device as the server has it now; None if it does not exist, `MdmError` if it cannot tell."""
        ...

    def send(self, order: Order) -> str:
        """Ask it; returns how the server calls it. Raises `Declined` when it was not taken, another `MdmError` when nobody knows."""
        ...

    def outcome(self, order: Order) -> Outcome | None:
        """What became of it; None while nothing tells. Raises `MdmError`."""
        ...


def taken(client: Client, answer: Answer, why: dict[int, str] | None = None) -> Answer:
    """An answer by which the server took a command; raises `Declined` on a refusal, `MdmError` on what leaves it unknown."""
    if answer.status < 400:
        return answer
    said = (why or {}).get(answer.status, f"répond HTTP {answer.status}")
    raise (Declined if answer.status < 500 else MdmError)(f"{client.host} {said}")


def heard_again(report: DeviceReport | None, order: Order) -> Outcome | None:
    """The device was in contact after the order left: what was to be fetched was offered to it."""
    if report is None or order.sent is None or report.last_contact is None or report.last_contact <= order.sent:
        return None
    return Outcome(True, later("un contact plus récent que l'envoi"))
