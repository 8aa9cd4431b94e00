"""Commands that stay: the pages, the worker, the simulator, the demonstration."""

from __future__ import annotations

import os
import threading

import click

from config import clock, web
from config.app import create_app
from config.jobs import run_worker
from config.settings import read
from config.wiring import wire
from config.work import work
from mdm.simulator import APIS, FAULTS
from mdm.simulator import serve as serve_simulator

HELP_FAULTS = "Panne à jouer : " + ", ".join(FAULTS)


@click.command()
@click.option("--host", default=None, help="Adresse d'écoute (CARTABLE_HOST).")
@click.option("--port", type=int, default=None, help="Port d'écoute (CARTABLE_PORT).")
def serve(host: str | None, port: int | None) -> None:
    """Servir les pages."""
    settings = read(os.environ)
    web.serve(create_app(settings), host or settings.host, port or settings.port)


@click.command()
@click.option("--until-input-ends", is_flag=True, help="S'arrêter quand l'entrée standard se ferme (lancé par un autre).")
def worker(until_input_ends: bool) -> None:
    """Faire tourner le calendrier : synchronisations, retards, sauvegarde de nuit, export du trimestre."""
    settings, stop = read(os.environ), threading.Event()
    if until_input_ends:
        threading.Thread(target=_stop_at_end_of_input, args=[stop], daemon=True).start()
    wire(settings)
    run_worker(settings, work(settings, stop), stop)


def _stop_at_end_of_input(stop: threading.Event) -> None:
    while os.read(0, 4096):
        pass
    stop.set()


@click.command()
@click.option("--port", type=int, default=8001, show_default=True, help="Port d'écoute.")
@click.option("--api", type=click.Choice(sorted(APIS)), default="headwind", show_default=True, help="Serveur joué.")
@click.option("--at", "at_text", metavar="DATE", help="Jour joué (AAAA-MM-JJ) ; par défaut, maintenant.")
@click.option("--devices", type=int, default=None, help="Nombre d'appareils (par défaut : les deux valises d'Aix).")
@click.option("--fault", type=click.Choice(sorted(FAULTS)), default=None, help=HELP_FAULTS)
def simulate(port: int, api: str, at_text: str | None, devices: int | None, fault: str | None) -> None:
    """Jouer un serveur MDM sur cette machine, à la date demandée."""
    at = clock.read_moment(at_text, "--at") if at_text else clock.now()
    serve_simulator(port=port, at=at, devices=devices, fault=fault, api=api)


@click.command()
@click.option("--port", type=int, default=8000, show_default=True, help="Port des pages.")
def demo(port: int) -> None:
    """Jouer l'automne 2017 à Aix-en-Provence : base, MDM simulé, synchronisation, pages."""
    from config.demo.run import run_demo

    run_demo(port)


COMMANDS = (serve, worker, simulate, demo)
