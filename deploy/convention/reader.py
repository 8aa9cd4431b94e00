"""Reading a convention's file into its types: every fault is told at once, and nothing is given unless there is none."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from decimal import Decimal

from deploy.convention.articles import (
    College,
    Committee,
    Connectivity,
    Deliberation,
    Deployment,
    Directory,
    Document,
    Duty,
    Ending,
    Meetings,
    Party,
    School,
    Seat,
    Service,
    Signature,
)  # fmt: skip
from deploy.convention.convention import Convention
from deploy.convention.kinds import (
    AMOUNT,
    COUNT,
    DAY,
    KEY,
    RATE,
    TEXT,
    TEXTS,
    UAI,
    YEAR,
    YES_NO,
    member,
    one_of,
)  # fmt: skip
from deploy.convention.money import Budget, BudgetCode, BudgetKind, BudgetLine, CapReading, Payment, Subsidy, Totals
from deploy.convention.table import Faults, Table, repeated
from inventory.errors import Refused

_WRONG_DAY = re.compile(r"^\s*(?P<key>[\w.-]+)\s*=.*?(?P<day>\d{4}-\d{2}-\d{2})")


class FaultyConvention(Refused):
    """A file that cannot be a convention: one line for each fault, and nothing is loaded."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__(*faults)
        self.faults = tuple(faults)


def parse(text: str, name: str) -> Convention:
    """Read a convention; raises `FaultyConvention` with one French line for each fault, naming its key and its value."""
    try:
        content = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as fault:
        raise FaultyConvention([f"{name} : {_illegible(text, fault)}"]) from fault
    faults = Faults()
    read = _convention(Table(content, "", faults))
    faults.close()
    if faults.lines:
        raise FaultyConvention([f"{name} : {line}" for line in faults.lines])
    return read


def _illegible(text: str, fault: tomllib.TOMLDecodeError) -> str:
    """What TOML itself refuses, with the key and the value of a date that does not exist."""
    found = re.search(r"at line (\d+)", str(fault))
    line = text.splitlines()[int(found[1]) - 1] if found and int(found[1]) <= len(text.splitlines()) else ""
    day = _WRONG_DAY.match(line)
    if day:
        return f"{day['key']} = {day['day']} : cette date n'existe pas ; vérifiez le jour et le mois sur le document"
    where = f"ligne {found[1]}, « {line.strip()} »" if found else "fichier"
    return f"{where} : ce n'est pas du TOML ; vérifiez les guillemets et le signe ="


def _convention(file: Table) -> Convention:
    committees = [_committee(table) for table in file.tables("committee")]
    return Convention(
        key=file.value("key", KEY),
        zone=file.sourced("zone", one_of("A", "B", "C")),
        rhythm=file.sourced("rhythm", one_of("4.5-wednesday", "4.5-saturday", "4-days")),
        document=_document(file.table("document")),
        deliberation=_deliberation(file.table("deliberation")),
        parties=tuple(_party(table) for table in file.tables("party")),
        connectivity=_connectivity(file.table("connectivity")),
        subsidy=_subsidy(file.table("subsidy")),
        duties=tuple(_duty(table) for table in file.tables("duty")),
        committees=tuple(committees),
        schools=_schools(file),
        totals=_totals(file.table("totals")),
        services=tuple(Service(one.value("key", _SERVICE), one.stated("words", TEXT)) for one in file.tables("service")),
        deployment=_deployment(file.table("deployment")),
        budget=_budget(file.table("budget")),
        payment=_payment(file.table("payment")),
        codes=tuple(BudgetCode(one.value("key", KEY), one.value("words", TEXT), one.stated("code", TEXT)) for one in file.tables("code")),
        printed_mention=file.table("communication").stated("mention", TEXT),
        ending=_ending(file.table("ending")),
        signature=_signature(file.table("signature")),
    )


_SERVICE = one_of("initial_configuration", "mdm", "integration", "storage", "first_use")


def _document(table: Table) -> Document:
    return Document(
        table.stated("title", TEXT), table.stated("call", TEXT), table.stated("programme", TEXT), table.optional("euro_per_euro", AMOUNT)
    )


def _deliberation(table: Table) -> Deliberation:
    return Deliberation(
        table.value("number", TEXT), table.value("session", DAY), table.value("received", DAY), table.optional("schools_called", TEXT)
    )


def _party(table: Table) -> Party:
    return Party(table.value("key", KEY), table.stated("name", TEXT), table.stated("representative", TEXT))


def _connectivity(table: Table) -> Connectivity:
    return Connectivity(table.stated("words", TEXT), table.sourced("due", DAY), table.optional("threshold_mbps", COUNT))


def _subsidy(table: Table) -> Subsidy:
    return Subsidy(
        table.stated("cost_cap", AMOUNT), table.stated("rate", RATE), table.stated("unit_ceiling", AMOUNT),
        table.stated("resources_per_school", AMOUNT), table.optional("tax", one_of("TTC", "HT")),
        table.optional("cap_reading", member(CapReading)),
    )  # fmt: skip


def _duty(table: Table) -> Duty:
    return Duty(table.value("key", KEY), table.value("by", TEXT), table.stated("words", TEXT), table.optional("due_months", COUNT))


def _committee(table: Table) -> Committee:
    meetings = Meetings(
        table.stated("every_months", COUNT), table.stated("quorum_per_signatory", COUNT), table.stated("notice_days", COUNT),
        table.stated("notice_is_minimum", YES_NO), table.stated("notice_by", TEXT),
    )  # fmt: skip
    seats = tuple(
        Seat(seat.value("party", KEY), seat.value("words", TEXT), seat.value("rank", one_of("holder", "substitute")),
             seat.value("represented", YES_NO))
        for seat in table.tables("seat")
    )  # fmt: skip
    return Committee(table.value("key", KEY), table.stated("name", TEXT), table.stated("roles", TEXTS), seats, meetings)


def _schools(file: Table) -> tuple[School, ...]:
    tables = file.tables("school")
    schools = tuple(_school(table) for table in tables)
    codes = [school.printed_uai.printed.upper() if school.printed_uai.printed else None for school in schools]
    for twice in repeated(codes):
        file.reject("school", twice, "cette école figure deux fois ; gardez une seule section pour un même UAI")
    return schools


def _school(table: Table) -> School:
    directory = table.optional_table("directory")
    college = College(table.stated("college_uai", UAI), table.stated("college_name", TEXT))
    return School(
        table.stated("uai", UAI), table.stated("name", TEXT), table.stated("address", TEXT), table.stated("commune", TEXT),
        table.stated("departement", TEXT), college, table.stated("classes", COUNT), table.stated("subsidy", AMOUNT),
        table.stated("resources", AMOUNT), _directory(directory) if directory else None,
    )  # fmt: skip


def _directory(table: Table) -> Directory:
    return Directory(
        table.value("source", TEXT), table.value("name", TEXT), table.optional_value("address", TEXT), table.optional_value("nature", TEXT)
    )


def _totals(table: Table) -> Totals:
    return Totals(
        table.optional("classes", COUNT), table.stated("subsidy", AMOUNT), table.stated("resources", AMOUNT),
        table.optional("tablets_per_class", COUNT),
    )  # fmt: skip


def _deployment(table: Table) -> Deployment:
    first, last = table.stated("first", DAY), table.stated("last", DAY)
    if first.value and last.value and first.value > last.value:
        table.reject("last", last.value, f"la fenêtre finit avant de commencer le {first.value:%d/%m/%Y} ; inversez first et last")
    return Deployment(first, last)


def _budget(table: Table) -> Budget:
    lines = tuple(
        BudgetLine(
            line.value("kind", member(BudgetKind)), line.stated("words", TEXT), line.optional("state", AMOUNT),
            line.optional("commune", AMOUNT), line.optional("schools", COUNT), line.optional("classes", COUNT),
        )
        for line in table.tables("line")
    )  # fmt: skip
    return Budget(table.stated("total", AMOUNT), table.stated("tax", one_of("TTC", "HT")), table.stated("year", YEAR), lines)


def _payment(table: Table) -> Payment:
    return Payment(
        table.stated("year", YEAR), table.stated("advance", AMOUNT), table.stated("advance_rate", RATE), table.stated("maximum", AMOUNT),
        table.stated("increased_on_overrun", YES_NO), table.stated("balance_conditions", TEXTS), table.stated("payer", TEXT),
        table.stated("repaid_to", TEXT), table.optional("eligible_from", DAY), table.optional("eligible_until", DAY),
        table.optional("balance_due_months", COUNT), table.optional("repayment_due_months", COUNT),
    )  # fmt: skip


def _ending(table: Table) -> Ending:
    return Ending(
        table.stated("years", COUNT), table.stated("notice_months", COUNT), table.stated("notice_form", TEXT),
        table.stated("amended_by", TEXT), table.stated("court", TEXT),
    )  # fmt: skip


def _signature(table: Table) -> Signature:
    return Signature(
        table.optional("place", TEXT), table.optional("day", DAY), table.stated("originals", COUNT), table.stated("pages", COUNT)
    )
