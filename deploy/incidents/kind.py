"""Kinds of incident and the results that close them, with the stage of the tablet that each tells."""

from __future__ import annotations

from inventory.lifecycle import Stage
from inventory.status import Status


class Kind(Status):
    """What happened."""

    BREAKAGE = "breakage", "casse", "wrench", "bad"
    FAILURE = "failure", "panne", "octagon-x", "bad"
    THEFT = "theft", "vol", "shield-alert", "bad"
    LOSS = "loss", "perte", "circle-help", "bad"
    ACCESSORY = "accessory", "accessoire manquant", "unlink", "watch"
    WIFI = "wifi", "Wi-Fi de l'école", "wifi-off", "watch"
    WARRANTY = "warranty", "retour sous garantie", "life-buoy", "watch"


class Result(Status):
    """How it ended."""

    REPAIRED = "repaired", "réparée", "circle-check", "good"
    SWAPPED = "swapped", "échangée", "replace", "good"
    FOUND = "found", "retrouvée", "search-check", "good"
    SUPPLIED = "supplied", "fourni", "package-check", "good"
    WRITTEN_OFF = "written_off", "réformée", "trash-2", "rest"
    UNFOUNDED = "unfounded", "sans suite", "circle-slash", "rest"


OF_A_TABLET = frozenset({Kind.BREAKAGE, Kind.FAILURE, Kind.THEFT, Kind.LOSS, Kind.WARRANTY})
STAGE_TOLD = {
    Kind.BREAKAGE: Stage.BROKEN, Kind.FAILURE: Stage.BROKEN, Kind.THEFT: Stage.STOLEN, Kind.LOSS: Stage.LOST, Kind.WARRANTY: Stage.IN_REPAIR,
}  # fmt: skip
STAGE_AFTER = {Result.REPAIRED: Stage.IN_SERVICE, Result.FOUND: Stage.FOUND, Result.WRITTEN_OFF: Stage.WRITTEN_OFF}
_REPAIR = (Result.REPAIRED, Result.WRITTEN_OFF, Result.UNFOUNDED)
_AWAY = (Result.FOUND, Result.WRITTEN_OFF, Result.UNFOUNDED)
RESULTS = {
    Kind.BREAKAGE: _REPAIR, Kind.FAILURE: _REPAIR, Kind.WARRANTY: _REPAIR, Kind.THEFT: _AWAY, Kind.LOSS: _AWAY,
    Kind.ACCESSORY: (Result.SUPPLIED, Result.FOUND, Result.UNFOUNDED), Kind.WIFI: (Result.REPAIRED, Result.UNFOUNDED),
}  # fmt: skip
"""The results that close each kind; an exchange closes by itself (`Result.SWAPPED`)."""
REFERENCES = {Kind.WARRANTY: "n° de retour (RMA)"}
"""What cannot be told without a number; that of a complaint is not known yet when a theft is told."""
