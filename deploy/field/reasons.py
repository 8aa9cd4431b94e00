"""Why a visit came to nothing, in the words of the phone and of the journal."""

from __future__ import annotations

from collections.abc import Mapping

REASONS: Mapping[str, str] = {
    "closed": "local fermé",
    "no_keys": "détenteur des clés absent",
    "school_shut": "école fermée",
    "occupied": "classe occupée",
    "no_cart": "valise introuvable",
    "no_power": "pas de courant",
    "other": "autre motif",
}
