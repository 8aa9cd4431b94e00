"""The file a phone saves its unsent acts to (« exporter mes saisies »): `{"format", "device", "oldest", "acts"}` in JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass

from deploy.field.act import LARGEST, UUID, Act, read
from inventory.errors import Refused
from inventory.words import tell

FORMAT = "cartable-acts/1"


@dataclass(frozen=True, slots=True)
class ActsFile:
    """The acts of one phone in their order, and the oldest it still held."""

    device: str
    oldest: int
    acts: tuple[Act, ...]


def parse(content: bytes, name: str) -> ActsFile:
    """Read such a file whole; raises `Refused` naming what is wrong."""
    try:
        told = json.loads(content)
    except (ValueError, RecursionError) as fault:
        raise Refused(tell("{name} : ce n'est pas un fichier de saisies ; prendre celui que l'application a enregistré.", name=name)) from fault
    return parsed(told, name)


def parsed(told: object, name: str) -> ActsFile:
    """The acts of such an object: what a file holds, and what a phone sends."""
    if not isinstance(told, dict) or told.get("format") != FORMAT or not isinstance(told.get("acts"), list):
        raise Refused(tell("{name} : le format « {format} » est attendu ; recharger l'application et recommencer.", name=name, format=FORMAT))
    device, oldest = told.get("device"), told.get("oldest")
    if not isinstance(device, str) or not UUID.fullmatch(device) or type(oldest) is not int or not 1 <= oldest <= LARGEST:
        raise Refused(tell("{name} : le téléphone ne dit pas qui il est (device, oldest) ; recharger l'application et recommencer.", name=name))
    acts = tuple(sorted((read(one) for one in told["acts"]), key=lambda act: act.sequence))
    if any(act.device != device for act in acts):
        raise Refused(tell("{name} : des actes de deux téléphones sont mêlés ; un envoi par téléphone.", name=name))
    return ActsFile(device, oldest, acts)
