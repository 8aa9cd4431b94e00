"""What is wrong with a typed question or body, in French: which field, what it should be."""

from __future__ import annotations

import re

KINDS = {
    "str": "un texte", "int": "un nombre entier", "float": "un nombre", "bool": "vrai ou faux", "object": "un objet", "array": "une liste",
    "null": "null", "date": "une date", "datetime": "un moment", "decimal": "un nombre décimal",
}  # fmt: skip
PLACE = re.compile(r"(?P<what>.*?)(?: - at `(?P<place>.+)`)?", re.DOTALL)
SENTENCES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.DOTALL), said)
    for pattern, said in (
        (r"Object missing required field `(.+)`", "il manque le champ « {0} »"),
        (r"Object contains unknown field `(.+)`", "le champ « {0} » n'existe pas : l'ôter"),
        (r"Invalid enum value (.+)", "la valeur {0} n'est pas de la liste"),
        (r"Expected `(\w+)(?: \| null)?`, got `(\w+)`", "écrire {0}, pas {1}"),
        (r"Expected `(\w+)` of length >= (\d+)", "trop court : {1} au moins"),
        (r"Expected `(\w+)` of length <= (\d+)", "trop long : {1} au plus"),
        (r"Expected `(\w+)` >= (\S+)", "écrire un nombre d'au moins {1}"),
        (r"Expected `(\w+)` <= (\S+)", "écrire un nombre d'au plus {1}"),
        (r"Invalid RFC3339 encoded datetime", "écrire un moment comme 2017-11-28T09:30:00Z"),
        (r"Invalid RFC3339 encoded date", "écrire une date comme 2017-11-28"),
        (r"Expected `datetime` with a timezone component", "écrire un moment avec son fuseau, comme 2017-11-28T09:30:00Z"),
        (r"Expected `str` matching regex .*", "écrit autrement que le document de l'API ne le dit"),
    )
)
LONGEST = 300


def said_in_french(fault: str) -> str:
    """The sentence of a fault that msgspec found, with the place it found it at."""
    told = PLACE.fullmatch(fault)
    what, place = (told["what"], told["place"]) if told else (fault, None)
    where = f"« {place.removeprefix('$.').removeprefix('$')} »" if place and place != "$" else "Demande"
    return f"{where} : {_sentence(what)}."[:LONGEST]


def _sentence(what: str) -> str:
    for pattern, said in SENTENCES:
        found = pattern.fullmatch(what)
        if found:
            return said.format(*(KINDS.get(part, part) for part in found.groups()))
    return "valeur refusée ; voir le document de l'API"
