"""The command line as people use it: real processes, from any folder."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot import __version__
from bot.adapters.storage.owner import Tenant
from bot.adapters.storage.preparing import prepare
from bot.adapters.storage.store import open_store
from bot.authoring.playing import play
from bot.authoring.transcripts import read_transcript
from tests.botapi import BotApiServer
from tests.support.dialogue_flow import real_engine
from tests.support.sessions import EVERYTHING

ROOT = Path(__file__).parents[2]
CLINICS = """\
clinics:
  - {slug: harbour, name: Harbour Physio, country: GB, phone: "+44 20 7946 0000", booking: "https://harbour.example/book"}
"""
TO_THE_REGION = ({"choose": "me_45_64"}, {"choose": ["none"]})
ANSWERS = {  # by question, where "none" or the first choice would not do
    "region": "knee",
    "pain_trend": "same",
    "weeks_of_pt": "weeks_6_12",
    "hep_days_per_week": "days_0",
}


@dataclass(frozen=True)
class Ended:
    """What a command left behind."""

    code: int
    out: str
    err: str


Ptbot = Callable[..., Ended]


@pytest.fixture
def ptbot(tmp_path: Path) -> Ptbot:
    """Runs `python -m bot ...` in an empty folder."""

    def run(*arguments: str, given: str | None = "", **environment: str) -> Ended:
        known = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environment}
        done = subprocess.run(
            [sys.executable, "-W", "error", "-m", "bot", *arguments],
            input=given,
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=tmp_path,
            env=known,
            timeout=60,
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    return run


def talk(ptbot: Ptbot, *given: Any, arguments: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """What `chat --json` says to these lines."""
    ended = ptbot("chat", "--json", *arguments, given="".join(json.dumps(line) + "\n" for line in given))
    assert (ended.code, ended.err) == (0, "")
    return [json.loads(line) for line in ended.out.splitlines()]


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    ids = [choice["id"] for choice in asked["choices"]]
    chosen = ANSWERS.get(asked["node"]) or ("none" if "none" in ids else ids[0])
    return {"choose": chosen}


class Program:
    """A program that talks to `chat --json`, a line at a time, or runs another command."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot", *(arguments or ("chat", "--json"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            cwd=folder,
            env=environment,
        )
        self.rest = ("", "")  # what it wrote at last to stdout and stderr

    def hear(self) -> dict[str, Any]:
        """The next question or result."""
        assert self.process.stdout
        for line in self.process.stdout:
            heard: dict[str, Any] = json.loads(line)
            if heard["type"] in ("ask", "conclude", "reject"):
                return heard
        raise AssertionError("the conversation ended")

    def say(self, data: dict[str, Any]) -> dict[str, Any]:
        """Give an input; the question or result that follows."""
        assert self.process.stdin
        self.process.stdin.write(json.dumps(data) + "\n")
        self.process.stdin.flush()
        return self.hear()

    def end(self) -> int:
        """Close the input; the exit code."""
        self.rest = self.process.communicate(timeout=60)
        return self.process.returncode

    def __enter__(self) -> Program:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()


def held(folder: Path, **answers: Any) -> dict[str, Any]:
    """The result of a whole conversation."""
    with Program(folder) as program:
        heard = program.hear()
        while heard["type"] != "conclude":
            heard = program.say({"choose": answers[heard["node"]]} if heard["node"] in answers else answer(heard))
            assert heard["type"] != "reject", heard["text"]
        assert program.end() == 0
    return heard


@pytest.mark.parametrize(
    ("answers", "tier"),
    [
        ({}, "none"),
        ({"general_signs": ["night_pain"]}, "soon"),
        ({"region": "low_back", "low_back_signs": ["fever"]}, "same_day"),
        ({"now_signs": ["chest"]}, "emergency"),
    ],
)
def test_a_conversation_by_json_reaches_every_tier(tmp_path: Path, answers: dict[str, Any], tier: str) -> None:
    conclude = held(tmp_path, **answers)
    assessment = conclude["assessment"]
    assert assessment["tier"] == tier
    assert bool(assessment["red_flags"]) is (tier != "none")
    assert bool(assessment["reasons"]) is (tier in ("none", "soon"))
    assert assessment["next_steps"]
    if tier == "none":
        first = assessment["reasons"][0]
        assert (first["id"], first["ref"]) == ("low_adherence", "RSN-04")
        assert "no home exercises last week" in first["because"]


def test_a_clinics_link_by_json(ptbot: Ptbot, tmp_path: Path) -> None:
    (tmp_path / "clinics.yaml").write_text(CLINICS, encoding="utf-8")
    greeting, *_ = talk(ptbot, arguments=("--clinic", "harbour"))
    assert "Harbour Physio" in greeting["text"]
    assert "999" in greeting["text"]
    ended = ptbot("chat", "--clinic", "harbor")
    assert (ended.code, ended.err) == (1, "ptbot: There is no clinic harbor. Did you mean harbour?\n")


def test_an_unreadable_line_is_refused_and_the_talk_goes_on(ptbot: Ptbot) -> None:
    told = talk(ptbot, "no object", {"choose": "me_16_44"})
    assert [line["type"] for line in told] == ["say", "ask", "reject", "ask"]
    assert '{"choose":"ID"}' in told[2]["text"]


def test_nothing_at_all_by_json_ends_well(ptbot: Ptbot) -> None:
    assert [line["type"] for line in talk(ptbot)] == ["say", "ask"]


def test_a_recorded_conversation_plays_again(ptbot: Ptbot, tmp_path: Path) -> None:
    arguments = ("--record", "chest_pain_at_night.yaml")
    talk(ptbot, *TO_THE_REGION, {"text": "my knee"}, {"command": "/back"}, {"text": "??"}, arguments=arguments)
    transcript = read_transcript("x.yaml", (tmp_path / "chest_pain_at_night.yaml").read_text(encoding="utf-8"))
    assert transcript.title == "Chest pain at night"
    assert len(transcript.turns) == 5
    play(transcript, real_engine())


def test_a_record_that_cannot_be_written_is_named_before_the_talk(ptbot: Ptbot) -> None:
    ended = ptbot("chat", "--record", "no/folder/x.yaml")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == "ptbot: no/folder/x.yaml cannot be written: No such file or directory.\n"


def test_chat_with_lines_from_a_pipe(ptbot: Ptbot) -> None:
    ended = ptbot("chat", given="1\nnone\nknee\n")
    assert ended.code == 0
    assert "✓ Knee" in ended.out
    assert "\x1b" not in ended.out


def test_stopping_ends_a_talk_cleanly(tmp_path: Path) -> None:
    with Program(tmp_path) as program:
        program.hear()
        program.process.send_signal(signal.SIGTERM)
        assert program.end() == 0


def test_what_is_stopped_before_its_end_ends_as_told_and_says_nothing(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "answers.yaml")
    with Program(tmp_path, "assess", "answers.yaml") as program:
        with (tmp_path / "answers.yaml").open("w"):  # opens once the program reads
            program.process.send_signal(signal.SIGTERM)
            program.process.wait(timeout=60)
        assert program.end() == -signal.SIGTERM
        assert program.rest == ("", "")


@pytest.mark.parametrize("file", ["answers.yaml", "-"])
def test_assess_prints_the_assessment(ptbot: Ptbot, tmp_path: Path, file: str) -> None:
    text = "region: knee\nweeks_of_pt: 9\nhep_days_per_week: 0\nunknown_thing: 1\n"
    (tmp_path / "answers.yaml").write_text(text, encoding="utf-8")
    ended = ptbot("assess", file, given=text)
    assert (ended.code, ended.err) == (0, "")
    assessment = json.loads(ended.out)
    assert assessment["tier"] == "none"
    assert assessment["reasons"][0]["id"] == "low_adherence"


def test_assess_names_what_is_wrong(ptbot: Ptbot, tmp_path: Path) -> None:
    (tmp_path / "answers.json").write_text('{"region": "kne",\n "pain_now": 40}', encoding="utf-8")
    ended = ptbot("assess", "answers.json")
    assert (ended.code, ended.out) == (1, "")
    assert "answers.json:1: region: kne is not an answer to it. Did you mean knee?" in ended.err
    assert "answers.json:2: pain_now: 40" in ended.err
    assert ptbot("assess", "gone.yaml").err == "ptbot: gone.yaml cannot be read: No such file or directory.\n"
    (tmp_path / "latin.yaml").write_bytes(b"region: \xe9")
    assert "is not UTF-8 text" in ptbot("assess", "latin.yaml").err


def test_check_counts_what_is_there(ptbot: Ptbot, tmp_path: Path) -> None:
    (tmp_path / "clinics.yaml").write_text(CLINICS, encoding="utf-8")
    ended = ptbot("check")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("All good: ")
    assert "1 clinics" in ended.out
    assert "not reviewed" in ended.out


def test_check_names_the_file_that_cannot_be_read(ptbot: Ptbot, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    ended = ptbot("check", PTBOT_CLINICS__FILE=str(tmp_path / "folder"), PTBOT_DATABASE__URL="postgresql://[::1")
    assert ended.code == 1
    assert "\nfolder: files: folder cannot be read: " in "\n" + ended.out.replace(f"{tmp_path}/", "")
    assert "PTBOT_DATABASE__URL: environment: `PTBOT_DATABASE__URL` is not an address" in ended.out


def test_check_names_every_problem_with_file_line_and_remedy(ptbot: Ptbot, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "flows", tmp_path / "flows")
    region = tmp_path / "flows/pt_not_working/questions/region.yaml"
    before = region.read_text(encoding="utf-8")
    region.write_text(before.replace("kind: one_of", "kind: one_off", 1), encoding="utf-8")
    line = before[: before.index("kind: one_of")].count("\n") + 1
    numbers = tmp_path / "flows/emergency_numbers.yaml"
    numbers.write_text(numbers.read_text(encoding="utf-8") + "extra: 1\n", encoding="utf-8")
    (tmp_path / "clinics.yaml").write_text("clinics: [{slug: Bad Slug, name: x}]", encoding="utf-8")
    settings = "flow: {folder: flows/pt_not_working, numbers: flows/emergency_numbers.yaml}\nlog: {level: loud}"
    (tmp_path / "config.yaml").write_text(settings, encoding="utf-8")
    ended = ptbot("check", PTBOT_TELEGRAM__TOKN="x")
    assert ended.code == 1
    for told in (
        f"{region.relative_to(tmp_path)}:{line}: question region: `kind: one_off` is not known. Write `one_of`",
        "flows/emergency_numbers.yaml:",
        "clinics.yaml: clinics: not checked",
        "config.yaml:2: log: `level: loud` is not known. Write `debug`",
        "PTBOT_TELEGRAM__TOKN: environment: there is no such setting. Did you mean PTBOT_TELEGRAM__TOKEN?",
    ):
        assert told in ended.out
    assert "problems found" in ended.out
    for command in (("run",), ("chat",)):
        failed = ptbot(*command)
        assert failed.code == 1
        assert failed.err.count("\n") == 1


def test_a_flow_with_any_mistake_starts_nothing(ptbot: Ptbot, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "flows/pt_not_working", tmp_path / "flow")
    (tmp_path / "flow/extra.yaml").write_text("qestions: []\nmesages: {}\n", encoding="utf-8")
    for command in (("run",), ("chat", "--json"), ("assess", "-")):
        ended = ptbot(*command, PTBOT_FLOW__FOLDER="flow")
        assert (ended.code, ended.out) == (1, "")
        assert ended.err.startswith("ptbot: extra.yaml:1: ")
        assert ended.err.endswith("(and 1 more; `ptbot check` names them all)\n")


def test_clinic_check_and_links(ptbot: Ptbot, tmp_path: Path) -> None:
    (tmp_path / "clinics.yaml").write_text(CLINICS, encoding="utf-8")
    assert ptbot("clinic", "check").out == "All good: 1 clinics in clinics.yaml.\n  harbour: Harbour Physio\n"
    named = {"PTBOT_TELEGRAM__USERNAME": "our_pt_bot"}
    assert ptbot("clinic", "link", "harbour", **named).out == "https://t.me/our_pt_bot?start=harbour\n"
    poster = ptbot("clinic", "link", "harbour", "--campaign", "Poster-1", **named)
    assert poster.out == "https://t.me/our_pt_bot?start=harbour__Poster-1\n"
    for campaign in ("not this!", "x" * 56):
        refused = ptbot("clinic", "link", "harbour", "--campaign", campaign, **named)
        assert refused.code == 1
        assert refused.err == "ptbot: The campaign cannot be in a link. Use up to 55 of A-Z, a-z, 0-9, _ and -.\n"
    assert "Known: harbour." in ptbot("clinic", "link", "zzz", **named).err


def test_a_link_says_what_is_missing(ptbot: Ptbot, tmp_path: Path) -> None:
    assert ptbot("clinic", "check").out == "All good: 0 clinics (clinics.file is not set).\n"
    assert ptbot("clinic", "link", "x").err == "ptbot: There is no clinic x. Known: none.\n"
    (tmp_path / "clinics.yaml").write_text(CLINICS, encoding="utf-8")
    ended = ptbot("clinic", "link", "harbour")
    assert ended.code == 1
    assert "Set telegram.username (PTBOT_TELEGRAM__USERNAME)" in ended.err
    unreachable = {"PTBOT_TELEGRAM__TOKEN": "1:secret", "PTBOT_TELEGRAM__BASE_URL": "http://127.0.0.1:9/bot"}
    ended = ptbot("clinic", "link", "harbour", **unreachable)
    assert ended.code == 1
    assert "Telegram did not tell the bot's name" in ended.err
    assert "secret" not in ended.err
    (tmp_path / "clinics.yaml").write_text("clinics: [{slug: A, name: x}]", encoding="utf-8")
    assert ptbot("clinic", "check").err.startswith("ptbot: clinics.yaml:1: clinic A: `A` cannot be a slug.")


@pytest.mark.parametrize(("kind", "begins"), [("svg", b"<?xml"), ("PNG", b"\x89PNG"), ("pdf", b"%PDF")])
def test_a_qr_code_is_drawn(ptbot: Ptbot, tmp_path: Path, kind: str, begins: bytes) -> None:
    (tmp_path / "clinics.yaml").write_text(CLINICS, encoding="utf-8")
    ended = ptbot("clinic", "qr", "harbour", "--out", f"code.{kind}", PTBOT_TELEGRAM__USERNAME="our_pt_bot")
    assert (ended.code, ended.out) == (0, f"code.{kind}: https://t.me/our_pt_bot?start=harbour\n")
    assert (tmp_path / f"code.{kind}").read_bytes().startswith(begins)


def test_a_qr_code_that_cannot_be_drawn_is_named(ptbot: Ptbot, tmp_path: Path) -> None:
    (tmp_path / "clinics.yaml").write_text(CLINICS, encoding="utf-8")
    named = {"PTBOT_TELEGRAM__USERNAME": "our_pt_bot"}
    wrong = ptbot("clinic", "qr", "harbour", "--out", "code.gif", **named)
    assert wrong.code == 2
    assert "must end in .svg, .png, .pdf" in wrong.err
    lost = ptbot("clinic", "qr", "harbour", "--out", "no/code.svg", **named)
    assert lost.err == "ptbot: no/code.svg cannot be written: No such file or directory.\n"


@pytest.mark.parametrize("given", ["", None], ids=["empty", "closed"])
def test_run_without_a_token_and_nobody_there_says_what_to_do_and_fails(ptbot: Ptbot, given: str | None) -> None:
    ended = ptbot("run", given=given)
    assert (ended.code, ended.out) == (1, "")
    first, second = ended.err.splitlines()
    assert first.startswith("ptbot: There is no Telegram token yet. Write to @BotFather")
    assert "PTBOT_TELEGRAM__TOKEN" in second


def test_without_any_input_stream(tmp_path: Path) -> None:
    command = f"exec {sys.executable} -m bot run <&-"
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(
        command, shell=True, cwd=tmp_path, env=environment, check=False, timeout=60, capture_output=True
    )
    assert (ended.returncode, ended.stdout) == (1, b"")
    assert b"There is no Telegram token yet" in ended.stderr


def test_run_without_a_token_in_a_terminal_is_the_conversation(tmp_path: Path) -> None:
    keyboard, terminal = os.openpty()
    os.write(keyboard, b"\x04")  # Ctrl-D
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(
        [sys.executable, "-m", "bot", "run"], stdin=terminal, capture_output=True, text=True, encoding="utf-8",
        cwd=tmp_path, env=environment, timeout=60, check=False,
    )  # fmt: skip
    os.close(keyboard)
    os.close(terminal)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "Until then you can talk to it here." in ended.stdout
    assert "Who is this about" in ended.stdout


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        (
            {"PTBOT_LOG__LEVEL": "loud"},
            "ptbot: PTBOT_LOG__LEVEL: environment: `PTBOT_LOG__LEVEL=loud` is not known. Write",
        ),
        (
            {"PTBOT_TELEGRAM__TOKEN": "hush"},
            "ptbot: PTBOT_TELEGRAM__TOKEN: environment: `PTBOT_TELEGRAM__TOKEN` is not a bot",
        ),
        ({"PTBOT_FLOW__FOLDER": "."}, "ptbot: There is no flow in ."),
    ],
)
def test_a_wrong_setting_is_named_at_start(ptbot: Ptbot, environment: dict[str, str], told: str) -> None:
    ended = ptbot("run", **environment)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith(told)
    assert "hush" not in ended.err
    assert ended.err.count("\n") == 1


def test_the_config_may_stand_before_or_after_the_command(ptbot: Ptbot) -> None:
    for arguments in (("--config", "gone.yaml", "check"), ("check", "--config", "gone.yaml")):
        ended = ptbot(*arguments)
        assert ended.code == 1
        assert "gone.yaml: settings: this file cannot be read" in ended.out


def test_help_and_version(ptbot: Ptbot) -> None:
    assert ptbot("--version").out == f"ptbot {__version__}\n"
    for arguments in ((), ("run",), ("chat",), ("assess",), ("check",), ("clinic",), ("clinic", "qr")):
        ended = ptbot(*arguments, "--help")
        assert ended.code == 0
        assert "usage: ptbot" in ended.out
        assert max(map(len, ended.out.splitlines())) <= 120


WRONG_USAGE = [
    *((), ("rum",), ("clinic",), ("assess",)),
    *(("chat", "--clinics", "x"), ("chat", "--clinic", "x", "--record", "y.yaml"), ("run", "--webhook", "--take-over")),
]


@pytest.mark.parametrize("arguments", WRONG_USAGE)
def test_wrong_usage_ends_with_2(ptbot: Ptbot, arguments: tuple[str, ...]) -> None:
    ended = ptbot(*arguments)
    assert (ended.code, ended.out) == (2, "")
    assert "usage: ptbot" in ended.err


def test_a_reader_who_has_seen_enough(tmp_path: Path) -> None:
    command = f"{sys.executable} -m bot check | true; exit ${{PIPESTATUS[0]}}"
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, env=environment, check=False, timeout=60, capture_output=True
    )
    assert (ended.returncode, ended.stderr) == (0, b"")


async def test_a_link_asks_telegram_for_the_name(ptbot: Ptbot, tmp_path: Path) -> None:
    (tmp_path / "clinics.yaml").write_text(CLINICS, encoding="utf-8")
    async with BotApiServer(token="1:right") as server:
        address = {"PTBOT_TELEGRAM__BASE_URL": server.base_url}
        link = ("clinic", "link", "harbour")
        told = await asyncio.to_thread(ptbot, *link, PTBOT_TELEGRAM__TOKEN="1:right", **address)
        assert told.code == 0
        assert re.fullmatch(r"https://t\.me/\w+\?start=harbour\n", told.out)
        refused = await asyncio.to_thread(ptbot, *link, PTBOT_TELEGRAM__TOKEN="1:wrong", **address)
        assert refused.code == 1
        assert refused.err.startswith("ptbot: Telegram refuses the token.")


async def test_run_names_a_token_that_telegram_refuses(ptbot: Ptbot) -> None:
    async with BotApiServer(token="1:right") as server:
        address = {"PTBOT_TELEGRAM__BASE_URL": server.base_url}
        ended = await asyncio.to_thread(
            ptbot, "run", PTBOT_TELEGRAM__TOKEN="1:wrong", PTBOT_HEALTH__PORT="0", **address
        )
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("ptbot: Telegram refuses the token.")
    assert ended.err.count("\n") == 1
    assert "1:wrong" not in ended.err


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({}, "set PTBOT_TELEGRAM__TOKEN"),
        ({"PTBOT_TELEGRAM__TOKEN": "1:x"}, "set webhook.url (PTBOT_WEBHOOK__URL)"),
        ({"PTBOT_TELEGRAM__TOKEN": "1:x", "PTBOT_WEBHOOK__URL": "http://a.example.org"}, "PTBOT_WEBHOOK__URL: "),
    ],
)
def test_a_webhook_names_what_it_needs(ptbot: Ptbot, environment: dict[str, str], told: str) -> None:
    ended = ptbot("run", "--webhook", **environment)
    assert (ended.code, ended.out) == (1, "")
    assert told in ended.err
    assert ended.err.count("\n") == 1


def test_run_names_a_database_that_cannot_be_opened(ptbot: Ptbot, tmp_path: Path) -> None:
    (tmp_path / "folder.db").mkdir()
    ended = ptbot("run", PTBOT_TELEGRAM__TOKEN="1:x", PTBOT_DATABASE__URL="sqlite:///folder.db")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("ptbot: ")
    assert "folder.db" in ended.err
    assert ended.err.count("\n") == 1


def test_run_keeps_away_from_another_bots_database(ptbot: Ptbot, tmp_path: Path) -> None:
    store = open_store(prepare(f"sqlite:///{tmp_path / 'bot.db'}", Tenant(1, "poller")))
    with store.unit() as unit:
        unit.save(7, EVERYTHING, EVERYTHING.answers)
    store.close()
    ended = ptbot("run", PTBOT_TELEGRAM__TOKEN="2:secret", PTBOT_DATABASE__URL="sqlite:///bot.db")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("ptbot: The database bot.db is another bot's (its token begins with 1:")
    assert ended.err.count("\n") == 1
    assert "secret" not in ended.err
