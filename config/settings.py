"""The settings of the house: one table of names, defaults, readers and what they mean; read once, then handed down as plain values.

Every setting is an environment variable. One that is unknown is refused, so that a slip of the pen is not a silent default.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any

from config.accessibility import Audit, read_audit, read_contact
from config.clock import read_moment
from config.setting_readers import host, hosts, hours, mailbox, minutes, networks, number, roles, smtp, token, yes_or_no
from inventory.db import shown
from inventory.errors import Refused
from inventory.labels.address import read_address
from inventory.roles import Role

PREFIX, SQLITE, POSTGRES = "CARTABLE_", "sqlite:///", "postgresql://"
HERE = Path(__file__).parent
Reader = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator may decide, read and checked."""

    database: str
    as_of: datetime | None
    key_file: Path
    backups: Path
    exports: Path
    connectors: Path
    calendars: Path
    conventions: Path
    baselines: Path
    carts: Path
    watch_days: int
    silent_days: int
    host: str
    port: int
    sync_minutes: int
    backups_kept: int
    cookie_secure: bool
    session_idle: timedelta
    session_age: timedelta
    technician_idle: timedelta
    technician_age: timedelta
    administrator_idle: timedelta
    trusted_hosts: tuple[str, ...]
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...]
    second_factor_roles: frozenset[Role]
    metrics_token: str
    api_per_minute: int
    webhook_hosts: tuple[str, ...]
    contact: str
    accessibility_audit: Audit | None
    providers: Path | None
    public_url: str
    smtp: tuple[str, str, int] | None
    smtp_login: str
    smtp_password: str
    mail_from: str

    @property
    def database_file(self) -> Path:
        """The database's file; on PostgreSQL, the name that this machine's files about it begin with."""
        return _file(self.database)

    def session_ends(self, role: Role) -> tuple[timedelta, timedelta]:
        """How long a session of `role` may stay idle, and how long it may last."""
        if role is Role.TECHNICIAN:
            return self.technician_idle, self.technician_age
        return (self.administrator_idle if role is Role.ADMINISTRATOR else self.session_idle), self.session_age


def _file(url: str) -> Path:
    return Path("var/cartable") if url.startswith(POSTGRES) else Path(url.removeprefix(SQLITE))


def _url(text: str) -> str:
    if text.startswith(POSTGRES) and text != POSTGRES:
        return text
    if not text.startswith(SQLITE) or text == SQLITE:
        raise ValueError("écrire sqlite:///chemin/du/fichier.db ou postgresql://hôte/base")
    return text


def _moment(text: str) -> datetime | None:
    return read_moment(text, PREFIX + "AS_OF") if text else None


def _path(text: str) -> Path:
    if not text or "\0" in text:
        raise ValueError("écrire un chemin")
    return Path(text)


def _file_or_none(text: str) -> Path | None:
    return _path(text) if text else None


def _folder(text: str) -> Path:
    if not _path(text).is_dir():
        raise ValueError("écrire le chemin d'un dossier qui existe")
    return Path(text)


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of the table; `default` is text too, `{folder}` and `{database}` being those of the database's file."""

    name: str
    field: str
    default: str
    read: Reader
    help: str
    secret: bool = False


SETTINGS = (
    Setting("CARTABLE_DATABASE", "database", "sqlite:///var/cartable.db", _url, "Base : sqlite:///chemin ou postgresql://hôte/base."),
    Setting("CARTABLE_AS_OF", "as_of", "", _moment, "Arrête l'horloge à une date ou un moment, pour une démonstration."),
    Setting("CARTABLE_KEY_FILE", "key_file", "{database}.key", _path, "Clé des secrets, créée au premier besoin.", secret=True),
    Setting("CARTABLE_BACKUPS", "backups", "{folder}/backups", _path, "Dossier des sauvegardes de nuit."),
    Setting("CARTABLE_BACKUPS_KEPT", "backups_kept", "14", number(1, 3650), "Nombre de sauvegardes de nuit gardées."),
    Setting("CARTABLE_EXPORTS", "exports", "{folder}/exports", _path, "Dossier des exports de trimestre."),
    Setting("CARTABLE_CONNECTORS", "connectors", "{folder}/connectors.toml", _path, "Fichier des connecteurs : hôtes permis, fuseau, rythme."),
    Setting("CARTABLE_CALENDARS", "calendars", f"{HERE}/calendars", _folder, "Dossier des calendriers scolaires."),
    Setting("CARTABLE_CONVENTIONS", "conventions", f"{HERE}/conventions", _folder, "Dossier des conventions."),
    Setting("CARTABLE_BASELINES", "baselines", f"{HERE}/baselines", _folder, "Dossier des configurations initiales."),
    Setting("CARTABLE_CARTS", "carts", f"{HERE}/cart_templates", _folder, "Dossier des modèles de valise."),
    Setting("CARTABLE_WATCH_DAYS", "watch_days", "10", number(1, 400), "Jours de classe de silence : tablette à surveiller."),
    Setting("CARTABLE_SILENT_DAYS", "silent_days", "20", number(1, 400), "Jours de classe de silence : tablette silencieuse."),
    Setting("CARTABLE_HOST", "host", "127.0.0.1", host, "Adresse d'écoute des pages."),
    Setting("CARTABLE_PORT", "port", "8000", number(1, 65535), "Port d'écoute des pages."),
    Setting("CARTABLE_SYNC_MINUTES", "sync_minutes", "60", number(0, 1440), "Minutes entre deux lectures des MDM ; 0 : jamais."),
    Setting("CARTABLE_COOKIE_SECURE", "cookie_secure", "non", yes_or_no, "Cookies en HTTPS seulement (oui derrière HTTPS)."),
    Setting("CARTABLE_SESSION_IDLE_MINUTES", "session_idle", "60", minutes, "Minutes sans geste qui ferment une session."),
    Setting("CARTABLE_SESSION_HOURS", "session_age", "12", hours, "Heures après lesquelles une session se ferme."),
    Setting("CARTABLE_TECHNICIAN_IDLE_MINUTES", "technician_idle", "720", minutes, "Minutes sans geste, session d'un technicien."),
    Setting("CARTABLE_TECHNICIAN_SESSION_HOURS", "technician_age", "168", hours, "Heures d'une session de technicien."),
    Setting("CARTABLE_ADMINISTRATOR_IDLE_MINUTES", "administrator_idle", "30", minutes, "Minutes sans geste, administrateur."),
    Setting("CARTABLE_TRUSTED_PROXIES", "trusted_proxies", "", networks, "Relais dont X-Forwarded-For est cru ; vide : aucun."),
    Setting("CARTABLE_SECOND_FACTOR_ROLES", "second_factor_roles", "", roles, "Rôles tenus au second facteur ; vide : aucun."),
    Setting("CARTABLE_TRUSTED_HOSTS", "trusted_hosts", "127.0.0.1 localhost [::1]", hosts, "Noms sous lesquels les pages répondent."),
    Setting("CARTABLE_PROVIDERS", "providers", "", _file_or_none, "Fichier TOML des fournisseurs d'identité ; vide : aucun."),
    Setting("CARTABLE_PUBLIC_URL", "public_url", "", read_address, "Adresse des pages dans les codes QR ; vide : celle de qui imprime."),
    Setting("CARTABLE_SMTP", "smtp", "", smtp, "Serveur de courrier : smtp+starttls://hôte:587, smtps://hôte:465 ou smtp://hôte:25 ; vide : aucun."),
    Setting("CARTABLE_SMTP_LOGIN", "smtp_login", "", str, "Compte sur le serveur de courrier ; vide : aucun."),
    Setting("CARTABLE_SMTP_PASSWORD", "smtp_password", "", str, "Mot de passe de ce compte.", secret=True),
    Setting("CARTABLE_MAIL_FROM", "mail_from", "", mailbox, "Adresse d'où partent les lettres, cartable@ville.fr."),
    Setting("CARTABLE_METRICS_TOKEN", "metrics_token", "", token, "Jeton de la surveillance (/metrics) ; vide : fermée.", secret=True),
    Setting("CARTABLE_API_PER_MINUTE", "api_per_minute", "600", number(1, 1_000_000), "Demandes d'un jeton de l'API par minute et par processus."),
    Setting("CARTABLE_WEBHOOK_HOSTS", "webhook_hosts", "", lambda text: hosts(text) if text else (), "Hôtes à qui des événements sont dits ; vide : aucun."),
    Setting("CARTABLE_CONTACT", "contact", "", read_contact, "À qui écrire au sujet de l'accessibilité : courriel ou formulaire."),
    Setting("CARTABLE_ACCESSIBILITY_AUDIT", "accessibility_audit", "", read_audit, "Audit RGAA : jour et taux, 2026-03-15 82 ; vide : aucun."),
)  # fmt: skip
BY_NAME = {setting.name: setting for setting in SETTINGS}


def read(environ: Mapping[str, str]) -> Settings:
    """The settings of an environment; raises `Refused` naming every unknown variable and every bad value at once."""
    complaints = [_unknown(name) for name in sorted(environ) if name.startswith(PREFIX) and name not in BY_NAME]
    values: dict[str, Any] = {}
    database = Path()
    for setting in SETTINGS:
        text = environ.get(setting.name, "").strip() or _default(setting, database)
        try:
            values[setting.field] = setting.read(text)
        except Refused as refusal:
            complaints.extend(refusal.sentences)
        except ValueError as fault:
            complaints.append(f"{setting.name} = « {shown(text) if setting.field == 'database' else text} » : {fault}.")
        if setting.field == "database":
            database = _file(text)
    complaints += _contradictions(values)
    if complaints:
        raise Refused(*complaints)
    return Settings(**values)


def _default(setting: Setting, database: Path) -> str:
    return setting.default.replace("{database}", str(database)).replace("{folder}", str(database.parent))


def _contradictions(values: Mapping[str, Any]) -> list[str]:
    watch, silent = values.get("watch_days"), values.get("silent_days")
    if watch is not None and silent is not None and watch >= silent:
        return [f"CARTABLE_WATCH_DAYS = « {watch} » : écrire un nombre inférieur à CARTABLE_SILENT_DAYS ({silent})."]
    if values.get("smtp") and not values.get("mail_from"):
        return ["CARTABLE_MAIL_FROM manque : CARTABLE_SMTP dit par où partent les lettres, écrire aussi de quelle adresse."]
    if values.get("smtp") and values["smtp"][0] == "smtp" and values.get("smtp_login"):
        return ["CARTABLE_SMTP_LOGIN : un mot de passe ne part pas en clair ; écrire CARTABLE_SMTP en smtps:// ou smtp+starttls://."]
    return []


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name.removeprefix(PREFIX), [known.removeprefix(PREFIX) for known in BY_NAME], n=1)
    hint = f"écrire {PREFIX}{near[0]} ?" if near else f"les réglages connus sont {', '.join(BY_NAME)}."
    return f"{name} : réglage inconnu ; {hint}"
