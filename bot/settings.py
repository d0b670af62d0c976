"""Typed settings: what an operator can set, with the defaults. settings_file.py reads them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time
from pathlib import Path

from bot.flow_files import FLOW, NUMBERS, flows_folder

BASE_URL = "https://api.telegram.org/bot"
DATABASE_URL = "sqlite:///ptbot.db"


@dataclass(frozen=True, slots=True)
class Telegram:
    """The bot's account."""

    token: str | None = field(default=None, repr=False)  # a secret: never printed
    username: str | None = None  # without @; Telegram is asked where it is left out
    base_url: str = BASE_URL  # of the Bot API; the token follows it
    calls_per_second: float = 28.0  # of all workers together; Telegram allows a bot about 30 messages a second
    chat_calls_per_second: float = 1.0  # to one chat, on average

    @property
    def bot(self) -> int | None:
        """Telegram's id of it, which its token begins with."""
        return int(self.token.partition(":")[0]) if self.token else None


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where Telegram brings updates to, with `ptbot run --webhook`."""

    url: str | None = None  # as Telegram sees it
    host: str = "0.0.0.0"  # noqa: S104 - Telegram, or the load balancer, comes from outside
    port: int = 8443  # listened on here


@dataclass(frozen=True, slots=True)
class Health:
    """Life signs for those who watch over the bot."""

    host: str = "127.0.0.1"
    port: int = 8081  # 0: none


@dataclass(frozen=True, slots=True)
class Reminders:
    """A word to somebody who stopped in the middle."""

    after_hours: float = 2.0  # 0: never
    quiet_from: time = time(21)  # nobody is woken between these, by the patient's clock
    quiet_until: time = time(9)
    time_zone: str | None = None  # of patients whose own is not known


@dataclass(frozen=True, slots=True)
class Database:
    """Where conversations are kept."""

    url: str = field(default=DATABASE_URL, repr=False)  # may hold a password


@dataclass(frozen=True, slots=True)
class Clinics:
    """The clinics that share the bot."""

    file: Path | None = None


@dataclass(frozen=True, slots=True)
class FlowFiles:
    """The conversation."""

    folder: Path = field(default_factory=lambda: flows_folder() / FLOW)
    numbers: Path = field(default_factory=lambda: flows_folder() / NUMBERS)  # emergency numbers by country


@dataclass(frozen=True, slots=True)
class Log:
    """What the program tells its operator."""

    level: str = "info"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an operator can set."""

    telegram: Telegram = field(default_factory=Telegram)
    webhook: Webhook = field(default_factory=Webhook)
    database: Database = field(default_factory=Database)
    reminders: Reminders = field(default_factory=Reminders)
    health: Health = field(default_factory=Health)
    clinics: Clinics = field(default_factory=Clinics)
    flow: FlowFiles = field(default_factory=FlowFiles)
    log: Log = field(default_factory=Log)
