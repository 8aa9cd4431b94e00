"""Commands on MDM servers: add a connector, read it, compare."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from config import clock
from config.cli.show import bar, json_option, print_json, print_table
from config.settings import read
from config.vault import Vault
from config.wiring import house
from inventory.actions.gaps import survey
from inventory.actions.records import Hand
from inventory.errors import Refused
from inventory.french import counted
from inventory.queries.candidates import surveyed
from inventory.queries.discrepancies import Placed
from inventory.scope import EVERYWHERE
from mdm import actions
from mdm.drivers import KINDS
from mdm.listening import HEARS, hook_key
from mdm.models import SyncRun
from mdm.run_state import Extent, RunState

MARKS = {True: "✓", False: "✗", None: "·"}


@click.group()
def connector() -> None:
    """Les serveurs MDM que la commune fait lire."""


@connector.command("add")
@click.argument("name")
@click.option("--kind", required=True, type=click.Choice(sorted(KINDS)), help="Genre de MDM.")
@click.option("--url", required=True, help="Adresse du serveur (https://…).")
@click.option("--login", default="", help="Compte de lecture ; à omettre quand le serveur est lu par un jeton, donné comme mot de passe.")
@click.option("--password-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Fichier du mot de passe.")
def connector_add(name: str, kind: str, url: str, login: str, password_file: Path | None) -> None:
    """Créer ou changer un connecteur ; le mot de passe est chiffré, et effacé si l'adresse change."""
    settings = read(os.environ)
    password = _password(kind, password_file)
    with house(settings):
        hand = Hand(None, clock.now())
        vault = Vault(settings.key_file)
        row = actions.add_connector(name, kind=kind, url=url, login=login, password=password, vault=vault, hand=hand)
    click.echo(f"Connecteur « {row.name} » prêt ({row.kind}, {row.url}).")


def _password(kind: str, password_file: Path | None) -> str:
    """From the file, else asked in the terminal; blank for a kind that may be read without one."""
    if password_file:
        return password_file.read_text(encoding="utf-8").rstrip("\n")
    if KINDS[kind].capabilities.keyless:
        return ""
    if not sys.stdin.isatty():
        raise Refused("Donner le mot de passe par --password-file FICHIER, ou lancer la commande dans un terminal.")
    return str(click.prompt("Mot de passe", hide_input=True))


@connector.command("voice")
@click.argument("name")
@click.option("--login", default="", help="Compte des commandes ; à omettre quand c'est un jeton, donné comme mot de passe.")
@click.option("--password-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Fichier de son mot de passe.")
@click.option("--remove", is_flag=True, help="Retirer ce compte : plus aucune commande ne part.")
def connector_voice(name: str, login: str, password_file: Path | None, remove: bool) -> None:
    """Donner, ou retirer, le compte qui envoie les commandes : un autre que celui de lecture. Le fichier des connecteurs dit lesquelles."""
    settings = read(os.environ)
    with house(settings):
        row = actions.connector(name)
        password = "" if remove else _password(row.kind, password_file)
        if not password and not remove:
            raise Refused("Le mot de passe du compte des commandes est vide : le donner par --password-file FICHIER.")
        actions.give_voice(name, login=login, password=password, vault=Vault(settings.key_file), hand=Hand(None, clock.now()))
    click.echo(f"Connecteur « {name} » : compte des commandes {'retiré' if remove else 'prêt'}.")


@connector.command("test")
@click.argument("name", required=False)
@json_option
def connector_test(name: str | None, as_json: bool) -> None:
    """Essayer un connecteur sans rien écrire : joignable, heure, compte, version et droits, première page."""
    settings = read(os.environ)
    with house(settings):
        row = actions.connector(name)
        steps = list(actions.attempt(row, vault=Vault(settings.key_file), clock=clock.now, stopped=clock.stopped() is not None))
    if as_json:
        print_json([{"step": step.label, "good": step.good, "said": step.said} for step in steps])
    else:
        click.echo(f"Connecteur « {row.name} » ({row.kind}, {row.url})")
        for step in steps:
            click.echo(f"  {MARKS[step.good]} {step.label} : {step.said}")
    raise SystemExit(1 if any(step.good is False for step in steps) else 0)


@connector.command("hook")
@click.argument("name")
@click.option("--base", required=True, help="Adresse de Cartable vue du serveur MDM (https://cartable.ville.fr).")
def connector_hook(name: str, base: str) -> None:
    """Donner l'adresse où MicroMDM ou NanoMDM doit envoyer ses évènements ; qui la connaît peut en envoyer."""
    settings = read(os.environ)
    with house(settings):
        row = actions.connector(name)
    if row.kind not in HEARS:
        raise Refused(f"« {row.name} » ({row.kind}) n'envoie pas d'évènements : seuls {' et '.join(sorted(HEARS))} en envoient.")
    click.echo(f"{base.rstrip('/')}/synchronisation/{row.name}/evenements/{hook_key(row.name, Vault(settings.key_file))}")


@click.command()
@click.argument("name", required=False)
@click.option("--changes", is_flag=True, help="Comme le calendrier : ce qui a changé seulement, tant qu'une lecture entière n'est pas due.")
@json_option
def sync(name: str | None, changes: bool, as_json: bool) -> None:
    """Lire un serveur MDM et n'écrire que la différence."""
    settings = read(os.environ)
    with house(settings), bar("Lecture du MDM") as tell:
        row = actions.connector(name)
        run = actions.sync(row, vault=Vault(settings.key_file), now=clock.now(), clock=clock.now, tell=tell, changes=changes)
    if as_json:
        print_json(run_row(run))
    else:
        _tell(run)
    raise SystemExit(0 if run.state == RunState.COMPLETE.value else 1)


def run_row(run: SyncRun) -> dict[str, object]:
    """A run for a script; `changed` counts every device of which something was written, `heard` those only heard again."""
    return {
        "state": run.state, "seen": run.seen, "changed": run.changed + run.heard, "unchanged": run.unchanged,
        "refused": run.refused, "requests": run.requests, "heard": run.heard, "absent": run.absent, "gone": run.gone, "details": run.details,
        "extent": run.kind, "declared": run.declared, "dropped_fields": run.dropped, "message": run.message, "run": run.id,
    }  # fmt: skip


def _tell(run: SyncRun) -> None:
    state = RunState(run.state)
    read = " (ce qui a changé seulement)" if run.kind == Extent.CHANGES.value else ""
    click.echo(f"Lecture n° {run.id} de « {run.connector.name} »{read} : {state.label}{f' — {run.message}' if run.message else ''}")
    click.echo(
        f"  {counted(run.seen, 'appareil lu', 'appareils lus')} en {counted(run.requests, 'requête', 'requêtes')} : "
        f"{counted(run.changed, 'changé', 'changés')}, {counted(run.heard, 'seulement entendu', 'seulement entendus')}, "
        f"{run.unchanged} sans changement, {counted(run.refused, 'refusé', 'refusés')} ; "
        f"{counted(run.absent, 'absent', 'absents')}, {counted(run.gone, 'disparu', 'disparus')}."
    )
    if run.details:
        click.echo(f"  {counted(run.details, 'appareil demandé seul pour ses', 'appareils demandés un à un pour leurs')} détails.")
    for refusal in run.refusals:
        click.echo(f"  refusé : {refusal['record']} — {refusal['reason']}")
    if state is RunState.QUARANTINED:
        click.echo("  Rien n'en a été tiré : une personne doit la libérer ou l'écarter (page Synchronisation).")


@click.command()
@click.option("--keep", is_flag=True, help="Écrire au journal ce qui s'ouvre, change et se referme.")
@json_option
def reconcile(keep: bool, as_json: bool) -> None:
    """Comparer papiers, inventaire et MDM : les écarts, nommés, sans rien décider."""
    with house(read(os.environ)):
        done = survey(clock.now()) if keep else None
        found = surveyed(EVERYWHERE)
    if as_json:
        print_json([_row(one) for one in found])
        return
    rows = [(one.discrepancy.kind.label, one.discrepancy.serial, one.mobile_class, one.text) for one in found]
    print_table("Écarts", ("Écart", "N° de série", "Classe mobile", "Ce que disent les deux côtés"), rows)
    if done:
        click.echo(f"{done.opened} ouverts, {done.changed} changés, {done.closed} refermés ; {done.standing} en cours.")


def _row(one: Placed) -> dict[str, str]:
    return {
        "kind": one.discrepancy.kind.value,
        "serial": one.discrepancy.serial,
        "school": one.school.uai if one.school else "",
        "mobile_class": one.mobile_class,
        "text": one.text,
    }


COMMANDS = (connector, sync, reconcile)
