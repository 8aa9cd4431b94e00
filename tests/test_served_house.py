"""The house as a real process, seen from outside: no secret leaves it by any way, and a trusted proxy alone is believed."""

from __future__ import annotations

import base64
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import apsw
import pytest
import requests
from autumn import AS_OF, copied
from shell import ROOT, Shell

from config.clock import read_moment
from mdm.simulator import Fleet, Simulator

PEOPLE_S, SERVERS = "serin aux quatre valises", "canari-du-serveur-mdm"
PAGES = (
    "/", "/compte", "/securite", "/donnees-personnelles", "/donnees-personnelles/export.json", "/donnees-personnelles/1/export.json",
    "/synchronisation", "/constats", "/imports", "/tablettes/5", "/introuvable",
)  # fmt: skip


@pytest.fixture
def stranger() -> Iterator[Simulator]:
    """An MDM that refuses the password it is given."""
    with Simulator(Fleet(), at=read_moment(AS_OF, "AS_OF"), login="lecture", password="un autre") as mdm:
        yield mdm


@dataclass
class House:
    """A served autumn: its folder, its address, its process and what it wrote."""

    folder: Path
    address: str
    process: subprocess.Popen[bytes]
    said: Path

    def enter(self, browser: requests.Session, **headers: str) -> requests.Response:
        form = {"login": "canari", "password": PEOPLE_S}
        return browser.post(f"{self.address}/connexion", data=form, headers=headers, allow_redirects=False, timeout=30)


@pytest.fixture(scope="module")
def shell(autumn: Path, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    return Shell(copied(autumn, tmp_path_factory.mktemp("served")), AS_OF)


@pytest.fixture(scope="module")
def house(shell: Shell) -> Iterator[House]:
    folder = shell.folder
    (folder / "person").write_text(PEOPLE_S + "\n")
    shell("user", "add", "canari", "--name", "Canari", "--role", "administrator", "--everywhere", "--password-file", str(folder / "person"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CARTABLE_")}
    mine = {
        "CARTABLE_DATABASE": f"sqlite:///{folder}/cartable.db", "CARTABLE_AS_OF": AS_OF, "CARTABLE_PORT": str(port),
        "CARTABLE_TRUSTED_PROXIES": "127.0.0.1",
    }  # fmt: skip
    with (folder / "said.txt").open("wb") as said:
        process = subprocess.Popen([sys.executable, "-m", "config.cli", "serve"], cwd=ROOT, env=kept | mine, stdout=said, stderr=said)
        try:
            _wait_for(port, process)
            yield House(folder, f"http://127.0.0.1:{port}", process, folder / "said.txt")
        finally:
            process.terminate()
            process.wait(30)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Until the port is held; the connection waits in the kernel from then on."""
    while True:
        with socket.socket() as knocking, suppress(subprocess.TimeoutExpired):
            if knocking.connect_ex(("127.0.0.1", port)) == 0:
                return
            raise AssertionError(f"the house did not open: it ended with {process.wait(0.1)}")


def leaked(where: bytes, secrets: dict[str, bytes]) -> list[str]:
    return [name for name, secret in secrets.items() if secret in where]


def test_no_secret_leaves_by_a_page_an_error_a_log_an_export_a_backup_or_the_process_table(
    house: House, shell: Shell, stranger: Simulator
) -> None:
    (house.folder / "server").write_text(SERVERS + "\n")
    commands = (
        ("connector", "add", "principal", "--kind", "headwind", "--url", stranger.url, "--login", "lecture", "--password-file",
        str(house.folder / "server")), ("sync", "principal"), ("sync", "principal", "--json"), ("check",), ("user", "export", "canari"), ("backup", str(house.folder / "copie.db")), ("connector", "add", "x", "--kind", "headwind", "--url",
        "https://a.example", "--login", "a", "--password-file", "/nulle/part"),
    )  # fmt: skip
    done = [shell.run(*words) for words in commands]
    told = {f"command {words[0]}": (one.stdout + one.stderr).encode() for words, one in zip(commands, done, strict=True)}
    assert done[1].returncode == 1 and done[5].returncode == 0, told
    browser = requests.Session()
    house.enter(browser)
    slips = ({"login": PEOPLE_S, "password": "x"}, {"login": "canari", "password": PEOPLE_S[:-1]})
    for number, form in enumerate(slips):
        told[f"slip {number}"] = requests.post(f"{house.address}/connexion", data=form, timeout=30).content
    told |= {page: browser.get(house.address + page, timeout=30).content for page in PAGES}
    assert b"Canari" in told["/compte"]
    _break(house.folder, "ALTER TABLE fact RENAME TO broken")
    fault = browser.get(f"{house.address}/tablettes/5", timeout=30)
    _break(house.folder, "ALTER TABLE broken RENAME TO fact")
    assert fault.status_code == 500 and b"Traceback" in house.said.read_bytes()
    key, token = (house.folder / "cartable.db.key").read_bytes(), browser.cookies["cartable"].encode()
    secrets = {
        "person's password": PEOPLE_S.encode(), "server's password": SERVERS.encode(), "session": token, "key": key,
        "key in hex": key.hex().encode(), "key in base64": base64.b64encode(key),
    }  # fmt: skip
    told |= {"fault": fault.content, "log": house.said.read_bytes()}
    told |= {str(file): file.read_bytes() for file in house.folder.glob("*.db*") if file.suffix != ".key"}
    process = Path("/proc") / str(house.process.pid)
    told |= {name: (process / name).read_bytes() for name in ("cmdline", "environ") if process.exists()}
    assert {name: leaks for name, where in told.items() if (leaks := leaked(where, secrets))} == {}
    assert [name for name, where in told.items() if b"$argon2" in where and ".db" not in name] == []


def _break(folder: Path, statement: str) -> None:
    connection = apsw.Connection(str(folder / "cartable.db"))
    connection.execute(statement)
    connection.close()


def test_a_forwarded_address_counts_when_a_trusted_proxy_forwards_it(house: House) -> None:
    browser = requests.Session()
    assert house.enter(browser, **{"X-Forwarded-For": "192.0.2.9, 198.51.100.7"}).status_code == 303
    log = browser.get(f"{house.address}/securite", timeout=30).text
    assert re.findall(r"\d+\.\d+\.\d+\.0/24", log)[:1] == ["198.51.100.0/24"]
