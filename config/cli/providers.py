"""Commands of the providers of identities: which are declared and answer, whose account is linked to whom."""

from __future__ import annotations

import os

import click

from config import clock, people
from config.cli.show import json_option, print_json, print_table
from config.providers import links
from config.providers.declared import Provider, read_providers
from config.providers.protocol import Counter
from config.settings import read
from config.wiring import house
from inventory.errors import Refused
from inventory.french import counted

provider_option = click.option("--provider", "key", required=True, metavar="CLÉ", help="Le fournisseur, par sa clé dans CARTABLE_PROVIDERS.")


@click.group()
def provider() -> None:
    """Les fournisseurs d'identité : déclarés, liés à des comptes."""


@provider.command("list")
@json_option
def provider_list(as_json: bool) -> None:
    """Lister les fournisseurs déclarés, et demander à chacun s'il répond."""
    rows = [_told(one) for one in read_providers(read(os.environ).providers)]
    if as_json:
        print_json(rows)
        return
    table = [(row["key"], row["name"], row["issuer"], row["back"], row["state"]) for row in rows]
    print_table("Fournisseurs d'identité", ("Clé", "Nom", "Adresse", "Adresse de retour à lui déclarer", "État"), table)


@provider.command("link")
@click.argument("login")
@provider_option
@click.option("--email", help="Adresse vérifiée attendue à la première connexion.")
@click.option("--subject", help="Numéro (sub) chez un fournisseur qui ne confirme pas d'adresse.")
def provider_link(login: str, key: str, email: str | None, subject: str | None) -> None:
    """Lier un compte à une identité, par une adresse attendue ou par un numéro."""
    if bool(email) == bool(subject):
        raise Refused("Dire par quoi lier : --email ADRESSE, ou --subject NUMÉRO.")
    settings = read(os.environ)
    with house(settings):
        person, chosen = people.person(login), _chosen(key, read_providers(settings.providers))
        if email:
            links.await_email(person, chosen, email, clock.now())
        else:
            links.link(person, chosen, subject or "", clock.now())
    click.echo(f"« {person.login} » : {'attendu chez' if email else 'lié à'} « {chosen.name} ».")


@provider.command("unlink")
@click.argument("login")
def provider_unlink(login: str) -> None:
    """Retirer tous les liens d'un compte : seul son mot de passe le fait entrer."""
    with house(read(os.environ)):
        person = people.person(login)
        found = links.links_of(person)
        for one in found:
            links.unlink(person, one.id, clock.now())
    click.echo(f"« {person.login} » : {counted(len(found), 'lien retiré', 'liens retirés')}.")


def _told(one: Provider) -> dict[str, str]:
    try:
        Counter(one).description(clock.now())
        state = "répond"
    except Refused as refusal:
        state = refusal.sentences[0]
    return {"key": one.key, "name": one.name, "issuer": one.issuer, "back": one.back, "state": state}


def _chosen(key: str, declared: tuple[Provider, ...]) -> Provider:
    for one in declared:
        if one.key == key:
            return one
    known = ", ".join(one.key for one in declared) or "aucun : déclarer d'abord un fichier par CARTABLE_PROVIDERS"
    raise Refused(f"Fournisseur « {key} » inconnu ; déclarés : {known}.")


COMMANDS = (provider,)
