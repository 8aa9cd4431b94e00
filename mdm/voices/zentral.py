"""Zentral's commands (contrib/mdm/api_views/commands.py): lock, erase, and any of Apple's as the text of a property list."""

from __future__ import annotations

import plistlib
from typing import Any, ClassVar
from urllib.parse import quote

from mdm.commands.order import Action
from mdm.driver import MdmError
from mdm.drivers.zentral import Zentral
from mdm.voice import Order, Outcome, taken
from mdm.voices import apple

WHY = {400: "refuse la commande pour cet appareil", 403: "refuse ce compte : il n'a pas le droit de cette commande", 404: "ne connaît plus cet appareil"}


class ZentralVoice(Zentral):
    """Speaks by the token of a service account that may create device commands."""

    actions: ClassVar[frozenset[Action]] = apple.ACTIONS

    def __init__(self, *told: Any, **named: Any) -> None:
        super().__init__(*told, **named)
        self._client.ask_once()

    def send(self, order: Order) -> str:
        path, body = self._asked(order)
        answer = taken(self._client, self._client.ask("POST", f"/api/mdm/devices/{quote(order.mdm_id, safe='')}/{path}/", body), WHY)
        told = self._client.decoded(answer)
        uuid = told.get("uuid") if isinstance(told, dict) else None
        if not isinstance(uuid, str):
            raise MdmError(f"{self._client.host} n'a pas rendu le nom de la commande")
        return uuid

    def _asked(self, order: Order) -> tuple[str, dict[str, Any]]:
        if order.action is Action.LOCK:
            return "lock", {"message": order.words}
        if order.action is Action.WIPE:
            return "erase", {"disallow_proximity_setup": False, "preserve_data_plan": False}
        words = {"Message": order.words} if order.words else {}
        asked = {"RequestType": apple.REQUESTS[order.action], **words, **apple.command(order, "Queries")}
        return "send_custom_command", {"command": plistlib.dumps(asked).decode()}

    def outcome(self, order: Order) -> Outcome | None:
        status, told = self._client.call("GET", f"/api/mdm/devices/commands/{quote(order.uuid, safe='')}/")
        if status != 200 or not isinstance(told, dict):
            raise MdmError(f"{self._client.host} ne dit rien de la commande (HTTP {status})")
        return apple.ANSWERS.get(str(told.get("status")))
