"""What happens to a convention: a termination notified or taken back, a request received and answered, an amendment in force."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date

from deploy.actions.conventions import load_convention
from deploy.convention import Convention, parse
from deploy.models import ConventionVersion, LoadedConvention, ReportingRequest
from deploy.queries.conventions import convention
from deploy.setup.cart import CartTemplate
from deploy.term.dates import Termination
from deploy.term.queries import NOTIFIED, SAID, TERMINATION, request, termination_of
from deploy.term.request import Request, told
from inventory.actions.places import note_fact
from inventory.actions.records import Hand
from inventory.db import atomic
from inventory.errors import Refused
from inventory.paris import local_date
from inventory.scope import EVERYWHERE
from inventory.spoken import short_day
from inventory.words import tell

WITHDRAWN, OPEN, ANSWERED = "withdrawn", "open", "answered"
LONGEST = 10_000


@atomic
def notify_termination(told_of: Convention, notice: Termination, hand: Hand) -> None:
    """Record the day a signatory's letter was received: three months later, or what the convention says, it ends (article 10.2)."""
    if notice.by not in {party.key for party in told_of.parties}:
        raise Refused(tell("Choisir le signataire qui résilie."))
    if not notice.reference.strip():
        raise Refused(tell("Indiquer la référence de la lettre recommandée et de son avis de réception."))
    _refuse_future(notice.received, hand)
    detail = {"by": notice.by, "received": notice.received.isoformat(), "reference": notice.reference.strip()}
    note_fact(_row(told_of), TERMINATION, NOTIFIED, hand, detail=detail)


@atomic
def withdraw_termination(told_of: Convention, reason: str, hand: Hand) -> None:
    """Take a termination back, with its reason; the notice stays in the journal."""
    if termination_of(EVERYWHERE, told_of.key, None) is None:
        raise Refused(tell("Aucune résiliation n'est notifiée."))
    if not reason.strip():
        raise Refused(tell("Indiquer pourquoi la résiliation est retirée."))
    note_fact(_row(told_of), TERMINATION, WITHDRAWN, hand, detail={"reason": reason.strip()})


@atomic
def receive_request(told_of: Convention, asked: Request, hand: Hand) -> ReportingRequest:
    """Record a request of the State or a survey."""
    if not asked.sender.strip() or not asked.question.strip():
        raise Refused(tell("Indiquer qui demande, et ce qui est demandé."))
    if asked.due and asked.due < asked.received:
        raise Refused(tell("Réponse attendue le {due}, avant la demande du {day} : vérifier les dates.", due=short_day(asked.due), day=short_day(asked.received)))
    _refuse_future(asked.received, hand)
    row: ReportingRequest = ReportingRequest.create(convention=told_of.key)
    note_fact(row, SAID, OPEN, hand, detail=told(asked))
    return row


@atomic
def answer(row: ReportingRequest, words: str, hand: Hand) -> None:
    """Record what was answered, today; an answer may be completed, each version stays."""
    if not words.strip() or len(words) > LONGEST:
        raise Refused(tell("Écrire la réponse envoyée, en {most} caractères au plus.", most=LONGEST))
    standing = request(EVERYWHERE, row.id)[1]
    note_fact(row, SAID, ANSWERED, hand, detail=told(replace(standing, answered=local_date(hand.now), answer=words.strip())))


@atomic
def amend(text: str, name: str, *, effective: date, reference: str, cart: CartTemplate, baseline: str, prefix: str, hand: Hand) -> int:
    """Load a convention as an amendment changed it, in force from a day on; returns its number. The versions before it stay, each for its days."""
    after = parse(text, name)
    row = LoadedConvention.get_or_none(LoadedConvention.key == after.key)
    if row is None:
        raise Refused(tell("{name} : aucune convention « {key} » n'est chargée ; la charger d'abord, sans avenant.", name=name, key=after.key))
    _refuse_future(effective, hand)
    if not reference.strip():
        raise Refused(tell("Indiquer la référence de l'avenant, par exemple sa délibération."))
    last = _versions_up_to_now(row, hand)
    if effective <= last.effective:
        raise Refused(tell("Avenant du {day} : il ne suit pas la version en vigueur depuis le {last}.", day=short_day(effective), last=short_day(last.effective)))
    load_convention(text, name, cart=cart, baseline=baseline, prefix=prefix, hand=hand)
    _keep(row.key, last.number + 1, effective, reference.strip(), text, hand)
    return int(last.number) + 1


def _versions_up_to_now(row: LoadedConvention, hand: Hand) -> ConventionVersion:
    """The last version, the first one being written before the first amendment."""
    last: ConventionVersion | None = (
        ConventionVersion.select().where(ConventionVersion.convention == row.key).order_by(ConventionVersion.number.desc()).first()
    )
    return last or _keep(row.key, 0, convention(row.key).deliberation.session, "", row.source, hand)


def _keep(key: str, number: int, effective: date, reference: str, text: str, hand: Hand) -> ConventionVersion:
    digest = hashlib.sha256(text.encode()).hexdigest()
    kept: ConventionVersion = ConventionVersion.create(
        convention=key, number=number, effective=effective, reference=reference, source=text, sha256=digest, loaded=hand.now, person=hand.by
    )
    return kept


def _row(told_of: Convention) -> LoadedConvention:
    row: LoadedConvention = LoadedConvention.get(LoadedConvention.key == told_of.key)
    return row


def _refuse_future(day: date, hand: Hand) -> None:
    if day > local_date(hand.now):
        raise Refused(tell("Le {day} n'est pas encore venu : vérifier la date.", day=short_day(day)))
