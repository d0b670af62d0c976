"""Transcripts: conversations that must go exactly so, as files that a clinician can read.

transcript: In a hurry, and the home exercises rarely happen
turns:
  - {choose: me_16_44, asks: now_signs}
  - {say: none of these, asks: region}
  - {command: back, asks: now_signs}
concludes: {tier: none, red_flags: [], reasons: [low_adherence], next_steps: [fix_home_programme]}

A turn may say where it leads: it `asks` a question, `reaches` a result, `rejects` an answer, `erases: all`; and words
that the reply `tells`. `after_hours: 30` lets so much time pass before it. Of reasons and next steps the first are
named, as a patient sees them; [] means there is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from bot.dialogue.inputs import Chose, Commanded, Input, Typed
from bot.dialogue.outputs import Ask, Conclude, Erase, Output, Reject
from bot.flow.errors import ProblemsError
from bot.flow.yaml_source import Fields, Report, Value, read_yaml
from bot.triage.assessment import SHOWN_REASONS, SHOWN_STEPS

DOINGS = ("choose", "say", "command")
PLACES = {Ask: "asks", Conclude: "reaches", Reject: "rejects", Erase: "erases"}  # what the last output of a turn was
RECORDED = {"tier": None, "red_flags": None, "reasons": SHOWN_REASONS, "next_steps": SHOWN_STEPS}  # None: all
_LINE_WIDTH = 120


class TranscriptError(ProblemsError):
    """A transcript holds mistakes, or the conversation went another way."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Something the person did, and where that must lead."""

    done: Input
    place: str | None = None  # asks, reaches, rejects or erases
    node: str | None = None
    tells: str | None = None  # words that must be among the reply; for safety texts
    after_hours: float = 0.0  # how long the person stays away before it
    line: int = 0


@dataclass(frozen=True, slots=True)
class Conclusion:
    """A part of the assessment that must come out."""

    key: str  # tier, red_flags, reasons, next_steps
    expected: str | list[str]  # the tier; or ids in order, at least the first ones
    line: int = 0


@dataclass(frozen=True, slots=True)
class Transcript:
    """A conversation as it must go."""

    file: str
    title: str
    turns: tuple[Turn, ...]
    concludes: tuple[Conclusion, ...]
    ref: str | None = None  # row of the research notes that it plays


def read_transcript(file: str, text: str) -> Transcript:
    """Read a transcript. Raises TranscriptError, naming every mistake."""
    report = Report([])
    source = Fields(read_yaml(file, text, report), "transcript", report)
    transcript = Transcript(
        file=file,
        title=source.text("transcript"),
        turns=tuple(_turn(item, report) for item in source.items("turns")),
        concludes=_expected(source, report),
        ref=source.optional("ref"),
    )
    source.done()
    if not transcript.turns:
        source.problem("nothing happens in it.", "Add `turns:` with one line for each thing the patient does.")
    if report.problems:
        raise TranscriptError(report.problems)
    return transcript


def _turn(item: Value, report: Report) -> Turn:
    fields = Fields(item, "turn", report)
    given = [key for key in DOINGS if fields.get(key)]
    if len(given) != 1:
        fields.problem("a turn is one thing that the patient does.", f"Write one of {', '.join(DOINGS)}.")
    places = [place for place in PLACES.values() if fields.get(place)]
    if len(places) > 1:
        fields.problem("a turn leads to one place.", f"Write one of {', '.join(places)}.")
    place = places[0] if places else None
    turn = Turn(
        done=_done(fields, given[0] if given else "say"),
        place=place,
        node=fields.text(place) if place else None,
        tells=fields.optional("tells"),
        after_hours=fields.number("after_hours") or 0.0,
        line=item.line,
    )
    fields.done()
    return turn


def _done(fields: Fields, doing: str) -> Input:
    value = fields.get(doing)
    if doing == "choose":
        many = value is not None and isinstance(value.data, list)
        return Chose(fields.texts(doing) if many else (fields.text(doing),))
    return Commanded(fields.text(doing, "")) if doing == "command" else Typed(fields.text(doing, ""))


def _expected(source: Fields, report: Report) -> tuple[Conclusion, ...]:
    value = source.get("concludes")
    if value is None:
        return ()
    fields = Fields(value, "concludes", report)
    found = tuple(
        Conclusion(key, fields.text(key) if key == "tier" else list(fields.texts(key)), at.line)
        for key in RECORDED
        if (at := fields.get(key))
    )
    fields.done()
    return found


def written(
    title: str,
    happened: Sequence[tuple[Input, Sequence[Output]]],
    ref: str | None = None,
    hours_before: Sequence[float] = (),
) -> str:
    """A transcript file of what happened, with the hours that passed before each turn."""
    head = {"transcript": title} | ({"ref": ref} if ref else {})
    judged = judged_of([output for _, replies in happened for output in replies])
    passed = [{"after_hours": hours} if hours else {} for hours in hours_before] or [{}] * len(happened)
    turns = zip(passed, happened, strict=True)
    lines = [f"  - {one_line(pause | _doing(done) | led_to(replies))}" for pause, (done, replies) in turns]
    text = yaml.safe_dump(head, allow_unicode=True, sort_keys=False, width=_LINE_WIDTH)
    text += "turns:\n" + "\n".join(lines) + "\n"
    if judged:
        text += "concludes:\n" + "".join(f"  {key}: {one_line(judged[key][:most])}\n" for key, most in RECORDED.items())
    return text


class Recorder:
    """Writes a conversation down as it happens, up to the moment when all is erased."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._happened: list[tuple[Input, Sequence[Output]]] = []
        self._erased = False

    def saw(self, done: Input, outputs: Sequence[Output]) -> None:
        """The person did this, and that was the reply."""
        if not self._erased:
            self._happened.append((done, outputs))
        self._erased = self._erased or any(isinstance(output, Erase) for output in outputs)

    def text(self) -> str | None:
        """The file's text; None where nothing happened."""
        return written(self._title, self._happened) if self._happened else None


def led_to(replies: Sequence[Output]) -> dict[str, Any]:
    """Where a turn led: the last question, result, refusal or erasure among the replies."""
    for output in reversed(replies):
        if type(output) in PLACES:
            return {PLACES[type(output)]: getattr(output, "node", "all")}
    return {}


def judged_of(replies: Sequence[Output]) -> dict[str, Any]:
    """The last assessment: the tier, and the ids of the rest."""
    conclusions = [output.assessment for output in replies if isinstance(output, Conclude)]
    if not conclusions:
        return {}
    last = conclusions[-1]
    return {"tier": last["tier"], **{key: [entry["id"] for entry in last[key]] for key in RECORDED if key != "tier"}}


def _doing(done: Input) -> dict[str, Any]:
    match done:
        case Chose((one,)):
            return {"choose": one}
        case Chose(ids):
            return {"choose": list(ids)}
        case Typed(text):
            return {"say": text}
        case Commanded(name):
            return {"command": name}
    raise ValueError(f"a transcript cannot hold {done}")


def one_line(data: Any) -> str:
    """Data on one line of YAML."""
    text: str = yaml.safe_dump(data, default_flow_style=True, allow_unicode=True, sort_keys=False, width=10_000)
    return text.removesuffix("...\n").strip()
