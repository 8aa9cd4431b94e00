"""Dates that are blank, fall on closed days, or come before they can be kept; delays said in two ways."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Protocol

from deploy.convention import Convention
from deploy.convention.articles import Meetings
from deploy.findings.finding import Finding, Severity, articles, retained
from inventory.spoken import day, short_day
from inventory.words import tell, tell_count


class Days(Protocol):
    """The school time that dates are checked against."""

    def is_school_day(self, day: date) -> bool: ...

    def why_closed(self, day: date) -> str | None: ...

    def school_days(self, first: date, last: date) -> list[date]: ...

    def municipal_days(self, first: date, last: date) -> list[date]: ...


def unsigned(convention: Convention) -> Iterator[Finding]:
    """I-11: no date of signature, hence no start of the duration."""
    signature = convention.signature
    if signature.day.value is not None:
        return
    others = ((tell("séance"), convention.deliberation.session), (tell("reçue en préfecture"), convention.deliberation.received))
    yield Finding(
        "I-11", Severity.BLOCKING, tell("La convention n'est pas datée"), articles(signature.day, convention.ending.years),
        (tell("lieu : {place}", place=signature.place.value or tell("[blanc]")), tell("date : [blanc]")),
        " ; ".join(tell("{word} le {when} : ce n'est pas la signature", word=word, when=short_day(when)) for word, when in others),
        tell("la durée, l'avance et la fin de la convention ne peuvent pas être calculées"), retained=retained(signature.day, signature.place),
    )  # fmt: skip


def connectivity(convention: Convention) -> Iterator[Finding]:
    """I-13: a rate owed soon after the deliberation, perhaps before the signature, without a threshold."""
    rate, due, session = convention.connectivity, convention.connectivity_due, convention.deliberation.session
    faults = []
    if rate.threshold_mbps.value is None:
        faults.append(tell("aucun seuil en Mbit/s"))
    if convention.signed_on is None or convention.signed_on > due:
        faults.append(tell("échéance le {due}, {days} après la délibération, peut-être avant la signature", due=short_day(due), days=_days((due - session).days)))
    if faults:
        yield Finding(
            "I-13", Severity.TO_CLARIFY, tell("Le débit internet dû n'est ni chiffré, ni sûr d'être dû à temps"), articles(rate.words),
            (rate.words.printed,), " ; ".join(faults), tell("le seuil est affiché « non fixé » ; chaque mesure est gardée avec sa date"),
            retained=retained(rate.threshold_mbps),
        )  # fmt: skip


def notice(convention: Convention) -> Iterator[Finding]:
    """I-14: committees convened with delays that are not said in the same way."""
    meetings = [committee.meetings for committee in convention.committees]
    said = {(one.notice_days.printed, one.notice_is_minimum.printed) for one in meetings}
    if len(said) < 2:
        return
    yield Finding(
        "I-14", Severity.INFORMATION, tell("Le délai de convocation n'est pas dit de la même façon"), articles(*(one.notice_days for one in meetings)),
        tuple(
            tell("{what} : {value}", what=committee.name.printed, value=_notice(committee.meetings))
            for committee in convention.committees
        ),
        "", tell("lu comme un minimum de jours de calendrier"),
        retained=retained(*(one.notice_is_minimum for one in meetings)) or tell("au moins, tant que rien n'est décidé"),
    )  # fmt: skip


def against_school_time(convention: Convention, time: Days) -> Iterator[Finding]:
    """I-12: a window that begins or ends on a day without class."""
    first, last = convention.window
    closed = [edge for edge in (first, last) if not time.is_school_day(edge)]
    school, town = time.school_days(first, last), time.municipal_days(first, last)
    if not closed:
        return
    real = tell("en classe : du {first} au {last}", first=day(school[0]), last=day(school[-1])) if school else tell("aucun jour de classe dans la fenêtre")
    works = tell(" ; agents municipaux : jusqu'au {last}", last=day(town[-1])) if town else ""
    yield Finding(
        "I-12", Severity.INFORMATION if school else Severity.BLOCKING, tell("La fenêtre s'ouvre ou se ferme un jour sans classe"),
        articles(convention.deployment.first, convention.deployment.last),
        tuple(f"{day(edge)} ({time.why_closed(edge)})" for edge in closed), real + works,
        tell_count("{count}\u00a0jour de classe sur {days} jours ; les dates imprimées font foi", "{count}\u00a0jours de classe sur {days} jours ; les dates imprimées font foi", len(school), days=(last - first).days + 1),
        retained=retained(convention.deployment.first, convention.deployment.last),
    )  # fmt: skip


def _notice(meetings: Meetings) -> str:
    days = _days(meetings.notice_days.printed)
    return tell("au moins {days}", days=days) if meetings.notice_is_minimum.printed else days


def _days(count: int) -> str:
    return tell_count("{count}\u00a0jour", "{count}\u00a0jours", count)


RULES: Sequence[Callable[[Convention], Iterator[Finding]]] = (unsigned, connectivity, notice)
