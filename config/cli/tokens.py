"""Commands of the API's tokens: make one, list them, revoke one."""

from __future__ import annotations

import os
from datetime import datetime

import click

from config import clock, people, tokens
from config.cli.show import json_option, print_json, print_table
from config.settings import read
from config.wiring import house
from inventory.errors import Refused
from inventory.french import moment
from inventory.roles import Role
from inventory.scope import EVERYWHERE


@click.group()
def token() -> None:
    """Les jetons de l'API : quel programme, quel rôle, quelles écoles, jusqu'à quand."""


@token.command("add")
@click.argument("name")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]), help="Rôle.")
@click.option("--until", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Dernier jour, un an au plus.")
@click.option("--school", "schools", multiple=True, metavar="UAI", help="École que le jeton voit ; se répète.")
@click.option("--everywhere", is_flag=True, help="Toutes les écoles, celles à venir comprises.")
def token_add(name: str, role: str, until: datetime, schools: tuple[str, ...], everywhere: bool) -> None:
    """Créer un jeton pour un programme ; il est écrit cette seule fois, seul sur la sortie standard."""
    if bool(schools) == everywhere:
        raise Refused("Dire quelles écoles le jeton voit : --school UAI (autant de fois qu'il faut), ou --everywhere.")
    with house(read(os.environ)):
        scope = EVERYWHERE if everywhere else people.scope_named(schools)
        row, text = tokens.add(name, Role(role), scope, until.date(), clock.now(), by=None)
    click.echo(f"Jeton « {row.name} » créé ; à copier maintenant, il ne sera plus jamais montré :", err=True)
    click.echo(text)


@token.command("list")
@json_option
def token_list(as_json: bool) -> None:
    """Lister les jetons, ce qu'ils peuvent et leur dernier usage."""
    with house(read(os.environ)):
        rows = [
            {
                "prefix": row.prefix, "name": row.name, "role": row.person.role, "everywhere": row.person.everywhere,
                "schools": people.schools_of(row.person), "until": row.until, "revoked": row.revoked, "last_used": row.last_used,
            }
            for row in tokens.everyone()
        ]  # fmt: skip
    if as_json:
        print_json(rows)
        return
    table = [
        (row["prefix"], row["name"], Role(row["role"]).label, "toutes" if row["everywhere"] else ", ".join(row["schools"]),
         moment(row["until"]), moment(row["last_used"]) if row["last_used"] else "jamais", "révoqué" if row["revoked"] else "")
        for row in rows
    ]  # fmt: skip
    print_table("Jetons", ("Début", "Programme", "Rôle", "Écoles", "Fin", "Dernier usage", "État"), table)


@token.command("revoke")
@click.argument("prefix")
def token_revoke(prefix: str) -> None:
    """Révoquer pour toujours le jeton qui commence ainsi (ctb_…)."""
    with house(read(os.environ)):
        row = tokens.named(prefix)
        done = tokens.revoke(row, clock.now(), by=None)
    click.echo(f"Jeton « {row.name} » révoqué." if done else f"Le jeton « {row.name} » était déjà révoqué.")


COMMANDS = (token,)
