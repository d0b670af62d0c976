"""How outputs look in a terminal: bold shown, choices numbered, the picture as its words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from rich.columns import Columns
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.rule import Rule
from rich.text import Text

from bot.adapters.terminal.keyboard import is_numeric, mark_of, takes_many
from bot.dialogue.outputs import Ask, Button, Conclude, Offered, Output, Reject, Say, Settle, Tick
from bot.flow.questions import Kind

_BOLD = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*")
LONG_LIST = 15  # choices; more stand in columns
_HOW = {
    Kind.MANY_OF: "several at once: 1 3",
    Kind.SCALE: "type a number from 0 to 10",
    Kind.NUMBER: "type a number",
    Kind.DURATION: "type how long, such as 3 weeks",
    Kind.TEXT: "type a few words",
}


def page(output: Output, *, listed: bool = False) -> Iterator[RenderableType]:
    """What to print for an output; nothing for one that shows nothing. `listed`: its long list was shown before."""
    if listed and isinstance(output, Ask):
        return _ask(output, listed=True)
    render = _RENDER.get(type(output))
    return render(output) if render else iter(())


def long_list(output: Output) -> tuple[Offered, ...]:
    """The choices of a question that has too many to list them each time it is shown; else none."""
    long = isinstance(output, Ask) and len(output.choices) > LONG_LIST and not takes_many(output)
    return output.choices if isinstance(output, Ask) and long else ()


def bold(text: str, style: str = "") -> Text:
    """A text with its **stars** made bold; everything else is literal."""
    shown = Text(style=style)
    for place, piece in enumerate(_BOLD.split(text)):
        shown.append(piece, "bold" if place % 2 else "")
    return shown


def _say(say: Say) -> Iterator[RenderableType]:
    told = Group(bold(say.text), *_links(say.buttons))
    yield Panel(told, border_style="red") if say.urgent else told
    yield ""


def _ask(ask: Ask, *, listed: bool = False) -> Iterator[RenderableType]:
    if ask.progress:
        number, about = ask.progress
        yield Text(f"{number} of about {about}", "dim")
    yield bold(ask.text, "bold cyan")
    if ask.picture_text:
        yield Text(f"[Picture: {ask.picture_text}]", "dim italic")
    yield from _again(ask) if listed else _choices(ask)
    yield Text(_hint(ask), "dim")


def _hint(ask: Ask) -> str:
    how = _HOW.get(Kind(ask.kind))
    letters = "or a letter" if is_numeric(ask) and ask.choices and ask.kind != Kind.SCALE else None
    why, meaning = "/why" if ask.has_why else None, "/meaning" if ask.has_meaning else None
    keep = f"/keep ({ask.keep})" if ask.keep else None
    return " · ".join(filter(None, (how, letters, keep, why, meaning, "/back", "/help")))


def _choices(shown: Ask | Conclude) -> Iterator[RenderableType]:
    if isinstance(shown, Ask) and shown.kind == Kind.SCALE:
        return  # eleven lines that each say a number
    lines = [_choice(shown, place, choice) for place, choice in enumerate(shown.choices)]
    yield from [Columns(lines, padding=(0, 2), column_first=True)] if len(lines) > LONG_LIST else lines


def _again(ask: Ask) -> Iterator[RenderableType]:
    """The last choice is for whom nothing in the list fits, and so stands by itself."""
    last = len(ask.choices) - 1
    yield Text.assemble((f"  {mark_of(ask, 0)}-{mark_of(ask, last - 1)}  ", "cyan"), "as in the list above, or type it")
    yield _choice(ask, last, ask.choices[last])


def _choice(shown: Ask | Conclude, place: int, choice: Offered) -> RenderableType:
    mark = mark_of(shown, place)
    box = ("☑ " if choice.id in shown.picked else "☐ ") if isinstance(shown, Ask) and takes_many(shown) else ""
    label = choice.label.removeprefix(f"{mark}. ")  # a list that is numbered already is not numbered twice
    return Text.assemble((f"{mark:>3}  ", "cyan"), box, label)


def _tick(tick: Tick) -> Iterator[RenderableType]:
    yield from _ask(tick.ask)


def _settle(settle: Settle) -> Iterator[RenderableType]:
    if settle.answer:
        yield Text(f"✓ {settle.answer}", "green")
        yield ""


def _reject(reject: Reject) -> Iterator[RenderableType]:
    yield bold(reject.text, "yellow")


def _conclude(conclude: Conclude) -> Iterator[RenderableType]:
    style = "red" if conclude.urgent else "cyan"
    yield Rule(style=style)
    first, *rest = conclude.parts
    yield Panel(bold(first), border_style=style) if conclude.urgent else Group("", bold(first), "")
    for part in rest:
        yield Group(bold(part), "")
    yield from _links(conclude.buttons)
    yield Rule(style=style)
    yield from _choices(conclude)
    yield Text("what next? a number · or ask me something · /summary · /help", "dim")


def _links(buttons: tuple[Button, ...]) -> Iterator[RenderableType]:
    for button in buttons:
        yield Text(f"→ {button.label}: {button.url}", "blue")


_RENDER: dict[type, Callable[[Any], Iterator[RenderableType]]] = {
    Say: _say,
    Ask: _ask,
    Tick: _tick,
    Settle: _settle,
    Reject: _reject,
    Conclude: _conclude,
}
