"""What a convention's own text contradicts: general rules, none written for one town."""

from deploy.findings.checker import findings
from deploy.findings.finding import Finding, Severity

__all__ = ["Finding", "Severity", "findings"]
