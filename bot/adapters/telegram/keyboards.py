"""Buttons under a message: answers first, then what explains, then what is always at hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from bot.adapters.telegram import callback_data
from bot.adapters.telegram.texts import clip
from bot.dialogue.outputs import Ask, Button, Conclude, Offered
from bot.flow.conditions import NONE, UNSURE
from bot.flow.questions import Kind

Key = dict[str, str]  # a button as Telegram takes it
Row = list[Key]
Markup = dict[str, list[Row]]

_BUTTON = "button_"  # begins the names of words on buttons; messages can bear the rest of such a name
TICKED, UNTICKED = "☑", "☐"
SCALE_ROW = 6
LABEL_LENGTH = 60  # longer ones do not show on a phone
CHOICES_LIMIT = 85  # of Telegram's 100 buttons, so that the rest always finds a place
REMEMBERED_LABELS = 2000  # of choices: more than a flow has
REMEMBERED_ENDS = 300  # of keyboards, about 1.5 KiB each: there is one for a turn, or two
_ALONE = frozenset({NONE, UNSURE})  # in a list these answer at once and take no tick
_SHORT = {3: 8, 2: 15}  # so many in a row when no label is longer


class Keyboards:
    """Builds keyboards with these words on the buttons of the edge."""

    def __init__(self, words: Mapping[str, str]) -> None:
        ours = [name for name in words if name.startswith(_BUTTON)]
        self._labels = {name.removeprefix(_BUTTON): clip(words[name], LABEL_LENGTH) for name in ours}
        self._end = lru_cache(REMEMBERED_ENDS)(self._new_end)

    def of_ask(self, ask: Ask) -> Markup:
        """The buttons of a question."""
        rows = [*self._keep(ask), *_answers(ask), *self._done(ask)]
        return {"inline_keyboard": [*rows, *self._end(ask.turn, ask.has_why, ask.has_meaning)]}

    def of_conclude(self, conclude: Conclude) -> Markup:
        """Links, then what can be tapped next."""
        offers = _choices(conclude.turn, conclude.choices, 1)
        return {"inline_keyboard": [*_links(conclude.buttons), *offers, *self._end(conclude.turn, False, False)]}

    def _keep(self, ask: Ask) -> list[Row]:
        if not ask.keep:
            return []
        label = clip(ask.keep, LABEL_LENGTH)  # it quotes the patient, so it is not remembered
        return [[_button(label, callback_data.command(ask.turn, "keep"))]]

    def _done(self, ask: Ask) -> list[Row]:
        if not ask.picked or ask.kind != Kind.MANY_OF:
            return []
        return [[_button(self._labels["done"], callback_data.finish(ask.turn))]]

    def _new_end(self, turn: int, why: bool, meaning: bool) -> list[Row]:
        """What explains, and what is always at hand."""
        explanations = [name for name, there in (("why", why), ("meaning", meaning)) if there]
        rows = [explanations, ["back", "help", "emergency"]]
        return [self._commands(turn, names) for names in rows if names]

    def _commands(self, turn: int, names: Iterable[str]) -> Row:
        return [_button(self._labels[name], callback_data.command(turn, name)) for name in names]


def links_only(buttons: Sequence[Button]) -> Markup | None:
    """The buttons of a message that asks nothing."""
    rows = _links(buttons)
    return {"inline_keyboard": rows} if rows else None


def _links(buttons: Sequence[Button]) -> list[Row]:
    """Telegram takes web addresses only; a phone number stands in the text."""
    web = (entry for entry in buttons if entry.url.startswith(("https://", "http://")))
    return [[{"text": clip(entry.label, LABEL_LENGTH), "url": entry.url}] for entry in web]


def _answers(ask: Ask) -> list[Row]:
    if ask.kind == Kind.MANY_OF:
        return [[_tickable(ask, choice)] for choice in ask.choices[:CHOICES_LIMIT]]
    return _choices(ask.turn, ask.choices, SCALE_ROW if ask.kind == Kind.SCALE else _in_a_row(ask.choices))


def _choices(turn: int, choices: Sequence[Offered], in_a_row: int) -> list[Row]:
    keys = [_button(_label(entry.label), callback_data.choose(turn, entry.id)) for entry in choices[:CHOICES_LIMIT]]
    return [keys[start : start + in_a_row] for start in range(0, len(keys), in_a_row)]


def _in_a_row(choices: Sequence[Offered]) -> int:
    longest = max([len(entry.label) for entry in choices], default=0)
    return next((count for count, length in _SHORT.items() if longest <= length), 1)


def _tickable(ask: Ask, choice: Offered) -> Key:
    if choice.id in _ALONE:
        return _button(_label(choice.label), callback_data.choose(ask.turn, choice.id))
    on = choice.id in ask.picked
    label = _label(f"{TICKED if on else UNTICKED} {choice.label}")
    return _button(label, callback_data.tick(ask.turn, choice.id, on=not on))


def _button(label: str, data: str) -> Key:
    return {"text": label, "callback_data": data}


@lru_cache(REMEMBERED_LABELS)
def _label(words: str) -> str:
    """The flow's own words, as they fit on a button."""
    return clip(words, LABEL_LENGTH)
