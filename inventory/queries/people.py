"""Who of the accounts is a person: the others are programs', which bear a token and are shown with the tokens."""

from __future__ import annotations

from inventory.models import Person

PROGRAM = "jeton:"
A_PERSON = ~Person.login.startswith(PROGRAM)
