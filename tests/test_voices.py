"""What every server that takes commands does, whichever it is, over real HTTP: one command, once, for the device that is meant, seen done or not told done."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from commanded import KEYS, THURSDAY
from played import STUBS, Overheard

from config.vault import Vault
from inventory.errors import Refused
from mdm.capabilities import orders
from mdm.commands.order import Action
from mdm.driver import Access, MdmError
from mdm.drivers import KINDS
from mdm.listening import Recalled, hook_key, receive
from mdm.models import Connector
from mdm.simulator import Fleet, Simulator
from mdm.simulator.apis.events import answer
from mdm.simulator.orders import COMMANDS
from mdm.simulator.told import Told
from mdm.terms import read
from mdm.voice import Declined, Order, Voice
from mdm.voices import VOICES, actions_of, speak_to

KIND = pytest.mark.parametrize("kind", sorted(VOICES))
BY_WEBHOOK = {"micromdm", "nanomdm"}
EACH = [(kind, action) for kind in sorted(VOICES) for action in sorted(VOICES[kind].actions)]
LOGINS = {"headwind": COMMANDS}


class Answering(Overheard):
    """The memory of a server whose webhook told what tablets answered."""

    def __init__(self, mdm: Simulator) -> None:
        super().__init__(mdm)
        self.said: dict[str, str] = {}

    def answers(self, device: str, command: str) -> list[str]:
        return [status for one, status in self.said.items() if one == command]


@pytest.fixture
def mdm(kind: str) -> Iterator[Simulator]:
    with Simulator(Fleet(), at=THURSDAY, api=kind) as running:
        yield running


def voice(kind: str, mdm: Simulator, memory: Overheard | None = None, key: str = "") -> Voice:
    login = LOGINS.get(kind, "") if not key else STUBS[kind].login
    access = Access(mdm.url, login, key or KEYS.get(kind, COMMANDS), memory=memory or Answering(mdm))
    found = speak_to(kind, access, clock=lambda: mdm.at)
    found.sign_in()
    return found


def stolen(mdm: Simulator) -> Told:
    return next(one for one in mdm.devices() if one.name == "AIX-CM01-T09")


def order(kind: str, mdm: Simulator, action: Action, device: Told | None = None) -> Order:
    one = device or stolen(mdm)
    return Order(action, STUBS[kind].id_of(one), one.name, str(uuid.uuid4()), "Tablette volée" if action in (Action.MESSAGE, Action.LOCK, Action.LOST_MODE) else "", mdm.at)


@pytest.mark.parametrize(("kind", "action"), EACH)
def test_a_command_is_taken_once_for_the_tablet_that_is_meant(kind: str, action: Action, mdm: Simulator) -> None:
    memory = Answering(mdm)
    speaker, asked = voice(kind, mdm, memory), order(kind, mdm, action)
    found = speaker.find(asked.mdm_id, asked.number)
    assert found is not None and STUBS[kind].serial_of(stolen(mdm)) in (found.serial, "")
    before = len(mdm.requested)
    mdm.orders.obeys = False
    asked = Order(asked.action, asked.mdm_id, asked.number, speaker.send(asked), asked.words, asked.sent)
    assert [one.device for one in mdm.orders.received] == [asked.number if kind == "headwind" else asked.mdm_id]
    assert [one.words for one in mdm.orders.received] == ["" if kind == "fleet" else asked.words], "Fleet shows no words"
    assert len([path for method, path in list(mdm.requested)[before:] if method != "GET"]) == 1
    assert speaker.outcome(asked) is None, "taken is not done"
    mdm.orders.obeys = True
    memory.said[asked.uuid] = "Acknowledged"
    if action in (Action.REFRESH, Action.PUSH) and kind not in BY_WEBHOOK and kind != "zentral":
        return  # confirmed by a later contact: test_two_keys.py
    outcome = speaker.outcome(asked)
    assert outcome is not None and outcome.done and outcome.said


@KIND
def test_a_tablet_that_the_server_does_not_know_is_not_commanded(kind: str, mdm: Simulator) -> None:
    speaker, action = voice(kind, mdm), sorted(VOICES[kind].actions - {Action.REFRESH, Action.PUSH})[0]
    unknown = Order(action, "424242", "AIX-CM09-T09", str(uuid.uuid4()), "volée", mdm.at)
    assert speaker.find(unknown.mdm_id, unknown.number) is None
    with pytest.raises(MdmError):
        speaker.send(unknown)
    assert mdm.orders.received == []


@pytest.mark.parametrize("kind", sorted(VOICES.keys() - KEYS.keys()))
def test_the_account_that_reads_commands_nothing(kind: str, mdm: Simulator) -> None:
    speaker = voice(kind, mdm, key="simulateur")
    with pytest.raises(Declined, match=r"refuse|permission|HTTP 403"):
        speaker.send(order(kind, mdm, sorted(VOICES[kind].actions)[0]))
    assert mdm.orders.received == []


@pytest.mark.parametrize("kind", ["micromdm"])
def test_a_command_that_the_server_took_and_lost_is_unknown_not_declined(kind: str, mdm: Simulator) -> None:
    mdm.orders.loses = True
    with pytest.raises(MdmError, match="file") as fault:
        voice(kind, mdm).send(order(kind, mdm, Action.LOST_MODE))
    assert not isinstance(fault.value, Declined)


@pytest.mark.parametrize("kind", ["fleet"])
def test_a_licence_that_is_missing_is_said(kind: str, mdm: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mdm.api, "premium", False)
    with pytest.raises(Declined, match="Premium"):
        voice(kind, mdm).send(order(kind, mdm, Action.WIPE))
    voice(kind, mdm).send(order(kind, mdm, Action.REFRESH))


@pytest.mark.parametrize("kind", ["micromdm"])
@pytest.mark.parametrize(("status", "done"), [("Acknowledged", True), ("Error", False), ("CommandFormatError", False), ("NotNow", None)])
def test_a_tablet_answers_by_the_webhook_and_not_now_is_no_answer(kind: str, status: str, done: bool | None, mdm: Simulator, store: Path) -> None:
    vault = Vault(store.with_suffix(".key"))
    row = Connector.create(name="ipads", kind=kind, url=mdm.url, login="", created=THURSDAY)
    speaker, asked = voice(kind, mdm, Recalled(row)), order(kind, mdm, Action.LOST_MODE)  # type: ignore[arg-type]
    speaker.send(asked)
    told = json.dumps(answer(stolen(mdm), asked.uuid, status, mdm.at)).encode()
    assert receive("ipads", hook_key("ipads", vault), told, "", vault=vault, now=mdm.at + timedelta(minutes=1))
    outcome = speaker.outcome(asked)
    assert (outcome.done if outcome else None) is done


def test_the_table_says_which_server_takes_what() -> None:
    assert actions_of("headwind") == {Action.REFRESH, Action.MESSAGE, Action.PUSH}
    assert actions_of("fleet") == {Action.REFRESH, Action.LOCK, Action.UNLOCK, Action.WIPE}
    assert actions_of("micromdm") == actions_of("nanomdm") == actions_of("zentral") == {Action.REFRESH, Action.LOCK, Action.LOST_MODE, Action.UNLOCK, Action.WIPE}
    assert all(actions_of(kind) == frozenset() for kind in KINDS.keys() - VOICES.keys())
    allowed = {action: (can, on) for action, can, on in orders("headwind", frozenset({Action.MESSAGE, Action.WIPE}))}
    assert allowed[Action.MESSAGE] == (True, True) and allowed[Action.WIPE] == (False, False) and allowed[Action.PUSH] == (True, False)


def test_the_file_permits_by_name_and_an_unknown_name_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "connectors.toml"
    file.write_text('[ville]\nhosts = ["mdm.ville.fr"]\ncommands = ["lock", "message"]\n[autre]\n')
    assert read(file)["ville"].commands == {Action.LOCK, Action.MESSAGE} and read(file)["autre"].commands == frozenset()
    for wrong in ('["tout"]', '"lock"', "[1]", "true"):
        file.write_text(f"[ville]\ncommands = {wrong}\n")
        with pytest.raises(Refused, match="commands"):
            read(file)
