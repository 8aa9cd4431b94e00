"""Sums and ceilings recomputed, to the cent: totals, the subsidy's maximum, what the forecast costs would really give."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal

from deploy.convention import Convention
from deploy.convention.money import BudgetKind, CapReading, euros
from deploy.findings.finding import Finding, Severity, articles, retained
from inventory.french import CENT
from inventory.spoken import amount, percent
from inventory.words import later, tell, tell_count


def maximum(convention: Convention) -> Iterator[Finding]:
    """I-03: the maximum against the unit ceiling times each count of classes that the text gives."""
    ceiling, total = convention.subsidy.unit_ceiling, convention.payment.maximum
    counts = _counts(convention)
    givens = {count: count * ceiling.printed for count in counts}
    if set(givens.values()) == {total.printed}:
        return
    told = " ; ".join(tell("{what} : {value}", what=_classes(count), value=amount(value)) for count, value in givens.items())
    agree = [count for count, value in givens.items() if value == total.printed]
    severity = Severity.INFORMATION if agree else Severity.TO_CLARIFY
    consequence = (
        tell("le maximum imprimé convient à {classes} ; l'État ne verse pas plus", classes=_classes(agree[0])) if agree
        else tell("le maximum imprimé ne convient à aucun nombre de classes du texte")
    )  # fmt: skip
    gap = max(abs(value - total.printed) for value in givens.values())
    yield Finding(
        "I-03", severity, tell("La subvention maximale dépend du nombre de classes retenu"), articles(ceiling, total),
        (tell("maximum : {value}", value=amount(total.printed)), tell("plafond par classe : {value}", value=amount(ceiling.printed))), told, consequence, gap, retained(total),
    )  # fmt: skip


def forecast_cost(convention: Convention) -> Iterator[Finding]:
    """I-04: at the forecast cost, does the subsidised number of classes reach the announced maximum?"""
    terms, lines = convention.terms, convention.budget.of(BudgetKind.EQUIPMENT)
    cost = euros([line.state for line in lines] + [line.commune for line in lines])
    if not cost:
        return
    subsidised = convention.listed_classes
    for count in _counts(convention):
        unit = (cost / count).quantize(CENT, ROUND_HALF_UP)
        due = min((min(unit, terms.cost_cap) * terms.rate).quantize(CENT, ROUND_HALF_UP) * subsidised, terms.maximum)
        if due < terms.maximum:
            yield Finding(
                "I-04", Severity.TO_CLARIFY, tell("Au coût prévisionnel, la subvention annoncée n'est pas atteinte"),
                articles(convention.subsidy.cost_cap, lines[0].words, convention.payment.maximum),
                (tell("équipement : {value}", value=amount(cost)), tell("subvention maximale : {value}", value=amount(terms.maximum))),
                tell("{cost} / {count} = {unit} par classe, soit {due} pour {classes}", cost=amount(cost), count=count, unit=amount(unit), due=amount(due), classes=_classes(subsidised)),
                tell("{value} de moins qu'annoncé", value=amount(terms.maximum - due)), terms.maximum - due, retained(convention.payment.maximum),
            )  # fmt: skip
            return


def euro_for_euro(convention: Convention) -> Iterator[Finding]:
    """I-05: the promise of the preamble against the State's real share."""
    promise = convention.document.euro_per_euro
    lines = convention.budget.of(BudgetKind.EQUIPMENT)
    state, commune = euros(line.state for line in lines), euros(line.commune for line in lines)
    if promise.printed is None or not commune or state / commune >= promise.printed:
        return
    every = convention.budget.lines
    overall = euros(line.state for line in every) / euros([*(line.state for line in every), *(line.commune for line in every)])
    share = state / (state + commune)
    yield Finding(
        "I-05", Severity.INFORMATION, tell("La part réelle de l'État est au-dessous de celle que le préambule annonce"),
        articles(promise, convention.subsidy.rate, lines[0].state),
        (tell("{value} de l'État pour 1,00 € de la commune", value=amount(promise.printed)), tell("taux : {value}", value=percent(convention.subsidy.rate.printed))),
        tell("{share} de l'équipement, {overall} de l'ensemble", share=percent(share), overall=percent(overall)),
        tell("la commune porte {commune}, l'État {state} : le taux ne porte que sur la base plafonnée", commune=amount(commune), state=amount(state)),
        (commune * promise.printed - state).quantize(CENT, ROUND_HALF_UP),
    )  # fmt: skip


def overall(convention: Convention) -> Iterator[Finding]:
    """I-06: the overall cost against the sum of its lines, and what it becomes if the resources are those of the list."""
    budget = convention.budget
    told = euros([line.state for line in budget.lines] + [line.commune for line in budget.lines])
    if told != budget.total.printed:
        gap = abs(told - budget.total.printed)
        yield Finding(
            "I-06", Severity.TO_CLARIFY, tell("Le coût global n'est pas la somme de ses lignes"), articles(budget.total),
            (amount(budget.total.printed),), amount(told), tell("écart de {gap}", gap=amount(gap)), gap, retained(budget.total),
        )  # fmt: skip
        return
    parts = " + ".join(amount(value) for line in budget.lines for value in (line.state.printed, line.commune.printed) if value)
    yield Finding(
        "V-TOTAL", Severity.VERIFIED, tell("Le coût global est bien la somme de ses lignes"), articles(budget.total),
        (amount(budget.total.printed),), f"{parts} = {amount(told)}",
    )  # fmt: skip
    listed = sum((school.resources.printed for school in convention.schools), Decimal(0))
    budgeted = euros(line.state for line in budget.of(BudgetKind.RESOURCES))
    if budgeted and budgeted != listed:
        corrected = told - budgeted + listed
        yield Finding(
            "I-06", Severity.TO_CLARIFY, tell("Le coût global contient les ressources en trop"), articles(budget.total, convention.totals.resources),
            (amount(budget.total.printed),), amount(corrected), tell("avec les ressources de la liste, le total serait de {corrected}", corrected=amount(corrected)),
            abs(told - corrected), retained(budget.total),
        )  # fmt: skip


def printed_totals(convention: Convention) -> Iterator[Finding]:
    """A total of the list that its lines do not give, or a line that its own count does not give."""
    for what, stated, lines in (
        (later("La subvention"), convention.totals.subsidy, [school.subsidy for school in convention.schools]),
        (later("La dotation en ressources"), convention.totals.resources, [school.resources for school in convention.schools]),
    ):
        real = euros(lines)
        if real != stated.printed:
            yield Finding(
                "I-27", Severity.TO_CLARIFY, tell("{what} : le total imprimé n'est pas la somme des lignes", what=tell(what)), articles(stated),
                (amount(stated.printed),), amount(real), tell("écart de {gap}", gap=amount(abs(real - stated.printed))), abs(real - stated.printed),
                retained(stated),
            )  # fmt: skip
    for school in convention.schools:
        due = school.classes.printed * convention.subsidy.unit_ceiling.printed
        if school.subsidy.printed != due:
            yield Finding(
                "I-27", Severity.TO_CLARIFY, tell("{school} : la subvention n'est pas celle de ses classes", school=school.name.printed),
                articles(school.subsidy, convention.subsidy.unit_ceiling), (amount(school.subsidy.printed),), amount(due),
                tell("écart de {gap}", gap=amount(abs(due - school.subsidy.printed))), abs(due - school.subsidy.printed), retained(school.subsidy),
            )  # fmt: skip


def ceiling(convention: Convention) -> Iterator[Finding]:
    """The unit ceiling against cap times rate, the advance against rate times maximum."""
    subsidy, payment = convention.subsidy, convention.payment
    checks = (
        (later("Le plafond par classe"), subsidy.unit_ceiling, subsidy.cost_cap.printed * subsidy.rate.printed, (subsidy.cost_cap, subsidy.rate)),
        (later("L'avance"), payment.advance, payment.maximum.printed * payment.advance_rate.printed, (payment.maximum, payment.advance_rate)),
    )
    for what, stated, exact, basis in checks:
        real = exact.quantize(CENT, ROUND_HALF_UP)
        if stated.printed != real:
            gap = abs(stated.printed - real)
            yield Finding(
                "I-28", Severity.TO_CLARIFY, tell("{what} n'est pas le produit de ses termes", what=tell(what)), articles(stated, *basis),
                (amount(stated.printed),), amount(real), tell("écart de {gap}", gap=amount(gap)), gap, retained(stated),
            )  # fmt: skip


def cap_reading(convention: Convention) -> Iterator[Finding]:
    """I-19: a cap written per class beside a global maximum: read class by class, or on the sum."""
    subsidy, terms = convention.subsidy, convention.terms
    if convention.listed_classes < 2 or subsidy.cap_reading.printed is not None:
        return
    high, low = terms.cost_cap * Decimal("1.1875"), terms.cost_cap * Decimal("0.75")
    per_class = min((min(high, terms.cost_cap) + low) * terms.rate, terms.maximum)
    pooled = min((high + low) * terms.rate, terms.maximum)
    reading = subsidy.cap_reading.value
    yield Finding(
        "I-19", Severity.TO_CLARIFY, tell("Le plafond se lit classe par classe ou sur leur somme"), articles(subsidy.cost_cap, convention.payment.maximum),
        (tell("{value} par classe mobile", value=amount(terms.cost_cap)), tell("{value} en tout", value=amount(terms.maximum))),
        tell("deux classes à {high} et {low} : {per_class} classe par classe, {pooled} en commun", high=amount(high), low=amount(low), per_class=amount(per_class), pooled=amount(pooled)),
        tell("{gap} d'écart dans ce cas", gap=amount(pooled - per_class)), (pooled - per_class).quantize(CENT, ROUND_HALF_UP),
        retained(subsidy.cap_reading) or (reading.label if isinstance(reading, CapReading) else tell("classe par classe tant que rien n'est décidé")),
    )  # fmt: skip


def _classes(count: int) -> str:
    return tell_count("{count}\u00a0classe", "{count}\u00a0classes", count)


def _counts(convention: Convention) -> list[int]:
    """Every count of classes that the text gives, the list's first."""
    told = [line.classes.printed for line in convention.budget.of(BudgetKind.EQUIPMENT)]
    return list(dict.fromkeys([convention.listed_classes, *(count for count in told if count)]))


RULES: Sequence[Callable[[Convention], Iterator[Finding]]] = (
    maximum, forecast_cost, euro_for_euro, overall, printed_totals, ceiling, cap_reading,
)  # fmt: skip
