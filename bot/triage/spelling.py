"""From what was typed to words that can be compared: small letters, one spelling, no endings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.flow.lexicon import Lexicon

NOTHING, COMMA, STOP, QUESTION = range(4)  # what stands between two words
YEAR, NUMBER = "<year>", "<n>"  # what a number is compared as, where the flow has no word for it
LONGEST_NUMBER = 9  # digits; what is longer counts as nothing
SHORTEST_MENDED = 5  # letters; shorter words are too alike
LITTLE = (  # kinds of words so short and frequent that no other may turn into one
    *("filler", "skippable", "negators", "answers_no", "turns", "soft_turns", "joiners", "starters", "weak_starters"),
    *("pointers", "holds", "me", "them", "had", "whole"),
)

_PIECES = re.compile(r"(?<=\s)[-–—]+(?=\s)|<[a-z]+>|[a-z]+|\d+(?:[.,]\d+)?|\.\.+|\S|\n")
_GAPS = {".": STOP, "!": STOP, ";": STOP, "\n": STOP, "?": QUESTION, ",": COMMA, ":": COMMA, "(": COMMA, ")": COMMA}
_APOSTROPHES = dict.fromkeys(map(ord, "'’‘`´ʼ"))
_VOWELS = frozenset("aeiou")


@dataclass(frozen=True, slots=True)
class Spelt:
    """The words of a message, ready to be compared."""

    words: tuple[str, ...]
    gaps: tuple[int, ...]  # what stands before each word
    end: int  # what stands after the last


class Speller:
    """Reads words; mends a small slip where only one known word is meant."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._little = {word for kind in LITTLE for word in lexicon.language.get(kind, ())}
        self._endings = tuple(lexicon.language.get("endings", ()))
        self._same, self._joined = _spellings(lexicon.spellings)
        self._numbers = {YEAR: (), NUMBER: (), **lexicon.numbers}
        self._little.update(self._numbers)
        self._known = set(self._numbers)
        self._squeezed: dict[str, str] = {}
        self._by_half: dict[tuple[int, str], dict[str, str]] = {}  # words and their stems
        self._aimed: set[str] = set()
        self._own: dict[str, str] = {}  # the flow's own words as they are compared; never what somebody typed
        for kind, words in lexicon.language.items():
            if kind in ("common", *LITTLE):
                self._known.update(self._stem(piece) for piece in _pieces(words))
            else:
                self._aim_at(words)
        for group in (lexicon.spellings, self._same, *lexicon.groups.values()):
            self._aim_at(group)
        self.learn(word for words in (*lexicon.language.values(), *lexicon.groups.values()) for word in words)

    def learn(self, texts: Iterable[str]) -> None:
        """Make the words of these texts known, as far as they are not a misspelling of known ones."""
        pieces = _pieces(texts)
        self._known.update([self._mended(piece) for piece in pieces])
        self._own.update({piece: self._mended(piece) for piece in pieces.union(self._own)})

    def read(self, text: str) -> Spelt:
        """The words of a text."""
        words, gaps, gap = [], [], STOP
        seen: dict[str, str] = {}  # for this text alone: a long one repeats itself
        for piece in _PIECES.findall(self._joined(_folded(text))):
            if piece in self._numbers or (piece[0].isalnum() and piece.isascii()):
                if piece not in seen:
                    seen[piece] = self.word(piece)
                words.append(seen[piece])
                gaps.append(gap)
                gap = NOTHING
            else:
                gap = max(gap, _gap(piece))
        return Spelt(tuple(words), tuple(gaps), max(gap, STOP))

    def word(self, piece: str) -> str:
        """One word, number or unit as it is compared."""
        found = self._own.get(piece)
        if found is None:
            found = self._number(piece) if piece[0].isdigit() else self._mended(piece)
        return found

    def _number(self, piece: str) -> str:
        whole = piece.replace(",", ".").partition(".")[0]
        value = int(whole) if len(whole) <= LONGEST_NUMBER else 0
        if len(piece) == 4 and 1900 <= value < 2100:
            return YEAR
        spans = ((word, span) for word, spans in self._numbers.items() for span in spans)
        return next((word for word, (first, last) in spans if first <= value <= last), NUMBER)

    def _mended(self, piece: str) -> str:
        piece = self._same.get(piece, piece)
        stem = self._stem(piece)
        if stem in self._known:
            return stem
        piece = re.sub(r"(.)\1{2,}", r"\1\1", piece)
        return self._squeezed.get(_squeeze(self._stem(piece))) or self._near(piece) or self._stem(piece)

    def _stem(self, word: str) -> str:
        if word in self._little:
            return word
        for ending in self._endings if word.endswith(self._endings) else ():
            base = word.removesuffix(ending)
            if base != word and len(base) >= 3 and base not in self._little and base[-1] != ending:
                word = base
                break
        doubled = word[-1] == word[-2:-1] and word[-1] not in _VOWELS
        silent = word[-1] == "e" and len(word) > 3 and word[-2] != "e"
        if (doubled or silent) and word[:-1] not in self._little:
            word = word[:-1]
        return word[:-1] + "i" if word[-1] == "y" and len(word) > 3 else word

    def _aim_at(self, texts: Iterable[str]) -> None:
        """Slips of these words are to be mended."""
        pieces = _pieces(texts) - self._aimed
        self._aimed |= pieces
        for piece in pieces:
            stem = self._stem(self._same.get(piece, piece))
            if stem not in self._known and len(stem) >= SHORTEST_MENDED - 1:
                key = _squeeze(stem)
                self._squeezed[key] = "" if key in self._squeezed else stem  # "" where two words are alike
            self._known.add(stem)
            if len(piece) >= SHORTEST_MENDED:
                for length in range(len(piece) - 1, len(piece) + 2):
                    for half in _halves(piece, length):
                        self._by_half.setdefault(half, {})[piece] = stem

    def _near(self, piece: str) -> str | None:
        """The one known word with the same first letter that is one slip away."""
        if len(piece) < SHORTEST_MENDED:
            return None
        found = {
            stem
            for half in _halves(piece, len(piece))
            for near, stem in self._by_half.get(half, {}).items()
            if _one_slip(piece, near)
        }
        return found.pop() if len(found) == 1 else None


def _spellings(spellings: Mapping[str, tuple[str, ...]]) -> tuple[dict[str, str], _Joiner]:
    """Ways to write one word; ways of several words."""
    pairs = [(_folded(other), word) for word, others in spellings.items() for other in others]
    return {other: word for other, word in pairs if " " not in other}, _Joiner(dict(p for p in pairs if " " in p[0]))


class _Joiner:
    """Writes several words as the one they stand for: not able to -> cant."""

    def __init__(self, joined: dict[str, str]) -> None:
        self._joined = joined
        longest_first = sorted(joined, key=len, reverse=True)
        self._pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first)) or '(?!)'})\b")

    def __call__(self, text: str) -> str:
        return self._pattern.sub(lambda match: self._joined[match[0]], text)


def _pieces(texts: Iterable[str]) -> set[str]:
    return set(re.findall("[a-z]+", "\n".join(map(_folded, texts))))


def _folded(text: str) -> str:
    text = text.lower()
    if text.isascii():  # much quicker than to translate
        return text.replace("'", "").replace("`", "")
    text = text.translate(_APOSTROPHES)
    if not text.isascii():
        text = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return text


def _gap(piece: str) -> int:
    return COMMA if len(piece) > 1 or piece in "–—…" else _GAPS.get(piece, NOTHING)


def _halves(word: str, length: int) -> tuple[tuple[int, str], tuple[int, str]]:
    """One slip leaves one half of a word of this length as it was, so that only words that share one need a look."""
    half = (length - 2) // 2
    return (length, word[:half]), (length, f"{word[0]}-{word[-half:]}")


def _squeeze(word: str) -> str:
    return re.sub(r"(.)\1+", r"\1", word)


def _one_slip(first: str, second: str) -> bool:
    """One letter more, less or other, or two swapped."""
    at = next((place for place, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), len(second))
    rest, other = first[at:], second[at:]
    if len(first) > len(second):
        return rest[1:] == other
    if len(first) < len(second):
        return rest == other[1:]
    return rest[1:] == other[1:] or (rest[:2] == other[1::-1] and rest[2:] == other[2:])
