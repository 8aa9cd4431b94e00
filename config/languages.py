"""The languages of the pages: French, and those of `config/locale/*.po`, chosen by each reader and never guessed from a browser."""

from __future__ import annotations

from datetime import timedelta
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Blueprint, current_app, g, redirect, request
from werkzeug.wrappers import Response

from config.same_site import local_path
from inventory.access import ANYONE, Reach, may
from inventory.models import Person
from inventory.words import FRENCH, offer, speak

pages = Blueprint("languages", __name__)
LOCALE = Path(__file__).parent / "locale"
NAMES = {FRENCH: "Français", "en": "English"}
COOKIE, KEPT_FOR = "cartable_language", timedelta(days=365)


def offer_all() -> None:
    """Make every catalogue of the package available; raises babel's `PoFileError` on one that cannot be read."""
    for path in sorted(LOCALE.glob("*.po")):
        compiled = BytesIO()
        with path.open("rb") as file:
            write_mo(compiled, read_po(file, locale=path.stem, abort_invalid=True))
        compiled.seek(0)
        offer(path.stem, GNUTranslations(compiled))


def listen() -> None:
    """Speak the language of this request: the one the account keeps, else the browser's cookie, else French."""
    speak((g.person.language if g.person else "") or request.cookies.get(COOKIE, FRENCH))


@pages.post("/langue")
@may(ANYONE, scope=Reach.NOTHING)
def choose() -> Response:
    """Keep a language: in the browser, and in the account of whoever is signed in; then show the same page in it."""
    wanted = request.form.get("language", "")
    tag = wanted if wanted in NAMES else FRENCH
    if g.person is not None:
        Person.update(language=tag).where(Person.id == g.person.id).execute()
    answer = redirect(local_path(request.form.get("next", "")), 303)
    secure = current_app.config["CARTABLE"].cookie_secure
    answer.set_cookie(COOKIE, tag, max_age=KEPT_FOR, secure=secure, httponly=True, samesite="Lax", path="/")
    return answer
