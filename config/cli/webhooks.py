"""Commands of the webhooks: subscribe a program, list who is told, stop one, see what became of each telling."""

from __future__ import annotations

import os

import click

from config import clock
from config.cli.show import json_option, print_json, print_table
from config.settings import read
from config.vault import Vault
from config.wiring import house
from inventory.actions.records import Hand
from inventory.french import moment
from inventory.outbox import DeliveryState, EventKind
from mdm import deliveries


@click.group()
def webhook() -> None:
    """Les programmes avertis de ce qui arrive, à leur adresse."""


@webhook.command("add")
@click.argument("name")
@click.argument("url")
@click.option("--event", "kinds", multiple=True, required=True, type=click.Choice([kind.value for kind in EventKind]), help="Événement ; se répète.")
def webhook_add(name: str, url: str, kinds: tuple[str, ...]) -> None:
    """Abonner un programme ; son secret est écrit cette seule fois, seul sur la sortie standard."""
    told = read(os.environ)
    with house(told):
        row, secret = deliveries.subscribe(
            name, url, map(EventKind, kinds), hosts=told.webhook_hosts, vault=Vault(told.key_file), hand=Hand(None, clock.now())
        )
    click.echo(f"« {row.name} » abonné (n° {row.id}) ; son secret, à copier maintenant, ne sera plus jamais montré :", err=True)
    click.echo(secret)


@webhook.command("list")
@json_option
def webhook_list(as_json: bool) -> None:
    """Lister les abonnements."""
    with house(read(os.environ)):
        rows = [{"id": row.id, "name": row.name, "url": row.url, "events": row.kinds, "stopped": row.stopped} for row in deliveries.subscriptions()]
    if as_json:
        print_json(rows)
        return
    table = [(row["id"], row["name"], row["url"], ", ".join(row["events"]), "arrêté" if row["stopped"] else "") for row in rows]
    print_table("Abonnements", ("N°", "Programme", "Adresse", "Événements", "État"), table)


@webhook.command("stop")
@click.argument("number", type=int)
def webhook_stop(number: int) -> None:
    """Ne plus avertir un programme de rien."""
    with house(read(os.environ)):
        row = deliveries.subscription(number)
        done = deliveries.stop(row, Hand(None, clock.now()))
    click.echo(f"« {row.name} » n'est plus averti." if done else f"L'abonnement de « {row.name} » était déjà arrêté.")


@webhook.command("deliveries")
@click.option("--last", default=30, type=click.IntRange(1, 1000), help="Combien de livraisons.")
@json_option
def webhook_deliveries(last: int, as_json: bool) -> None:
    """Dire ce qu'est devenue chaque livraison, la dernière d'abord."""
    with house(read(os.environ)):
        rows = [
            {
                "id": row.id, "event": row.event, "kind": row.kind, "name": row.subscription.name, "at": row.at, "state": row.state,
                "tries": row.tries, "status": row.status, "word": row.word, "due": row.due,
            }
            for row in deliveries.latest(last)
        ]  # fmt: skip
    if as_json:
        print_json(rows)
        return
    table = [(moment(row["at"]), row["kind"], row["name"], row["tries"], DeliveryState(row["state"]).label, row["word"]) for row in rows]
    print_table("Livraisons", ("Moment", "Événement", "Programme", "Essais", "État", "Mot"), table)


COMMANDS = (webhook,)
