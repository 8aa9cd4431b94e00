"""Commands of who keeps the house: create, check, back up, restore, add a person."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from config import backups, clock, schema
from config.accounts import add_user
from config.checks import complaints
from config.cli.show import bar, json_option, print_json
from config.settings import read
from config.wiring import house, wire
from inventory.db import engine_version
from inventory.errors import Refused
from inventory.roles import Role


@click.command()
def init() -> None:
    """Créer la base ou la mettre à jour ; sans danger deux fois, ou par deux processus à la fois."""
    settings = read(os.environ)
    wire(settings)
    ran = schema.migrate()
    click.echo(f"{settings.database} : {f'{len(ran)} migration(s) faite(s)' if ran else 'déjà à jour'} ({engine_version()}).")


@click.command()
@json_option
def check(as_json: bool) -> None:
    """Vérifier la base : moteur, clés, chaîne du journal, copies comparées au pli."""
    with house(read(os.environ)), bar("Vérification"):
        found = list(complaints())
    if as_json:
        print_json({"sound": not found, "complaints": found})
    else:
        for complaint in found:
            click.echo(complaint)
        click.echo(f"{len(found)} anomalie(s)." if found else "La base est saine : moteur, clés, journal et copies concordent.")
    raise SystemExit(1 if found else 0)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Copier la base, rouvrir la copie et la comparer."""
    with house(read(os.environ)), bar("Copie"):
        report = backups.backup(file, clock.now())
    click.echo(report.sentence)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Remettre une sauvegarde vérifiée à la place de la base, qui est gardée à côté."""
    settings = read(os.environ)
    wire(settings)
    click.echo(backups.restore(file, settings, clock.now()).sentence)


@click.group()
def user() -> None:
    """Les comptes."""


@user.command("add")
@click.argument("login")
@click.option("--name", required=True, help="Nom affiché.")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]), help="Rôle.")
@click.option("--signatory", default="", help="Signataire représenté au comité technique : commune ou academie.")
@click.option("--password-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Fichier du mot de passe.")
def user_add(login: str, name: str, role: str, signatory: str, password_file: Path | None) -> None:
    """Créer un compte ; le mot de passe est lu dans un fichier ou demandé, jamais dans la commande."""
    if password_file:
        password = password_file.read_text(encoding="utf-8").rstrip("\n")
    elif sys.stdin.isatty():
        password = click.prompt("Mot de passe", hide_input=True, confirmation_prompt=True)
    else:
        raise Refused("Donner le mot de passe par --password-file FICHIER, ou lancer la commande dans un terminal.")
    with house(read(os.environ)):
        person = add_user(login, name, Role(role), password, clock.now(), signatory=signatory)
    click.echo(f"Compte « {person.login} » créé ({Role(person.role).label}).")


COMMANDS = (init, check, backup, restore, user)
