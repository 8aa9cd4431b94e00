"""The journal of a thing in sentences: who said what, when it was true and when it was learned."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from inventory.discrepancy import Verdict
from inventory.journal import When
from inventory.lifecycle import Stage
from inventory.mdm_status import MdmStatus
from inventory.models import Event
from inventory.roles import Role
from inventory.words import tell

LATE_NOTE = timedelta(hours=1)
Words = Callable[[str, str, Any], tuple[str, str] | None]
_words: dict[str, Words] = {}


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of a timeline."""

    at: datetime
    noted: datetime | None
    icon: str
    title: str
    who: str
    note: str
    machine: bool


def speak(prefix: str, words: Words) -> None:
    """Say how the axes that begin with `prefix` are told: (axis, value, detail) -> (title, icon)."""
    _words[prefix] = words


def timeline(events: Iterable[Event], when: When | None = None) -> list[Moment]:
    """The lines of a journal, newest first, those of after the date looked at left out."""
    shown = [event for event in events if when is None or event.at <= when.moment]
    return [_moment(event) for event in sorted(shown, key=lambda event: (event.at, event.position), reverse=True)]


def _moment(event: Event) -> Moment:
    title, icon = _told(event)
    late = event.noted - event.at > LATE_NOTE
    remark = getattr(event, "remark", None)
    note = (remark.text or "") if remark is not None else ""
    machine = event.source.startswith("mdm:") or event.source == "reconciliation"
    who = event.actor.name if event.actor_id else _source(event.source)
    return Moment(event.at, event.noted if late else None, icon, title, who, note, machine)


def _source(source: str) -> str:
    kind, _, name = source.partition(":")
    told = {
        "mdm": tell("MDM « {name} »", name=name), "import": tell("import n° {number}", number=name), "convention": tell("convention chargée"),
        "person": tell("ligne de commande"), "job": tell("tâche automatique"), "label": tell("quelqu'un de l'école, sans compte"), "reconciliation": tell("rapprochement"),
    }  # fmt: skip
    return told.get(kind, source)


def _told(event: Event) -> tuple[str, str]:
    for prefix, words in _words.items():
        if event.axis.startswith(prefix):
            found = words(event.axis, event.value, event.detail)
            if found:
                return found
    return f"{event.axis} : {event.value}", "dot"


def _stage(axis: str, value: str, detail: Any) -> tuple[str, str]:
    stage = Stage(value)
    return stage.label[:1].upper() + stage.label[1:], stage.icon


def _place(axis: str, value: str, detail: Any) -> tuple[str, str]:
    return (tell("Rangée dans l'alvéole {slot}", slot=detail['slot']), "briefcase") if value else (tell("Sortie de sa valise"), "briefcase")


def _record(axis: str, value: str, detail: Any) -> tuple[str, str]:
    return (tell("Retirée de l'inventaire"), "trash-2") if value == "withdrawn" else (tell("Fiche enregistrée"), "file-text")


def _mdm(axis: str, value: str, detail: Any) -> tuple[str, str]:
    status = MdmStatus(value)
    return tell("MDM : {word}", word=status.label), status.icon


def _report(axis: str, value: str, detail: Any) -> tuple[str, str]:
    parts = [detail.get("model"), detail.get("os_version") and tell("système {version}", version=detail['os_version']), detail.get("configuration")]
    said = ", ".join(part for part in parts if part) or tell("fiche changée")
    return tell("MDM : {word}", word=said), "radio"


def _label(axis: str, value: str, detail: Any) -> tuple[str, str]:
    where = f" sur l'alvéole {detail['slot']}" if detail.get("slot") else ""
    return f"Étiquette {value[:5]}-{value[5:]} collée{where}", "tag"


def _closing(axis: str, value: str, detail: Any) -> tuple[str, str]:
    return tell("Fermeture du {first} au {last} : {reason}", **{part: detail[part] for part in ("first", "last", "reason")}), "calendar-x"


def _gap(axis: str, value: str, detail: Any) -> tuple[str, str]:
    if axis == "gap:decision":
        verdict = Verdict(value)
        return tell("Décidé : {verdict}, à la charge de : {owner}", verdict=verdict.label, owner=Role(detail["owner"]).label), verdict.icon
    if axis == "gap:facts":
        return tell("Les faits ont changé"), "history"
    return (tell("Ouvert par le rapprochement"), "circle-alert") if value == "opened" else (tell("Refermé : les faits ne le montrent plus"), "check-check")


for _prefix, _sentence in (
    ("stage", _stage), ("place", _place), ("record", _record), ("mdm", _mdm), ("report", _report), ("closing:", _closing), ("label", _label), ("gap", _gap),
):  # fmt: skip
    speak(_prefix, _sentence)
