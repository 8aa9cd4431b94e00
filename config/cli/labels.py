"""The command that prints labels."""

from __future__ import annotations

import os
from pathlib import Path

import click
from werkzeug.datastructures import MultiDict

from config import clock
from config.settings import read
from config.wiring import house
from inventory.actions import labels as verbs
from inventory.actions.records import Hand
from inventory.errors import Refused
from inventory.french import counted
from inventory.labels.asked import PRINTED, Asked, asked
from inventory.labels.sheet import Face, pdf
from inventory.labels.stock import STOCKS
from inventory.queries import labels as reading
from inventory.queries.places import mobile_class
from inventory.scope import EVERYWHERE


@click.command("labels")
@click.argument("code", required=False)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Fichier PDF à écrire.")
@click.option("--stock", type=click.Choice(list(STOCKS)), default="L7160", show_default=True, help="Planche d'étiquettes.")
@click.option("--start", default="1", show_default=True, metavar="CASE", help="Première case libre de la planche.")
@click.option("--what", multiple=True, type=click.Choice([str(one) for one in PRINTED]), help="Ce qu'il faut imprimer ; tout par défaut.")
@click.option("--slots", default="", metavar="NUMÉROS", help="Alvéoles, par exemple 1-4,7 ; toutes par défaut.")
@click.option("--blank", type=int, default=0, metavar="NOMBRE", help="Étiquettes vierges, à coller puis à scanner sur place.")
def labels_command(code: str | None, out: Path, stock: str, start: str, what: tuple[str, ...], slots: str, blank: int) -> None:
    """Imprimer les étiquettes d'une classe mobile CODE, ou un lot de vierges (--blank), en PDF.

    Le code QR ouvre CARTABLE_PUBLIC_URL ; sans ce réglage il ne porte que le code.
    """
    if bool(code) == bool(blank):
        raise Refused("Donner le code d'une classe mobile, ou --blank NOMBRE : l'un des deux.")
    told = MultiDict([("stock", stock), ("start", start), ("slots", slots), *(("what", one) for one in what)])
    with house(read(os.environ)):
        found, wanted, title = _of_cart(code, told) if code else _of_lot(blank, told)
        out.write_bytes(pdf(found, wanted.stock, wanted.start, title, reading.mention(), clock.now()))
    click.echo(f"{counted(len(found), 'étiquette', 'étiquettes')} dans {out}")


def _of_cart(code: str, told: MultiDict[str, str]) -> tuple[list[Face], Asked, str]:
    cart = mobile_class(EVERYWHERE, code)
    wanted = asked(told, cart.slots)
    inside = reading.tablets_inside(EVERYWHERE, cart, range(1, cart.slots + 1))
    verbs.prepare(cart, inside, Hand(None, clock.now()))
    return reading.faces(EVERYWHERE, cart, wanted.what, wanted.slots, ""), wanted, f"Étiquettes de {cart.code}"


def _of_lot(blank: int, told: MultiDict[str, str]) -> tuple[list[Face], Asked, str]:
    wanted = asked(told, 1)
    lot = verbs.make_blank(blank, Hand(None, clock.now()))
    return reading.blank_faces(lot, ""), wanted, f"Étiquettes vierges, lot {lot}"


COMMANDS = (labels_command,)
