"""The files that schools and suppliers send, read: XLSX and ODS in a limited process of their own, else CSV.

A workbook is opened by `workbook_process`, run by its path: whatever it holds, this process only sees rows of text, or a word.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from inventory.errors import Refused
from inventory.spreadsheets import Aliases, Sheet, Table, best_sheet, csv_table
from inventory.words import later, tell

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
MOST_BYTES = 20 * 2**20
DEADLINE = 30
PROCESS = Path(__file__).with_name("workbook_process.py")
REMEDIES = {
    "unreadable": later("{file} : classeur illisible ; l'ouvrir et l'enregistrer de nouveau en XLSX, ODS ou CSV."),
    "large": later("{file} : le classeur est trop grand une fois ouvert ; garder la seule feuille utile, supprimer les lignes et les colonnes vides, ou couper le fichier."),
    "locked": later("{file} : classeur protégé par un mot de passe ; l'enregistrer en XLSX sans mot de passe."),
    "macros": later("{file} : le classeur contient des macros ; l'enregistrer au format XLSX, sans macros."),
    "archive": later("{file} n'est pas un classeur mais une archive ZIP ou un document d'une autre sorte ; importer le classeur XLSX, ODS ou CSV lui-même."),
    "old": later("{file} est à l'ancien format .xls ; l'ouvrir et l'enregistrer en XLSX."),
    "late": later("{file} : l'ouverture du classeur a été arrêtée parce qu'elle durait trop ; réessayer plus tard, ou l'enregistrer en CSV."),
    "stopped": later("{file} : l'ouverture du classeur s'est arrêtée avant la fin ; l'ouvrir et l'enregistrer de nouveau en XLSX ou en CSV."),
}
OUT_OF_MEMORY = b"memory allocation of "
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
"""The stream in which Office keeps a workbook under a password (MS-OFFCRYPTO, 1.4.1)."""


class Answer(msgspec.Struct):
    """What the limited process said: the rows of every sheet, or a key of `REMEDIES`."""

    tables: list[list[list[str]]] = []
    refused: str = ""


def read(content: bytes, filename: str, aliases: Aliases, required: Sequence[str]) -> Sheet:
    """Read a file under the headers of `aliases` (field -> names, the best first); raises `Refused`, naming the remedy.

    What the file is, its first bytes say, not its name. The table may stand on any sheet of a workbook.
    """
    if len(content) > MOST_BYTES:
        raise Refused(tell("{filename} pèse plus de {most} Mo : le couper en plusieurs fichiers.", filename=filename, most=MOST_BYTES // 2**20))
    if not content.strip(b"\x00\xef\xbb\xbf \r\n\t"):
        raise Refused(tell("{filename} est vide : choisir le fichier à importer.", filename=filename))
    if content.startswith((ZIP, OLE)):
        return best_sheet(tables(content, filename), filename, aliases, required)
    return best_sheet([csv_table(content, filename, aliases)], filename, aliases, required)


def tables(content: bytes, filename: str) -> Sequence[Table]:
    """The sheets of a workbook in their order, each as rows of text; raises `Refused`, naming the remedy."""
    answer = _ask(content) if content.startswith(ZIP) else Answer(refused="locked" if ENCRYPTED in content else "old")
    if answer.refused:
        raise Refused(tell(REMEDIES.get(answer.refused, REMEDIES["stopped"]), file=filename))
    return answer.tables


def _ask(content: bytes) -> Answer:
    """One run of the limited process, and the word for how it ended when it could not say it itself."""
    command = [sys.executable, "-I", "-B", str(PROCESS)]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as complaint:
        try:
            subprocess.run(  # noqa: S603 this very program
                command, input=content, stdout=out, stderr=complaint, env={}, cwd="/", timeout=DEADLINE, check=True
            )  # fmt: skip
            out.seek(0)
            return msgspec.msgpack.decode(out.read(), type=Answer)
        except subprocess.TimeoutExpired:
            return Answer(refused="late")
        except subprocess.CalledProcessError as end:
            complaint.seek(0)
            return Answer(refused=_ended(-end.returncode, complaint.read(len(OUT_OF_MEMORY))))
        except msgspec.DecodeError:
            return Answer(refused="stopped")


def _ended(by: int, complaint: bytes) -> str:
    """The word for a process that a signal ended: Rust aborts when memory is refused to it, the kernel at the processor's limit."""
    if complaint == OUT_OF_MEMORY:
        return "large"
    return "late" if by == signal.SIGXCPU else "stopped"
