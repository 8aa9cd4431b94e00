"""A complaint about a row of a file: its row, field and value, what is wrong, and the remedy, in French."""

from __future__ import annotations

from dataclasses import dataclass

from inventory.words import tell

LONGEST_VALUE = 80


@dataclass(frozen=True, slots=True)
class Complaint:
    """One fault (or one doubt) of one row; rows are numbered as the spreadsheet shows them."""

    row: int
    field: str
    value: str
    problem: str
    remedy: str = ""

    def __post_init__(self) -> None:
        if len(self.value) > LONGEST_VALUE:
            object.__setattr__(self, "value", self.value[: LONGEST_VALUE - 1] + "…")

    @property
    def sentence(self) -> str:
        """The whole complaint on one line."""
        value = tell(" = « {value} »", value=self.value) if self.value else ""
        remedy = tell(" ; {remedy}", remedy=self.remedy) if self.remedy else ""
        return tell("ligne {row}, {field}{value} : {problem}{remedy}.", row=self.row, field=self.field, value=value, problem=self.problem, remedy=remedy)
