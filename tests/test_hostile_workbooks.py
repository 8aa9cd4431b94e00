"""A workbook made to harm: refused with its remedy by a process that holds nothing, and the web process never feels it."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from test_spreadsheets import HEADER, ROWS, as_ods, as_xlsx, ods_rows, read_note

from inventory.errors import Refused
from inventory.queries import workbooks

MIB = 2**20
SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
MAIN = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
XLSX = as_xlsx([HEADER, *ROWS])
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
DTD = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'


def edited(content: bytes, part: str, edit: Callable[[bytes], bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in dict.fromkeys([*old.namelist(), part]):
            told = old.read(name) if name in old.namelist() else b""
            new.writestr(name, edit(told) if name == part else told)
    return out.getvalue()


def with_sheet(rows: bytes) -> bytes:
    return edited(XLSX, SHEET, lambda _: b"<worksheet " + MAIN + b"><sheetData>" + rows + b"</sheetData></worksheet>")


def zipped(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def told_locked(content: bytes) -> bytes:
    """The same archive whose directory says that its first part is under a password."""
    directory = content.index(b"PK\x01\x02")
    return content[: directory + 8] + b"\x01" + content[directory + 9 :]


def with_parts(count: int, content: bytes) -> bytes:
    return zipped(**{f"xl/worksheets/sheet{part}.xml": content for part in range(count)})


SHARED = with_sheet(b"".join(b'<row><c t="s"><v>0</v></c></row>' for _ in range(90_000)))
LONG_STRING = "".join(map(str, range(8_000))).encode()
CORPUS: dict[str, tuple[Callable[[], bytes], str]] = {
    "bomb": (lambda: edited(XLSX, STRINGS, lambda xml: xml + b" " * (100 * MIB)), "trop grand une fois ouvert"),
    "65 parts of 2 MiB": (lambda: with_parts(65, bytes(2 * MIB)), "trop grand une fois ouvert"),
    "far cell": (lambda: edited(XLSX, SHEET, lambda xml: xml.replace(b'r="B3"', b'r="XFD1048576"')), "trop grand une fois ouvert"),
    "far row": (lambda: with_sheet(b'<row r="1"><c r="D1"><v>1</v></c></row><row r="1048576"><c><v>1</v></c></row>'), "trop grand"),
    "17 million tags": (lambda: with_parts(34, b"<x>" + b"<y/>" * 500_000 + b"</x>"), "trop grand une fois ouvert"),
    "half a million styles": (lambda: edited(XLSX, "xl/styles.xml", lambda _: b"<x>" + b"<y/>" * 500_000 + b"</x>"), "trop grand"),
    "huge shared string": (
        lambda: edited(SHARED, STRINGS, lambda _: b"<sst " + MAIN + b"><si><t>" + LONG_STRING + b"</t></si></sst>"), "trop grand",
    ),
    "repeated": (
        lambda: as_ods('<table:table-row table:number-rows-repeated="1000">' + ods_cell("16384") + "</table:table-row>"), "trop grand",
    ),
    "16384 columns": (lambda: with_sheet(b"<row>" + b"<c><v>1</v></c>" * 16_384 + b"</row>"), "400 colonnes"),
    "entities": (lambda: edited(XLSX, SHEET, lambda xml: DTD + xml.partition(b"?>")[2]), "classeur illisible"),
    "entities of strings": (lambda: edited(XLSX, STRINGS, lambda xml: DTD + xml.partition(b"?>")[2]), "classeur illisible"),
    "truncated": (lambda: XLSX[: len(XLSX) // 2], "classeur illisible"),
    "cut short": (
        lambda: edited(as_ods(ods_rows([HEADER])), "content.xml", lambda xml: xml.replace(b"</table:table>", b"")), "classeur illisible",
    ),
    "zip-slip": (lambda: edited(XLSX, "../../etc/cron.d/x", lambda _: b"* * * * *"), "classeur illisible"),
    "macros": (lambda: edited(XLSX, "xl/vbaProject.bin", lambda _: OLE), "contient des macros ; l'enregistrer au format XLSX"),
    "zip password": (lambda: told_locked(XLSX), "protégé par un mot de passe"),
    "Office password": (lambda: OLE + "EncryptedPackage".encode("utf-16-le"), "protégé par un mot de passe"),
    "ODS password": (
        lambda: edited(as_ods(""), "META-INF/manifest.xml", lambda _: b"<x><encryption-data/></x>"), "protégé par un mot de passe",
    ),
    "old format": (lambda: OLE + bytes(512), "ancien format .xls ; l'ouvrir et l'enregistrer en XLSX"),
    "nested": (lambda: zipped(**{"bon.xlsx": XLSX}), "n'est pas un classeur mais une archive ZIP"),
    "letter": (lambda: zipped(**{"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}), "n'est pas un classeur"),
    "1001 parts": (lambda: zipped(**{f"xl/{part}": b"" for part in range(1_001)}), "trop grand une fois ouvert"),
}  # fmt: skip
"""On "cut short" calamine alone would never come back; on the far cells it would ask for all the memory."""


def ods_cell(repeated: str) -> str:
    return f'<table:table-cell table:number-columns-repeated="{repeated}" office:value-type="float" office:value="1"/>'


@cache
def made(name: str) -> bytes:
    return CORPUS[name][0]()


@pytest.mark.parametrize("name", CORPUS)
def test_a_workbook_made_to_harm_is_refused_with_its_remedy(name: str) -> None:
    with pytest.raises(Refused, match=CORPUS[name][1]):
        read_note(made(name))


def test_an_honest_note_of_100_000_rows_passes() -> None:
    text = b'<c t="inlineStr"><is><t>%s</t></is></c>'
    header = b"".join(text % name.encode() for name in HEADER[:2])
    rows = b"".join(b"<row>" + text % b"TEST%06d" % number + text % b"Tablette" + b"</row>" for number in range(100_000))
    sheet = read_note(with_sheet(b"<row>" + header + b"</row>" + rows))
    assert len(sheet.rows) == 100_000 and sheet.rows[-1].text("serial") == "TEST099999"


def test_the_web_process_keeps_its_memory(tmp_path: Path) -> None:
    for number, name in enumerate(("bomb", "far row", "17 million tags", "huge shared string", "repeated")):
        (tmp_path / str(number)).write_bytes(made(name))
    lines = (
        "import resource, sys; from pathlib import Path",
        "from inventory.queries import workbooks",
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024",
        "before, files = peak(), sorted(Path(sys.argv[1]).iterdir())",
        "for file in files:",
        "    try: workbooks.tables(file.read_bytes(), file.name)",
        "    except workbooks.Refused: continue",
        "    sys.exit('not refused')",
        "print(len(files), peak() - before)",
    )
    told = subprocess.run([sys.executable, "-c", "\n".join(lines), tmp_path], capture_output=True, text=True, check=True)
    refused, grown = map(int, told.stdout.split())
    assert refused == 5 and grown < 20, f"{grown} MiB more"


def test_the_limited_process_knows_no_secret_and_opens_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CARTABLE_SECRET", "canary")
    lines = (
        "import json, os, socket, sys",
        f"sys.path.insert(0, {str(workbooks.PROCESS.parent)!r})",
        "import msgspec, workbook_process",
        "workbook_process.confine()",
        "told = [dict(os.environ), os.getcwd(), sorted(name for name in sys.modules if name.startswith(('inventory', 'config')))]",
        "for asked in (lambda: open('/etc/passwd'), socket.socket, lambda: bytes(512 * 2**20)):",
        "    try: asked()",
        "    except (OSError, MemoryError) as fault: told.append(str(fault))",
        "sys.stdout.buffer.write(msgspec.msgpack.encode({'tables': [[[json.dumps(told)]]]}))",
    )
    (((told,),),) = planted(monkeypatch, tmp_path, "\n".join(lines))
    environment, folder, modules, *refused = json.loads(told)
    assert environment.keys() <= {"LC_CTYPE"} and (folder, modules) == ("/", [])
    assert refused == ["[Errno 24] Too many open files: '/etc/passwd'", "[Errno 24] Too many open files", ""]


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("while True: pass", "durait trop ; réessayer plus tard, ou l'enregistrer en CSV"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGXCPU)", "durait trop"),
        ("import os, sys; sys.stderr.write('memory allocation of 9 bytes failed'); sys.stderr.flush(); os.abort()", "trop grand"),
        ("import os; os.abort()", "s'est arrêtée avant la fin"),
        ("import os; os.kill(os.getpid(), 9)", "s'est arrêtée avant la fin"),
        ("raise SystemExit(1)", "s'est arrêtée avant la fin"),
        ("print('not msgpack')", "s'est arrêtée avant la fin"),
        ("import sys; sys.stdout.buffer.write(b'\\x81\\xa7refused\\xa5other')", "s'est arrêtée avant la fin"),
    ],
    ids=["endless", "processor", "memory", "crash", "killed", "failed", "garbage", "unknown word"],
)
def test_however_the_limited_process_ends_the_remedy_is_true(
    script: str, said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(workbooks, "DEADLINE", 0.2 if "while" in script else 20)
    with pytest.raises(Refused, match=said):
        planted(monkeypatch, tmp_path, script)


def planted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str) -> list[list[list[str]]]:
    """What is told when another program stands where the limited process does."""
    (tmp_path / "planted.py").write_text(script)
    monkeypatch.setattr(workbooks, "PROCESS", tmp_path / "planted.py")
    return list(workbooks.tables(XLSX, "bon.xlsx"))
