"""The state of conformity that a public body declares of its site (loi 2005-102, article 47; décret 2019-768; RGAA 4.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from inventory.status import Status


class Conformity(Status):
    """The three words of the law: without an audit in force, or under half of the criteria, a site is not conforming."""

    FULL = "full", "totalement conforme", "circle-check", "good"
    PARTIAL = "partial", "partiellement conforme", "circle-dashed", "watch"
    NONE = "none", "non conforme", "circle-x", "bad"


@dataclass(frozen=True, slots=True)
class Audit:
    """An audit against the RGAA: its day and the criteria respected, in hundredths."""

    day: date
    percent: int


def conformity(audit: Audit | None) -> Conformity:
    """What may be declared after an audit (RGAA 4.1, « Obligations », état de conformité)."""
    if audit is None or audit.percent < 50:
        return Conformity.NONE
    return Conformity.FULL if audit.percent == 100 else Conformity.PARTIAL


def read_audit(text: str) -> Audit | None:
    """`2026-03-15 82`: the day and the percentage; None when empty. Raises `ValueError` with the remedy."""
    if not text:
        return None
    day, _, percent = text.partition(" ")
    try:
        told = date.fromisoformat(day)
    except ValueError as fault:
        raise ValueError("écrire le jour de l'audit et son taux : 2026-03-15 82") from fault
    if not (percent.isascii() and percent.isdigit() and int(percent) <= 100):
        raise ValueError("écrire le jour de l'audit et son taux : 2026-03-15 82")
    return Audit(told, int(percent))


def read_contact(text: str) -> str:
    """An e-mail address or the address of a form; raises `ValueError` with the remedy."""
    mail = "@" in text and " " not in text and not text.startswith(("@", "mailto:")) and not text.endswith("@")
    if text and not mail and not text.startswith("https://"):
        raise ValueError("écrire une adresse électronique ou celle d'un formulaire : accessibilite@ville.fr ou https://ville.fr/contact")
    return text
