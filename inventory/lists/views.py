"""The pages of the lists: found as one types, filtered and sorted by their address, exported as shown, kept under a name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from flask import (
    Blueprint,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    send_file,
    stream_with_context,
    url_for,
)
from werkzeug.wrappers import Response

from inventory.access import Reach, may
from inventory.actions.records import Hand
from inventory.actions.views_kept import forget_view, keep_view, views_of
from inventory.db import snapshot
from inventory.errors import NotFound, Refused
from inventory.keyset import read_cursor
from inventory.lists.catalogue import CLASSES, DEVICES, GAPS, SCHOOLS, TABLETS, Catalogue, Column
from inventory.lists.files import csv_stream
from inventory.lists.workbook import workbook
from inventory.queries import listed_tablets
from inventory.queries.listing import MOST_COUNTED, Ask
from inventory.roles import READERS
from inventory.spoken import moment
from inventory.words import FRENCH, speak, tell

pages = Blueprint("lists", __name__)
BY_KEY = {one.key: one for one in (TABLETS, CLASSES, SCHOOLS, DEVICES, GAPS)}
LONGEST_WORDS = 100
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks of a list, read and sound, and the addresses that differ from it by one thing."""

    catalogue: Catalogue
    ask: Ask
    columns: tuple[Column, ...]

    def query(self, **changes: Any) -> dict[str, Any]:
        """The arguments of this view from its first page, with some changed; empty ones are left out."""
        sort = ("-" if self.ask.falling else "") + self.ask.sort
        told: dict[str, Any] = {"q": self.ask.words, **self.ask.filters, "tri": "" if sort == next(iter(self.catalogue.orders)) else sort}
        keys = [column.key for column in self.columns]
        told["col"] = [] if keys == [column.key for column in self.catalogue.columns if column.shown] else keys
        told["as_of"] = request.args.get("as_of", "") if g.when else ""
        return {key: value for key, value in {**told, **changes}.items() if value}

    def url(self, **changes: Any) -> str:
        return url_for(f"lists.{self.catalogue.key}", **self.query(**changes))

    def sort_url(self, key: str) -> str:
        return self.url(tri=("-" if self.ask.sort == key and not self.ask.falling else "") + key)

    @property
    def chips(self) -> list[tuple[str, str]]:
        """The filters in force: what each says, and the address without it."""
        return [(tell("{what} : {value}", what=tell(one.label), value=one.told(self.ask.filter(one.key))), self.url(**{one.key: ""})) for one in self.catalogue.filters if self.ask.filter(one.key)]


def offer(catalogue: Catalogue) -> None:
    """Make a list of another room known here: exported, kept and shown like the others."""
    BY_KEY[catalogue.key] = catalogue


def _read(catalogue: Catalogue, args: Any) -> Asked:
    """Read an address. Raises `Refused` naming the argument, the value and what to do."""
    words = args.get("q", "").strip()
    if len(words) > LONGEST_WORDS:
        raise Refused(tell("Recherche de {count} caractères : la limiter à {most}.", count=len(words), most=LONGEST_WORDS))
    sort = args.get("tri", "") or next(iter(catalogue.orders))
    key = sort.removeprefix("-")
    if key not in catalogue.orders:
        raise Refused(tell("tri = « {value} » est inconnu : choisir {choices}.", value=sort, choices=", ".join(catalogue.orders)))
    cursor = read_cursor(args.get("suite", ""), catalogue.orders[key].kind)
    return Asked(catalogue, Ask(words, _filters(catalogue, args), key, sort.startswith("-"), cursor, now=g.now), _columns(catalogue, args))


def _filters(catalogue: Catalogue, args: Any) -> dict[str, str]:
    told = {one.key: args.get(one.key, "").strip() for one in catalogue.filters}
    for one in catalogue.filters:
        if told[one.key]:
            one.refuse(told[one.key])
    return {key: value for key, value in told.items() if value}


def _columns(catalogue: Catalogue, args: Any) -> tuple[Column, ...]:
    wanted = set(args.getlist("col"))
    strange = wanted - {column.key for column in catalogue.columns}
    if strange:
        known = ", ".join(column.key for column in catalogue.columns)
        raise Refused(tell("col = « {value} » est inconnu : choisir {choices}.", value=min(strange), choices=known))
    first, *others = catalogue.columns
    return (first, *(column for column in others if (column.key in wanted if wanted else column.shown)))


def show(catalogue: Catalogue) -> str:
    """The page of a list as its address asks, or its rows alone for the script that searches as one types."""
    asked = _read(catalogue, request.args)
    page = catalogue.page(asked.ask, g.when, g.scope)
    count = catalogue.count(asked.ask, g.when, scope=g.scope)
    said = tell("plus de 10 000") if count > MOST_COUNTED else str(count)
    parts = {
        "asked": asked, "list": catalogue, "page": page, "count": catalogue.counted(count, said),
        "export": asked.query(),
    }  # fmt: skip
    if request.headers.get("X-Cartable-Fragment"):
        return render_template("inventory/list_rows.html", **parts)
    return render_template("inventory/list.html", views=views_of(catalogue.key, g.person, g.scope), **parts)


@pages.get("/tablettes")
@may(READERS, scope=Reach.SCOPE)
def tablettes() -> str | Response:
    """The tablets; an exact number opens its page."""
    words = request.args.get("q", "").strip()
    found = listed_tablets.exact(words, scope=g.scope) if words and not request.headers.get("X-Cartable-Fragment") else None
    if found is not None:
        return redirect(url_for("inventory.tablet", tablet_id=found, as_of=request.args.get("as_of")))
    return show(TABLETS)


@pages.get("/classes")
@may(READERS, scope=Reach.SCOPE)
def classes() -> str:
    """The mobile classes."""
    return show(CLASSES)


@pages.get("/ecoles")
@may(READERS, scope=Reach.SCOPE)
def ecoles() -> str:
    """The schools and their mobile classes."""
    return show(SCHOOLS)


@pages.get("/appareils")
@may(READERS, scope=Reach.SCOPE)
def appareils() -> str:
    """The devices that MDMs list, those that no tablet explains among them."""
    return show(DEVICES)


@pages.get("/ecarts")
@may(READERS, scope=Reach.SCOPE)
def ecarts() -> str:
    """The discrepancies, each with its life."""
    return show(GAPS)


@pages.get("/listes/<key>.<kind>")
@may(READERS, scope=Reach.SCOPE)
def export(key: str, kind: str) -> Response:
    """The list as shown (same filters, sort and columns), whole, as a file."""
    if key not in BY_KEY or kind not in ("csv", "xlsx"):
        raise NotFound
    asked, scope, when = _read(BY_KEY[key], request.args), g.scope, g.when
    speak(FRENCH)  # to the last row: it is written after this function
    labels, mention = [column.label for column in asked.columns], current_app.config["MENTION"]()

    def parts() -> Any:
        with snapshot():
            yield from asked.catalogue.cells(asked.ask, when, scope, asked.columns)

    name = f"{key}-{(when.moment if when else g.now):%Y-%m-%d}.{kind}"
    if kind == "xlsx":
        note = [asked.catalogue.title, f"État au {moment(when.moment if when else g.now)}", *(said for said, _ in asked.chips), mention]
        return send_file(workbook(asked.catalogue.title, labels, parts(), note), XLSX, as_attachment=True, download_name=name)
    answer = current_app.response_class(stream_with_context(csv_stream(labels, parts(), mention)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@pages.post("/listes/<key>/vues")
@may(READERS, scope=Reach.SCOPE)
def keep(key: str) -> Response:
    """Keep the list as it is shown, under a name."""
    if key not in BY_KEY:
        raise NotFound
    asked = _read(BY_KEY[key], request.form)
    asked = replace(asked, ask=replace(asked.ask, cursor=None))
    kept = keep_view(key, request.form.get("nom", ""), urlencode(asked.query(as_of=""), doseq=True), Hand(g.person, g.now), shared="partagee" in request.form)
    flash(tell("La vue « {name} » est gardée.", name=kept.name), "good")
    return redirect(asked.url())


@pages.post("/listes/vues/<int:view_id>/oublier")
@may(READERS, scope=Reach.SCOPE)
def forget(view_id: int) -> Response:
    """Forget one of one's own views."""
    row = forget_view(view_id, Hand(g.person, g.now))
    flash(tell("La vue « {name} » est oubliée.", name=row.name), "plain")
    return redirect(url_for(f"lists.{row.page}"))
