"""The refusals of the API: RFC 9457 problems, in French, the same bytes for what is absent and for what is another's."""

from __future__ import annotations

import msgspec
from flask import request
from msgspec import Struct
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from inventory.api.frame import PREFIX, Declined
from inventory.errors import Conflict

KIND = "application/problem+json"
TITLES = {
    400: "Demande illisible", 401: "Jeton nécessaire", 403: "Accès refusé", 404: "Introuvable", 405: "Méthode impossible",
    409: "L'état de l'objet s'y oppose", 412: "Objet changé depuis", 413: "Trop lourd", 415: "Genre de contenu inattendu",
    422: "C'est refusé", 428: "Version nécessaire", 429: "Trop de demandes", 500: "Panne", 503: "Lecture seule", 507: "Disque plein",
}  # fmt: skip
SAID = {
    400: "La demande n'a pas pu être lue : la corriger.",
    401: "Donner un jeton en vigueur : « Authorization: Bearer ctb_… ». Un administrateur en crée dans « Jetons ».",
    403: "Le rôle ou les écoles de ce jeton n'ouvrent pas cette opération.",
    404: "Cet objet ou cette adresse n'existe pas, ou ce jeton ne peut pas le voir.",
    405: "Cette adresse ne reçoit pas cette méthode : voir l'en-tête Allow.",
    413: "Le contenu dépasse 20 Mo : le découper.",
    429: "Trop de jetons refusés depuis ce réseau : attendre un quart d'heure.",
    500: "La demande n'a pas abouti ; rien n'a été enregistré à moitié. Réessayer, puis prévenir l'administrateur.",
}


class Problem(Struct):
    """Un refus (RFC 9457) : « detail » dit pourquoi et le remède."""

    title: str
    status: int
    detail: str
    type: str = "about:blank"


def here() -> bool:
    """Whether this request is the API's."""
    return request.path == PREFIX or request.path.startswith(f"{PREFIX}/")


def answer(code: int, *sentences: str) -> Response:
    """The problem of a code; without sentences, with the usual ones."""
    told = Problem(TITLES[code], code, "\n".join(sentences) or SAID[code])
    return Response(msgspec.json.encode(told), code, content_type=KIND)


def refused(refusal: Exception) -> Response:
    """A verb that the rules do not allow: 409 if another state of the object would, 422 otherwise."""
    return answer(409 if isinstance(refusal, Conflict) else 422, *getattr(refusal, "sentences", ()))


def of(fault: HTTPException) -> Response:
    """The problem of what HTTP itself refuses."""
    code = fault.code if fault.code in TITLES else 500 if (fault.code or 500) >= 500 else 400
    told = answer(code, str(fault.description)) if isinstance(fault, Declined) else answer(code)
    if code == 405:
        told.headers["Allow"] = ", ".join(sorted(getattr(fault, "valid_methods", None) or ()))
    return told
