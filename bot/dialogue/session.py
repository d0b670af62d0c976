"""One person's position and answers in one flow: a frozen value that survives JSON unchanged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.flow.answers import Answer
from bot.flow.clinical import Tier

FORMAT = 2  # of the plain data; a reader that meets a higher number must not guess
_DANGER_ASIDES = frozenset({"aside_heard", "aside_retract"})  # about red flags


@dataclass(frozen=True, slots=True)
class Statement:
    """A red flag that the patient stated. It stands until that very statement is taken back."""

    flag: str
    tier: Tier
    unsure: bool = False  # "not sure" was said
    heard: bool = False  # in typed words, not as an answer
    retracted: bool = False

    @property
    def stands(self) -> bool:
        """Has it not been taken back?"""
        return not self.retracted


@dataclass(frozen=True, slots=True)
class Aside:
    """A question of the program's own, put between two steps of the conversation."""

    question: str
    about: str = ""  # what it is about: ids of flags, a link's payload, a group of topics
    below: Aside | None = None  # a question about danger that was open when this one came; it is asked again

    @property
    def dangerous(self) -> bool:
        """Is it about red flags? Then it is not dropped for another aside."""
        return self.question in _DANGER_ASIDES

    @property
    def flags(self) -> tuple[str, ...]:
        """The red flags it is about, the first of which is asked now."""
        return tuple(self.about.split(",")) if self.dangerous else ()

    def over(self, opened: Aside | None) -> Aside:
        """This aside, put over the one that is open: questions about danger wait below, each once."""
        flags, below = self.flags, None
        for other in reversed(tuple(_down(opened))):
            if other.question == self.question:
                flags = (*flags, *other.flags)
            elif other.dangerous:
                below = replace(other, below=below)
        return Aside(self.question, ",".join(dict.fromkeys(flags)) or self.about, below)

    def to_data(self) -> list[Any]:
        """Plain data for JSON."""
        return [self.question, self.about, self.below.to_data() if self.below else None]


def _down(aside: Aside | None) -> Iterator[Aside]:
    while aside:
        yield aside
        aside = aside.below


@dataclass(frozen=True)
class Session:
    """Answers, and where the conversation stands. The place follows from the answers; it is kept to spare a replay."""

    id: str
    flow: str
    flow_hash: str
    node: str
    started_at: float  # seconds since 1970
    touched_at: float
    answers: tuple[Answer, ...] = ()  # on the path, in the order given
    dormant: tuple[Answer, ...] = ()  # given earlier, now off the path; they count again when the path returns
    stale: tuple[Answer, ...] = ()  # about danger, and too old to count; each is dropped when it is asked again
    reopened: str | None = None  # the answered question that is shown again
    pending: tuple[str, ...] = ()  # clarifying questions still to ask
    picked: tuple[str, ...] = ()  # ticks of a many_of not yet finished
    waiting: tuple[str, ...] = ()  # the ticks at `node`, while an earlier question is shown again
    stated: tuple[Statement, ...] = ()
    aside: Aside | None = None
    turn: int = 0  # number of the question shown last; buttons carry it
    puzzled: int | None = None  # the turn at which typed words were not understood last
    last_tap: tuple[int, str] | None = None  # the tap accepted last, to know its double
    clinic: str | None = None
    campaign: str | None = None
    country: str | None = None  # ISO code; "other" for one without numbers
    language: str | None = None
    reminders: bool = True  # may be reminded, in any conversation
    let_be: bool = False  # no reminder in this conversation: there was one, or an emergency, or they said stop
    utc_offset: int | None = None  # minutes ahead of UTC, by the time of day that the patient told

    def but(self, **changes: Any) -> Session:
        """The session with these changes. For the hot path: `dataclasses.replace` takes ten times as long."""
        changed = object.__new__(Session)
        object.__setattr__(changed, "__dict__", vars(self) | changes)
        return changed

    @property
    def showing(self) -> str:
        """The node whose question is on the screen, asides left out."""
        return self.reopened or self.node

    def statement(self, flag: str) -> Statement | None:
        """What was stated about this flag, if anything."""
        return next((entry for entry in self.stated if entry.flag == flag), None)

    def with_statement(self, statement: Statement) -> Session:
        """The session with this statement in place of an older one about the same flag."""
        others = tuple(entry for entry in self.stated if entry.flag != statement.flag)
        return self.but(stated=(*others, statement))

    def to_data(self) -> dict[str, Any]:
        """Plain data for JSON, in which tuples become lists."""
        return {
            "format": FORMAT,
            **vars(self),
            "answers": _dated(self.answers),
            "dormant": _dated(self.dormant),
            "stale": _dated(self.stale),
            "stated": [[s.flag, str(s.tier), s.unsure, s.heard, s.retracted] for s in self.stated],
            "aside": self.aside.to_data() if self.aside else None,
        }


class NewerFormatError(ValueError):
    """A newer version of the program wrote this."""


def session_from_data(data: Mapping[str, Any]) -> Session:
    """Read what `Session.to_data` wrote. Raises NewerFormatError for a format that this program does not know yet.

    Answers without a time count as given when the session was last touched.
    """
    if data["format"] > FORMAT:
        raise NewerFormatError(f"session format {data['format']} is newer than this program knows ({FORMAT})")
    touched_at = data["touched_at"]
    return Session(
        id=data["id"],
        flow=data["flow"],
        flow_hash=data["flow_hash"],
        node=data["node"],
        started_at=data["started_at"],
        touched_at=touched_at,
        answers=_answers(data["answers"], touched_at),
        dormant=_answers(data["dormant"], touched_at),
        stale=_answers(data.get("stale", ()), touched_at),
        reopened=data["reopened"],
        pending=tuple(data["pending"]),
        picked=tuple(data["picked"]),
        waiting=tuple(data["waiting"]),
        stated=tuple(Statement(flag, Tier(tier), *marks) for flag, tier, *marks in data["stated"]),
        aside=_aside(data["aside"]),
        turn=data["turn"],
        puzzled=data.get("puzzled"),  # as below
        last_tap=(data["last_tap"][0], data["last_tap"][1]) if data["last_tap"] else None,
        clinic=data["clinic"],
        campaign=data["campaign"],
        country=data["country"],
        language=data["language"],
        reminders=data.get("reminders", True),  # sessions kept by an older program have none of these
        let_be=data.get("let_be", False),
        utc_offset=data.get("utc_offset"),
    )


def _aside(data: list[Any] | None) -> Aside | None:
    return Aside(data[0], data[1], _aside(data[2])) if data else None


def _dated(answers: tuple[Answer, ...]) -> list[Any]:
    return [[answer.question, answer.value, answer.at] for answer in answers]


def _answers(data: Iterable[list[Any]], touched_at: float) -> tuple[Answer, ...]:
    return tuple([_answer(touched_at, *entry) for entry in data])


def _answer(touched_at: float, question: str, value: Any, at: float | None = None) -> Answer:
    return Answer(question, tuple(value) if isinstance(value, list) else value, touched_at if at is None else at)
