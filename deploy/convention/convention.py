"""A whole convention, and the questions that the rest of the house asks it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from deploy.convention.articles import (
    Committee,
    Connectivity,
    Deliberation,
    Deployment,
    Document,
    Duty,
    Ending,
    Party,
    School,
    Service,
    Signature,
)
from deploy.convention.money import Budget, BudgetCode, Payment, Subsidy, Terms, Totals
from deploy.convention.stated import Sourced, Stated


class Window(NamedTuple):
    """The days of deployment, both included, in Europe/Paris."""

    first: date
    last: date


@dataclass(frozen=True)
class Convention:
    """What a convention's file says: each value as printed, with its article and what was decided about it."""

    key: str
    zone: Sourced[str]
    rhythm: Sourced[str]
    document: Document
    deliberation: Deliberation
    parties: tuple[Party, ...]
    connectivity: Connectivity
    subsidy: Subsidy
    duties: tuple[Duty, ...]
    committees: tuple[Committee, ...]
    schools: tuple[School, ...]
    totals: Totals
    services: tuple[Service, ...]
    deployment: Deployment
    budget: Budget
    payment: Payment
    codes: tuple[BudgetCode, ...]
    printed_mention: Stated[str]
    ending: Ending
    signature: Signature

    @property
    def mention(self) -> str:
        """The sentence that every page and export carries (article 9)."""
        return self.printed_mention.value

    @property
    def window(self) -> Window:
        """The days of deployment that apply (article 6.1)."""
        return Window(self.deployment.first.value, self.deployment.last.value)

    @property
    def connectivity_due(self) -> date:
        """The day by which classrooms need a sufficient internet rate (article 3.1)."""
        return self.connectivity.due.value

    @property
    def signed_on(self) -> date | None:
        """The day that starts the duration (article 11); None while the document is not signed."""
        return self.signature.day.value

    @property
    def terms(self) -> Terms:
        """The subsidy's figures that apply (articles 3.2 and 7.1)."""
        return Terms(
            cost_cap=self.subsidy.cost_cap.value,
            rate=self.subsidy.rate.value,
            unit_ceiling=self.subsidy.unit_ceiling.value,
            maximum=self.payment.maximum.value,
            advance=self.payment.advance.value,
            advance_rate=self.payment.advance_rate.value,
            resources_per_school=self.subsidy.resources_per_school.value,
        )

    @property
    def listed_classes(self) -> int:
        """The mobile classes that article 5 prints, school by school."""
        return sum(school.classes.printed for school in self.schools)

    def committee(self, key: str) -> Committee:
        """The committee under this key; KeyError when the convention has none."""
        return {committee.key: committee for committee in self.committees}[key]

    def party(self, key: str) -> Party:
        """The signatory under this key; KeyError when there is none."""
        return {party.key: party for party in self.parties}[key]
