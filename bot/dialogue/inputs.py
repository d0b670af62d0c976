"""What a person did, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Opened:
    """Pressed Start, or followed a link with this payload."""

    payload: str = ""


@dataclass(frozen=True, slots=True)
class Chose:
    """Chose an answer: one id, or all the ticked ones. `turn` is the question's number on the button, if it had one."""

    ids: tuple[str, ...]
    turn: int | None = None


@dataclass(frozen=True, slots=True)
class Ticked:
    """Ticked or unticked one choice of many. Says what it should be, so that a double tap changes nothing."""

    id: str
    on: bool
    turn: int | None = None


@dataclass(frozen=True, slots=True)
class Finished:
    """Pressed Done under a list of choices."""

    turn: int | None = None


@dataclass(frozen=True, slots=True)
class Typed:
    """Wrote something."""

    text: str


@dataclass(frozen=True, slots=True)
class Commanded:
    """Gave a command such as `back`. With a `turn` when it was a button."""

    name: str
    turn: int | None = None


@dataclass(frozen=True, slots=True)
class SentOther:
    """Sent something that cannot be an answer: sticker, photo, voice, location, edited, other."""

    kind: str
    text: str = ""  # the words of an edited message: no answer, but danger is heard in them


Input = Opened | Chose | Ticked | Finished | Typed | Commanded | SentOther
