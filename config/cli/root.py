"""The root of the commands: how they open the house, print, and refuse."""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from inventory.errors import NotFound, Refused


class Cartable(click.Group):
    """Turns a refusal into one French line for each reason and an exit code 1, never into a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Refused as refusal:
            for sentence in refusal.sentences:
                click.echo(sentence, err=True)
            sys.exit(1)
        except NotFound:
            click.echo("Introuvable : vérifier le nom ou le numéro donné.", err=True)
            sys.exit(1)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(0)


@click.group(cls=Cartable, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="cartable", prog_name="cartable")
def main() -> None:
    """Cartable : le suivi des tablettes de classes mobiles, de la commande au trimestre certifié.

    La base est celle de CARTABLE_DATABASE (sqlite:///chemin) ; CARTABLE_AS_OF arrête l'horloge.
    """


def _register() -> None:
    from config.cli import (
        connectors,
        conventions,
        data,
        labels,
        operate,
        providers,
        reading,
        serving,
        tokens,
        users,
        webhooks,
    )

    for module in (operate, users, providers, tokens, webhooks, serving, data, conventions, connectors, reading, labels):
        for command in module.COMMANDS:
            main.add_command(command)


_register()
