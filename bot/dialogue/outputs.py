"""What the shell must do, in the imperative. Texts may hold **bold**; everything else is literal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Offered:
    """A choice as shown."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Button:
    """A link shown under a message: a booking page, a phone number."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Say:
    """Tell this."""

    text: str
    node: str = ""
    buttons: tuple[Button, ...] = ()
    urgent: bool = False  # a red flag's message: it overtakes everything else


@dataclass(frozen=True, slots=True)
class Ask:
    """Put this question."""

    turn: int
    node: str
    kind: str  # a Kind of question
    text: str
    choices: tuple[Offered, ...] = ()
    picked: tuple[str, ...] = ()  # ticked so far, for many_of
    progress: tuple[int, int] | None = None  # 4 of about 18
    picture: str | None = None
    picture_text: str | None = None
    has_why: bool = False
    has_meaning: bool = False
    keep: str | None = None  # the earlier answer, which may be kept


@dataclass(frozen=True, slots=True)
class Tick:
    """Redraw the ticks of the question with this turn."""

    ask: Ask


@dataclass(frozen=True, slots=True)
class Settle:
    """Take the buttons away from the question with this turn; show the answer that was given, if any."""

    turn: int
    question: str = ""
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class Reject:
    """Say what would help instead. The question stays."""

    text: str
    node: str = ""


@dataclass(frozen=True, slots=True)
class Conclude:
    """Give the result: messages in order, then what can be tapped next."""

    turn: int
    node: str
    parts: tuple[str, ...]
    choices: tuple[Offered, ...]
    assessment: Mapping[str, Any]  # Assessment.to_data()
    buttons: tuple[Button, ...] = ()
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Erase:
    """Delete everything that is stored about this person."""


Output = Say | Ask | Tick | Settle | Reject | Conclude | Erase

_TYPES = {cls.__name__.lower(): cls for cls in (Say, Ask, Tick, Settle, Reject, Conclude, Erase)}
_NAMES = {cls: name for name, cls in _TYPES.items()}
_DEFAULTS = {cls: [(field.name, field.default) for field in fields(cls)] for cls in _NAMES}


def output_to_data(output: Output) -> dict[str, Any]:
    """Plain data for JSON; what is as by default is left out."""
    return {"type": _NAMES[type(output)], **_plain(output)}


def output_from_data(data: Mapping[str, Any]) -> Output:
    """Read what `output_to_data` wrote."""
    cls: Callable[..., Output] = _TYPES[data["type"]]
    return cls(**{name: _value(name, value) for name, value in data.items() if name != "type"})


def _plain(output: Output) -> dict[str, Any]:
    data = {}
    for name, default in _DEFAULTS[type(output)]:
        held = getattr(output, name)
        if held is not default and held != default:
            data[name] = _NESTED[name](held) if name in _NESTED else held
    return data


_NESTED: dict[str, Callable[[Any], Any]] = {  # by field
    "choices": lambda choices: [{"id": choice.id, "label": choice.label} for choice in choices],
    "buttons": lambda buttons: [{"label": button.label, "url": button.url} for button in buttons],
    "ask": _plain,
}


def _value(name: str, value: Any) -> Any:
    if name == "choices":
        return tuple(Offered(**item) for item in value)
    if name == "buttons":
        return tuple(Button(**item) for item in value)
    if name == "ask":
        return Ask(**{key: _value(key, item) for key, item in value.items()})
    return tuple(value) if isinstance(value, list) else value
