"""Whole answers that the flow knows: a no that is not firm, a yes, a plea for help, a greeting in another language."""

from __future__ import annotations

import unicodedata

from bot.dialogue.danger_answers import hesitates
from bot.dialogue.plain_words import plain, words
from bot.flow.lexicon import Lexicon

_ENGLISH = words("i im my the have and it what how")  # none of these is common in another language


class Alone:
    """The `alone` words of a flow."""

    def __init__(self, lexicon: Lexicon) -> None:
        by_kind = {kind: frozenset(map(_known_as, texts)) for kind, texts in lexicon.alone.items()}
        nothing: frozenset[str] = frozenset()
        self._hesitant = by_kind.get("hesitant", nothing)
        self._pleas = by_kind.get("pleas", nothing)
        self._assenting = by_kind.get("assenting", nothing)
        self._around = by_kind.get("around", nothing)
        self._foreign = tuple(f"{plain(greeting)} " for greeting in lexicon.alone.get("foreign", ()))

    def hesitates(self, text: str) -> bool:
        """Neither a yes nor a firm no."""
        return hesitates(plain(text), self._hesitant)

    def pleads(self, text: str) -> bool:
        """Does it only ask for help: "911 please"?"""
        written = _known_as(text)
        bare = (word for word in written.split() if word not in self._around)
        return not self._pleas.isdisjoint((written, " ".join(bare)))

    def assents(self, text: str) -> bool:
        """Is it a yes to a question about danger: "of course"?"""
        said = _known_as(text).split()
        begins = next((at for at, word in enumerate(said) if word not in self._around), 0)
        return not self._assenting.isdisjoint((" ".join(said), " ".join(said[begins:])))

    def is_foreign(self, text: str) -> bool:
        """Is it in another script, or greets in another language and goes on in none that is known?"""
        written = f"{plain(text)} "
        greeting = next(filter(written.startswith, self._foreign), "" if _in_another_script(text) else None)
        return greeting is not None and _ENGLISH.isdisjoint(written[len(greeting) :].split())


def _in_another_script(text: str) -> bool:
    """Are there letters in it, but none of the Latin ones?"""
    return any(map(str.isalpha, text)) and not any("LATIN" in unicodedata.name(char, "") for char in text)


def _known_as(text: str) -> str:
    """Plain words; of a sign such as a thumb, the sign itself without its colour."""
    return plain(text) or text.strip()[:1]
