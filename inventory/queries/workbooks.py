"""The files that schools and suppliers send, read: XLSX and ODS in a limited process of their own, else CSV.

A workbook is opened by `workbook_process`, run by its path: whatever it holds, this process only sees rows of text, or a word.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from inventory.errors import Refused
from inventory.spreadsheets import Aliases, Sheet, Table, best_sheet, csv_table
from inventory.words import tell

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
MOST_BYTES = 20 * 2**20
DEADLINE = 30
PROCESS = Path(__file__).with_name("workbook_process.py")
REMEDIES = {
    "unreadable": "{file} : classeur illisible ; l'ouvrir et l'enregistrer de nouveau en XLSX, ODS ou CSV.",
    "large": "{file} : le classeur est trop grand une fois ouvert ; garder la seule feuille utile, supprimer les lignes et les "
    "colonnes vides, ou couper le fichier.",
    "locked": "{file} : classeur protégé par un mot de passe ; l'enregistrer en XLSX sans mot de passe.",
    "macros": "{file} : le classeur contient des macros ; l'enregistrer au format XLSX, sans macros.",
    "archive": "{file} est une archive ZIP, non un classeur ; en extraire le classeur XLSX, ODS ou CSV et importer celui-ci.",
}


class Answer(msgspec.Struct):
    """What the limited process said: the rows of every sheet, or a key of `REMEDIES`."""

    tables: list[list[list[str]]] = []
    refused: str = ""


def read(content: bytes, filename: str, aliases: Aliases, required: Sequence[str]) -> Sheet:
    """Read a file under the headers of `aliases` (field -> names, the best first); raises `Refused`, naming the remedy.

    What the file is, its first bytes say, not its name. The table may stand on any sheet of a workbook.
    """
    if len(content) > MOST_BYTES:
        raise Refused(f"{filename} pèse plus de {MOST_BYTES // 2**20} Mo : le couper en plusieurs fichiers.")
    if not content.strip(b"\x00\xef\xbb\xbf \r\n\t"):
        raise Refused(f"{filename} est vide : choisir le fichier à importer.")
    if content.startswith((ZIP, OLE)):
        return best_sheet(tables(content, filename), filename, aliases, required)
    return best_sheet([csv_table(content, filename, aliases)], filename, aliases, required)


def tables(content: bytes, filename: str) -> Sequence[Table]:
    """The sheets of a workbook in their order, each as rows of text; raises `Refused`, naming the remedy."""
    if content.startswith(OLE):
        raise Refused(f"{filename} : ancien format .xls, ou classeur protégé par un mot de passe ; l'enregistrer en XLSX sans mot de passe.")
    answer = _ask(content)
    if answer.refused:
        raise Refused(tell(REMEDIES.get(answer.refused, REMEDIES["unreadable"]), file=filename))
    return answer.tables


def _ask(content: bytes) -> Answer:
    """One run of the limited process; one that the kernel or the deadline ended had too much to open."""
    command = [sys.executable, "-I", "-B", str(PROCESS)]
    with tempfile.TemporaryFile() as out:
        try:
            subprocess.run(  # noqa: S603 this very program
                command, input=content, stdout=out, stderr=subprocess.DEVNULL, env={}, cwd="/", timeout=DEADLINE, check=True
            )  # fmt: skip
            out.seek(0)
            return msgspec.msgpack.decode(out.read(), type=Answer)
        except (subprocess.SubprocessError, msgspec.DecodeError):
            return Answer(refused="large")
