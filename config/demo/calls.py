"""What was asked of tablets through the simulated MDM: a stolen one that never answers, a message that was read, one taken back in time, one that has just been asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from functools import partial

from config.demo.ground import inside
from config.demo.story import CM01, CM02, Line
from config.demo.winter import MORNING
from config.vault import Vault
from inventory.actions.records import Hand
from inventory.paris import at
from mdm.actions import connector, give_voice
from mdm.commands import actions
from mdm.commands.errand import carry_out
from mdm.commands.order import Action
from mdm.models import Command
from mdm.simulator.orders import COMMANDS

SOON, NEXT_DAY = timedelta(minutes=1), timedelta(days=1, minutes=5)
LOST = "volée dans la nuit : donne-t-elle encore signe ?"


def calls(vault: Vault) -> Iterator[Line]:
    """Every line, command after command; the worker's turns are told too."""
    ask, turn = partial(asked, vault), partial(carried, vault)
    yield Line(at(date(2017, 10, 6), time(9)), "dsi", partial(give_a_voice, vault))
    yield from _told(at(date(2017, 12, 13), time(9, 20)), ask(CM01, 9, Action.REFRESH, LOST), turn, SOON, NEXT_DAY)
    yield from _told(at(date(2018, 1, 18), time(8, 30)), ask(CM02, 5, Action.MESSAGE, "elle n'est pas revenue hier soir", "Merci de ranger cette tablette dans la valise AIX-CM02."), turn, SOON, 3 * SOON)
    mistaken = at(date(2018, 2, 6), time(15, 20))
    yield Line(mistaken, "technicien", ask(CM02, 8, Action.MESSAGE, "prévenir la classe de la panne", "La borne sera réparée lundi."))
    yield Line(mistaken + SOON / 2, "technicien", stopped("ce sera mardi : la borne n'est pas livrée"))
    yield from _told(at(date(2018, 2, 12), time(8, 20)), ask(CM01, 7, Action.PUSH, "elle garde l'ancien profil depuis décembre"), turn, SOON, NEXT_DAY - timedelta(hours=12))
    yield Line(at(MORNING, time(9, 25)), "dsi", ask(CM01, 11, Action.MESSAGE, "introuvable au comptage de ce matin", "Merci de rapporter cette tablette à l'école Les Granettes."))


def _told(moment: datetime, act: Callable[[Hand], object], turn: Callable[[Hand], object], *after: timedelta) -> Iterator[Line]:
    yield Line(moment, "technicien", act)
    for later in after:
        yield Line(moment + later, "technicien", turn)


def give_a_voice(vault: Vault, hand: Hand) -> object:
    """The account of commands, apart from the one that reads."""
    return give_voice(connector().name, login=COMMANDS, password=COMMANDS, vault=vault, hand=hand)


def asked(vault: Vault, code: str, slot: int, action: Action, reason: str, words: str = "") -> Callable[[Hand], object]:
    return lambda hand: actions.request(inside(code, slot), action, reason, hand, words=words, vault=vault, clock=lambda: hand.now)


def carried(vault: Vault, hand: Hand) -> object:
    """A turn of the worker."""
    return carry_out(vault, lambda: hand.now)


def stopped(reason: str) -> Callable[[Hand], object]:
    """Stop the last command."""
    return lambda hand: actions.stop(Command.select().order_by(Command.id.desc()).get(), reason, hand)
