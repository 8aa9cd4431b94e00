"""What the operator's manual says is what the program does: every setting is told, every file that it names is there."""

from __future__ import annotations

import re
from configparser import ConfigParser
from pathlib import Path

from config.cli.root import main
from config.settings import SETTINGS, read

DOCS = Path(__file__).parent.parent / "docs"
MANUAL = (DOCS / "operations.md").read_text(encoding="utf-8")


def untold(manual: str) -> set[str]:
    return {setting.name for setting in SETTINGS} ^ set(re.findall(r"`(CARTABLE_[A-Z_]+)`", manual))


def test_every_setting_is_told_and_no_other() -> None:
    assert untold(MANUAL) == set()
    assert untold(MANUAL.replace("`CARTABLE_PORT`", "`CARTABLE_DOOR`")) == {"CARTABLE_PORT", "CARTABLE_DOOR"}


def test_every_command_and_file_that_the_manual_names_exists() -> None:
    named = set(re.findall(r"^cartable ([a-z][a-z-]+)", MANUAL, re.M)) | set(re.findall(r"`cartable ([a-z][a-z-]+)", MANUAL))
    assert named and named <= set(main.commands)
    files = set(re.findall(r"docs/([a-z]+/[a-z.-]+)", MANUAL)) | set(re.findall(r"\]\(([a-z]+/[a-z.-]+)\)", MANUAL))
    assert files and {file for file in files if not (DOCS / file).is_file()} == set()


def test_the_units_and_their_settings_can_be_read() -> None:
    lines = (DOCS / "systemd" / "cartable.env").read_text(encoding="utf-8").split("\n")
    settings = read(dict(line.split("=", 1) for line in lines if line))
    assert settings.cookie_secure and settings.database_file.is_relative_to("/var/lib/cartable")
    for unit, command in (("cartable-serve", "serve"), ("cartable-worker", "worker")):
        told = ConfigParser(interpolation=None)
        told.read(DOCS / "systemd" / f"{unit}.service")
        assert told["Service"]["ExecStart"].endswith(f"/cartable {command}") and command in main.commands
