"""Commands of who keeps the house: create, check, back up, restore."""

from __future__ import annotations

import os
from pathlib import Path

import click

from config import backups, clock, schema
from config.checks import complaints
from config.cli.show import bar, json_option, print_json
from config.moving import move
from config.presence import alone
from config.settings import read
from config.wiring import house, wire
from inventory.db import database, engine_version, on_postgres, shown
from inventory.errors import Refused
from inventory.french import counted


@click.command()
def init() -> None:
    """Créer la base, ou la mettre à jour après l'avoir sauvegardée ; sans danger deux fois, ou par deux processus à la fois."""
    settings = read(os.environ)
    wire(settings)
    with database.connection_context():
        kept = backups.before_upgrade(settings.backups, clock.now())
    if kept:
        click.echo(f"Avant la mise à jour : {kept.sentence}")
    ran = schema.migrate()
    click.echo(f"{shown(settings.database)} : {counted(len(ran), 'migration faite', 'migrations faites') if ran else 'déjà à jour'} ({engine_version()}).")


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
        click.echo(f"{counted(len(found), 'anomalie', 'anomalies')}." if found else "La base est saine : moteur, clés, journal et copies concordent.")
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


@click.command("copy-database")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@json_option
def copy_database(source: str, target: str, as_json: bool) -> None:
    """Copier une base entière vers une neuve (sqlite:///… ou postgresql://…) et prouver que rien n'a changé."""
    origin, there = (read({**os.environ, "CARTABLE_DATABASE": url}) for url in (source, target))
    wire(origin)
    if not on_postgres() and not origin.database_file.is_file():
        raise Refused(f"{origin.database_file} n'existe pas : donner la base à copier, puis la neuve.")
    with alone(origin.database_file), bar("Copie") as tell:
        moved = move(origin.database, there.database, tell)
    if as_json:
        tables = {name: {"rows": rows, "sha256": digest} for name, (rows, digest) in moved.tables.items()}
        print_json({"identical": True, "tables": tables, "journal": {"position": moved.position, "digest": moved.digest}})
        return
    click.echo(moved.sentence)
    click.echo(f"Régler maintenant CARTABLE_DATABASE={shown(target)} et CARTABLE_KEY_FILE={origin.key_file} (la clé n'est pas dans la base).")


COMMANDS = (init, check, backup, restore, copy_database)
