"""Counts that do not agree: schools and classes of one article against another's, identifiers, tablets nobody counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from deploy.convention import Convention
from deploy.convention.money import BudgetKind, BudgetLine, euros
from deploy.findings.finding import Finding, Severity, articles, retained
from inventory.spoken import amount, decimal
from inventory.uai import letter, normalise
from inventory.words import tell, tell_count


def schools_and_classes(convention: Convention) -> Iterator[Finding]:
    """I-01: the list of schools against the counts that the budget's words mention."""
    listed = {"schools": len(convention.schools), "classes": convention.listed_classes}
    for line in convention.budget.of(BudgetKind.EQUIPMENT):
        told = {"schools": line.schools, "classes": line.classes}
        wrong = [what for what, stated in told.items() if stated.printed is not None and stated.printed != listed[what]]
        if not wrong:
            continue
        said = tell(" et ").join(_counted(what, told[what].printed or 0) for what in wrong)
        real = tell(" et ").join(_counted(what, listed[what]) for what in wrong)
        yield Finding(
            "I-01", Severity.TO_CLARIFY, tell("Le nombre d'écoles et de classes n'est pas le même partout"),
            (convention.schools[0].name.article, line.words.article), (tell("liste : {count}", count=real), tell("budget : {count}", count=said)), real,
            tell("tant que rien n'est décidé, la portée est la liste des écoles, à laquelle les engagements se réfèrent"),
            retained=retained(*(told[what] for what in wrong)),
        )  # fmt: skip


def _counted(what: str, count: int) -> str:
    if what == "schools":
        return tell_count("{count}\u00a0école", "{count}\u00a0écoles", count)
    return tell_count("{count}\u00a0classe mobile", "{count}\u00a0classes mobiles", count)


def identifiers(convention: Convention) -> Iterator[Finding]:
    """I-10: identifiers printed otherwise than they are stored, and the check letter of each."""
    printed = [school.printed_uai for school in convention.schools] + [school.reference_college.printed_uai for school in convention.schools]
    odd = list(dict.fromkeys(stated.printed for stated in printed if stated.printed != normalise(stated.printed)))
    if odd:
        yield Finding(
            "I-10", Severity.INFORMATION, tell("Des UAI sont imprimés autrement que dans le répertoire"), articles(*printed), tuple(odd),
            ", ".join(normalise(text) for text in odd), tell("aucune : ils sont normalisés, le texte imprimé est gardé"),
            retained=tell("forme normalisée"),
        )  # fmt: skip
    each = tuple(dict.fromkeys(stated.printed for stated in printed))
    shown = [f"{normalise(text)[:7]} → {letter(int(normalise(text)[:7]))}" for text in each]
    yield Finding(
        "V-UAI", Severity.VERIFIED, tell("Les lettres de contrôle des UAI sont justes"), articles(*printed), each, ", ".join(shown),
    )  # fmt: skip


def total_of_classes(convention: Convention) -> Iterator[Finding]:
    """I-26: no printed total of classes, or no number of tablets."""
    totals = convention.totals
    missing = [
        name for name, stated in ((tell("le total des classes mobiles"), totals.classes), (tell("le nombre de tablettes par classe"), totals.tablets_per_class))
        if stated.value is None
    ]  # fmt: skip
    if missing:
        yield Finding(
            "I-26", Severity.INFORMATION, tell("Des quantités ne sont écrites nulle part"), articles(totals.subsidy),
            tuple(tell("{name} : non écrit", name=name) for name in missing), tell_count("{count}\u00a0classe dans la liste", "{count}\u00a0classes dans la liste", convention.listed_classes),
            tell("la quantité de tablettes d'une classe mobile est un réglage, jamais supposée"),
        )  # fmt: skip
    if totals.classes.printed is not None and totals.classes.printed != convention.listed_classes:
        yield Finding(
            "I-26", Severity.TO_CLARIFY, tell("Le total des classes n'est pas celui des lignes"), articles(totals.classes),
            (str(totals.classes.printed),), str(convention.listed_classes), tell("à faire préciser par le comité de pilotage"),
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
        ratio = gap / per_school if per_school else gap
        schools = tell_count(", soit {count} école", ", soit {count} écoles", int(ratio), count=decimal(f"{ratio:.2g}")) if per_school else ""
        yield Finding(
            "I-02", Severity.TO_CLARIFY, tell("Les ressources pédagogiques ne font pas la même somme"),
            articles(convention.totals.resources, *(line.state for line in lines)),
            (tell("liste : {count}", count=amount(listed)), tell("budget : {count}", count=amount(budgeted))), amount(listed), tell("écart de {gap}{schools}", gap=amount(gap), schools=schools), gap,
            _decisions(lines),
        )  # fmt: skip


def _decisions(lines: Sequence[BudgetLine]) -> str:
    return retained(*(line.state for line in lines))


RULES: Sequence[Callable[[Convention], Iterator[Finding]]] = (schools_and_classes, resources, identifiers, total_of_classes)
