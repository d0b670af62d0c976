"""What each command does. Arguments and exit codes are in __main__.py.

Each command imports what only it needs: `ptbot run` stays in memory for months, and the others shall start at once.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from bot.bootstrap import clinics_of, engine_of, username_of
from bot.dialogue.engine import Engine
from bot.flow.errors import PtbotError
from bot.flow_files import read_flow, read_text
from bot.ports import Clock
from bot.settings import Settings
from bot.settings_file import load_settings, read_settings

HOW_TO_BEGIN = (
    "There is no Telegram token yet. Write to @BotFather on Telegram, send /newbot, and copy the token that you get.\n"
    "Put it into PTBOT_TELEGRAM__TOKEN or config.yaml (telegram: token: ...)."
)
HERE = "Until then you can talk to it here.\n"


class TokenMissingError(PtbotError):
    """`run --webhook` needs the bot's token: set PTBOT_TELEGRAM__TOKEN, or telegram.token in config.yaml."""


class CommandLine:
    """The commands. Each returns the exit code, and raises PtbotError."""

    def __init__(
        self,
        config: Path | None,
        environment: Mapping[str, str],
        stdin: TextIO | None,
        stdout: TextIO,
        clock: Clock = time.time,
    ) -> None:
        self._config, self._environment, self._clock = config, environment, clock
        self._stdin, self._stdout = stdin, stdout

    def run(self, *, webhook: bool = False, take_over: bool = False) -> int:
        """The bot on Telegram; without a token, the conversation in the terminal."""
        settings = self._settings()
        engine = engine_of(settings)
        if settings.telegram.token:
            with _not_installed("rich", "pygments"):  # else structlog and httpx load them: 4 MiB, for months
                from bot.running import run_bot

            run_bot(settings, engine, self._clock, webhook=webhook, take_over=take_over)
            return 0
        if webhook:
            raise TokenMissingError
        if self._stdin is None or not self._stdin.isatty():  # nobody is at the keyboard
            raise TokenMissingError(HOW_TO_BEGIN)
        self._tell(f"{HOW_TO_BEGIN} {HERE}")
        return self._talk(engine)

    def chat(self, clinic: str | None = None, record: Path | None = None, *, as_json: bool = False) -> int:
        """The conversation in the terminal, or line by line for a program."""
        return self._talk(engine_of(self._settings()), clinic, record, as_json=as_json)

    def assess(self, file: str) -> int:
        """Answers in a file, or in the input, to an assessment."""
        from bot.authoring.assess import assess_text

        settings = self._settings()
        assessment = assess_text(read_flow(settings.flow.folder), file, self._read(file))
        self._tell(json.dumps(assessment.to_data(), ensure_ascii=False, indent=2))
        return 0

    def check(self) -> int:
        """All problems of what people write, or what is there."""
        from bot.authoring.check import check

        checked = check(*read_settings(self._config, self._environment))
        self._tell(checked.told())
        return 1 if checked.problems else 0

    def clinic_check(self) -> int:
        """The clinics' file alone."""
        settings = self._settings()
        clinics = clinics_of(settings)
        where = f"in {settings.clinics.file}" if settings.clinics.file else "(clinics.file is not set)"
        listed = [f"  {clinic.slug}: {clinic.name}" for clinic in clinics.values()]
        self._tell("\n".join([f"All good: {len(clinics)} clinics {where}.", *listed]))
        return 0

    def clinic_link(self, slug: str, campaign: str | None) -> int:
        """A clinic's link."""
        self._tell(self._link(slug, campaign))
        return 0

    def clinic_qr(self, slug: str, campaign: str | None, out: Path) -> int:
        """A clinic's link as a QR code."""
        from bot.authoring.clinic_links import write_qr

        link = self._link(slug, campaign)
        write_qr(link, out)
        self._tell(f"{out}: {link}")
        return 0

    def db_backup(self, file: Path) -> int:
        """Everything that is stored, into a file."""
        from bot.database_commands import backed_up

        self._tell(backed_up(self._database(), file, self._clock()))
        return 0

    def db_restore(self, file: Path) -> int:
        """A backup into an empty database."""
        from bot.database_commands import restored

        self._tell(restored(self._database(), file))
        return 0

    def db_check(self, file: Path | None) -> int:
        """Is a backup whole, or the database sound?"""
        from bot.database_commands import backup_checked, database_checked

        self._tell(backup_checked(file) if file else database_checked(self._database()))
        return 0

    def db_upgrade(self) -> int:
        """The schema that this version needs."""
        from bot.database_commands import upgraded

        self._tell(upgraded(self._database()))
        return 0

    def _database(self) -> str:
        return self._settings().database.url

    def _settings(self) -> Settings:
        return load_settings(self._config, self._environment)

    def _link(self, slug: str, campaign: str | None) -> str:
        from bot.authoring.clinic_links import address, link_of

        settings = self._settings()
        link = link_of(clinics_of(settings), slug, campaign)
        return address(username_of(settings), link)

    def _talk(
        self, engine: Engine, clinic: str | None = None, record: Path | None = None, *, as_json: bool = False
    ) -> int:
        from bot.talking import talk

        talk(engine, self._clock, self._stdin, self._stdout, clinic=clinic, record=record, as_json=as_json)
        return 0

    def _read(self, file: str) -> str:
        return self._all_input() if file == "-" else read_text(Path(file))

    def _all_input(self) -> str:
        return self._stdin.read() if self._stdin else ""

    def _tell(self, text: str) -> None:
        self._stdout.write(text + "\n")
        self._stdout.flush()


@contextmanager
def _not_installed(*packages: str) -> Iterator[None]:
    """What is imported meanwhile does without these packages, as where they are missing."""
    loaded = {package: sys.modules.pop(package) for package in packages if package in sys.modules}
    sys.modules.update(dict.fromkeys(packages))  # type: ignore[arg-type]  # None marks what cannot be imported
    try:
        yield
    finally:
        for package in packages:
            del sys.modules[package]
        sys.modules.update(loaded)
