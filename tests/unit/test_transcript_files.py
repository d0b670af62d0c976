"""Transcript files: read, written, played; a mistake names file and line."""

from __future__ import annotations

import pytest

from bot.authoring.playing import play, renewed
from bot.authoring.transcripts import Recorder, Transcript, TranscriptError, read_transcript
from bot.dialogue.engine import Engine
from bot.dialogue.inputs import Chose, Commanded, Ticked, Typed
from tests.support.dialogue_flow import real_engine

EMERGENCY = """\
transcript: Chest pain
ref: CASE-00
turns:
  - {choose: me_16_44, asks: now_signs}
  - {say: zzz, rejects: now_signs}
  - {command: back, asks: who}
  - {choose: me_45_64, asks: now_signs}
  - {choose: [chest, breath], reaches: emergency, tells: "now"}
concludes:
  tier: emergency
  reasons: []
"""


@pytest.fixture
def engine() -> Engine:
    return real_engine()


def read(text: str) -> Transcript:
    return read_transcript("talk.yaml", text)


def _played(text: str, engine: Engine | None) -> None:
    transcript = read(text)
    assert engine is not None, "this should not have been read"
    play(transcript, engine)


def mistakes(text: str, engine: Engine | None = None) -> list[str]:
    with pytest.raises(TranscriptError) as caught:
        _played(text, engine)
    return [str(problem) for problem in caught.value.problems]


def test_it_is_read() -> None:
    transcript = read(EMERGENCY)
    assert (transcript.title, transcript.ref) == ("Chest pain", "CASE-00")
    done = [turn.done for turn in transcript.turns]
    assert done[:3] == [Chose(("me_16_44",)), Typed("zzz"), Commanded("back")]
    assert done[-1] == Chose(("chest", "breath"))
    assert [(part.key, part.expected) for part in transcript.concludes] == [("tier", "emergency"), ("reasons", [])]


def test_hours_may_pass_before_a_turn(engine: Engine) -> None:
    text = "transcript: x\nturns:\n  - {choose: me_16_44}\n  - {after_hours: 13, say: hi, asks: aside_return}\n"
    play(read(text), engine)
    assert read(renewed(read(text), engine)).turns[1].after_hours == 13


def test_it_is_played(engine: Engine) -> None:
    play(read(EMERGENCY), engine)


def test_what_is_written_reads_and_plays_the_same(engine: Engine) -> None:
    again = read(renewed(read(EMERGENCY), engine))
    play(again, engine)
    assert [turn.done for turn in again.turns] == [turn.done for turn in read(EMERGENCY).turns]
    tier, red_flags, *_ = again.concludes
    assert tier.expected == "emergency"
    assert red_flags.expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("turns: [{say: hi}]", "talk.yaml:1: transcript: `transcript` is missing."),
        ("transcript: x", "talk.yaml:1: transcript: nothing happens in it. Add `turns:`"),
        ("transcript: x\nturns:\n  - {say: a, choose: b}", "talk.yaml:3: turn: a turn is one thing"),
        ("transcript: x\nturns:\n  - {asks: who}", "talk.yaml:3: turn: a turn is one thing"),
        ("transcript: x\nturns:\n  - {say: a, asks: b, reaches: c}", "talk.yaml:3: turn: a turn leads to one place."),
        ("transcript: x\nturns:\n  - {say: a, ask: b}", "talk.yaml:3: turn: `ask` is not known here. Did you mean"),
        ("transcript: x\nturns: [{say: a}]\nconcludes: {teir: none}", "talk.yaml:3: concludes: `teir` is not known"),
    ],
)
def test_a_mistake_in_the_file_has_its_line(text: str, expected: str) -> None:
    (problem,) = mistakes(text)
    assert problem.startswith(expected)


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        ("asks: who", "asks: region", "talk.yaml:6: turn: this should lead to `asks: region`, but it led to {asks"),
        ("choose: me_16_44", "choose: me", "talk.yaml:4: turn: this should lead to `asks: now_signs`, but it led to {"),
        ('tells: "now"', "tells: tomorrow", "talk.yaml:8: turn: the reply does not hold “tomorrow”."),
        ("tier: emergency", "tier: soon", "talk.yaml:10: concludes: `tier` should be soon, but is emergency."),
        ("reasons: []", "reasons: [x]", "talk.yaml:11: concludes: `reasons` should be [x], but is []."),
    ],
)
def test_another_way_is_named_with_its_line(engine: Engine, was: str, now: str, expected: str) -> None:
    assert any(problem.startswith(expected) for problem in mistakes(EMERGENCY.replace(was, now), engine))


def test_a_refusal_is_quoted(engine: Engine) -> None:
    (first, *_) = mistakes(EMERGENCY.replace("choose: me_16_44", "choose: me"), engine)
    assert "The reply was: I did not understand that." in first


def test_nothing_follows_when_all_is_erased(engine: Engine) -> None:
    erased = "transcript: x\nturns:\n  - {command: delete, asks: aside_delete}\n  - {choose: yes, erases: all}\n"
    play(read(erased), engine)
    assert mistakes(erased + "  - {say: hello, asks: who}\n", engine) == [
        "talk.yaml:5: turn: this should lead to `asks: who`, but it led to {}. Correct the flow, or this line."
    ]


def test_a_recorder_stops_at_the_erasure(engine: Engine) -> None:
    recorder = Recorder("Short")
    assert recorder.text() is None
    step = engine.start("1", 0.0)
    for done in (Commanded("delete"), Chose(("yes",)), Typed("hello")):
        step = engine.advance(step.session, done, 1.0) if step.session else engine.start("1", 1.0)
        recorder.saw(done, step.outputs)
    text = recorder.text()
    assert text
    play(read(text), engine)
    assert len(read(text).turns) == 2


def test_what_no_keyboard_gives_is_not_written(engine: Engine) -> None:
    recorder = Recorder("Ticks")
    recorder.saw(Ticked("chest", on=True), ())
    with pytest.raises(ValueError, match="Ticked"):
        recorder.text()
