"""Commands of the accounts: who they are, what they do, whose schools they see."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click

from config import clock, factors, people, personal
from config.accounts import add_user, named
from config.cli.show import json_option, print_json, print_table
from config.settings import read
from config.wiring import house
from inventory.errors import Refused
from inventory.french import counted
from inventory.models import Person, School
from inventory.queries.visible import scope_of
from inventory.roles import Role
from inventory.scope import EVERYWHERE, Scope

school_option = click.option("--school", "schools", multiple=True, metavar="UAI", help="École que le compte voit ; se répète.")
everywhere_option = click.option("--everywhere", is_flag=True, help="Toutes les écoles, celles à venir comprises.")


@click.group()
def user() -> None:
    """Les comptes : rôle, écoles vues."""


@user.command("add")
@click.argument("login")
@click.option("--name", required=True, help="Nom affiché.")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]), help="Rôle.")
@click.option("--signatory", default="", help="Signataire représenté au comité technique : commune ou academie.")
@click.option("--password-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Fichier du mot de passe.")
@school_option
@everywhere_option
def user_add(
    login: str, name: str, role: str, signatory: str, password_file: Path | None, schools: tuple[str, ...], everywhere: bool
) -> None:
    """Créer un compte ; le mot de passe est lu dans un fichier ou demandé, jamais dans la commande."""
    _refuse_unsaid(schools, everywhere)
    password = _password(password_file)
    with house(read(os.environ)):
        scope = _scope(schools, everywhere)
        person = add_user(login, name, Role(role), scope, password, clock.now(), signatory=signatory)
    click.echo(f"Compte « {person.login} » créé ({Role(person.role).label}).")


@user.command("list")
@json_option
def user_list(as_json: bool) -> None:
    """Lister les comptes, leur rôle et les écoles qu'ils voient."""
    with house(read(os.environ)):
        rows = [_told(person, schools) for person, schools in people.everybody()]
    if as_json:
        print_json(rows)
        return
    table = [
        (row["login"], row["name"], Role(row["role"]).label, "toutes" if row["everywhere"] else ", ".join(row["schools"]) or "aucune",
         "actif" if row["active"] else "fermé")
        for row in rows
    ]  # fmt: skip
    print_table("Comptes", ("Identifiant", "Nom", "Rôle", "Écoles", "État"), table)


@user.command("scope")
@click.argument("login")
@school_option
@everywhere_option
def user_scope(login: str, schools: tuple[str, ...], everywhere: bool) -> None:
    """Dire quelles écoles un compte voit, à la place de celles d'avant."""
    _refuse_unsaid(schools, everywhere)
    with house(read(os.environ)):
        row = _named(login)
        scope = _scope(schools, everywhere)
        people.change(row, role=Role(row.role), scope=scope, active=row.active, now=clock.now(), by=None)
        seen = "toutes les écoles" if scope_of(people.person(login)).everywhere else counted(len(scope.schools), 'école', 'écoles')
    click.echo(f"Compte « {row.login} » : {seen}.")


@user.command("reset-factor")
@click.argument("login")
def user_reset_factor(login: str) -> None:
    """Retirer le second facteur de qui l'a perdu."""
    with house(read(os.environ)):
        person = _named(login)
        done = factors.reset(person, clock.now())
    click.echo(f"Second facteur de « {person.login} » retiré." if done else f"« {person.login} » n'a pas de second facteur.")


@user.command("export")
@click.argument("login")
def user_export(login: str) -> None:
    """Écrire en JSON tout ce qui est enregistré d'une personne, sans aucun secret."""
    with house(read(os.environ)):
        print_json(personal.export(_named(login), clock.now()))


@user.command("anonymise")
@click.argument("login")
@click.option("--yes", is_flag=True, help="Ne pas demander confirmation.")
def user_anonymise(login: str, yes: bool) -> None:
    """Effacer pour toujours qui est une personne ; ce qu'elle a noté reste, sous un numéro."""
    with house(read(os.environ)):
        person = _named(login)
        if not yes:
            click.confirm(f"Anonymiser « {person.login} » ({person.name}) pour toujours ?", abort=True)
        personal.anonymise(person, clock.now())
    click.echo(f"« {person.login} » est anonymisé : compte n° {person.id}.")


def _named(login: str) -> Person:
    person = named(login)
    if person is None:
        raise Refused(f"Compte « {login} » inconnu : « cartable user list » les donne tous.")
    return person


def _refuse_unsaid(schools: tuple[str, ...], everywhere: bool) -> None:
    if bool(schools) == everywhere:
        raise Refused("Dire quelles écoles le compte voit : --school UAI (autant de fois qu'il faut), ou --everywhere.")


def _scope(schools: tuple[str, ...], everywhere: bool) -> Scope:
    return EVERYWHERE if everywhere else people.scope_named(schools)


def _password(file: Path | None) -> str:
    if file:
        return file.read_text(encoding="utf-8").rstrip("\n")
    if sys.stdin.isatty():
        return str(click.prompt("Mot de passe", hide_input=True, confirmation_prompt=True))
    raise Refused("Donner le mot de passe par --password-file FICHIER, ou lancer la commande dans un terminal.")


def _told(person: Person, schools: list[School]) -> dict[str, Any]:
    return {
        "login": person.login, "name": person.name, "role": person.role, "active": person.active, "everywhere": person.everywhere,
        "schools": [school.uai for school in schools],
    }  # fmt: skip


COMMANDS = (user,)
