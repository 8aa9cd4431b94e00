"""Fleet's commands (rest-api.md from 4.63): refetch, lock, unlock, wipe. Locking an iPad puts it in lost mode; all but refetch are Premium."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import quote

from mdm.commands.order import Action
from mdm.drivers.fleet import Fleet
from mdm.voice import Order, Outcome, heard_again, taken

CALLS = {Action.REFRESH: "refetch", Action.LOCK: "lock", Action.UNLOCK: "unlock", Action.WIPE: "wipe"}
ENDS = {Action.LOCK: "locked", Action.UNLOCK: "unlocked", Action.WIPE: "wiped"}
WHY = {402: "n'a pas la licence de cette commande (Fleet Premium)", 403: "refuse ce compte : son rôle ne permet pas la commande", 404: "ne connaît plus cet appareil"}


class FleetVoice(Fleet):
    """Speaks by the token of an API-only user of role `maintainer`, or of a lesser one that the server lets do it."""

    actions: ClassVar[frozenset[Action]] = frozenset(CALLS)

    def __init__(self, *told: Any, **named: Any) -> None:
        super().__init__(*told, **named)
        self._client.ask_once()

    def send(self, order: Order) -> str:
        taken(self._client, self._client.ask("POST", f"/hosts/{quote(order.mdm_id, safe='')}/{CALLS[order.action]}"), WHY)
        return order.uuid

    def outcome(self, order: Order) -> Outcome | None:
        """Read back from the record: its state once nothing is pending on it."""
        if order.action is Action.REFRESH:
            return heard_again(self.find(order.mdm_id, order.number), order)
        told = self._client.decoded(self._ask(f"/hosts/{quote(order.mdm_id, safe='')}?exclude_software=true"))
        host = told.get("host") if isinstance(told, dict) else None
        mdm = host.get("mdm") if isinstance(host, dict) else None
        if not isinstance(mdm, dict) or mdm.get("pending_action") or mdm.get("device_status") != ENDS[order.action]:
            return None
        return Outcome(True, f"Fleet dit l'appareil « {ENDS[order.action]} »")
