"""What the API is asked in its addresses, typed: the same searches, filters, sorts and moments as the pages."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from inventory.discrepancy import Age, Kind, Standing
from inventory.lifecycle import Stage
from inventory.mdm_status import MdmStatus
from inventory.roles import Role

Words = Annotated[str, Meta(max_length=100, description="Mots à chercher.")]
Following = Annotated[str, Meta(max_length=600, description="« next » ou « previous » d'une page lue ; vide : le début de la liste.")]
Size = Annotated[int, Meta(ge=1, le=200, description="Nombre de lignes de la page.")]
AsOf = Annotated[str, Meta(max_length=40, description="Regarder le passé : une date (2017-11-15) ou un moment (2017-11-15T09:30).")]
Uai = Annotated[str, Meta(max_length=8, description="UAI de l'école ; vide : toutes.")]
Code = Annotated[str, Meta(max_length=60, description="Code de la classe mobile ; vide : toutes.")]
Number = Annotated[int, Meta(ge=1, le=2**63 - 1)]
Note = Annotated[str, Meta(max_length=1000)]


class Past(Struct, forbid_unknown_fields=True):
    """A question about a moment."""

    as_of: AsOf = ""


class SchoolsAsked(Struct, forbid_unknown_fields=True):
    """What a list of schools is asked."""

    q: Words = ""
    sort: Annotated[str, Meta(pattern="^-?(name|uai)$", description="Tri ; « - » devant : à rebours.")] = "name"
    cursor: Following = ""
    limit: Size = 50
    as_of: AsOf = ""


class ClassesAsked(Struct, forbid_unknown_fields=True):
    """What a list of mobile classes is asked."""

    q: Words = ""
    school: Uai = ""
    sort: Annotated[str, Meta(pattern="^-?code$", description="Tri ; « - » devant : à rebours.")] = "code"
    cursor: Following = ""
    limit: Size = 50
    as_of: AsOf = ""


class TabletsAsked(Struct, forbid_unknown_fields=True, rename={"class_": "class"}):
    """What a list of tablets is asked."""

    q: Words = ""
    stage: Stage | None = None
    mdm: MdmStatus | None = None
    class_: Code = ""
    school: Uai = ""
    sort: Annotated[str, Meta(pattern="^-?(name|serial|since)$", description="Tri ; « - » devant : à rebours.")] = "name"
    cursor: Following = ""
    limit: Size = 50
    as_of: AsOf = ""


class DevicesAsked(Struct, forbid_unknown_fields=True):
    """What a list of devices is asked."""

    q: Words = ""
    connector: Annotated[str, Meta(max_length=60, description="Nom du serveur ; vide : tous.")] = ""
    mdm: MdmStatus | None = None
    known: Annotated[bool | None, Meta(description="Si une tablette de l'inventaire porte son numéro de série.")] = None
    sort: Annotated[str, Meta(pattern="^-?(number|serial)$", description="Tri ; « - » devant : à rebours.")] = "number"
    cursor: Following = ""
    limit: Size = 50
    as_of: AsOf = ""


class DaysAsked(Struct, forbid_unknown_fields=True):
    """A span of days."""

    first: Annotated[date, Meta(description="Premier jour, compris.")]
    last: Annotated[date, Meta(description="Dernier jour, compris.")]


class GapsAsked(Struct, forbid_unknown_fields=True, rename={"class_": "class"}):
    """What the reconciliation is asked."""

    kind: Kind | None = None
    standing: Annotated[Standing | None, Meta(description="Où il en est ; vide : tous ceux que les faits n'ont pas refermés.")] = None
    age: Age | None = None
    owner: Role | None = None
    school: Uai = ""
    class_: Code = ""
    cursor: Following = ""
    limit: Size = 50
    as_of: AsOf = ""
