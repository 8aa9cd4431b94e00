"""The fleets that the simulator plays: the two carts of Aix with what befell them, or as many made-up carts as asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from inventory.paris import at
from mdm.simulator.life import Cart, Life

TABLETS = 14
MODEL = "SM-T580"
GRANETTES = Cart("AIX-CM01", "École primaire Les Granettes", "TESTA1", date(2017, 10, 3), date(2017, 10, 5), date(2017, 10, 6),
                 date(2017, 10, 10), date(2017, 10, 16))  # fmt: skip
FLORIALES = Cart("AIX-CM02", "École primaire Les Floriales", "TESTB2", date(2017, 11, 21), date(2017, 11, 23), date(2017, 11, 27),
                 date(2017, 12, 5), date(2017, 12, 18))  # fmt: skip
RENAMED = '<b>Tablette</b> & Co <script>alert("classe")</script>'
STRANGERS_FROM = at(date(2017, 12, 1), time(10))
NOT_CONFIGURED = (12, 13)
NEVER_ENROLLED = 14
MISREAD = 6


@dataclass(frozen=True, slots=True)
class Stranger:
    """A device of the MDM that no delivery note knows."""

    serial: str
    name: str
    mdm_id: int


STRANGERS = (Stranger("TESTX90001", "Tablette direction", 900_001), Stranger("", "Sans numéro", 900_002))


class Fleet:
    """Tablets and their truth: `lives`, in the order of their serial numbers.

    `devices` makes up that many tablets; else the carts are played, those of Aix with what befell them. Another `seed` has the
    same tablets used on other mornings.
    """

    def __init__(self, devices: int | None = None, *, seed: int | None = None, carts: Sequence[Cart] = (GRANETTES, FLORIALES)) -> None:
        self.made_up = devices is not None
        salt = () if seed is None else (seed,)
        lives = _played(carts) if devices is None else _made_up(devices)
        self.lives: Sequence[Life] = [replace(life, salt=salt) for life in lives] if salt else list(lives)

    def devices_at(self, moment: datetime) -> list[Life]:
        """The tablets that the MDM lists at a moment."""
        return [life for life in self.lives if life.listed(moment)]

    def strangers_at(self, moment: datetime) -> Sequence[Stranger]:
        """The devices that the MDM lists beside them."""
        return () if self.made_up or moment < STRANGERS_FROM else STRANGERS

    def delivery_note(self, code: str | None = None) -> list[dict[str, str]]:
        """The supplier's note: what it says it delivered, serial numbers as it printed them."""
        return [
            {
                "N° de série": life.noted_serial,
                "N° d'inventaire": life.asset_tag,
                "Modèle": MODEL,
                "Classe mobile": life.cart.code,
                "Alvéole": str(life.slot),
                "Commande": "BC-2017-0917",
                "Fournisseur": "Fournitures numériques du Sud",
                "Prix unitaire": "339,90",
                "Fin de garantie": (life.cart.received + timedelta(days=1095)).strftime("%d/%m/%Y"),
            }
            for life in self.lives
            if code in (None, life.cart.code)
        ]


def _life(number: int, cart: Cart, slot: int, serial: str) -> Life:
    start = at(cart.enrolled, time(9)) + timedelta(minutes=7 * slot)
    return Life(
        number, cart, slot, serial, serial, 1000 + number, start, at(cart.configured, time(14)) + timedelta(minutes=3 * slot)
    )


def _played(carts: Sequence[Cart]) -> Iterator[Life]:
    """Granettes early and in use through the autumn, Floriales late and unfinished on 31 December."""
    told: dict[tuple[str, int], dict[str, Any]] = {
        (GRANETTES.code, 3): {"reenrolled": at(date(2017, 11, 28), time(10, 30))},
        (GRANETTES.code, 5): {"renamed": (at(date(2017, 11, 20), time(9)), RENAMED)},
        (GRANETTES.code, 7): {"outdated_since": at(date(2017, 12, 4), time(9))},
        (GRANETTES.code, 9): {"stolen": at(date(2017, 12, 12), time(17))},
        (FLORIALES.code, MISREAD): {"noted_serial": _serial(FLORIALES, MISREAD).replace("0", "O", 1)},
        (FLORIALES.code, NEVER_ENROLLED): {"enrolled": None, "configured": None},
        **{(FLORIALES.code, slot): {"configured": None} for slot in NOT_CONFIGURED},
    }
    for rank, cart in enumerate(carts):
        for slot in range(1, TABLETS + 1):
            life = _life(100 * rank + slot, cart, slot, _serial(cart, slot))
            yield replace(life, **told.get((cart.code, slot), {}))


def _serial(cart: Cart, slot: int) -> str:
    return f"{cart.series}{slot:05}"


def _made_up(devices: int) -> Iterator[Life]:
    for number in range(devices):
        rank, slot = divmod(number, TABLETS)
        early = timedelta(days=rank % 30)
        cart = Cart(
            f"SIM-CM{rank + 1:05}", f"École simulée {rank + 1}", "TESTN", *(day + early for day in (
                date(2017, 9, 4), date(2017, 9, 6), date(2017, 9, 7), date(2017, 9, 11), date(2017, 9, 14),
            )),
        )  # fmt: skip
        yield _life(number, cart, slot + 1, f"TESTN{number:08}")
