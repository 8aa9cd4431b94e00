"""A private PostgreSQL server for tests: on a socket of its own folder, never as root."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

INITDB = shutil.which("initdb") or next((str(path) for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")), "")
NEVER_ASKED = ("-c", "listen_addresses=", "-c", "max_connections=300", "-c", "autovacuum=off")


class Cluster:
    """A server made, started and thrown away; `durable` keeps what is acknowledged through an immediate stop."""

    def __init__(self, *, durable: bool = True) -> None:
        # A socket's path has at most 107 bytes, which pytest's own folders may exceed.
        self.folder = Path(tempfile.mkdtemp(prefix="cartable-pg.", dir="/tmp"))
        self.data = self.folder / "data"
        self._as = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        if self._as:
            shutil.chown(self.folder, "postgres")
        self._run("initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", *([] if durable else ["--no-sync"]))
        self._options = ["-k", str(self.folder), *NEVER_ASKED, *([] if durable else ["-c", "fsync=off"])]
        self.start()

    def url(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def start(self) -> None:
        self._run("pg_ctl", "-w", "-s", "-l", str(self.data / "log"), "-o", " ".join(self._options), "start")

    def stop(self) -> None:
        """Stop at once, as a power cut would: connections are dropped, the server recovers when it starts."""
        self._run("pg_ctl", "-w", "-s", "-m", "immediate", "stop")

    def end(self) -> None:
        self.stop()
        shutil.rmtree(self.folder)

    def sql(self, told: str) -> None:
        """Run statements on the server's own database."""
        psql = Path(INITDB).resolve().parent / "psql"
        subprocess.run([psql, "-qXh", self.folder, "-U", "postgres", "-v", "ON_ERROR_STOP=1", "-c", told], check=True)

    def _run(self, program: str, *said: str) -> None:
        command = [*self._as, str(Path(INITDB).resolve().parent / program), "-D", str(self.data), *said]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")
