"""The hand-over record as a tagged PDF, to sign by hand or signed, with the mention of article 9; set by typst with its own fonts."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files

import segno
import typst

from deploy.handover.record import Record
from inventory.french import narrowed, typeset

TEMPLATE = "paper.typ"


@dataclass(frozen=True, slots=True)
class Signed:
    """How a record was signed: its lines (who, when, seal), and its image as PNG when it was drawn on the glass, else nothing."""

    lines: tuple[str, ...]
    image: bytes


def paper(record: Record, sha256: str, code: str, address: str, signed: Signed | None, lifted: Mapping[int, str], at: datetime) -> bytes:
    """The record on as many A4 pages as it takes; equal records give equal bytes. `lifted` tells how each reservation was."""
    page = {
        "title": f"Procès-verbal de mise à disposition de {record.cart}", "mention": typeset(record.mention), "school": typeset(record.school),
        "uai": record.uai, "cart": record.cart, "day": record.day, "prepared": record.prepared_by,
        "places": [[str(one.slot), one.serial, one.asset_tag or "—", one.model or "—"] for one in record.places],
        "accessories": [f"{count} × {label}" for count, label in record.accessories],
        "services": [[label, state] for label, state in record.services],
        "reservations": [
            {"where": f"alvéole {one.slot}" if one.slot else "toute la valise", "words": one.words, "lifted": lifted.get(number, "")}
            for number, one in enumerate(record.reservations)
        ],
        "signer": record.signer, "quality": record.quality, "sha256": sha256, "code": code, "qr": _qr(address),
        "signed": list(signed.lines) if signed else [], "drawn": list(signed.image) if signed else [],
    }  # fmt: skip
    made = typst.compile(
        files("deploy.handover").joinpath(TEMPLATE).read_bytes(), format="pdf", ignore_system_fonts=True, timestamp=at.replace(microsecond=0),
        sys_inputs={"page": narrowed(json.dumps(page, ensure_ascii=False))},
    )  # fmt: skip
    if not isinstance(made, bytes):
        raise TypeError("the record is one file, whatever its length")
    return made


def _qr(text: str) -> str:
    out = io.BytesIO()
    segno.make(text, error="q", micro=False).save(out, kind="svg", border=2, xmldecl=False, svgns=True)
    return out.getvalue().decode()
