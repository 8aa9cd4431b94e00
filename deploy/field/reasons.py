"""Why a visit came to nothing, in the words of the phone and of the journal."""

from __future__ import annotations

from collections.abc import Mapping

from inventory.words import later

REASONS: Mapping[str, str] = {
    "closed": later("local fermé"),
    "no_keys": later("détenteur des clés absent"),
    "school_shut": later("école fermée"),
    "occupied": later("classe occupée"),
    "no_cart": later("valise introuvable"),
    "no_power": later("pas de courant"),
    "other": later("autre motif"),
}
