"""Finds many phrases in one pass over the words of a message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

MOST_SKIPPED = 4  # words skipped in a row, so that a long run of them costs nothing
_END = ""  # key of what a phrase stands for; no word is empty


class Hit(NamedTuple):
    """A phrase found."""

    start: int
    end: int  # one past its last word
    kind: str  # group, phrase, look_alike, or a kind of language word
    name: str  # of the group, flag or topic

    def inside(self, other: Hit) -> bool:
        """Is it a part of a longer one?"""
        longer = other.end - other.start > self.end - self.start
        return longer and other.start <= self.start and self.end <= other.end


class Sequences:
    """Phrases by their words. Words that may be skipped can stand between the words of a phrase."""

    def __init__(self, skippable: frozenset[str] = frozenset()) -> None:
        self._skippable = skippable
        self._root: dict[str, Any] = {}

    def add(self, words: Sequence[str], kind: str, name: str) -> None:
        """Listen for these words; none means nothing to listen for."""
        if not words:
            return
        node = self._root
        for word in words:
            node = node.setdefault(word, {})
        found = node.setdefault(_END, [])
        if (kind, name) not in found:
            found.append((kind, name))

    def find(self, words: Sequence[str]) -> list[Hit]:
        """Every phrase that stands in the words."""
        hits: list[Hit] = []
        for start, word in enumerate(words):
            node = self._root.get(word)
            if node is not None:
                self._follow(node, words, start, start + 1, hits)
        return hits

    def _follow(self, node: dict[str, Any], words: Sequence[str], start: int, at: int, hits: list[Hit]) -> None:
        hits.extend(Hit(start, at, kind, name) for kind, name in node.get(_END, ()))
        if len(node) == (_END in node):
            return
        for place in range(at, min(at + MOST_SKIPPED + 1, len(words))):
            deeper = node.get(words[place])
            if deeper is not None:
                self._follow(deeper, words, start, place + 1, hits)
            if words[place] not in self._skippable:
                return
