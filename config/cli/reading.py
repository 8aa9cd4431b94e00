"""Commands that read: the board, the quarter's report."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from config import clock
from config.cli.show import bar, json_option, print_json, print_table
from config.settings import read
from config.wiring import house
from deploy.actions.quarter import archive_of, correct, find, issue
from deploy.queries.board import ClassOnBoard, board
from deploy.queries.conventions import convention
from deploy.reports import verifier
from deploy.reports.quarter import Quarter
from inventory.actions.records import Hand
from inventory.errors import Refused
from inventory.french import short_day
from inventory.journal import When
from inventory.paris import end_of, local_date
from inventory.scope import EVERYWHERE


@click.command("board")
@click.option("--as-of", metavar="DATE", help="Voir le tableau à la fin de ce jour (AAAA-MM-JJ).")
@json_option
def board_command(as_of: str | None, as_json: bool) -> None:
    """Le tableau de bord : où en est chaque classe mobile."""
    now = clock.now()
    when = When(min(end_of(local_date(clock.read_moment(as_of, "--as-of"))), now)) if as_of else None
    with house(read(os.environ)):
        shown = board(EVERYWHERE, when, now)
    if as_json:
        print_json(by_school(shown))
        return
    headers = ("École", "Classe", "Tablettes", "Enrôlées", "Configurées", "Phase", "Bloquée par", "Jours d'école", "Fin prévue")
    print_table("Tableau de bord", headers, [_line(one) for one in shown])


def _line(one: ClassOnBoard) -> tuple[object, ...]:
    progress, blocked = one.progress, one.progress.blocked_by
    tablets = sum(progress.stages.values())
    return (
        one.school.name, one.record.code, f"{tablets}/{progress.expected}", progress.enrolled, progress.configured,
        one.phase.label, blocked.label if blocked else "", one.days_left,
        short_day(one.forecast.day) if one.forecast.day else one.forecast.why,
    )  # fmt: skip


def by_school(shown: list[ClassOnBoard]) -> list[dict[str, Any]]:
    """The board for a script: schools, each with its classes."""
    schools: dict[str, dict[str, Any]] = {}
    for one in shown:
        school = schools.setdefault(one.school.uai, {"uai": one.school.uai, "name": one.school.name, "classes": []})
        school["classes"].append(_class_row(one))
    return list(schools.values())


def _class_row(one: ClassOnBoard) -> dict[str, Any]:
    progress, blocked = one.progress, one.progress.blocked_by
    return {
        "code": one.record.code,
        "expected": progress.expected,
        "stages": {stage.value: count for stage, count in sorted(progress.stages.items())},
        "enrolled": progress.enrolled,
        "configured": progress.configured,
        "compliant": progress.compliant,
        "phase": one.phase.value,
        "blocked_by": blocked.key if blocked else None,
        "steps": {step.step.key: step.state.value for step in progress.steps},
        "services": {service.service.key: service.state.value for service in progress.services},
        "first": one.first,
        "last": one.last,
        "school_days_left": one.days_left,
        "expected_end": one.forecast.day,
        "contact": {state.value: count for state, count in sorted(one.contact_counts.items())},
    }


@click.group()
def report() -> None:
    """Les états que la commune remet."""


@report.command("quarter")
@click.argument("period")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=None, help="Dossier où écrire les fichiers.")
@click.option("--strict", is_flag=True, help="Écrire aussi les CSV stricts (RFC 4180).")
@json_option
def quarter(period: str, out: Path | None, strict: bool, as_json: bool) -> None:
    """Émettre un trimestre (2017-Q4) ; déjà émis, il est rendu à l'octet près."""
    settings, told = read(os.environ), Quarter.parse(period)
    folder = out or settings.exports / told.key
    with house(settings), bar(f"Trimestre {told.key}"):
        issued = issue(told, Hand(None, clock.now()), strict=strict)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in issued.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    if as_json:
        print_json({"period": told.key, "provisional": issued.provisional, "again": issued.again, "issued": issued.issued,
                    "files": {name: issued.digests[name] for name in issued.files}})  # fmt: skip
        return
    state = "provisoire (le trimestre n'est pas fini)" if issued.provisional else "déjà émis, rendu à l'identique" if issued.again else "émis"
    click.echo(f"{told.label} {state} : {len(issued.files)} fichiers dans {folder}")


@report.command("verify")
@click.argument("archive", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", default="", help="Empreinte de la clé de la commune, donnée par un autre chemin.")
@json_option
def verify(archive: Path, key: str, as_json: bool) -> None:
    """Vérifier une archive scellée : ce qui a été modifié, ajouté ou retiré."""
    faults, seal = verifier.verify(str(archive), key)
    if as_json:
        print_json({"intact": not faults, "faults": faults, "seal": seal})
    else:
        for fault in faults:
            click.echo(f"✗ {fault}")
        click.echo("ALTÉRÉ" if faults else f"INTACT : {seal['period']}, émission n° {seal['number']}")
    if faults:
        raise SystemExit(1)


@report.command("archive")
@click.argument("period")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Fichier où écrire l'archive.")
def archive_command(period: str, out: Path) -> None:
    """Écrire l'archive scellée d'un trimestre émis, sa dernière émission."""
    told = Quarter.parse(period)
    with house(read(os.environ)):
        row = find(convention().key, told)
        if row is None:
            raise Refused(f"{told.label} n'est pas émis : « cartable report quarter {told.key} » l'émet.")
        out.write_bytes(archive_of(row))
    click.echo(f"{told.label}, émission n° {row.number} : {out}")


@report.command("correct")
@click.argument("period")
@click.option("--reason", required=True, help="Motif, lu avec le trimestre.")
def correct_command(period: str, reason: str) -> None:
    """Émettre de nouveau un trimestre émis ; la première émission reste."""
    told = Quarter.parse(period)
    with house(read(os.environ)):
        row = correct(told, reason, Hand(None, clock.now()))
    click.echo(f"{told.label} émis de nouveau, émission n° {row.number}.")


COMMANDS = (board_command, report)
