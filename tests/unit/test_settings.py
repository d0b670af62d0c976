"""Settings: the file, the environment over it, and every mistake named with its remedy."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import time
from pathlib import Path

import pytest

from bot.flow_files import load_package_numbers, read_clinics
from bot.settings import BASE_URL, DATABASE_URL, Settings
from bot.settings_file import SettingsError, load_settings, read_settings

ROOT = Path(__file__).parents[2]
TOKEN = "123456:very-secret"


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def problems(config: str | None = None, **environment: str) -> list[str]:
    file = None
    if config is not None:
        file = Path("config.yaml")
        file.write_text(config, encoding="utf-8")
    return [str(problem) for problem in read_settings(file, environment)[1]]


def test_without_a_file_everything_has_a_default() -> None:
    settings = load_settings(None, {"HOME": "/root"})
    assert settings.telegram.token is None
    assert settings.telegram.base_url == BASE_URL
    assert settings.database.url == DATABASE_URL
    assert settings.clinics.file is None
    assert (settings.flow.folder / "flow.yaml").is_file()
    assert settings.flow.numbers.is_file()
    assert settings.log.level == "info"


def test_the_file_here_is_read_by_itself() -> None:
    Path("config.yaml").write_text("log: {level: debug}", encoding="utf-8")
    assert load_settings(None, {}).log.level == "debug"


def test_the_environment_wins_over_the_file() -> None:
    Path("config.yaml").write_text("telegram: {token: '1:a', username: our_bot}", encoding="utf-8")
    settings = load_settings(None, {"PTBOT_TELEGRAM__TOKEN": TOKEN, "PTBOT_DATABASE__URL": "postgresql://db/x"})
    assert (settings.telegram.token, settings.telegram.username) == (TOKEN, "our_bot")
    assert settings.database.url == "postgresql://db/x"


def test_quiet_hours_need_no_quotes() -> None:
    Path("config.yaml").write_text("reminders:\n  quiet_from: 22:30\n  quiet_until: 8:05", encoding="utf-8")
    reminders = load_settings(None, {}).reminders
    assert (reminders.quiet_from, reminders.quiet_until) == (time(22, 30), time(8, 5))


def test_an_empty_variable_counts_as_left_out() -> None:
    assert load_settings(None, {"PTBOT_TELEGRAM__TOKEN": "  "}).telegram.token is None


def test_secrets_are_never_shown() -> None:
    settings = load_settings(None, {"PTBOT_TELEGRAM__TOKEN": TOKEN, "PTBOT_DATABASE__URL": "postgresql://me:hush@db/x"})
    assert "secret" not in repr(settings)
    assert "hush" not in repr(settings)


def test_paths_in_a_file_are_relative_to_it_and_in_the_environment_to_here(tmp_path: Path) -> None:
    away = tmp_path / "away"
    away.mkdir()
    (away / "config.yaml").write_text("clinics: {file: mine.yaml}", encoding="utf-8")
    (away / "mine.yaml").touch()
    (tmp_path / "here.yaml").touch()
    assert load_settings(away / "config.yaml", {}).clinics.file == away / "mine.yaml"
    assert load_settings(away / "config.yaml", {"PTBOT_CLINICS__FILE": "here.yaml"}).clinics.file == Path("here.yaml")


def test_clinics_beside_the_file_are_found() -> None:
    Path("clinics.yaml").touch()
    assert load_settings(None, {}).clinics.file == Path("clinics.yaml")


@pytest.mark.parametrize(
    ("config", "line", "told"),
    [
        ("telegram:\n  tokn: x", 2, "`tokn` is not known here. Did you mean `token`?"),
        ("telegramm: {}", 1, "Did you mean `telegram`?"),
        ("log:\n  level: loud", 2, "`level: loud` is not known. Write `debug` or"),
        ("database:\n  url: mysql://x", 2, "Write `url: sqlite:///ptbot.db` or `url: postgresql://"),
        ("telegram:\n  base_url: ftp://x", 2, f"Write `base_url: {BASE_URL}`"),
        ("telegram:\n  username: '@me'", 2, "Write it without @"),
        ("telegram:\n  calls_per_second: 0.5", 2, "`calls_per_second` is too small. Write a number from 1 up"),
        (
            "telegram:\n  chat_calls_per_second: 0",
            2,
            "`chat_calls_per_second` is too small. Write a number from 0.1",
        ),
        ("webhook:\n  url: http://bot.example.org", 2, "Write `url: https://bot.example.org/telegram`"),
        ("webhook:\n  url: https://bot.example.org/?a=b", 2, "Write `url: https://"),
        ("webhook:\n  host: http://here", 2, "Write `host: 0.0.0.0`, and the port as a setting of its own"),
        ("webhook:\n  host: 127.0.0.1:80", 2, "Write `host: 0.0.0.0`"),
        ("webhook:\n  port: 0", 2, "`port` is a whole number from 1 to 65535. Write `port: 8443`"),
        ("health:\n  port: 65536", 2, "`port` is a whole number from 0 to 65535. Write `port: 8081`"),
        ("health:\n  host: '1.2.3.400'", 2, "Write `host: 127.0.0.1`"),
        ("reminders:\n  after_hours: -1", 2, "Write a number from 0 up"),
        ("reminders:\n  after_hours: soon", 2, "must be a number"),
        ("reminders:\n  quiet_from: 9 pm", 2, '`quiet_from` is not a time of day. Write `quiet_from: "21:00"`'),
        ("reminders:\n  quiet_until: '24:00'", 2, 'Write `quiet_until: "09:00"`'),
        ("reminders:\n  time_zone: Europe/Berln", 2, "Did you mean `Europe/Berlin`?"),
        ("reminders:\n  time_zone: '???'", 2, "Write it as `time_zone: Europe/Berlin`"),
        ("clinics:\n  file: nowhere.yaml", 2, "there is nothing at nowhere.yaml"),
        ("log: loud", 1, "this must be a mapping"),
        ("log: {level: [info]}", 1, "`level` must be a text"),
        ("log: {level: info}\nlog: {level: debug}", 2, "stands in line 1 too"),
        ("log: {level: 'info", 1, "this is not YAML"),
        ("log:\n\tlevel: info", 2, "this line begins with a tab, which YAML does not take. Write spaces instead."),
        ("log:\n  level: info\n \tlevels: x", 3, "begins with a tab"),
        ("[log]", 1, "this must be a mapping"),
    ],
)
def test_a_mistake_in_the_file_has_its_line_and_remedy(config: str, line: int, told: str) -> None:
    (problem,) = problems(config)
    assert problem.startswith(f"config.yaml:{line}: ")
    assert told in problem


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("PTBOT_TELEGRAM__TOKN", "x", "Did you mean PTBOT_TELEGRAM__TOKEN?"),
        ("PTBOT_NOTHING_LIKE_IT", "x", "Known: PTBOT_CLINICS__FILE, "),
        ("PTBOT_LOG__LEVEL", "loud", "`PTBOT_LOG__LEVEL=loud` is not known. Write `debug` or"),
        ("PTBOT_FLOW__FOLDER", "nowhere", "`PTBOT_FLOW__FOLDER`: there is nothing at nowhere"),
        ("PTBOT_REMINDERS__QUIET_FROM", "9 pm", "Write `PTBOT_REMINDERS__QUIET_FROM=21:00`."),
        ("PTBOT_REMINDERS__TIME_ZONE", "Berlin", "`PTBOT_REMINDERS__TIME_ZONE=Berlin` is not a time zone"),
        ("PTBOT_WEBHOOK__HOST", "http://x", "Write `PTBOT_WEBHOOK__HOST=0.0.0.0`, and the port"),
        ("PTBOT_WEBHOOK__PORT", "x", "`PTBOT_WEBHOOK__PORT` must be a number. Write `PTBOT_WEBHOOK__PORT="),
        ("PTBOT_TELEGRAM__USERNAME", "@me", "such as `PTBOT_TELEGRAM__USERNAME=our_pt_bot`"),
    ],
)
def test_a_mistake_in_the_environment_is_named_by_its_variable(name: str, value: str, told: str) -> None:
    (problem,) = problems(**{name: value})
    assert problem.startswith(f"{name}: ")
    assert told in problem


@pytest.mark.parametrize("token", ["hush-hush", f"{10**18}:hush"])
def test_a_wrong_secret_is_not_repeated(token: str) -> None:
    (problem,) = problems(PTBOT_TELEGRAM__TOKEN=token)
    assert "BotFather" in problem
    assert "hush" not in problem


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("PTBOT_DATABASE__URL", "postgresql://u:hush@h:port/x", "Write `PTBOT_DATABASE__URL=sqlite:///ptbot.db` or"),
        ("PTBOT_DATABASE__URL", "postgresql://u:hush@h:99999/x", "Write `PTBOT_DATABASE__URL=sqlite:///ptbot.db` or"),
        ("PTBOT_DATABASE__URL", "postgresql://[::1", "Write `PTBOT_DATABASE__URL=sqlite:///ptbot.db` or"),
        ("PTBOT_DATABASE__URL", "postgresql+psycopg2://h/x", "Write `PTBOT_DATABASE__URL=sqlite:///ptbot.db` or"),
        ("PTBOT_DATABASE__URL", "sqlite://", "Write `PTBOT_DATABASE__URL=sqlite:///ptbot.db` or"),
        ("PTBOT_WEBHOOK__URL", "https://host:99999/", "Write `PTBOT_WEBHOOK__URL=https://bot.example.org/telegram`"),
        (
            "PTBOT_WEBHOOK__URL",
            "http://localhost:99999/",
            "Write `PTBOT_WEBHOOK__URL=https://bot.example.org/telegram`",
        ),
        (
            "PTBOT_WEBHOOK__URL",
            "http://localhost.example.org/",
            "Write `PTBOT_WEBHOOK__URL=https://bot.example.org/telegram`",
        ),
        ("PTBOT_TELEGRAM__BASE_URL", "http://host:99999/bot", f"Write `PTBOT_TELEGRAM__BASE_URL={BASE_URL}`"),
        ("PTBOT_TELEGRAM__BASE_URL", "http://host:0/bot", f"Write `PTBOT_TELEGRAM__BASE_URL={BASE_URL}`"),
        ("PTBOT_TELEGRAM__BASE_URL", "http://host:port/bot", f"Write `PTBOT_TELEGRAM__BASE_URL={BASE_URL}`"),
        ("PTBOT_TELEGRAM__BASE_URL", "http://[::1/bot", f"Write `PTBOT_TELEGRAM__BASE_URL={BASE_URL}`"),
    ],
)
def test_an_impossible_address_is_refused(name: str, value: str, remedy: str) -> None:
    (problem,) = problems(**{name: value})
    assert problem.startswith(f"{name}: ")
    assert remedy in problem
    assert "hush" not in problem


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PTBOT_WEBHOOK__URL", "https://bot.example.org"),
        ("PTBOT_WEBHOOK__URL", "https://bot.example.org:8443/any/path"),
        ("PTBOT_WEBHOOK__URL", "http://127.0.0.1:5000/telegram"),
        ("PTBOT_WEBHOOK__HOST", "::"),
        ("PTBOT_WEBHOOK__HOST", "worker-1.local"),
        ("PTBOT_HEALTH__HOST", "localhost"),
        ("PTBOT_HEALTH__PORT", "0"),
        ("PTBOT_REMINDERS__AFTER_HOURS", "0.0005"),
        ("PTBOT_REMINDERS__TIME_ZONE", "America/Sao_Paulo"),
        ("PTBOT_DATABASE__URL", "sqlite:////var/lib/ptbot.db"),
        ("PTBOT_DATABASE__URL", "postgresql://u:p[#/?:!@host:5432/name?sslmode=require"),
        ("PTBOT_DATABASE__URL", "postgresql+psycopg://me@[::1]:5432/name"),
        ("PTBOT_DATABASE__URL", "postgres:///name?host=/run/postgresql"),
        ("PTBOT_DATABASE__URL", "postgresql://host?connect_timeout=1"),
        ("PTBOT_TELEGRAM__BASE_URL", "http://127.0.0.1:8081/bot"),
        ("PTBOT_TELEGRAM__BASE_URL", "https://[::1]:65535/behind/a/proxy/bot"),
    ],
)
def test_a_possible_address_is_not_refused(name: str, value: str) -> None:
    assert problems(**{name: value}) == []


def test_all_mistakes_come_at_once() -> None:
    Path("config.yaml").write_text("log: {level: loud}\nextra: 1", encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load_settings(Path("config.yaml"), {"PTBOT_TELEGRAM__TOKEN": "x"})
    assert len(caught.value.problems) == 3


def test_a_section_may_be_all_comments() -> None:
    assert problems("telegram:\n  # token: x\nlog:\n  level: info") == []


def test_a_named_file_that_cannot_be_read_is_a_mistake(tmp_path: Path) -> None:
    assert "cannot be read: No such file" in str(read_settings(Path("gone.yaml"), {})[1][0])
    (tmp_path / "latin.yaml").write_bytes(b"log: \xe9")
    assert "it is not UTF-8 text" in str(read_settings(Path("latin.yaml"), {})[1][0])


def test_the_example_of_clinics_is_right() -> None:
    clinics = read_clinics(ROOT / "clinics.example.yaml", load_package_numbers())
    assert clinics["harbour"].country == "GB"


def test_the_example_is_right_and_speaks_of_every_setting() -> None:
    text = (ROOT / "config.example.yaml").read_text(encoding="utf-8")
    assert load_settings(ROOT / "config.example.yaml", {}) == load_settings(None, {})
    for section in fields(Settings):
        block = re.search(rf"^{section.name}:\n((?: .*\n|\n)+)", text, re.MULTILINE)
        assert block, section.name
        for setting in fields(getattr(Settings(), section.name)):
            assert re.search(rf"^  (# )?{setting.name}:", block[1], re.MULTILINE), setting.name
