"""What somebody who stands between may try, and what a provider may answer wrong: a token believed in nothing, an answer heard once."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import provider
import pytest
from flask import Flask
from flask.testing import FlaskClient
from provider_house import here, running, settings, ville
from provider_steps import ADDRESS, come, leave, signed_in
from small_house import MINUTE, MORNING, Clock, person, sign_in

from config.providers import links
from config.providers.declared import Provider

__all__ = ["here", "running", "settings", "ville"]


@pytest.mark.parametrize(
    "fault",
    ["iss", "aud", "aud of another", "several", "azp", "nonce", "expired", "future", "hash", "sub", "number", "none", "hs256", "altered", "stranger",
     "no nonce", "no exp", "no aud", "no iss", "no sub", "no iat"],
)  # fmt: skip
def test_a_token_that_is_wrong_in_any_way_opens_nothing(browser: FlaskClient, ville: provider.Running, here: Provider, fault: str) -> None:
    links.link(person("alice"), here, "b7-alice", MORNING)
    ville.control(fault=fault)
    refused = come(browser)
    assert refused.status_code == 422 and "recevable" in refused.text and not signed_in(browser)
    assert provider.SECRET not in refused.text
    ville.control(fault="")
    assert come(browser).status_code == 303


def test_the_keys_turn_and_nobody_waits(browser: FlaskClient, app: Flask, ville: provider.Running, here: Provider) -> None:
    links.link(person("alice"), here, "b7-alice", MORNING)
    assert come(browser).status_code == 303
    ville.control(turn=True)
    before = ville.asked()
    assert come(app.test_client()).status_code == 303
    assert ville.asked()[len(before) :] == ["/authorize", "/token", "/jwks"], "what is known of a provider is kept; its keys are asked again"


def test_what_is_sent_holds_a_challenge_and_the_exact_address(browser: FlaskClient, ville: provider.Running) -> None:
    left = browser.get("/connexion/fournisseur/ville")
    asked = parse_qs(urlsplit(left.location).query)
    assert asked["redirect_uri"] == [f"{ADDRESS}/connexion/fournisseur/ville/retour"] and asked["code_challenge_method"] == ["S256"]
    assert asked["response_type"] == ["code"] and asked["scope"] == ["openid email"] and {"state", "nonce", "code_challenge"} <= asked.keys()
    assert provider.SECRET not in left.location and left.headers["Cache-Control"] == "no-store"
    assert "form-action 'self'" in left.headers["Content-Security-Policy"], "the way out is a link: no form leaves this site"


def test_an_answer_is_heard_once_by_whoever_asked(browser: FlaskClient, app: Flask, ville: provider.Running, here: Provider) -> None:
    """Mallory sends Alice's browser an answer of his own, hers to his, one twice, one late, and one that another state bears."""
    links.link(person("alice"), here, "b7-alice", MORNING)
    mallory = app.test_client()
    way = leave(mallory)
    assert browser.get(way).status_code == 422, "a browser that asked nothing"
    leave(browser)
    assert browser.get(way).status_code == 422 and not signed_in(browser), "another's state"
    cookie = mallory.get_cookie("cartable_words")
    assert mallory.get(way).status_code == 303 and mallory.get(way).status_code == 422
    again = app.test_client()
    again.set_cookie("cartable_words", cookie.value)  # type: ignore[union-attr]
    assert again.get(way).status_code == 422, "with the cookie of before, the provider refuses a code already used"
    ville.control(fault="nonce")
    way = leave(again)
    assert "recevable" in again.get(way).text and "aucune demande" in again.get(way).text, "not even after a refusal"
    ville.control(fault="")
    assert "n&#39;a pas donné suite" in app_denied(app.test_client())


def app_denied(browser: FlaskClient) -> str:
    state = parse_qs(urlsplit(leave(browser)).query)
    told = {"error": "access_denied", "error_description": "<script>", "state": state["state"][0], "iss": state["iss"][0]}
    answer = browser.get("/connexion/fournisseur/ville/retour", query_string=told)
    assert answer.status_code == 422 and "<script>" not in answer.text
    return answer.text


def test_an_answer_that_tarries_is_refused(browser: FlaskClient, clock: Clock, here: Provider) -> None:
    links.link(person("alice"), here, "b7-alice", MORNING)
    way = leave(browser)
    clock.now += 11 * MINUTE
    assert browser.get(way).status_code == 422 and not signed_in(browser)


def test_a_provider_is_never_taken_for_another(browser: FlaskClient, ville: provider.Running, running: dict[str, provider.Running], here: Provider) -> None:
    """The académie's answer on the town's way back, its code under the town's state, its name in the town's answer, and none."""
    links.link(person("alice"), here, "b7-alice", MORNING)
    ville.control(description={"authorization_response_iss_parameter_supported": False})
    exchanged = ville.asked().count("/token")
    astray = leave(browser, "academie").replace("/academie/", "/ville/").partition("&iss=")[0]
    assert browser.get(astray).status_code == 422 and ville.asked().count("/token") == exchanged, "the town is not shown a code of the académie"
    ville.control(description={})
    foreign = parse_qs(urlsplit(leave(browser, "academie")).query)
    own = parse_qs(urlsplit(leave(browser)).query)
    asked = {"state": own["state"][0], "code": foreign["code"][0], "iss": ville.issuer}
    assert browser.get("/connexion/fournisseur/ville/retour", query_string=asked).status_code == 422, "the town does not know that code"
    way = leave(browser)
    for other in (way.replace(ville.issuer.replace("://", "%3A%2F%2F").replace(":", "%3A"), "x"), way.partition("&iss=")[0]):
        assert other != way and browser.get(other).status_code == 422
        way = leave(browser)
    assert come(browser, "academie").status_code == 422, "the same number at another provider is nobody"


@pytest.mark.parametrize("wanted", ["//ailleurs.example", "https://ailleurs.example/", "/\\ailleurs.example", "javascript:alert(1)", "/\n/x"])
def test_nobody_is_sent_elsewhere(browser: FlaskClient, here: Provider, wanted: str) -> None:
    links.link(person("alice"), here, "b7-alice", MORNING)
    assert come(browser, wanted=wanted).location == "/"


def test_a_silent_provider_leaves_the_password(browser: FlaskClient, app: Flask, clock: Clock, ville: provider.Running, here: Provider) -> None:
    ville.control(fault="down")
    asked = len(ville.asked())
    for _ in range(3):
        answer = browser.get("/connexion/fournisseur/ville")
        assert answer.status_code == 503 and "Identité ville » ne répond pas" in answer.text and "Mot de passe" in answer.text
    assert len(ville.asked()) == asked + 1, "it is left in peace for half a minute"
    assert sign_in(browser, "alice").status_code == 303
    ville.control(fault="")
    clock.now += MINUTE
    assert app.test_client().get("/connexion/fournisseur/ville").status_code == 302


@pytest.mark.parametrize(
    "description",
    [{"issuer": "https://ailleurs.example"}, {"authorization_endpoint": "javascript:alert(1)"}, {"token_endpoint": "http://ailleurs.example/token"}, {"jwks_uri": None}],
)
def test_a_description_that_is_another_s_or_unsafe_is_not_followed(app: Flask, ville: provider.Running, description: dict[str, object]) -> None:
    ville.control(description=description)
    answer = app.test_client().get("/connexion/fournisseur/ville")
    assert answer.status_code == 422 and "recevable" in answer.text
