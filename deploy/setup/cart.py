"""What a cart holds, by template: the convention gives no number of tablets (finding I-26), so it is a setting of the class."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass

from inventory.errors import Refused


@dataclass(frozen=True, slots=True)
class CartTemplate:
    """A kind of cart: its slots, the tablets it is bought with, and its accessories (kind, label, quantity)."""

    key: str
    title: str
    slots: int
    tablets: int
    accessories: tuple[tuple[str, str, int], ...]


def parse(text: str, name: str) -> CartTemplate:
    """Read a template's TOML; raises `Refused` naming what is wrong."""
    try:
        told = tomllib.loads(text)
        accessories = tuple((one["kind"], one["label"], int(one["quantity"])) for one in told.get("accessory", []))
        template = CartTemplate(told["key"], told["title"], int(told["slots"]), int(told["tablets"]), accessories)
    except tomllib.TOMLDecodeError as fault:
        raise Refused(f"{name} : fichier TOML illisible ({fault}).") from fault
    except (KeyError, TypeError, ValueError) as fault:
        raise Refused(f"{name} : clé absente ou fausse ({fault}) ; il faut key, title, slots, tablets et des [[accessory]].") from fault
    if not 0 < template.tablets <= template.slots:
        raise Refused(f"{name} : tablets = {template.tablets} pour slots = {template.slots} ; une tablette au plus par alvéole.")
    return template
