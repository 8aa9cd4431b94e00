"""Words that name other things than what they say: kinds of school, names of schools."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence

from deploy.convention import Convention
from deploy.findings.finding import Finding, Severity, articles, retained
from inventory.words import tell

KINDS = ("collège", "lycée", "école")
GRADES = ("primaire", "élémentaire", "maternelle")
ARTICLES = frozenset({"les", "le", "la", "des", "du", "de", "l", "d"})


def kind_of_school(convention: Convention) -> Iterator[Finding]:
    """I-07: a title that names another kind of school than those of the list."""
    named = {kind for kind in KINDS if kind in convention.document.title.printed.lower()}
    listed = {kind for kind in KINDS for school in convention.schools if school.name.printed.lower().startswith(kind)}
    if named and listed and not named & listed:
        yield Finding(
            "I-07", Severity.INFORMATION, tell("Le titre nomme un autre genre d'établissement que la liste"),
            articles(convention.document.title, convention.schools[0].name), (convention.document.title.printed,),
            tell("la liste est faite d'établissements du genre : {listed}", listed=', '.join(sorted(listed))),
            tell("le titre officiel est gardé ; les pages disent ce que la liste dit"),
        )  # fmt: skip


def grade(convention: Convention) -> Iterator[Finding]:
    """I-08: the grade of the schools, as the deliberation, the list and the directory say it."""
    called = convention.deliberation.schools_called
    said = {tell("délibération"): _grades(called.printed or "")}
    said[tell("liste")] = set().union(*(_grades(school.name.printed) for school in convention.schools))
    said[tell("annuaire")] = set().union(*(_grades(school.directory.nature or "") for school in convention.schools if school.directory))
    told = {where: words for where, words in said.items() if words}
    if len({frozenset(words) for words in told.values()}) > 1:
        yield Finding(
            "I-08", Severity.INFORMATION, tell("Les écoles ne sont pas dites du même degré partout"), articles(called, convention.schools[0].name),
            tuple(tell("{where} : {words}", where=where, words=", ".join(sorted(words))) for where, words in told.items()),
            "", tell("aucune sur les montants ; la nature de l'annuaire est gardée"), retained=retained(called),
        )  # fmt: skip


def _grades(text: str) -> set[str]:
    plain = _plain(text)
    return {grade for grade in GRADES if _plain(grade) in plain}


def names(convention: Convention) -> Iterator[Finding]:
    """I-09: a school named otherwise than in the directory, under the same identifier."""
    for school in convention.schools:
        if school.directory is None or _words(school.name.printed) & _words(school.directory.name):
            continue
        yield Finding(
            "I-09", Severity.TO_CLARIFY, tell("{uai} : le nom imprimé n'est pas celui de l'annuaire", uai=school.uai), articles(school.name),
            (school.name.printed,), school.directory.name,
            tell("aucune sur les montants : une école se reconnaît à son UAI, jamais à son nom"), retained=retained(school.name),
        )  # fmt: skip


def _words(name: str) -> set[str]:
    """The words of a school's name that tell it from another."""
    return {word for word in re.findall(r"[a-z0-9]+", _plain(name)) if word not in ARTICLES} - {"ecole", *map(_plain, GRADES), "publique"}


def _plain(text: str) -> str:
    return unicodedata.normalize("NFD", text.lower()).encode("ascii", "ignore").decode()


RULES: Sequence[Callable[[Convention], Iterator[Finding]]] = (kind_of_school, grade, names)
