"""Counts that do not agree: schools and classes of one article against another's, identifiers, tablets nobody counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from deploy.convention import Convention
from deploy.convention.money import BudgetKind, BudgetLine, euros
from deploy.findings.finding import Finding, Severity, articles, retained
from inventory.french import amount, counted
from inventory.uai import letter, normalise


def schools_and_classes(convention: Convention) -> Iterator[Finding]:
    """I-01: the list of schools against the counts that the budget's words mention."""
    listed = {"schools": len(convention.schools), "classes": convention.listed_classes}
    words = {"schools": ("école", "écoles"), "classes": ("classe mobile", "classes mobiles")}
    for line in convention.budget.of(BudgetKind.EQUIPMENT):
        told = {"schools": line.schools, "classes": line.classes}
        wrong = [what for what, stated in told.items() if stated.printed is not None and stated.printed != listed[what]]
        if not wrong:
            continue
        said = " et ".join(counted(told[what].printed or 0, *words[what]) for what in wrong)
        real = " et ".join(counted(listed[what], *words[what]) for what in wrong)
        yield Finding(
            "I-01", Severity.TO_CLARIFY, "Le nombre d'écoles et de classes n'est pas le même partout",
            (convention.schools[0].name.article, line.words.article), (f"liste : {real}", f"budget : {said}"), real,
            "tant que rien n'est décidé, la portée est la liste des écoles, à laquelle les engagements se réfèrent",
            retained=retained(*(told[what] for what in wrong)),
        )  # fmt: skip


def identifiers(convention: Convention) -> Iterator[Finding]:
    """I-10: identifiers printed otherwise than they are stored, and the check letter of each."""
    printed = [school.printed_uai for school in convention.schools] + [school.reference_college.printed_uai for school in convention.schools]
    odd = list(dict.fromkeys(stated.printed for stated in printed if stated.printed != normalise(stated.printed)))
    if odd:
        yield Finding(
            "I-10", Severity.INFORMATION, "Des UAI sont imprimés autrement que dans le répertoire", articles(*printed), tuple(odd),
            ", ".join(normalise(text) for text in odd), "aucune : ils sont normalisés, le texte imprimé est gardé",
            retained="forme normalisée",
        )  # fmt: skip
    each = tuple(dict.fromkeys(stated.printed for stated in printed))
    shown = [f"{normalise(text)[:7]} → {letter(int(normalise(text)[:7]))}" for text in each]
    yield Finding(
        "V-UAI", Severity.VERIFIED, "Les lettres de contrôle des UAI sont justes", articles(*printed), each, ", ".join(shown),
    )  # fmt: skip


def total_of_classes(convention: Convention) -> Iterator[Finding]:
    """I-26: no printed total of classes, or no number of tablets."""
    totals = convention.totals
    missing = [
        name for name, stated in (("le total des classes mobiles", totals.classes), ("le nombre de tablettes par classe", totals.tablets_per_class))
        if stated.value is None
    ]  # fmt: skip
    if missing:
        yield Finding(
            "I-26", Severity.INFORMATION, "Des quantités ne sont écrites nulle part", articles(totals.subsidy),
            tuple(f"{name} : non écrit" for name in missing), f"{counted(convention.listed_classes, 'classe', 'classes')} dans la liste",
            "la quantité de tablettes d'une classe mobile est un réglage, jamais supposée",
        )  # fmt: skip
    if totals.classes.printed is not None and totals.classes.printed != convention.listed_classes:
        yield Finding(
            "I-26", Severity.TO_CLARIFY, "Le total des classes n'est pas celui des lignes", articles(totals.classes),
            (str(totals.classes.printed),), str(convention.listed_classes), "à faire préciser par le comité de pilotage",
            retained=retained(totals.classes),
        )  # fmt: skip


def resources(convention: Convention) -> Iterator[Finding]:
    """I-02: the resources of the list against those of the budget."""
    lines = convention.budget.of(BudgetKind.RESOURCES)
    listed = euros(school.resources for school in convention.schools)
    budgeted = euros(line.state for line in lines)
    if lines and budgeted != listed:
        gap = abs(budgeted - listed)
        per_school = convention.subsidy.resources_per_school.printed
        schools = f", soit {gap / per_school:.2g} école(s)" if per_school else ""
        yield Finding(
            "I-02", Severity.TO_CLARIFY, "Les ressources pédagogiques ne font pas la même somme",
            articles(convention.totals.resources, *(line.state for line in lines)),
            (f"liste : {amount(listed)}", f"budget : {amount(budgeted)}"), amount(listed), f"écart de {amount(gap)}{schools}", gap,
            _decisions(lines),
        )  # fmt: skip


def _decisions(lines: Sequence[BudgetLine]) -> str:
    return retained(*(line.state for line in lines))


RULES: Sequence[Callable[[Convention], Iterator[Finding]]] = (schools_and_classes, resources, identifiers, total_of_classes)
