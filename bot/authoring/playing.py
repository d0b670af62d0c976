"""Plays transcripts: does the conversation still go as written?"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from bot.authoring.transcripts import Transcript, TranscriptError, Turn, judged_of, led_to, one_line, written
from bot.dialogue.engine import Engine
from bot.dialogue.inputs import Input
from bot.dialogue.outputs import Ask, Conclude, Output, Reject, Say
from bot.dialogue.session import session_from_data
from bot.dialogue.step import Step
from bot.flow.errors import Problem

START = 1_700_000_000.0  # seconds since 1970; a transcript's own clock
TURN_SECONDS = 10.0
_OPEN_ENDED = ("reasons", "next_steps")  # more may follow those named
_REMEDY = "Correct the flow, or this line."


def play(transcript: Transcript, engine: Engine) -> None:
    """Hold the conversation, the session through JSON between turns. Raises TranscriptError where it goes astray."""
    played = _replies(engine, transcript.turns)
    problems: list[Problem] = []
    for turn, replies in zip(transcript.turns, played, strict=True):
        problems.extend(_differences(transcript.file, turn, replies))
    problems.extend(_misjudged(transcript, [output for replies in played for output in replies]))
    if problems:
        raise TranscriptError(problems)


def renewed(transcript: Transcript, engine: Engine) -> str:
    """The transcript's file with what the engine does now as what must happen."""
    turns = transcript.turns
    happened = [(turn.done, replies) for turn, replies in zip(turns, _replies(engine, turns), strict=True)]
    return written(transcript.title, happened, transcript.ref, [turn.after_hours for turn in turns])


def _replies(engine: Engine, turns: Iterable[Turn]) -> list[tuple[Output, ...]]:
    step, now, replies = engine.start("transcript", START), START, []
    for turn in turns:
        now += TURN_SECONDS + turn.after_hours * 3600
        step = _advanced(engine, step, turn.done, now)
        replies.append(step.outputs)
    return replies


def _advanced(engine: Engine, step: Step, done: Input, now: float) -> Step:
    if step.session is None:  # all was erased: a transcript ends there
        return Step(None)
    kept = session_from_data(json.loads(json.dumps(step.session.to_data())))
    return engine.advance(kept, done, now)


def _differences(file: str, turn: Turn, replies: Sequence[Output]) -> Iterable[Problem]:
    place = led_to(replies)
    if turn.place and place != {turn.place: turn.node}:
        what = f"this should lead to `{turn.place}: {turn.node}`, but it led to {one_line(place)}."
        yield Problem(file, turn.line, "turn", what, _said_instead(replies) or _REMEDY)
    if turn.tells and turn.tells.lower() not in _told(replies).lower():
        yield Problem(file, turn.line, "turn", f"the reply does not hold “{turn.tells}”.", _REMEDY)


def _said_instead(replies: Sequence[Output]) -> str:
    refusals = [f"The reply was: {output.text}" for output in replies if isinstance(output, Reject)]
    return " ".join(refusals)


def _told(replies: Sequence[Output]) -> str:
    texts = [output.text for output in replies if isinstance(output, Say | Ask | Reject)]
    return "\n".join([*texts, *(part for output in replies if isinstance(output, Conclude) for part in output.parts)])


def _misjudged(transcript: Transcript, replies: Sequence[Output]) -> Iterable[Problem]:
    judged = judged_of(replies)
    for part in transcript.concludes:
        found = judged.get(part.key)
        if found and part.expected and part.key in _OPEN_ENDED:
            found = found[: len(part.expected)]
        if found != part.expected:
            what = f"`{part.key}` should be {one_line(part.expected)}, but is {one_line(found)}."
            yield Problem(transcript.file, part.line, "concludes", what, _REMEDY)
