"""A connector tried before it is trusted: reachable, its clock, signed in, what it is, its first page; nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from inventory.errors import Refused
from mdm.driver import Access, Described, Driver, MdmError
from mdm.http import Answer, Client, Limits

QUICK = Limits(whole=20.0, tries=1)
FAST = timedelta(minutes=2)
ANY_FAULT = (500, 502, 503, 504, 429)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was tried: whether it went well (None: nothing to say of it), and what is known."""

    label: str
    good: bool | None
    said: str


def trial(driver: Driver, access: Access, clock: Callable[[], datetime] | None) -> Iterator[Step]:
    """Each step in turn; the first that fails is the last. Without a clock that runs, the hours are not compared."""
    if access.url.startswith("http"):
        try:
            answer = Client(access.url, limits=QUICK, ca=access.ca, final=ANY_FAULT).ask("GET", "/")
        except MdmError as fault:
            if "renvoie vers une autre adresse" not in str(fault):
                yield Step("Joignable", False, str(fault))
                return
            yield Step("Joignable", True, "répond (et renvoie sa page d'accueil ailleurs, ce qui n'est pas suivi)")
        else:
            yield Step("Joignable", True, f"répond en {answer.seconds * 1000:.0f} ms")
            yield _clock_step(answer, clock()) if clock else Step("Heure", None, "celle de Cartable est arrêtée (CARTABLE_AS_OF) : non comparée")
    yield from _signed_in(driver)


def _clock_step(answer: Answer, now: datetime) -> Step:
    """The server's clock beside ours, to the second that HTTP tells."""
    try:
        told = parsedate_to_datetime(answer.told["Date"]).astimezone(UTC)
    except (KeyError, TypeError, ValueError):
        return Step("Heure", None, "le serveur ne dit pas l'heure")
    apart = abs(told - now)
    said = f"{apart.total_seconds():.0f} s d'écart avec Cartable"
    return Step("Heure", apart <= FAST, said if apart <= FAST else said + " : régler l'heure des deux machines")


def _signed_in(driver: Driver) -> Iterator[Step]:
    try:
        driver.sign_in()
        yield Step("Compte", True, "accepté")
        yield Step("Version et droits", None, driver.described() if isinstance(driver, Described) else "ce serveur ne les dit pas")
        page = next(iter(driver.pages()), None)
    except (MdmError, Refused) as fault:
        yield Step("Lecture", False, str(fault))
        return
    if page is None or not (page.ids or page.refusals):
        yield Step("Première page", None, "vide : aucun appareil n'est visible de ce compte")
        return
    total = "un nombre qu'il ne dit pas" if page.declared is None else str(page.declared)
    said = f"{len(page.ids)} appareils sur {total} ; {page.dropped} champs laissés de côté"
    refused = "".join(f" ; fiche {one.record} refusée ({one.reason})" for one in page.refusals[:3])
    yield Step("Première page", not page.refusals, said + refused)
