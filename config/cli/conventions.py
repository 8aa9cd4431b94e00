"""Commands on conventions: check a file, load it."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from config import clock
from config.cli.show import json_option, print_json
from config.settings import Settings, read
from config.wiring import house, wire
from deploy.actions.conventions import load_baseline, load_convention
from deploy.convention import parse
from deploy.findings import Finding, Severity
from deploy.queries.conventions import versions
from deploy.queries.findings import against
from deploy.setup.cart import CartTemplate
from deploy.setup.cart import parse as parse_cart
from deploy.term.actions import amend
from inventory.actions.records import Hand
from inventory.db import atomic
from inventory.errors import Refused
from inventory.french import amount, counted

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def convention() -> None:
    """Les conventions, écrites en TOML avec leurs articles."""


@convention.command("check")
@click.argument("file", type=FILE)
@json_option
def convention_check(file: Path, as_json: bool) -> None:
    """Lister ce que le document contredit ; refuse un fichier fautif (code 1), jamais un document réel (code 0)."""
    wire(read(os.environ))
    told = parse(file.read_text(encoding="utf-8"), file.name)
    found = against(told)
    if as_json:
        print_json([finding_row(finding) for finding in found])
        return
    click.echo(f"{told.document.title.value}\n")
    for finding in found:
        _tell(finding)


def finding_row(finding: Finding) -> dict[str, Any]:
    """A finding for a script: stable keys, euros as text."""
    return {
        "code": finding.code, "severity": finding.severity.value, "title": finding.title, "articles": list(finding.articles),
        "printed": list(finding.printed), "recomputed": finding.recomputed, "consequence": finding.consequence,
        "euros": None if finding.euros is None else str(finding.euros), "retained": finding.retained,
    }  # fmt: skip


def _tell(finding: Finding) -> None:
    articles = ", ".join(finding.articles)
    click.secho(f"{finding.code}  {finding.title}  [{finding.severity.label}]", bold=True)
    lines = {
        "articles": articles,
        "imprimé": " ; ".join(finding.printed),
        "recalculé": finding.recomputed,
        "conséquence": finding.consequence + (f" ({amount(finding.euros)})" if finding.euros is not None else ""),
        "retenu": finding.retained or ("" if finding.severity is Severity.VERIFIED else "rien n'est décidé"),
    }
    for label, text in lines.items():
        if text:
            click.echo(f"    {label:<12} {text}")
    click.echo()


@convention.command("load")
@click.argument("file", type=FILE)
@click.option("--cart", default="valise-16", show_default=True, help="Modèle de valise (config/cart_templates).")
@click.option("--baseline", default="ecole-android-2017", show_default=True, help="Configuration initiale (config/baselines).")
@click.option("--prefix", default="", help="Début des codes de classe mobile (par défaut : la commune).")
@json_option
def convention_load(file: Path, cart: str, baseline: str, prefix: str, as_json: bool) -> None:
    """Charger une convention, ses écoles et ses classes mobiles ; sans effet la seconde fois."""
    settings = read(os.environ)
    with house(settings):
        loaded = load_files(file, settings, cart, baseline, prefix, Hand(None, clock.now(), "convention"))
    if as_json:
        print_json({"convention": loaded.convention.key, "created": loaded.created, "changed": loaded.changed,
                    "classes": list(loaded.classes)})  # fmt: skip
        return
    click.echo(f"{loaded.convention.document.title.value}")
    click.echo(f"{counted(loaded.created, 'école créée', 'écoles créées')}, {counted(loaded.changed, 'changée', 'changées')} ; classes mobiles : {', '.join(loaded.classes)}.")


@convention.command("amend")
@click.argument("file", type=FILE)
@click.option("--on", "effective", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Jour où l'avenant entre en vigueur.")
@click.option("--reference", required=True, help="Référence de l'avenant, par exemple sa délibération.")
@click.option("--cart", default="valise-16", show_default=True, help="Modèle de valise (config/cart_templates).")
@click.option("--baseline", default="ecole-android-2017", show_default=True, help="Configuration initiale (config/baselines).")
@click.option("--prefix", default="", help="Début des codes de classe mobile (par défaut : la commune).")
def convention_amend(file: Path, effective: datetime, reference: str, cart: str, baseline: str, prefix: str) -> None:
    """Charger une convention telle qu'un avenant la change ; les versions d'avant gardent leurs jours."""
    settings = read(os.environ)
    with house(settings), atomic():
        kept, template = _baseline(settings, baseline), _cart(settings, cart)
        number = amend(
            file.read_text(encoding="utf-8"), file.name, effective=effective.date(), reference=reference, cart=template, baseline=kept, prefix=prefix,
            hand=Hand(None, clock.now(), "convention"),
        )  # fmt: skip
    click.echo(f"Avenant n° {number} en vigueur depuis le {effective:%d/%m/%Y}.")


def load_files(file: Path, settings: Settings, cart: str, baseline: str, prefix: str, hand: Hand) -> Any:
    """Load a convention with the cart template and the baseline it starts from, all or nothing."""
    text = file.read_text(encoding="utf-8")
    with atomic():
        _refuse_amended(text, file.name)
        return load_convention(text, file.name, cart=_cart(settings, cart), baseline=_baseline(settings, baseline, hand), prefix=prefix, hand=hand)


def _refuse_amended(text: str, name: str) -> None:
    """A convention that has amendments changes by one more of them, never in silence."""
    kept = versions(parse(text, name).key)
    if kept and kept[-1][0].source != text:
        raise Refused(f"{name} : cette convention a des avenants ; la charger par « cartable convention amend ».")


def _baseline(settings: Settings, name: str, hand: Hand | None = None) -> str:
    base = _named(settings.baselines, name)
    return load_baseline(base.read_text(encoding="utf-8"), base.name, hand or Hand(None, clock.now(), "convention")).key


def _cart(settings: Settings, name: str) -> CartTemplate:
    template = _named(settings.carts, name)
    return parse_cart(template.read_text(encoding="utf-8"), template.name)


def _named(folder: Path, name: str) -> Path:
    found = folder / f"{name}.toml"
    if not found.is_file():
        known = ", ".join(sorted(path.stem for path in folder.glob("*.toml")))
        raise click.BadParameter(f"« {name} » n'existe pas ; connus : {known}")
    return found


COMMANDS = (convention,)
