"""Every rule, in the order of the codes. A rule is given a convention and answers what it finds, often nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from deploy.convention import Convention
from deploy.findings import counts, money, scope, time
from deploy.findings.finding import Finding
from deploy.findings.time import Days

Rule = Callable[[Convention], Iterable[Finding]]
RULES: Sequence[Rule] = (*counts.RULES, *money.RULES, *scope.RULES, *time.RULES)


def findings(convention: Convention, school_time: Days | None = None) -> list[Finding]:
    """What the checker finds, by code; with a school time, the dates are checked against it too."""
    found = [finding for rule in RULES for finding in rule(convention)]
    if school_time is not None:
        found += time.against_school_time(convention, school_time)
    return sorted(found, key=lambda finding: finding.code)
