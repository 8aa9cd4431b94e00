"""Commands on the inventory's data: school days, imports."""

from __future__ import annotations

import os
from collections import Counter
from datetime import date, datetime
from pathlib import Path

import click

from config import clock
from config.cli.show import bar, json_option, print_json
from config.settings import read
from config.wiring import house, wire
from deploy.field.act import ActState
from deploy.field.actions.receive import receive_file
from deploy.field.acts_file import parse
from inventory.actions import imports
from inventory.actions.records import Hand
from inventory.errors import NotFound, Refused
from inventory.french import counted, day
from inventory.models import ImportBatch
from inventory.queries.school_times import of_zone
from inventory.school_time import Rhythm

DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("first", metavar="FROM", type=DAY)
@click.argument("last", metavar="TO", type=DAY)
@click.option("--zone", default="B", show_default=True, type=click.Choice(["A", "B", "C"]), help="Zone de vacances.")
@click.option("--rhythm", default=Rhythm("4.5-wednesday").value, show_default=True,
              type=click.Choice([rhythm.value for rhythm in Rhythm]), help="Rythme de la semaine.")  # fmt: skip
@json_option
def schooldays(first: datetime, last: datetime, zone: str, rhythm: str, as_json: bool) -> None:
    """Compter les jours de classe de FROM à TO, tous deux compris (AAAA-MM-JJ)."""
    start, end = first.date(), last.date()
    if end < start:
        raise Refused(f"Le {end:%d/%m/%Y} vient avant le {start:%d/%m/%Y} : inverser les deux dates.")
    wire(read(os.environ))
    census = of_zone(zone, rhythm).census(start, end)
    if as_json:
        print_json(census)
        return
    click.echo(f"Du {day(start)} au {day(end)}, zone {zone} :")
    for key, label in CENSUS_WORDS.items():
        click.echo(f"  {census[key]:>4}  {label}")
    for empty in census["empty_school_dates"]:
        click.echo(f"        {day(date.fromisoformat(empty))}")


CENSUS_WORDS = {
    "calendar": "jours de calendrier",
    "weekdays": "jours de semaine",
    "municipal": "jours ouvrés de la commune",
    "school": "jours de classe",
    "full": "  dont journées entières",
    "half_days": "demi-journées de classe",
    "empty_school_municipal": "jours ouvrés où l'école est vide :",
}


@click.group("import")
def import_group() -> None:
    """Importer un tableur : tout ou rien, après un essai à blanc qui dit toutes les erreurs."""


def _take_in(kind: str, file: Path, dry_run: bool, as_json: bool) -> None:
    plan_of = imports.plan_schools if kind == "schools" else imports.plan_tablets
    with house(read(os.environ)), bar(f"Lecture de {file.name}"):
        plan = plan_of(file.read_bytes(), file.name)
        batch = None if dry_run or plan.complaints else imports.commit(plan, Hand(None, clock.now()))
    told = {
        "batch": batch.id if batch else None, "rows": plan.rows, "created": plan.created, "changed": plan.changed,
        "same": plan.same, "errors": [complaint.sentence for complaint in plan.complaints],
        "warnings": [warning.sentence for warning in plan.warnings],
    }  # fmt: skip
    if as_json:
        print_json(told)
    else:
        _tell(told)
    raise SystemExit(1 if plan.complaints else 0)


def _tell(told: dict[str, object]) -> None:
    for sentence in told["errors"]:  # type: ignore[attr-defined]
        click.echo(sentence, err=True)
    for sentence in told["warnings"]:  # type: ignore[attr-defined]
        click.echo(f"À vérifier : {sentence}")
    click.echo(f"{told['rows']} lignes : {told['created']} à créer, {told['changed']} à changer, {told['same']} déjà connues.")
    if told["errors"]:
        click.echo(f"{counted(len(told['errors']), 'erreur', 'erreurs')} : rien n'a été importé.", err=True)  # type: ignore[arg-type]
    elif told["batch"]:
        click.echo(f"Importé : lot n° {told['batch']} (pour l'annuler : cartable import undo {told['batch']}).")
    else:
        click.echo("Essai à blanc : rien n'a été écrit.")


def _import_command(kind: str, help_text: str) -> click.Command:
    @click.command(kind, help=help_text)
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--dry-run", is_flag=True, help="Lire et vérifier sans rien écrire.")
    @json_option
    def command(file: Path, dry_run: bool, as_json: bool) -> None:
        _take_in(kind, file, dry_run, as_json)

    return command


@import_group.command("acts")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
def import_acts(file: Path, as_json: bool) -> None:
    """Importer les saisies d'un téléphone (« exporter mes saisies »), comme s'il les envoyait : deux fois valent une."""
    with house(read(os.environ)):
        answers = receive_file(parse(file.read_bytes(), file.name), clock.now())
    told = Counter(answer.state for answer in answers)
    if as_json:
        print_json({"acts": len(answers), **{state.value: told[state] for state in ActState}})
    else:
        click.echo(f"{counted(len(answers), 'acte lu', 'actes lus')}.")
        for state, count in told.items():
            click.echo(f"  {count:>4}  {state.label}")
    raise SystemExit(0 if set(told) <= {ActState.APPLIED, ActState.SAME} else 1)


@import_group.command("undo")
@click.argument("batch", type=int)
def import_undo(batch: int) -> None:
    """Annuler un lot, tant que rien n'a été bâti dessus."""
    with house(read(os.environ)):
        row = ImportBatch.get_or_none(ImportBatch.id == batch)
        if row is None:
            raise NotFound
        imports.undo(row, Hand(None, clock.now()))
    click.echo(f"Lot n° {batch} annulé.")


import_group.add_command(_import_command("schools", "Importer des écoles (annuaire de l'éducation, trois dialectes)."))
import_group.add_command(_import_command("tablets", "Importer des tablettes (bon de livraison du fournisseur)."))

COMMANDS = (schooldays, import_group)
