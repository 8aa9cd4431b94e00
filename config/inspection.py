"""What one database file holds, found by really restoring it: its copy in a scratch folder, opened by a process of its own.

`python -m config.inspection FILE` opens FILE in place and prints what it found as JSON; `inspect` gives it a scratch copy, so that
neither the live handle of this process nor the file itself is touched.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config import schema
from config.checks import complaints
from inventory import db, journal
from inventory.errors import Refused

MOST_SAID = 20


@dataclass(frozen=True, slots=True)
class Inventoried:
    """Rows of each table, position and digest of the journal's last line, migrations borne, and what is wrong with it all."""

    tables: Mapping[str, int]
    head: tuple[int, str]
    migrations: tuple[str, ...]
    complaints: tuple[str, ...]


def inspect(file: Path) -> Inventoried:
    """Restore a copy of `file` aside, bring it to the present schema and check it whole; raises `Refused` if it cannot be opened."""
    with tempfile.TemporaryDirectory(prefix=".verification-", dir=file.parent) as folder:
        copy = Path(folder) / "copy.db"
        shutil.copyfile(file, copy)
        command = [sys.executable, "-P", "-m", "config.inspection", str(copy)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parent.parent)  # noqa: S603 ourselves
    if done.returncode:
        raise Refused(f"{file} ne se laisse pas vérifier : {(done.stderr.strip() or 'raison inconnue').splitlines()[-1]}")
    told = json.loads(done.stdout)
    return Inventoried(told["tables"], tuple(told["head"]), tuple(told["migrations"]), tuple(told["complaints"]))


def held() -> tuple[Mapping[str, int], tuple[int, str]]:
    """Rows of each table of the database bound now, and the head of its journal, in one snapshot."""
    with db.snapshot():
        names = sorted(db.database.get_tables())
        counts = {name: db.database.execute_sql(f'SELECT COUNT(*) FROM "{name}"').fetchone()[0] for name in names}  # noqa: S608 the engine's own list of tables
        return counts, journal.head()


def _told(file: Path) -> dict[str, Any]:
    """What the file holds before and after it is brought to the present schema."""
    db.connect(f"sqlite:///{file}")
    with db.database.connection_context():
        borne = schema.applied()
        if not borne:
            raise Refused("ce n'est pas une base de Cartable")
        unsound = db.integrity()
        if unsound:
            return {"tables": {}, "head": [0, ""], "migrations": borne, "complaints": unsound[:MOST_SAID]}
        counts, head = held()
    schema.migrate()
    return {"tables": counts, "head": head, "migrations": borne, "complaints": list(complaints())[:MOST_SAID]}


if __name__ == "__main__":
    try:
        print(json.dumps(_told(Path(sys.argv[1]))))
    except Exception as fault:
        sys.exit(str(fault))
