"""What one database file holds, found by really restoring it: its copy in a scratch folder, opened by a process of its own.

`inspect` neither touches the file nor the live handle of this process; `python -m config.inspection COPY` is the other process.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from config import schema
from config.checks import complaints
from inventory import db, journal
from inventory.errors import Refused

MOST_SAID = 20
Held = tuple[Mapping[str, int], tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Found:
    """Rows of each table, the journal's last position and digest, what is wrong, and the migrations it still has to receive."""

    tables: Mapping[str, int]
    position: int = 0
    digest: str = ""
    broken: tuple[str, ...] = ()
    journal: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()


def inspect(file: Path, scratch: Path) -> Found:
    """Restore a copy of `file` in the folder `scratch`, bring it to the present schema and check it whole.

    Raises `Refused` when it is no database of Cartable, or one of a later version.
    """
    with tempfile.TemporaryDirectory(prefix=f".{file.name.lstrip('.')}.", dir=scratch) as folder:
        copy = Path(folder).resolve() / "copy.db"
        shutil.copyfile(file, copy)
        command = [sys.executable, "-m", "config.inspection", str(copy)]
        tree = Path(__file__).parent.parent
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tree)  # noqa: S603 this very program
    if done.returncode:
        raise Refused(f"{file} ne se laisse pas vérifier : {(done.stderr.strip() or 'raison inconnue').splitlines()[-1]}")
    return Found(**json.loads(done.stdout))


def held() -> Held:
    """Rows of each table of the database bound now, and the head of its journal, in one snapshot."""
    with db.snapshot():
        names = sorted(db.database.get_tables())
        counts = {name: db.database.execute_sql(f'SELECT COUNT(*) FROM "{name}"').fetchone()[0] for name in names}  # noqa: S608 the engine's own list
        return counts, journal.head()


def _found(file: Path) -> Found:
    db.connect(f"sqlite:///{file}")
    with db.database.connection_context():
        if not schema.applied():
            raise Refused("ce n'est pas une base de Cartable")
        broken = db.integrity()
        if broken:
            return Found({}, broken=tuple(broken[:MOST_SAID]))
        counts, (position, digest) = held()
    behind = schema.migrate()
    with db.database.connection_context():
        chain = list(journal.complaints())
        others = [said for said in complaints() if said not in chain]
    return Found(counts, position, digest, (), tuple(chain[:MOST_SAID]), tuple(others[:MOST_SAID]), tuple(behind))


if __name__ == "__main__":
    try:
        print(json.dumps(asdict(_found(Path(sys.argv[1])))))
    except Exception as fault:
        sys.exit(" ".join(str(fault).split()))
