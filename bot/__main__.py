"""The command line: arguments and exit codes. What the commands do is in command_line.py."""

from __future__ import annotations

import argparse
import io
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn, TextIO

from bot import __version__
from bot.command_line import CommandLine
from bot.flow.errors import FlowError, PtbotError
from bot.settings_file import SettingsError

Command = Callable[[CommandLine, Any], int]
DONE, FAILED, INTERRUPTED = 0, 1, 130  # wrong usage is 2, which argparse ends with

_ABOUT = "A conversation for people whose physical therapy is not working: danger signs, likely reasons, next steps."
_EPILOG = """\
settings:
  config.yaml in this folder (config.example.yaml explains every line), and environment variables over it:
  PTBOT_TELEGRAM__TOKEN, PTBOT_DATABASE__URL, PTBOT_CLINICS__FILE, ... (`ptbot check` says what is wrong with them).

exit codes: 0 done, 1 something must be mended (said in one line), 2 wrong usage.
"""
_JSON_HELP = """\
With --json, for programs: one JSON object a line.
  out  {"type": "say|ask|reject|conclude", "node": .., "text": .., "kind": .., "choices": [{"id": .., "label": ..}], ..}
       conclude carries "assessment": {"tier", "red_flags", "reasons", "next_steps"}
  in   {"choose": "ID"}   {"choose": ["ID", "ID"]}   {"text": "my knee"}   {"command": "/back"}
"""
_ASSESS_HELP = """\
The file maps ids of questions (or facts) to values, as YAML or JSON:
  region: knee
  knee_signs: [none]
  weeks_of_pt: 8
  fever: no
Values are choice ids, lists of them, numbers, yes/no/unsure or true/false. Unknown ids are left alone. Without a
conversation nothing can be asked back, so a doubtful danger sign counts.
"""
_PLAIN: dict[str, Any] = {"formatter_class": argparse.RawDescriptionHelpFormatter, "allow_abbrev": False}


class _Terminated(KeyboardInterrupt):
    """By SIGTERM: like Ctrl-C it lets what is open be closed first."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    try:
        arguments = _parser().parse_args(argv)
        config: Path | None = getattr(arguments, "config", None)
        return _call(arguments, CommandLine(config, os.environ, _steady(sys.stdin), _steady(sys.stdout) or sys.stderr))
    except SystemExit as wrong_usage:
        return int(wrong_usage.code or 0)
    except PtbotError as error:
        sys.stderr.write(f"ptbot: {_one_line(error)}\n")
        return FAILED
    except _Terminated:
        raise
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # whoever read the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE


def entry() -> None:
    """The `ptbot` program."""
    signal.signal(signal.SIGTERM, _terminated)
    try:
        sys.exit(main())
    except _Terminated:  # a supervisor takes an exit code for a failure, but not that a process ends as it was told to
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.raise_signal(signal.SIGTERM)


def _terminated(*_: object) -> NoReturn:
    raise _Terminated


def _call(arguments: argparse.Namespace, commands: CommandLine) -> int:
    command: Command = arguments.command
    return command(commands, arguments)


def _one_line(error: PtbotError) -> str:
    """Of many problems in files the first; `check` names them all."""
    first, *more = str(error).splitlines() or [type(error).__name__]
    if more and isinstance(error, FlowError | SettingsError):
        return f"{first} (and {len(more)} more; `ptbot check` names them all)"
    return "\n".join([first, *more])


def _steady(stream: TextIO | None) -> TextIO | None:
    """The stream, in which no letter is an error. None where it was closed before the program began."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding="utf-8", errors="replace")
    return stream


def _parser() -> argparse.ArgumentParser:
    config = argparse.ArgumentParser(add_help=False)
    about = "settings; default: config.yaml, if it is here"
    config.add_argument("--config", type=Path, metavar="FILE", default=argparse.SUPPRESS, help=about)
    parser = argparse.ArgumentParser("ptbot", description=_ABOUT, epilog=_EPILOG, parents=[config], **_PLAIN)
    parser.add_argument("--version", action="version", version=f"ptbot {__version__}")
    commands = _Commands(parser, config)
    _add_run(commands)
    _add_chat(commands)
    _add_assess(commands)
    commands.add("check", "check settings, flow, clinics and emergency numbers", lambda c, _: c.check())
    _add_clinic(commands)
    _add_db(commands)
    return parser


class _Commands:
    """The commands of a parser, each with --config."""

    def __init__(self, parser: argparse.ArgumentParser, config: argparse.ArgumentParser) -> None:
        self._config = config
        self._commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def add(self, name: str, about: str, command: Command | None, epilog: str = "") -> argparse.ArgumentParser:
        told = f"{about[0].upper()}{about[1:]}."
        parser = self._commands.add_parser(
            name, help=about, description=told, epilog=epilog, parents=[self._config], **_PLAIN
        )
        parser.set_defaults(command=command)
        return parser

    def group(self, name: str, about: str) -> _Commands:
        return _Commands(self.add(name, about, None), self._config)


def _add_run(commands: _Commands) -> None:
    about = "the bot on Telegram (without a token: the conversation in this terminal)"
    run = commands.add("run", about, lambda c, a: c.run(webhook=a.webhook, take_over=a.take_over))
    either = run.add_mutually_exclusive_group()  # who brings a webhook need not remove one
    about = "Telegram brings updates to webhook.url; any number of workers may share one PostgreSQL"
    either.add_argument("--webhook", action="store_true", help=about)
    about = "poll, although a webhook is set: it is removed, and what waits there comes here"
    either.add_argument("--take-over", action="store_true", help=about)


def _add_chat(commands: _Commands) -> None:
    chat = commands.add(
        "chat",
        "the conversation in this terminal; nothing is saved",
        lambda c, a: c.chat(a.clinic, a.record, as_json=a.json),
        _JSON_HELP,
    )
    either = chat.add_mutually_exclusive_group()  # a test file knows no clinic: it would not play the same again
    either.add_argument("--clinic", metavar="SLUG", help="as if this clinic's link had been followed")
    either.add_argument("--record", type=Path, metavar="FILE", help="write the conversation as a test file (YAML)")
    chat.add_argument("--json", action="store_true", help="for programs; see below")


def _add_assess(commands: _Commands) -> None:
    about = "answers to an assessment, without a conversation"
    assess = commands.add("assess", about, lambda c, a: c.assess(a.file), _ASSESS_HELP)
    assess.add_argument("file", metavar="FILE", help="the answers; - reads them from the input")


def _add_clinic(commands: _Commands) -> None:
    clinic = commands.group("clinic", "clinics that share the bot")
    clinic.add("check", "check the clinics' file and list it", lambda c, _: c.clinic_check())
    link = clinic.add("link", "print a clinic's link", lambda c, a: c.clinic_link(a.slug, a.campaign))
    code = clinic.add("qr", "draw a clinic's link as a QR code", lambda c, a: c.clinic_qr(a.slug, a.campaign, a.out))
    for parser in (link, code):
        parser.add_argument("slug", metavar="SLUG", help="the clinic, as in the clinics' file")
        parser.add_argument("--campaign", metavar="C", help="tells links apart, such as poster (A-Z a-z 0-9 _ -)")
    code.add_argument("--out", type=_picture, metavar="FILE", required=True, help="the picture: .svg, .png or .pdf")


def _add_db(commands: _Commands) -> None:
    database = commands.group("db", "the database: backup, restore, check, upgrade")
    about = "write everything that is stored into a file, while the bot runs"
    backup = database.add("backup", about, lambda c, a: c.db_backup(a.file))
    about = "fill an empty database from a backup; also the way from SQLite to PostgreSQL"
    restore = database.add("restore", about, lambda c, a: c.db_restore(a.file))
    about = "look whether the database is sound, or whether a backup is whole"
    check = database.add("check", about, lambda c, a: c.db_check(a.file))
    database.add("upgrade", "bring the schema up to date, which a start does as well", lambda c, _: c.db_upgrade())
    for parser in (backup, restore):
        parser.add_argument("file", type=Path, metavar="FILE", help="the backup")
    check.add_argument("file", type=Path, metavar="FILE", nargs="?", help="a backup; without it, the database")


def _picture(name: str) -> Path:
    from bot.authoring.clinic_links import QR_KINDS  # here, since no other command needs to draw

    path = Path(name)
    if path.suffix.lower() not in QR_KINDS:
        raise argparse.ArgumentTypeError(f"{name} must end in {', '.join(QR_KINDS)}")
    return path


if __name__ == "__main__":
    entry()
