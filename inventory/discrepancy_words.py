"""A discrepancy in sentences: what both sides say, and what is proposed; nothing of it is done by a machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from inventory.discrepancy import Hint, Kind, Source, stage_of
from inventory.words import later, tell

Told = Mapping[str, Any]
ACTIONS: Mapping[Kind, str] = {
    Kind.NEVER_RECEIVED: later("Chercher le carton et réceptionner la tablette, ou réclamer au fournisseur avant de certifier la dépense."),
    Kind.NOT_INVENTORIED: later("Retrouver la tablette et l'importer à l'inventaire, ou corriger le numéro sur la facture ou au registre."),
    Kind.NEVER_ENROLLED: later("L'enrôler dans le MDM, ou relever le numéro de série au dos."),
    Kind.UNKNOWN_TO_INVENTORY: later("Retrouver l'appareil et l'inscrire à l'inventaire, ou le retirer du MDM s'il n'est pas de la convention."),
    Kind.SERIAL_MISMATCH: later("Relever le numéro au dos de la tablette et corriger le côté qui a tort."),
    Kind.GONE_FROM_MDM: later("Retrouver la tablette, puis l'enrôler de nouveau."),
    Kind.DUPLICATE_IN_MDM: later("Garder l'enrôlement le plus récent et retirer les autres dans la console du MDM."),
    Kind.WRONG_PLACE: later("Changer le groupe dans le MDM, ou ranger la tablette là où elle est vraiment."),
    Kind.BLANK_SERIAL: later("Compléter le numéro de série dans la console du MDM."),
    Kind.OUT_BUT_ACTIVE: later("Vérifier où est la tablette : la remettre au parc, ou la retirer du MDM."),
    Kind.STOLEN_BUT_SEEN: later("Transmettre la date du contact avec la plainte ; ne rien effacer avant l'avis de l'assurance."),
    Kind.DRIFT: later("Appliquer de nouveau la configuration, ou changer la référence de la classe mobile."),
}

FLAGS: Mapping[str, str] = {
    "managed": later("gérée"), "permissions": later("droits accordés"), "verified": later("vérifié"), "failed": later("en échec"),
}  # fmt: skip


def proposed(kind: Kind) -> str:
    """What is proposed to whoever owns it."""
    return tell(ACTIONS[kind])


def sentence(kind: Kind, serial: str, told: Told) -> str:
    """What both sides say, in the language spoken now."""
    return _SENTENCES[kind](serial, told)


def hint(told: Told) -> str:
    """Why two serial numbers are taken for one."""
    why = Hint(told["hint"])
    return tell("même numéro {number}", number=told["tablet"]["tag"]) if why is Hint.SAME_TAG else why.label


def paper(told: Told) -> str:
    """The invoice or the register of an evidence."""
    one = told["paper"]
    if Source(one["source"]) is Source.INVOICE:
        return tell("facture {number} de {supplier}", number=one["number"], supplier=one["holder"])
    return tell("bien {number} du registre « {register} »", number=one["number"], register=one["holder"])


def values(text: str) -> str:
    """Values as an evidence keeps them, those of a mode or of a profile in words."""
    return ", ".join(tell(FLAGS[one]) if one in FLAGS else one for one in text.split(", "))


def _mismatch(serial: str, told: Told) -> str:
    seen = told["mdm"][0]
    return tell("{serial} à l'inventaire, {heard} dans « {connector} » : {why}", serial=serial, heard=seen["serial"], connector=seen["connector"], why=hint(told))


def _unknown(serial: str, told: Told) -> str:
    seen = told["mdm"][0]
    return tell("« {number} » dans « {connector} »", number=seen["number"], connector=seen["connector"])


def _blank(serial: str, told: Told) -> str:
    seen = told["mdm"][0]
    return tell(
        "« {number} » dans « {connector} » (identifiant {mdm_id}) ne dit pas son numéro de série",
        number=seen["number"], connector=seen["connector"], mdm_id=seen["id"],
    )  # fmt: skip


def _several(serial: str, told: Told) -> str:
    kept, *others = (tell("« {number} » ({connector})", number=seen["number"], connector=seen["connector"]) for seen in told["mdm"])
    return tell("{kept} est l'enrôlement le plus récent ; aussi : {others}", kept=kept, others=", ".join(others))


def _gone(serial: str, told: Told) -> str:
    return tell("« {connector} » ne la connaît plus", connector=told["mdm"][0]["connector"])


def _never_enrolled(serial: str, told: Told) -> str:
    return tell("« {stage} » à l'inventaire, aucun MDM ne la connaît", stage=stage_of(told["tablet"]).label)


def _elsewhere(serial: str, told: Told) -> str:
    seen = told["mdm"][0]
    return tell("rangée dans {cart}, groupe « {group} » dans « {connector} »", cart=told["where"], group=seen["group"], connector=seen["connector"])


def _alive(serial: str, told: Told) -> str:
    stage = stage_of(told["tablet"]).label
    return tell("« {stage} » à l'inventaire, en contact depuis dans « {connector} »", stage=stage, connector=told["mdm"][0]["connector"])


def _never_received(serial: str, told: Told) -> str:
    return tell("{paper} ; « {stage} » à l'inventaire", paper=paper(told), stage=stage_of(told["tablet"]).label)


def _not_inventoried(serial: str, told: Told) -> str:
    return tell("{paper} ; aucune tablette ne porte ce numéro", paper=paper(told))


def _drift(serial: str, told: Told) -> str:
    drift = told["drift"]
    return tell("{item} : attendu {expected}, le MDM dit {told}", item=drift["label"], expected=values(drift["expected"]), told=values(drift["told"]))


_SENTENCES: Mapping[Kind, Callable[[str, Told], str]] = {
    Kind.NEVER_RECEIVED: _never_received, Kind.NOT_INVENTORIED: _not_inventoried, Kind.NEVER_ENROLLED: _never_enrolled,
    Kind.UNKNOWN_TO_INVENTORY: _unknown, Kind.SERIAL_MISMATCH: _mismatch, Kind.GONE_FROM_MDM: _gone, Kind.DUPLICATE_IN_MDM: _several,
    Kind.WRONG_PLACE: _elsewhere, Kind.BLANK_SERIAL: _blank, Kind.OUT_BUT_ACTIVE: _alive, Kind.STOLEN_BUT_SEEN: _alive, Kind.DRIFT: _drift,
}  # fmt: skip
