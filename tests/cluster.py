"""A private PostgreSQL server for tests: on a socket of its own folder, never as root."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg

INITDB = shutil.which("initdb") or next((str(path) for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")), "")
LONG = 50
HABITS = ("-c", "listen_addresses=", "-c", "max_connections=300", "-c", "shared_buffers=64MB")
CARELESS = ("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off", "-c", "autovacuum=off")


def _folder() -> Path:
    """A new one where temporary files go, unless its name is long: a socket's path has at most 107 bytes."""
    usual = tempfile.gettempdir()
    return Path(tempfile.mkdtemp(prefix="cartable-pg.", dir=usual if len(usual) < LONG else "/tmp"))  # noqa: S108 a folder of its own in there


class Cluster:
    """A server whose databases are in `folder`, and whose socket is there too."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data = folder, folder / "data"
        self._as = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        self._habits = HABITS

    @classmethod
    def made(cls, *, durable: bool = True) -> Cluster:
        """A new server, started; without `durable` it spares the disk, and an immediate stop may lose what it acknowledged."""
        server = cls(_folder())
        if server._as:
            shutil.chown(server.folder, "postgres")
        server._habits += () if durable else CARELESS
        server._run("initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions")
        server.start()
        return server

    def standby(self) -> Cluster:
        """A second server, started, that replays what this one writes and answers reads (streaming replication, hot standby)."""
        other = Cluster(_folder())
        if other._as:
            shutil.chown(other.folder, "postgres")
        other._run("pg_basebackup", "-h", str(self.folder), "-U", "postgres", "-R", "-X", "stream", "-c", "fast")
        other.start()
        return other

    def caught_up_with(self, primary: Cluster) -> bool:
        """Whether this standby has replayed all that `primary` had written when it was asked."""
        with psycopg.connect(primary.url("postgres"), autocommit=True) as there, psycopg.connect(self.url("postgres"), autocommit=True) as here:
            written = there.execute("SELECT pg_current_wal_lsn()").fetchone()
            told = here.execute("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", written).fetchone()
        return bool(told and told[0])

    def url(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def start(self) -> None:
        self._run("pg_ctl", "-w", "-s", "-l", str(self.data / "log"), "-o", " ".join(["-k", str(self.folder), *self._habits]), "start")

    def stop(self) -> None:
        """Stop at once, as a power cut would: connections are dropped, the server recovers when it starts."""
        self._run("pg_ctl", "-w", "-s", "-m", "immediate", "stop")

    def promote(self) -> None:
        """Have a standby take over: it replays what it has and writes from then on."""
        self._run("pg_ctl", "-w", "-s", "promote")

    def end(self) -> None:
        self.stop()
        shutil.rmtree(self.folder)

    def sql(self, told: str) -> None:
        """Run a statement on the server's own database."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(told.encode())

    def told(self, asked: str, database: str = "postgres") -> object:
        """The one value that a query gives."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            row = connection.execute(asked.encode()).fetchone()
        return row[0] if row else None

    def _run(self, program: str, *said: str) -> None:
        command = [*self._as, str(Path(INITDB).resolve().parent / program), "-D", str(self.data), *said]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")
