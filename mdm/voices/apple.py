"""Apple's commands (device-management: device.lock, device.erase, lostmode.enable and its like), as the servers that only carry them want them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inventory.words import later
from mdm.commands.order import Action
from mdm.driver import Memory
from mdm.voice import Order, Outcome

QUERIES = ("DeviceName", "OSVersion", "ProductName", "SerialNumber", "UDID", "BatteryLevel", "IsSupervised", "IsMDMLostModeEnabled")
REQUESTS = {
    Action.REFRESH: "DeviceInformation", Action.LOCK: "DeviceLock", Action.LOST_MODE: "EnableLostMode", Action.UNLOCK: "DisableLostMode",
    Action.WIPE: "EraseDevice",
}  # fmt: skip
ACTIONS = frozenset(REQUESTS)
ANSWERS = {
    "Acknowledged": Outcome(True, later("la tablette a répondu : fait")), "Error": Outcome(False, later("la tablette a répondu : erreur")),
    "CommandFormatError": Outcome(False, later("la tablette n'a pas compris la commande")),
}  # fmt: skip


def command(order: Order, queries: str) -> Mapping[str, Any]:
    """The request and its arguments; `queries` is how the server calls the list of what is asked of the device."""
    found: dict[str, Any] = {}
    if order.action is Action.REFRESH:
        found[queries] = list(QUERIES)
    return found


def answered(memory: Memory, order: Order) -> Outcome | None:
    """What the device itself answered, as the server's webhook told it; « not now » is no answer."""
    statuses = memory.answers(order.mdm_id, order.uuid)
    return next((ANSWERS[status] for status in statuses if status in ANSWERS), None)
