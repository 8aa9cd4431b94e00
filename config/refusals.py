"""What a page says when it cannot be what was asked for: one template, a code, a title, sentences with their remedy."""

from __future__ import annotations

import logging

from flask import Flask, render_template
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.wrappers import Response

from config import problems
from inventory.db import InternalError, OperationalError, disk_is_full, only_reads
from inventory.errors import NotFound, Refused
from inventory.words import later, tell

TOLD = {
    400: (later("Demande incomprise"), later("La page demandée n'a pas pu être lue. Revenir en arrière et recommencer.")),
    401: (later("Connexion nécessaire"), later("La session est terminée. Se connecter de nouveau, puis refaire l'enregistrement.")),
    403: (later("Accès refusé"), later("Ce compte n'ouvre pas cette page, ou le formulaire a vieilli : recharger la page et recommencer.")),
    404: (later("Page introuvable"), later("Cette page n'existe pas, ou ce compte ne peut pas la voir. Vérifier l'adresse ou revenir à l'accueil.")),
    405: (later("Geste impossible"), later("Cette page ne reçoit pas ce genre de demande. Revenir en arrière et recommencer.")),
    413: (later("Fichier trop lourd"), later("Le fichier dépasse 20 Mo. L'alléger ou le découper, puis recommencer.")),
    500: (later("Panne"), later("La page n'a pas pu être faite ; rien n'a été enregistré à moitié. Réessayer, puis prévenir l'administrateur.")),
}
NO_ROOM = (
    later("Disque plein"),
    later("Le disque du serveur est plein : rien n'a été enregistré. Les pages se lisent encore."),
    later("Prévenir l'administrateur ; refaire l'enregistrement quand de la place est revenue."),
)
ONLY_READS = (
    later("Lecture seule"),
    later("Ce serveur de Cartable ne fait que lire : rien n'a été enregistré."),
    later("Revenir à l'adresse habituelle de Cartable, ou prévenir l'administrateur."),
)
STRANGE_HOST = later("Cette adresse n'est pas celle de Cartable : l'ajouter à CARTABLE_TRUSTED_HOSTS, puis relancer.")
log = logging.getLogger(__name__)


def hang(app: Flask) -> None:
    """Have `app` answer its refusals, its errors and its faults."""
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(NotFound, lambda fault: _told(404))
    for kind in (OperationalError, InternalError):
        app.register_error_handler(kind, _engine)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(SecurityError, _strange_host)


def _refused(refusal: Refused) -> Response:
    return problems.refused(refusal) if problems.here() else _page(422, tell("C'est refusé"), *refusal.sentences)


def _strange_host(fault: SecurityError) -> Response:
    return problems.answer(400, STRANGE_HOST) if problems.here() else Response(STRANGE_HOST, 400, mimetype="text/plain")


def _engine(fault: Exception) -> Response:
    """A disk that is full is told as such (507), a database that only reads too (503); any other fault of the engine is a fault of ours."""
    if disk_is_full(fault):
        log.error("the disk is full: a write was refused")
        return _page(507, *map(tell, NO_ROOM))
    if only_reads(fault):
        return _page(503, *map(tell, ONLY_READS))
    log.error("the database engine failed", exc_info=fault)
    return _told(500)


def _http(fault: HTTPException) -> Response:
    if fault.response is not None or fault.code is None or fault.code < 400:
        return Response.force_type(fault.get_response())
    if problems.here():
        return problems.of(fault)
    code = fault.code if fault.code in TOLD else 500 if fault.code >= 500 else 400
    answer = _told(code)
    if fault.code == 405:
        answer.headers["Allow"] = ", ".join(sorted(getattr(fault, "valid_methods", None) or ()))
    return answer


def _told(code: int) -> Response:
    return _page(code, *map(tell, TOLD[code]))


def _page(code: int, title: str, *sentences: str) -> Response:
    """The page of a refusal; in plain text if even that page fails."""
    if problems.here():
        return problems.answer(code, *(sentences if code in (503, 507) else ()))
    try:
        body, kind = render_template("error.html", code=code, title=title, sentences=sentences), "text/html"
    except Exception:
        log.exception("the error page failed")
        body, kind = "\n".join((title, *sentences)), "text/plain"
    return Response(body, code, mimetype=kind)
