"""Headwind's commands (hmdm-server v5.39: PushApiResource, MessagingResource): a push, a message on the screen; it locks and wipes nothing.

The device is named by its number; a number that the server does not know is skipped in silence, so the record is read first.
"""

from __future__ import annotations

from typing import Any, ClassVar

from inventory.words import later
from mdm.commands.order import Action
from mdm.drivers.headwind import Headwind
from mdm.drivers.units import plain
from mdm.voice import Declined, Order, Outcome, heard_again, taken

PUSHED = frozenset({Action.REFRESH, Action.PUSH})
SEEN = {1: later("message délivré"), 2: later("message lu")}


class HeadwindVoice(Headwind):
    """Speaks by an account that has the rights `push_api` and `plugin_messaging_send`."""

    actions: ClassVar[frozenset[Action]] = PUSHED | {Action.MESSAGE}

    def __init__(self, *told: Any, **named: Any) -> None:
        super().__init__(*told, **named)
        self._client.ask_once()

    def send(self, order: Order) -> str:
        if order.action in PUSHED:
            body = {"messageType": "configUpdated", "payload": "", "deviceNumbers": [order.number], "groups": [], "broadcast": False}
            self._asked("/private/push", body)
        else:
            self._asked("/plugins/messaging/private/send", {"scope": "device", "deviceNumber": order.number, "message": order.words})
        return order.uuid

    def outcome(self, order: Order) -> Outcome | None:
        if order.action in PUSHED:
            return heard_again(self.find(order.mdm_id, order.number), order)
        told = self._asked("/plugins/messaging/private/search", {"deviceFilter": order.number, "messageFilter": order.words, "pageSize": 50, "pageNum": 1})
        items = told.get("items") if isinstance(told, dict) else None
        states = [one.get("status") for one in items or [] if isinstance(one, dict) and _is_this(one, order)]
        best = max((state for state in states if state in SEEN), default=None)
        return Outcome(True, SEEN[best]) if best else None

    def _asked(self, path: str, body: dict[str, Any]) -> Any:
        """The data of an accepted request; a refusal comes inside HTTP 200."""
        answer = taken(self._client, self._client.ask("POST", path, body))
        envelope = self._client.decoded(answer)
        if isinstance(envelope, dict) and envelope.get("status") == "ERROR":
            raise Declined(f"{self._client.host} refuse la commande ({plain(str(envelope.get('message')))[:60]})")
        return self._data(answer)


def _is_this(item: dict[str, Any], order: Order) -> bool:
    sent = order.sent.timestamp() * 1000 if order.sent else 0
    moment = item.get("ts")
    return item.get("deviceNumber") == order.number and item.get("message") == order.words and isinstance(moment, int) and moment >= sent - 1000


