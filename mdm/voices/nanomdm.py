"""NanoMDM's commands (http/api/v1.go): a property list put in the queue of a device, under the name that we give it; answers by the webhook."""

from __future__ import annotations

import plistlib
from typing import Any, ClassVar
from urllib.parse import quote

from mdm.commands.order import Action
from mdm.driver import Access, MdmError
from mdm.drivers.nanomdm import NanoMdm
from mdm.voice import Declined, Order, Outcome, taken
from mdm.voices import apple


class NanoMdmVoice(NanoMdm):
    """Speaks by the API key."""

    actions: ClassVar[frozenset[Action]] = apple.ACTIONS

    def __init__(self, access: Access, **named: Any) -> None:
        super().__init__(access, **named)
        self._client.basic(access.login or "nanomdm", access.password)
        self._client.ask_once()

    def send(self, order: Order) -> str:
        words = {"Message": order.words} if order.words else {}
        asked = {"RequestType": apple.REQUESTS[order.action], **words, **apple.command(order, "Queries")}
        body = plistlib.dumps({"CommandUUID": order.uuid, "Command": asked}).decode()
        answer = self._client.ask("PUT", f"/v1/enqueue/{quote(order.mdm_id, safe='')}", form=body, headers={"Content-Type": "application/xml"})
        told = self._client.decoded(taken(self._client, answer))
        states = told.get("status") if isinstance(told, dict) else None
        mine = states.get(order.mdm_id) if isinstance(states, dict) else None
        if not isinstance(mine, dict):
            raise MdmError(f"{self._client.host} n'a pas rendu la réponse attendue")
        if mine.get("command_error") or told.get("command_error"):
            raise Declined(f"{self._client.host} n'a pas pris la commande dans sa file")
        return order.uuid

    def outcome(self, order: Order) -> Outcome | None:
        return apple.answered(self._memory, order)
