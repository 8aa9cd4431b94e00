"""Opens the house: binds the database, the calendars and the thresholds, and hangs what rooms offer one another."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from config import people, tokens, two_keys
from config.schema import refuse_other_schema
from config.settings import Settings
from config.vault import Vault
from deploy import panels as deploy_panels
from deploy.actions.steps import delivery_guard
from deploy.field import panels as field_panels
from deploy.funding.queries import invoiced
from deploy.incidents import panels as incident_panels
from deploy.queries.conventions import mention
from deploy.queries.drifts import drifts
from deploy.reports import seal
from deploy.rollcall import panels as check_panels
from deploy.rollcall import queries as rollcall
from deploy.words import WORDS
from inventory import db
from inventory.contact import Thresholds
from inventory.gaps import panels as gap_panels
from inventory.guards import guard_stages
from inventory.panels import hang
from inventory.queries import labels, school_times
from inventory.queries.witnesses import bring_drifts, bring_papers
from inventory.timeline import speak
from mdm import panels as mdm_panels
from mdm import terms
from mdm.commands import panels as command_panels
from mdm.commands import proof
from mdm.commands import words as command_words
from mdm.profiles import failed_profiles
from mdm.queries import registered


def wire(settings: Settings) -> None:
    """Bind every handle; opens no connection and checks nothing."""
    db.connect(settings.database)
    school_times.use(settings.calendars, Thresholds(settings.watch_days, settings.silent_days))
    seal.use(lambda: Vault(settings.key_file).subkey("quarter-seal"))
    labels.use(settings.public_url, mention)
    rollcall.use(lambda: Vault(settings.key_file).subkey("short code of a school"))
    terms.use(settings.connectors)
    proof.use(lambda person, code, now: two_keys.prove(person, code, Vault(settings.key_file), now))
    guard_stages(delivery_guard)
    bring_papers(invoiced)
    bring_papers(registered)
    bring_drifts(drifts)
    bring_drifts(failed_profiles)
    hang("school", "deploy/school_panel.html", deploy_panels.school_panel)
    hang("mobile_class", "deploy/class_panel.html", deploy_panels.class_panel)
    hang("mobile_class", "mdm/class_panel.html", mdm_panels.class_panel)
    hang("home", "mdm/home_panel.html", mdm_panels.home_panel)
    hang("home", "deploy/home_round.html", check_panels.home_panel)
    hang("home", "mdm/command_home_panel.html", command_panels.home_panel)
    hang("tablet", "deploy/tablet_panel.html", deploy_panels.tablet_panel)
    hang("mobile_class", "deploy/incident_class_panel.html", incident_panels.class_panel)
    hang("tablet", "inventory/gap_tablet_panel.html", gap_panels.tablet_panel)
    hang("school", "inventory/gap_school_panel.html", gap_panels.school_panel)
    hang("tablet", "deploy/incident_tablet_panel.html", incident_panels.tablet_panel)
    for page in ("tablet", "mobile_class"):
        hang(page, "deploy/photos_panel.html", field_panels.photos_panel)
    hang("tablet", "mdm/detail_tablet_panel.html", mdm_panels.tablet_panel)
    hang("tablet", "mdm/command_tablet_panel.html", command_panels.tablet_panel)
    hang("theft", "mdm/theft_panel.html", command_panels.theft_panel)
    hang("mobile_class", "deploy/check_class_panel.html", check_panels.class_panel)
    hang("tablet", "deploy/check_tablet_panel.html", check_panels.tablet_panel)
    hang("school", "deploy/check_school_panel.html", check_panels.school_panel)
    hang("label", "deploy/check_label_panel.html", check_panels.label_panel)
    for axis in people.ACCOUNT, "password":
        speak(axis, people.words)
    speak(tokens.AXIS, tokens.words)
    speak(command_words.AXIS, command_words.words)
    for prefix, words in WORDS.items():
        speak(prefix, words)


@contextmanager
def house(settings: Settings) -> Iterator[None]:
    """The house open for one command: wired, its schema known, one connection."""
    wire(settings)
    refuse_other_schema()
    with db.database.connection_context():
        yield
