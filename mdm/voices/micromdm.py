"""MicroMDM's commands (platform/command/server.go): one call that queues any of Apple's, under the name that we give it.

Its key may do everything. Under bursts a command may be lost without an error: the queue is read after each. Tablets answer by the webhook.
"""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import quote

from mdm.commands.order import Action
from mdm.driver import MdmError
from mdm.drivers.micromdm import MicroMdm
from mdm.voice import Order, Outcome, taken
from mdm.voices import apple


class MicroMdmVoice(MicroMdm):
    """Speaks by the API key."""

    actions: ClassVar[frozenset[Action]] = apple.ACTIONS

    def __init__(self, *told: Any, **named: Any) -> None:
        super().__init__(*told, **named)
        self._client.ask_once()

    def send(self, order: Order) -> str:
        words = {"message": order.words} if order.words else {}
        body = {"udid": order.mdm_id, "request_type": apple.REQUESTS[order.action], "command_uuid": order.uuid, **words, **apple.command(order, "queries")}
        taken(self._client, self._client.ask("POST", "/v1/commands", body))
        if not self._queued(order) and self.outcome(order) is None:
            raise MdmError(f"{self._client.host} a accepté la commande, et ne l'a pas dans sa file")
        return order.uuid

    def _queued(self, order: Order) -> bool:
        answer = self._client.ask("GET", f"/v1/commands/{quote(order.mdm_id, safe='')}")
        told = self._client.decoded(answer) if answer.status == 200 else None
        queue = told.get("commands") if isinstance(told, dict) else None
        return any(isinstance(one, dict) and one.get("uuid") == order.uuid for one in queue or [])

    def outcome(self, order: Order) -> Outcome | None:
        return apple.answered(self._access.memory, order)
