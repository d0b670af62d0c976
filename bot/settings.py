"""Typed settings: config.yaml, and environment variables over it. Every mistake is named with what to write instead.

A setting `name` of a section `section` is the environment variable PTBOT_SECTION__NAME.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_type_hints

from bot.flow.errors import Problem, ProblemsError
from bot.flow.yaml_source import Fields, Report, Value, read_yaml
from bot.flow_files import FLOW, NUMBERS, flows_folder

CONFIG = "config.yaml"
CLINICS = "clinics.yaml"
PREFIX = "PTBOT_"
DIVIDER = "__"
CALLS_PER_SECOND = 28.0
BASE_URL = "https://api.telegram.org/bot"
DATABASE_URL = "sqlite:///ptbot.db"
LOG_LEVELS = ("debug", "info", "warning", "error")
_HOST = r"(\[[\w:.%]+\]|[^\s/?#:@\[\]]+)(:(?P<port>\d+))?"
_PORTS = range(1, 65536)
_SHAPES = {  # setting -> what its text looks like, what is wrong with another, what to write
    "token": (r"\d+:[A-Za-z0-9_-]+", "is not a bot's token.", "Copy it whole from @BotFather: 123456:ABC-def."),
    "username": (r"[A-Za-z]\w{3,31}", "is not a bot's name.", "Write it without @, such as `username: our_pt_bot`."),
    "base_url": (
        rf"https?://([^\s/@]*@)?{_HOST}(/\S*)?/bot",
        "is not the address of a Bot API.",
        f"Write `base_url: {BASE_URL}`.",
    ),
    "url": (
        rf"sqlite:///.+|(postgres|postgresql|postgresql\+psycopg)://([^:/]*(:[^@]*)?@)?({_HOST})?([/?].*)?",
        "is not an address of a database that the bot knows.",
        f"Write `url: {DATABASE_URL}` or `url: postgresql://user:password@host/name`.",
    ),
}


class SettingsError(ProblemsError):
    """The settings hold mistakes."""


@dataclass(frozen=True, slots=True)
class Telegram:
    """The bot's account."""

    token: str | None = field(default=None, repr=False)  # a secret: never printed
    username: str | None = None  # without @; Telegram is asked where it is left out
    base_url: str = BASE_URL  # of the Bot API; the token follows it
    calls_per_second: float = CALLS_PER_SECOND  # Telegram allows a bot about 30 messages a second


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
    database: Database = field(default_factory=Database)
    clinics: Clinics = field(default_factory=Clinics)
    flow: FlowFiles = field(default_factory=FlowFiles)
    log: Log = field(default_factory=Log)


_SECTIONS: dict[str, Any] = get_type_hints(Settings)
_VARIABLES = {
    f"{PREFIX}{section}{DIVIDER}{entry.name}".upper(): (section, entry.name)
    for section, kind in _SECTIONS.items()
    for entry in fields(kind)
}


def load_settings(config: Path | None, environment: Mapping[str, str]) -> Settings:
    """The settings. Without a `config`, ./config.yaml is read if it is there. Raises SettingsError."""
    settings, problems = read_settings(config, environment)
    if problems:
        raise SettingsError(problems)
    return settings


def read_settings(config: Path | None, environment: Mapping[str, str]) -> tuple[Settings, tuple[Problem, ...]]:
    """The settings and everything that is wrong with them; a wrong one has its default."""
    report = Report([])
    path = config or Path(CONFIG)
    root = _file(path, report) if config or path.exists() else Value({}, CONFIG, 1)
    source = Fields(_overlaid(root, _variables(environment, report)), "settings", report)
    read = _Reader(source, path.parent)
    settings = Settings(read.telegram(), read.database(), read.clinics(), read.flow(), read.log())
    source.done()
    return settings, tuple(report.problems)


def _file(path: Path, report: Report) -> Value:
    try:
        return read_yaml(str(path), path.read_text(encoding="utf-8"), report)
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        remedy = "Name a file that is there, or copy config.example.yaml."
        report.problems.append(Problem(str(path), 0, "settings", f"this file cannot be read: {why}.", remedy))
        return Value({}, str(path), 0)


def _variables(environment: Mapping[str, str], report: Report) -> dict[tuple[str, str], Value]:
    """The settings in the environment; an empty variable counts as left out."""
    found: dict[tuple[str, str], Value] = {}
    for name, text in environment.items():
        if not name.startswith(PREFIX) or not text.strip():
            continue
        if name in _VARIABLES:
            found[_VARIABLES[name]] = Value(text, name, 0)
        else:
            near = get_close_matches(name, _VARIABLES, 1)
            remedy = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(sorted(_VARIABLES))}."
            report.problems.append(Problem(name, 0, "environment", "there is no such setting.", remedy))
    return found


def _overlaid(root: Value, variables: Mapping[tuple[str, str], Value]) -> Value:
    """The file's values with those of the environment in their place."""
    if not isinstance(root.data, dict):
        return root
    sections = dict(root.data)
    for (section, name), value in variables.items():
        before = sections.get(section) or Value({}, value.file, 0)
        if not before.data or isinstance(before.data, dict):
            sections[section] = Value({**(before.data or {}), name: value}, before.file, before.line)
    return Value(sections, root.file, root.line)


class _Reader:
    """Reads the sections one by one."""

    def __init__(self, source: Fields, folder: Path) -> None:
        self._source, self._folder = source, folder

    def telegram(self) -> Telegram:
        section = self._section("telegram")
        found = [self._shaped(section, name) for name in ("token", "username", "base_url")]
        pace = section.number("calls_per_second") or CALLS_PER_SECOND
        if pace < 1:
            section.problem(
                "`calls_per_second` is too small.", "Write a number from 1 up.", section.get("calls_per_second")
            )
        section.done()
        return Telegram(found[0], found[1], found[2] or BASE_URL, pace)

    def database(self) -> Database:
        section = self._section("database")
        url = self._shaped(section, "url")
        section.done()
        return Database(url or DATABASE_URL)

    def clinics(self) -> Clinics:
        section = self._section("clinics")
        default = self._folder / CLINICS
        file = self._path(section, "file") or (default if default.is_file() else None)
        section.done()
        return Clinics(file)

    def flow(self) -> FlowFiles:
        section, default = self._section("flow"), FlowFiles()
        folder, numbers = self._path(section, "folder"), self._path(section, "numbers")
        section.done()
        return FlowFiles(folder or default.folder, numbers or default.numbers)

    def log(self) -> Log:
        section = self._section("log")
        level = section.one_of("level", LOG_LEVELS, Log().level)
        section.done()
        return Log(level)

    def _section(self, name: str) -> Fields:
        value = self._source.get(name)
        if value is None or not value.data:  # every line of it may be commented out
            value = Value({}, self._source.at.file, self._source.at.line)
        return Fields(value, name, self._source.report)

    def _shaped(self, section: Fields, name: str) -> str | None:
        """A text of a certain shape. What was written is not repeated: it may be a secret."""
        text, (shape, what, remedy) = section.optional(name), _SHAPES[name]
        if text is None or _fits(shape, text):
            return text
        section.problem(f"`{name}` {what}", remedy, section.get(name))
        return None

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


def _fits(shape: str, text: str) -> bool:
    """Has the text the shape, and a port that there can be?"""
    match = re.fullmatch(shape, text)
    return match is not None and int(match.groupdict().get("port") or _PORTS[0]) in _PORTS
