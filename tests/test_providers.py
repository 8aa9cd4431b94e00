"""Sign-in by the identity of the town or of the académie: Alice is awaited, comes once, and is known by number; nobody else is let in."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import provider
import pyotp
import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from provider_house import here, running, settings, ville
from provider_steps import ADDRESS, ALICE, come, declared, log, signed_in
from small_house import MINUTE, MORNING, PASSWORD, Clock, house, person, sign_in, token_of

from config import factors
from config.cli import main
from config.models import NetworkTally, ProviderLink
from config.providers import links
from config.providers.declared import Provider
from config.settings import Settings
from config.vault import Vault
from inventory import db
from inventory.models import Person
from inventory.roles import Role

__all__ = ["here", "running", "settings", "ville"]


def test_alice_is_awaited_by_her_address_once_and_known_by_her_number_afterwards(
    browser: FlaskClient, app: Flask, ville: provider.Running, here: Provider
) -> None:
    links.await_email(person("alice"), here, " alice@VILLE.example ", MORNING)
    answer = come(browser)
    assert (answer.status_code, answer.location) == (303, "/bureau") and browser.get("/bureau").text == "le bureau"
    row = ProviderLink.get()
    assert (row.issuer, row.subject, row.email, row.linked) == (ville.issuer, "b7-alice", None, MORNING)
    assert log() == ["awaited", "linked", "vouched", "signed_in"]
    ville.control(person={"sub": "b7-alice"})
    assert come(app.test_client()).status_code == 303, "her number is enough, whatever her address is now"
    ville.control(person={**ALICE, "sub": "un-homonyme"})
    refused = come(app.test_client())
    assert refused.status_code == 422 and "aucun compte ouvert" in refused.text, "her old address, given to somebody else, opens nothing"
    assert Person.select().count() == 3, "a sign-in makes no account"


@pytest.mark.parametrize("told", [{**ALICE, "email_verified": False}, {**ALICE, "email_verified": "true"}, {"sub": "b7-alice"}, {**ALICE, "email": "bruno@ville.example"}])
def test_an_address_that_is_not_confirmed_links_nobody(browser: FlaskClient, ville: provider.Running, here: Provider, told: dict[str, object]) -> None:
    links.await_email(person("alice"), here, "alice@ville.example", MORNING)
    ville.control(person=told)
    refused = come(browser)
    assert refused.status_code == 422 and "demander à l&#39;administrateur de lier le vôtre" in refused.text
    assert ProviderLink.get().subject is None and not signed_in(browser) and log()[-1] == "not_vouched"
    assert sign_in(browser, "alice").status_code == 303, "the password opens as before"


def test_the_phone_is_asked_unless_the_operator_accepts_the_provider_s_own_factor(
    settings: Settings, running: dict[str, provider.Running], ville: provider.Running, clock: Clock, tmp_path: Path
) -> None:
    app = house(settings, clock)
    links.link(person("alice"), app.config["PROVIDERS"]["ville"].provider, "b7-alice", MORNING)
    ville.control(person={"sub": "b7-alice", "amr": ["pwd", "otp"], "acr": "eidas2"})
    vault = Vault(settings.key_file)
    phone = pyotp.TOTP(factors.begin(person("alice"), vault))
    factors.confirm(person("alice"), phone.at(clock.now), vault, clock.now)
    clock.now += MINUTE
    ville.control(now=clock.now.timestamp())
    browser = app.test_client()
    assert come(browser).location == "/connexion/code" and not signed_in(browser)
    done = browser.post("/connexion/code", data={"code": phone.at(clock.now)})
    assert (done.status_code, done.location) == (303, "/bureau") and signed_in(browser)
    trusting = house(replace(settings, providers=declared(tmp_path, running, 'accepted_factors = ["otp"]\n')), clock)
    assert come(trusting.test_client()).location == "/bureau"
    ville.control(person={"sub": "b7-alice", "amr": ["pwd"]})
    assert come(trusting.test_client()).location == "/connexion/code"
    bound = house(replace(settings, second_factor_roles=frozenset({Role.MANAGER})), clock)
    factors.reset(person("alice"), clock.now)
    browser = bound.test_client()
    assert come(browser).location == "/bureau" and browser.get("/bureau").location == "/compte/second-facteur", "a role bound to a factor sets one first"


@pytest.mark.parametrize(
    ("rule", "fits", "says"),
    [('email_domains = ["ville.example"]\n', ALICE, "ville.example"),
     ('required_claim = "groups"\nrequired_value = "cartable"\n', {"sub": "b7-alice", "groups": ["x", "cartable"]}, "ne vous ouvre pas")],
)  # fmt: skip
def test_only_those_the_operator_lets_in(
    settings: Settings, running: dict[str, provider.Running], ville: provider.Running, clock: Clock, tmp_path: Path, rule: str, fits: dict[str, object], says: str
) -> None:
    app = house(replace(settings, providers=declared(tmp_path, running, rule)), clock)
    links.link(person("alice"), app.config["PROVIDERS"]["ville"].provider, "b7-alice", MORNING)
    for outsider in ({"sub": "b7-alice"}, {**ALICE, "email": "a@x.ville.example", "groups": "cartable-lecture"}):
        ville.control(person=outsider)
        refused = come(app.test_client())
        assert refused.status_code == 422 and says in refused.text
    ville.control(person=fits)
    assert come(app.test_client()).status_code == 303


def test_an_account_that_is_closed_stays_closed(browser: FlaskClient, ville: provider.Running, here: Provider) -> None:
    links.link(person("alice"), here, "b7-alice", MORNING)
    links.await_email(person("bruno"), here, "bruno@ville.example", MORNING)
    Person.update(active=False).execute()
    assert come(browser).status_code == 422 and not signed_in(browser)
    ville.control(person={"sub": "c9-bruno", "email": "bruno@ville.example", "email_verified": True})
    assert come(browser).status_code == 422 and not signed_in(browser)


def test_a_network_that_tries_for_ever_waits(browser: FlaskClient, here: Provider) -> None:
    for _ in range(30):
        browser.get("/connexion/fournisseur/ville")
    answer = browser.get("/connexion/fournisseur/ville")
    assert answer.status_code == 429 and "attendre un quart d&#39;heure" in answer.text
    NetworkTally.delete().execute()
    links.link(person("alice"), here, "b7-alice", MORNING)
    assert come(browser).status_code == 303 and NetworkTally.get().failures == 0


def test_leaving_offers_to_leave_the_provider_too(browser: FlaskClient, ville: provider.Running, here: Provider) -> None:
    links.link(person("alice"), here, "b7-alice", MORNING)
    come(browser)
    left = browser.post("/deconnexion", data={"csrf_token": token_of("alice")})
    assert left.location == "/connexion?sorti=ville" and not signed_in(browser)
    assert "/connexion/fournisseur/ville/sortie" in browser.get(left.location).text
    assert "/sortie" not in browser.get("/connexion?sorti=ailleurs").text
    end = browser.get("/connexion/fournisseur/ville/sortie").location
    assert end.startswith(f"{ville.issuer}/logout?") and parse_qs(urlsplit(end).query)["post_logout_redirect_uri"] == [f"{ADDRESS}/connexion"]


def test_claire_awaits_alice_who_sees_her_link_and_takes_it_away(browser: FlaskClient, app: Flask, here: Provider) -> None:
    claire = app.test_client()
    sign_in(claire, "claire")
    form = {"csrf_token": token_of("claire"), "provider": "ville", "email": "alice@ville.example"}
    assert claire.post("/comptes/alice/fournisseur", data=form).status_code == 303
    assert claire.post("/comptes/bruno/fournisseur", data=form).status_code == 422, "an address is awaited by one account"
    assert claire.post("/comptes/bruno/fournisseur", data={**form, "email": "pas une adresse"}).status_code == 422
    assert "alice@ville.example" in claire.get("/comptes/alice").text
    come(browser)
    assert "Lié à Identité ville" in browser.get("/compte").text
    link = str(ProviderLink.get().id)
    bruno = app.test_client()
    sign_in(bruno, "bruno")
    other = {"csrf_token": token_of("bruno"), "link": link, "password": PASSWORD}
    assert bruno.post("/compte/fournisseur/retirer", data=other).status_code == 404, "another's link is none"
    own = {"csrf_token": token_of("alice"), "link": link}
    assert browser.post("/compte/fournisseur/retirer", data={**own, "password": "non"}).status_code == 422
    assert browser.post("/compte/fournisseur/retirer", data={**own, "password": PASSWORD}).status_code == 303
    assert ProviderLink.select().count() == 0 and log()[-1] == "unlinked" and come(app.test_client()).status_code == 422
    assert not signed_in(browser), "who came by the provider does not stay once the link is gone"
    links.await_email(person("alice"), here, "alice@ville.example", MORNING)
    again = {"csrf_token": token_of("claire"), "link": str(ProviderLink.get().id)}
    assert claire.post("/comptes/bruno/fournisseur/retirer", data=again).status_code == 404
    assert claire.post("/comptes/alice/fournisseur/retirer", data=again).status_code == 303


def test_the_commands_link_and_unlink(settings: Settings, here: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARTABLE_PROVIDERS", str(settings.providers))
    monkeypatch.setenv("CARTABLE_DATABASE", settings.database)
    monkeypatch.setenv("CARTABLE_KEY_FILE", str(settings.key_file))
    db.database.close()

    def run(*words: str) -> str:
        return CliRunner().invoke(main, ["provider", *words]).output

    assert [row["state"] for row in json.loads(run("list", "--json"))] == ["répond", "répond"]
    assert "attendu chez « Identité ville »" in run("link", "alice", "--provider", "ville", "--email", "alice@ville.example")
    assert "lié à « Identité ville »" in run("link", "alice", "--provider", "ville", "--subject", "7")
    assert "est déjà lié" in run("link", "alice", "--provider", "ville", "--subject", "8")
    assert "déjà celle du compte « alice »" in run("link", "bruno", "--provider", "ville", "--subject", "7")
    assert "déclarés : ville, academie" in run("link", "alice", "--provider", "gare", "--subject", "8")
    assert "--email ADRESSE, ou --subject" in run("link", "alice", "--provider", "ville")
    assert "1\u00a0lien retiré." in run("unlink", "alice")
