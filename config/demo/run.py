"""`cartable demo`: builds the database once, then plays the MDM, the worker and the pages until Ctrl-C; the data stay."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click

from config import clock, schema
from config.app import create_app
from config.cli.show import bar
from config.demo.build import Tell, build, built, connect, mark_built
from config.demo.calls import calls, give_a_voice
from config.demo.closing import closing
from config.demo.decisions import decisions
from config.demo.ground import ground
from config.demo.people import PASSWORD, PEOPLE
from config.demo.winter import LAST_SYNC, fleet, winter
from config.settings import Settings, read
from config.vault import Vault
from config.web import serve
from config.wiring import house, wire
from inventory.actions.records import Hand
from inventory.errors import Refused
from mdm import actions
from mdm.models import Connector
from mdm.run_state import RunState
from mdm.simulator import Simulator

FOLDER = Path("var/demo")
AS_OF = "2018-02-19T09:30"
CONNECTORS = Path(__file__).parent / "connectors.toml"
HOST = "127.0.0.1"
STOP_SECONDS = 10


def run_demo(port: int) -> None:
    """Play the demonstration on one port; says clearly when it is busy."""
    _refuse_busy(port)
    environment = demonstration(FOLDER) | {"CARTABLE_PORT": str(port)}
    os.environ.update(environment)
    settings = read(os.environ)
    _prepare(settings)
    with Simulator(fleet(), at=clock.now()) as mdm:
        with house(settings):
            row = connect(settings, mdm.url, Hand(None, clock.now()))
            give_a_voice(Vault(settings.key_file), Hand(None, clock.now()))
            _first_reading(settings, row)
        app = create_app(settings, demo_accounts=[(one.login, one.name) for one in PEOPLE])
        with _worker():
            serve(app, HOST, port, lambda: _welcome(port))
    click.echo(f"Arrêté ; les données restent dans {FOLDER} (make demo les retrouve).")


def demonstration(folder: Path) -> dict[str, str]:
    """What the demonstration's settings say, its data being in a folder."""
    return {"CARTABLE_DATABASE": f"sqlite:///{folder}/cartable.db", "CARTABLE_AS_OF": AS_OF, "CARTABLE_CONNECTORS": str(CONNECTORS)}


@contextmanager
def _worker() -> Iterator[None]:
    """The worker beside the pages, out of reach of Ctrl-C; it ends with us, even if we are killed: its input closes."""
    command = [sys.executable, "-m", "config.cli", "worker", "--until-input-ends"]
    worker = subprocess.Popen(command, stdin=subprocess.PIPE, process_group=0)  # noqa: S603 this very program
    try:
        yield
    finally:
        worker.terminate()
        with suppress(subprocess.TimeoutExpired):
            worker.wait(STOP_SECONDS)
        worker.kill()
        worker.communicate()


def _refuse_busy(port: int) -> None:
    with socket.socket() as probe:
        if probe.connect_ex((HOST, port)) == 0:
            raise Refused(f"Le port {port} est déjà pris : arrêter ce qui l'occupe, ou lancer « make demo PORT={port + 1} ».")


def _prepare(settings: Settings) -> None:
    if built(settings):
        wire(settings)
        schema.migrate()
        return
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    click.echo("Première fois : l'automne 2017 et son épilogue sont rejoués (quelques secondes)…")
    with bar("Automne 2017") as tell:
        whole_story(settings, tell)
    mark_built(settings)


def whole_story(settings: Settings, tell: Tell) -> None:
    """Replay the autumn and the winter after it, everything told, into an empty database."""
    told = [*ground(), *decisions(), *closing(), *winter(), *calls(Vault(settings.key_file))]
    build(settings, tell, told, fleet=fleet(), last=LAST_SYNC)


def _first_reading(settings: Settings, row: Connector) -> None:
    run = actions.sync(row, vault=Vault(settings.key_file), now=clock.now(), clock=clock.now)
    state = RunState(run.state).label
    click.echo(f"Synchronisation {state} : {run.seen} appareils lus, {run.changed + run.heard} mis à jour, {run.unchanged} inchangés.")


def _welcome(port: int) -> None:
    click.echo(f"\nCartable est ouvert : http://{HOST}:{port}   (lundi 19 février 2018, 09:30 ; Ctrl-C arrête tout)\n")
    click.echo(f"  Mot de passe de tous les comptes : {PASSWORD}")
    for somebody in PEOPLE:
        click.echo(f"  {somebody.login:<16} {somebody.role.label:<22} {somebody.name}")
    click.echo()
