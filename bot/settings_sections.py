"""From what is written in each section of the settings to its values, with what is wrong and what to write instead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import time
from difflib import get_close_matches
from ipaddress import ip_address
from pathlib import Path
from zoneinfo import available_timezones

from bot.flow.yaml_source import Fields, Value
from bot.settings import (
    BASE_URL,
    DATABASE_URL,
    Clinics,
    Database,
    FlowFiles,
    Health,
    Log,
    Reminders,
    Settings,
    Telegram,
    Webhook,
)

CLINICS = "clinics.yaml"
PREFIX = "PTBOT_"
LOG_LEVELS = ("debug", "info", "warning", "error")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_HOST = r"(\[[\w:.%]+\]|[^\s/?#:@\[\]]+)(:(?P<port>\d+))?"
_NAME_OF_HOST = re.compile(r"(?=.*[A-Za-z])[A-Za-z\d]([A-Za-z\d_.-]*[A-Za-z\d])?")
_PORTS = range(1, 65536)
_SHAPES = {  # setting -> what its text looks like, what is wrong with another, what to write
    "token": (r"\d{1,18}:[A-Za-z0-9_-]+", "is not a bot's token.", "Copy it whole from @BotFather: 123456:ABC-def."),
    "username": (r"[A-Za-z]\w{3,31}", "is not a bot's name.", "Write it without @, such as `username: our_pt_bot`."),
    "base_url": (
        rf"https?://([^\s/@]*@)?{_HOST}(/\S*)?/bot",
        "is not the address of a Bot API.",
        f"Write `base_url: {BASE_URL}`.",
    ),
    "webhook": (
        rf"(https://{_HOST}|http://(localhost|127\.0\.0\.1)(:(?P<local_port>\d+))?)(/[^\s?#]*)?",
        "is not an https address that Telegram can reach.",
        "Write `url: https://bot.example.org/telegram`, with the name of your own server.",
    ),
    "database": (
        rf"sqlite:///.+|(postgres|postgresql|postgresql\+psycopg)://([^:/]*(:[^@]*)?@)?({_HOST})?([/?].*)?",
        "is not an address of a database that the bot knows.",
        f"Write `url: {DATABASE_URL}` or `url: postgresql://user:password@host/name`.",
    ),
}


class Sections:
    """Reads the sections one by one. Paths are relative to `folder`."""

    def __init__(self, source: Fields, folder: Path) -> None:
        self._source, self._folder = source, folder

    def settings(self) -> Settings:
        """All of them; a wrong value is reported and has its default."""
        return Settings(
            telegram=self._telegram(),
            webhook=self._webhook(),
            database=self._database(),
            reminders=self._reminders(),
            health=self._health(),
            clinics=self._clinics(),
            flow=self._flow(),
            log=self._log(),
        )

    def _telegram(self) -> Telegram:
        default = Telegram()
        with self._section("telegram") as section:
            return Telegram(
                token=_shaped(section, "token", "token"),
                username=_shaped(section, "username", "username"),
                base_url=_shaped(section, "base_url", "base_url") or BASE_URL,
                calls_per_second=_at_least(section, "calls_per_second", 1.0, default.calls_per_second),
                chat_calls_per_second=_at_least(section, "chat_calls_per_second", 0.1, default.chat_calls_per_second),
            )

    def _webhook(self) -> Webhook:
        default = Webhook()
        with self._section("webhook") as section:
            return Webhook(
                url=_shaped(section, "url", "webhook"),
                host=_host(section, default.host),
                port=section.whole("port", _PORTS[0], _PORTS[-1], default.port),
            )

    def _database(self) -> Database:
        with self._section("database") as section:
            return Database(_shaped(section, "url", "database") or DATABASE_URL)

    def _reminders(self) -> Reminders:
        default = Reminders()
        with self._section("reminders") as section:
            return Reminders(
                after_hours=_at_least(section, "after_hours", 0.0, default.after_hours),
                quiet_from=_clock(section, "quiet_from", default.quiet_from),
                quiet_until=_clock(section, "quiet_until", default.quiet_until),
                time_zone=_zone(section, "time_zone"),
            )

    def _health(self) -> Health:
        default = Health()
        with self._section("health") as section:
            return Health(
                host=_host(section, default.host),
                port=section.whole("port", 0, _PORTS[-1], default.port),
            )

    def _clinics(self) -> Clinics:
        default = self._folder / CLINICS
        with self._section("clinics") as section:
            return Clinics(self._path(section, "file") or (default if default.is_file() else None))

    def _flow(self) -> FlowFiles:
        default = FlowFiles()
        with self._section("flow") as section:
            folder, numbers = self._path(section, "folder"), self._path(section, "numbers")
            return FlowFiles(folder or default.folder, numbers or default.numbers)

    def _log(self) -> Log:
        with self._section("log") as section:
            return Log(section.one_of("level", LOG_LEVELS, Log().level))

    @contextmanager
    def _section(self, name: str) -> Iterator[Fields]:
        """One section; at the end, what nobody asked for in it is a mistake."""
        value = self._source.get(name)
        if value is None or not value.data:  # every line of it may be commented out
            value = Value({}, self._source.at.file, self._source.at.line)
        section = Fields(value, name, self._source.report)
        yield section
        section.done()

    def _path(self, section: Fields, name: str) -> Path | None:
        """A path that is there. In a file it is relative to that file's folder."""
        text, value = section.optional(name), section.get(name)
        if text is None or value is None:
            return None
        path = Path(text) if value.file.startswith(PREFIX) else self._folder / text
        if path.exists():
            return path
        section.problem(f"`{name}`: there is nothing at {path}.", "Correct the path, or leave it out.", value)
        return None


def _shaped(section: Fields, name: str, shape: str) -> str | None:
    """A text of a certain shape. What was written is not repeated: it may be a secret."""
    text, (pattern, what, remedy) = section.optional(name), _SHAPES[shape]
    if text is None or _fits(pattern, text):
        return text
    section.problem(f"`{name}` {what}", remedy, section.get(name))
    return None


def _fits(pattern: str, text: str) -> bool:
    """Has the text the shape, and only ports that there can be?"""
    match = re.fullmatch(pattern, text)
    return match is not None and all(int(port) in _PORTS for port in match.groupdict().values() if port)


def _at_least(section: Fields, name: str, least: float, default: float) -> float:
    number = section.number(name)
    if number is None:
        return default
    if number < least:
        section.problem(f"`{name}` is too small.", f"Write a number from {least:g} up.", section.get(name))
        return default
    return number


def _host(section: Fields, default: str) -> str:
    """The address of one of this machine's networks."""
    host = section.text("host", default)
    if _is_host(host):
        return host
    remedy = f"Write `host: {default}`, and the port as a setting of its own."
    section.problem("`host` is not the address or name of a machine.", remedy, section.get("host"))
    return default


def _is_host(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return _NAME_OF_HOST.fullmatch(text) is not None
    return True


def _clock(section: Fields, name: str, default: time) -> time:
    text = section.optional(name)
    if text is None:
        return default
    if match := _CLOCK.fullmatch(text):
        return time(int(match[1]), int(match[2]))
    section.problem(f"`{name}` is not a time of day.", f'Write `{name}: "{default:%H:%M}"`.', section.get(name))
    return default


def _zone(section: Fields, name: str) -> str | None:
    text = section.optional(name)
    if text is None or text in (known := available_timezones()):
        return text
    near = get_close_matches(text, known, 1)
    remedy = f"Did you mean `{near[0]}`?" if near else f"Write it as `{name}: Europe/Berlin`."
    section.problem(f"`{name}: {text}` is not a time zone.", remedy, section.get(name))
    return None
