"""From outputs to calls of the Bot API, as plain values. Nothing is sent here.

Several of these values are made for every update: tuples cost half of what frozen dataclasses do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from bot.adapters.telegram.keyboards import Keyboards, Markup, links_only
from bot.adapters.telegram.texts import CAPTION_LIMIT, TEXT_LIMIT, clip, fits, html, literal, pieces, units
from bot.dialogue.outputs import Ask, Conclude, Erase, Output, Reject, Say, Settle, Tick

ANSWER_LIMIT = 300  # of an answer shown under its question: somebody may have typed a page
REMEMBERED_PROGRESS = 1000  # such as "4 of about 18"
_SETTLED_MARK = "\n\n✓ "
_NO_PREVIEW = {"is_disabled": True}


class Call(NamedTuple):
    """One call, but for the chat it goes to."""

    method: str
    params: Mapping[str, Any]
    picture: str | None = None  # name of the picture to send along


class Shown(NamedTuple):
    """A message that shows a turn."""

    message_id: int
    picture: bool = False  # its words are a caption


def makes_message(call: Call) -> bool:
    """Does it make a message, rather than change one?"""
    return call.method.startswith("send")


def turn_shown(output: Output) -> int | None:
    """The turn whose buttons the output puts on the screen."""
    return output.turn if isinstance(output, (Ask, Conclude)) else None


def turn_changed(output: Output) -> int | None:
    """The turn whose message the output changes."""
    if isinstance(output, Tick):
        return output.ask.turn
    return output.turn if isinstance(output, Settle) else None


class Renderer:
    """Renders outputs. `words` hold what the edge itself says: button_..., progress, missed."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self._missed, self._of_about = words["missed"], f"\n\n<i>{literal(words['progress'])}</i>"
        self._keyboards = Keyboards(words)
        self._progress = lru_cache(REMEMBERED_PROGRESS)(self._new_progress)

    def calls(self, output: Output, shown: Shown | None = None) -> list[Call]:
        """What to call, in order. `shown` is the message of the turn that the output changes; without it nothing is."""
        match output:
            case Ask():
                return self._ask(output)
            case Say(text=text, buttons=buttons):
                return _messages([text], links_only(buttons))
            case Reject(text=text):
                return _messages([text], None)
            case Conclude(parts=parts):
                return _messages(parts, self._keyboards.of_conclude(output))
            case Tick(ask=ask) if shown:
                return [_new_buttons(shown, self._keyboards.of_ask(ask))]
            case Settle() if shown:
                return [_settle(output, shown)]
            case Tick() | Settle() | Erase():
                return []

    def missed(self) -> list[Call]:
        """What comes before messages that are long overdue."""
        return _messages([self._missed], None)

    def _ask(self, ask: Ask) -> list[Call]:
        buttons, progress = self._keyboards.of_ask(ask), self._progress(ask.progress)
        if not ask.picture:
            return _messages([ask.text], buttons, progress)
        if fits(ask.text + progress, CAPTION_LIMIT):
            caption = {"caption": html(ask.text) + progress, "parse_mode": "HTML", "reply_markup": buttons}
            return [Call("sendPhoto", caption, ask.picture)]
        return [Call("sendPhoto", {}, ask.picture), *_messages([ask.text], buttons, progress)]

    def _new_progress(self, progress: tuple[int, int] | None) -> str:
        if progress is None:
            return ""
        number, total = progress
        return self._of_about.format(number=number, total=total)


def _messages(texts: Iterable[str], buttons: Markup | None, ending: str = "") -> list[Call]:
    """Messages in order; the buttons, and the ending in HTML, belong to the last."""
    limit = TEXT_LIMIT - units(ending)
    *before, last = [html(piece) for text in texts for piece in pieces(text, limit)] or ["…"]
    return [*map(_message, before), _message(last + ending, buttons)]


def _message(text: str, buttons: Markup | None = None) -> Call:
    params: dict[str, Any] = {"text": text, "parse_mode": "HTML", "link_preview_options": _NO_PREVIEW}
    if buttons:
        params["reply_markup"] = buttons
    return Call("sendMessage", params)


def _new_buttons(shown: Shown, buttons: Markup | None) -> Call:
    params: dict[str, Any] = {"message_id": shown.message_id}
    return Call("editMessageReplyMarkup", params | ({"reply_markup": buttons} if buttons else {}))


def _settle(settle: Settle, shown: Shown) -> Call:
    """An edit without buttons takes them away."""
    if settle.answer is None:
        return _new_buttons(shown, None)
    words = _settled(settle, CAPTION_LIMIT if shown.picture else TEXT_LIMIT)
    params: dict[str, Any] = {"message_id": shown.message_id, "parse_mode": "HTML"}
    if shown.picture:
        return Call("editMessageCaption", params | {"caption": words})
    return Call("editMessageText", params | {"text": words, "link_preview_options": _NO_PREVIEW})


def _settled(settle: Settle, limit: int) -> str:
    """The question with the answer given. That may be the patient's own words, so nothing in it is markup."""
    answer = literal(clip(settle.answer or "", ANSWER_LIMIT))
    return html(clip(settle.question, limit - ANSWER_LIMIT - len(_SETTLED_MARK))) + _SETTLED_MARK + answer
