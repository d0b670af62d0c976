"""The conversation at the keyboard: what a person reads and types, and what a program gets line by line."""

from __future__ import annotations

import io
import json
import os
import pty
import select
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from bot.adapters.terminal.json_lines import UNREADABLE, read_input, talk_json
from bot.adapters.terminal.keyboard import read_line
from bot.adapters.terminal.lines import PROMPT, lines_from
from bot.adapters.terminal.page import page
from bot.adapters.terminal.person import FAREWELL, Person
from bot.adapters.terminal.sitting import Sitting
from bot.dialogue.engine import Engine
from bot.dialogue.inputs import Chose, Commanded, Input, Typed
from bot.dialogue.outputs import Ask, Button, Conclude, Offered, Output, Say, Settle, Tick
from bot.flow.clinics import Clinic
from tests.support.dialogue_flow import real_engine

ROOT = Path(__file__).parents[2]
HARBOUR = Clinic("harbour", "Harbour Physio", "GB", booking="https://harbour.example", greeting="Welcome [sic]!")
FOUR = tuple(Offered(ident, ident.upper()) for ident in "wxyz")


@pytest.fixture
def engine() -> Engine:
    return real_engine(HARBOUR)


@pytest.fixture
def sitting(engine: Engine) -> Sitting:
    return Sitting(engine, lambda: 0.0)


def asked(kind: str, choices: tuple[Offered, ...] = FOUR, **more: Any) -> Ask:
    return Ask(turn=1, node="n", kind=kind, text="Which?", choices=choices, **more)


def shown(*outputs: Output) -> str:
    console = Console(file=io.StringIO(), width=90)
    for output in outputs:
        for piece in page(output):
            console.print(piece, markup=False, highlight=False, emoji=False)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert isinstance(text, str)
    return text


def said(sitting: Sitting, *lines: str) -> str:
    """What the screen shows to somebody who types these lines and then leaves."""
    console = Console(file=io.StringIO(), width=90)
    Person(sitting, console, lines_from(io.StringIO("".join(f"{line}\n" for line in lines)))).talk()
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert isinstance(text, str)
    return text


@pytest.mark.parametrize(
    ("kind", "line", "done"),
    [
        ("one_of", "2", Chose(("x",))),
        ("one_of", " 2. ", Chose(("x",))),
        ("one_of", "5", Typed("5")),
        ("one_of", "0", Typed("0")),
        ("one_of", "1 2", Typed("1 2")),
        ("one_of", "x", Typed("x")),
        ("one_of", "I am 34", Typed("I am 34")),
        ("many_of", "1 3", Chose(("w", "y"))),
        ("many_of", "1,3", Chose(("w", "y"))),
        ("many_of", "1, 3 and 4", Chose(("w", "y", "z"))),
        ("many_of", "3 3", Chose(("y",))),
        ("many_of", "1 9", Typed("1 9")),
        ("many_of", "9" * 5000, Typed("9" * 5000)),
        ("scale", "2", Typed("2")),
        ("number", "2", Typed("2")),
        ("number", "b", Chose(("x",))),
        ("number", "z", Typed("z")),
        ("duration", "3 weeks", Typed("3 weeks")),
        ("duration", "d", Chose(("z",))),
        ("text", "1 or so", Typed("1 or so")),
        ("one_of", "/BACK now", Commanded("back")),
        ("one_of", "/", Typed("/")),
        ("one_of", "/ back", Commanded("back")),
    ],
)
def test_a_line_means(kind: str, line: str, done: Input) -> None:
    assert read_line(asked(kind), line) == done


def test_a_number_chooses_after_a_result() -> None:
    conclude = Conclude(turn=1, node="result", parts=("x",), choices=FOUR, assessment={})
    assert read_line(conclude, "4") == Chose(("z",))
    assert read_line(None, "4") == Typed("4")


def test_bold_is_shown_and_everything_else_is_literal() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, color_system="standard", width=90)
    for piece in page(Say("**Call 112** [b]now[/b] :smile: 2 ** 3")):
        console.print(piece, markup=False, highlight=False, emoji=False)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert "\x1b[1mCall 112\x1b[0m [b]now[/b] :smile: 2 ** 3" in text


def test_a_question_shows_all_that_helps_to_answer() -> None:
    more = {"progress": (4, 18), "picture_text": "a knee", "has_why": True, "keep": "Keep: X"}
    text = shown(asked("many_of", picked=("x",), **more))
    for piece in ("4 of about 18", "Which?", "[Picture: a knee]", "1  ☐ W", "2  ☑ X", "several at once: 1 3"):
        assert piece in text
    assert "/keep (Keep: X) · /why · /back" in text
    assert "/meaning" not in text


def test_numbers_are_asked_without_numbered_choices() -> None:
    assert "a  W" in shown(asked("number"))
    scale = shown(asked("scale"))
    assert "  W" not in scale
    assert "a number from 0 to 10" in scale


def test_long_lists_stand_in_columns_and_are_not_numbered_twice() -> None:
    many = tuple(Offered(str(number), f"{number + 1}. Land") for number in range(60))
    lines = shown(asked("one_of", many)).splitlines()
    assert len(lines) < 30
    assert "  1  Land" in lines[1]
    assert "1. Land" not in "".join(lines)


def test_the_list_of_countries_is_shown_once_and_its_numbers_still_count(sitting: Sitting) -> None:
    text = said(sitting, "/emergency", "/help", "12")
    assert text.count("Please tap or type it.") == 2
    assert text.count("Thailand") == 1
    _, again = text.split("How this works")
    assert "1-78  as in the list above" in again
    assert "79  Other country" in again
    assert "Numbers in Ghana" in again


def test_a_short_list_is_shown_each_time(sitting: Sitting) -> None:
    assert said(sitting, "/help").count("5  Another adult") == 2


def test_a_result_is_set_apart() -> None:
    parts, button = ("**Now**", "Later"), Button("Book", "https://x.example")
    text = shown(Conclude(1, "result", parts, FOUR, {}, (button,)))
    assert text.index("Now") < text.index("Later") < text.index("→ Book: https://x.example") < text.index("1  W")
    assert "╭" not in text
    assert "╭" in shown(Conclude(1, "emergency", parts, FOUR, {}, urgent=True), Say("x", urgent=True))


def test_an_answer_is_settled_in_one_line() -> None:
    assert shown(Settle(1, "Which?", "Knee")) == "✓ Knee\n\n"
    assert shown(Settle(1)) == ""


def test_a_redrawn_question_is_shown() -> None:
    assert "☑ W" in shown(Tick(asked("many_of", picked=("w",))))


def test_a_person_answers_by_number_in_words_and_goes_back(sitting: Sitting) -> None:
    text = said(sitting, "2", "", "none", "knee", "/back", "shoulder")
    for piece in ("✓ Me, 45 to 64", "✓ None of these", "✓ Knee", "/keep (Keep: Knee)", "✓ Shoulder or upper arm"):
        assert piece in text
    assert text.rstrip().endswith(FAREWELL)


def test_several_numbers_answer_a_list(sitting: Sitting) -> None:
    text = said(sitting, "1", "1 2", "/summary")
    assert "✓ Chest pain, pressure or tightness, Suddenly hard to breathe" in text
    assert "Please call" in text


def test_after_erasing_the_next_line_begins_anew(sitting: Sitting) -> None:
    text = said(sitting, "1", "/delete", "1", "chest pain", "/start")
    assert "I erased everything" in text
    assert text.count("Hello. I can help you") == 2


@pytest.mark.parametrize("word", ["/start", "hello"])
def test_whatever_is_said_after_erasing_the_person_is_greeted_and_asked(sitting: Sitting, word: str) -> None:
    _, after = said(sitting, "/delete", "1", word).split("I erased everything")
    assert "Hello. I can help you" in after
    assert "Who is this about" in after
    assert "I did not understand" not in after


@pytest.mark.parametrize("word", ["/quit", "exit", "Bye"])
def test_leaving_by_a_word(sitting: Sitting, word: str) -> None:
    assert "✓" not in said(sitting, word, "1")


def test_ctrl_c_ends_kindly(sitting: Sitting) -> None:
    def interrupted() -> str:
        raise KeyboardInterrupt

    console = Console(file=io.StringIO(), width=90)
    Person(sitting, console, interrupted).talk()
    assert FAREWELL in console.file.getvalue()  # type: ignore[attr-defined]


def test_without_an_input_the_conversation_ends_at_once() -> None:
    with pytest.raises(EOFError):
        lines_from(None)()


def test_a_clinics_words_are_literal(engine: Engine) -> None:
    assert "Harbour Physio. Welcome [sic]!" in said(Sitting(engine, lambda: 0.0, "harbour"))


def test_whoever_watches_sees_every_turn(engine: Engine) -> None:
    seen: list[Input] = []

    class Watch:
        def saw(self, done: Input, outputs: object) -> None:
            assert outputs
            seen.append(done)

    said(Sitting(engine, lambda: 0.0, witness=Watch()), "1", "none", "/help")
    assert seen == [Chose(("me_16_44",)), Typed("none"), Commanded("help")]


def lines(sitting: Sitting, *given: str) -> list[dict[str, Any]]:
    sink = io.StringIO()
    talk_json(sitting, [f"{line}\n" for line in given], sink)
    return [json.loads(line) for line in sink.getvalue().splitlines()]


def test_every_line_for_programs_has_the_same_keys(sitting: Sitting) -> None:
    given = ('{"choose":"me_16_44"}', '{"choose":["chest","breath"]}', '{"text":"??"}', '{"command":"/help"}')
    told = lines(sitting, *given)
    assert [line["type"] for line in told] == ["say", "ask", "ask", "conclude", "reject", "say", "ask"]
    for line in told:
        assert {"type", "node", "text", "kind", "choices"} <= line.keys()
    assert told[1]["choices"][0] == {"id": "me_16_44", "label": "Me, 16 to 44"}
    assert told[2]["kind"] == "many_of"


def test_a_result_for_programs_carries_the_assessment(sitting: Sitting) -> None:
    *_, conclude = lines(sitting, '{"choose":"me_16_44"}', '{"choose":["chest"]}')
    assert conclude["assessment"]["tier"] == "emergency"
    assert conclude["assessment"]["red_flags"][0].keys() == {"id", "ref", "tier"}
    assert "\n\n" in conclude["text"]
    assert conclude["choices"]


@pytest.mark.parametrize(
    "line",
    ["", "hello", "[]", "7", "null", "{}", '{"choose":7}', '{"choose":[7]}', '{"text":7}',
     '{"command":"/"}', '{"command":"//"}', '{"command":"\\t"}', '{"command":"/\\n"}',
     '{"text":"a","choose":"b"}', '{"text":"a"', "[" * 100_000, '{"text": ' + "9" * 5000 + "}"],
    ids=lambda line: line[:24],
)  # fmt: skip
def test_an_unreadable_line_is_refused_with_what_is_accepted(sitting: Sitting, line: str) -> None:
    *_, last = lines(sitting, line)
    assert last == {"type": "reject", "node": "who", "text": UNREADABLE, "kind": None, "choices": []}


@pytest.mark.parametrize(
    ("line", "done"),
    [
        ('{"choose":"a"}', Chose(("a",))),
        ('{"choose":["a","b"]}', Chose(("a", "b"))),
        ('{"choose":[]}', Chose(())),
        ('{"text":"/back"}', Typed("/back")),
        ('{"command":"/Back now"}', Commanded("back")),
        ('{"command":"back"}', Commanded("back")),
    ],
)
def test_a_line_of_json_means(line: str, done: Input) -> None:
    assert read_input(line) == done


def test_odd_letters_break_nothing(sitting: Sitting) -> None:
    told = lines(sitting, '{"text":"\\ud800"}', '{"text":"' + "x" * 5000 + '"}', '{"command":"/\\ud800"}')
    assert [line["type"] for line in told[2:]] == ["reject"] * 3


@pytest.fixture
def keyboard(tmp_path: Path) -> Iterator[Callable[..., str]]:
    """A real terminal with `ptbot run` in it: type something, get what appears up to a mark."""
    here, there = pty.openpty()
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "TERM": "xterm"}
    program = subprocess.Popen(
        [sys.executable, "-m", "bot", "run"], stdin=there, stdout=there, stderr=there, cwd=tmp_path, env=environment
    )

    def appears(typed: str, mark: str = PROMPT) -> str:
        os.write(here, typed.encode())
        text = b""
        while mark.encode() not in text and select.select([here], [], [], 20)[0]:
            text += os.read(here, 65536)
        return text.decode()

    yield appears
    try:
        assert program.wait(20) == 0
    finally:
        program.kill()
        program.wait()
        os.close(here)
        os.close(there)


def test_at_a_real_terminal_run_without_a_token_talks_here(keyboard: Callable[..., str]) -> None:
    assert "BotFather" in keyboard("")
    assert "✓ Me, 16 to 44" in keyboard("1\r")
    assert FAREWELL in keyboard("\x04", FAREWELL)
