"""Reads the `words:` sections of a flow into its lexicon."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from itertools import product

from bot.flow.lexicon import ALONE, KINDS, Lexicon, Manner, Pattern
from bot.flow.yaml_source import Fields, Report, Value


def read_lexicon(sources: Iterable[tuple[Fields, Value]], flags: Iterable[str], report: Report) -> Lexicon:
    """All `words:` sections as one. Names of red flags and groups that nothing answers to are reported."""
    reader = _Reader(set(flags), report)
    sections = [Fields(value, "words", report) for _, value in sources]
    for section in sections:
        reader.words(section)
    for section in sections:  # all groups are known only now
        reader.patterns(section)
        section.done()
    return reader.lexicon()


class _Reader:
    def __init__(self, flags: set[str], report: Report) -> None:
        self.flags, self.report = flags, report
        self.language: dict[str, tuple[str, ...]] = {}
        self.alone: dict[str, tuple[str, ...]] = {}
        self.spellings: dict[str, tuple[str, ...]] = {}
        self.numbers: dict[str, tuple[tuple[int, int], ...]] = {}
        self.groups: dict[str, tuple[str, ...]] = {}
        self.background: set[str] = set()
        self.manners: dict[str, Manner] = {}

    def lexicon(self) -> Lexicon:
        groups = {name: self._unfolded(name, frozenset()) for name in self.groups}
        background = frozenset(self.background)
        return Lexicon(self.language, self.spellings, self.numbers, groups, background, self.manners, self.alone)

    def _unfolded(self, name: str, within: frozenset[str]) -> tuple[str, ...]:
        """The words of a group, those of the groups it names among them: `@hit @child` is every pair of the two."""
        words: list[str] = []
        for text in self.groups.get(name, ()):
            ways = [self._ways(piece, within | {name}) for piece in text.split()]
            words.extend(map(" ".join, product(*ways)))
        return tuple(dict.fromkeys(words))

    def _ways(self, piece: str, within: frozenset[str]) -> tuple[str, ...]:
        inner = piece.removeprefix("@")
        if inner == piece:
            return (piece,)
        return () if inner in within else self._unfolded(inner, within)

    def words(self, section: Fields) -> None:
        """Word lists of several files add up."""
        for key, kinds, by_kind in (("language", KINDS, self.language), ("alone", ALONE, self.alone)):
            inner = self._inner(section, key)
            for kind in kinds:
                self._extend(by_kind, kind, inner.texts(kind))
            inner.done()
        for key, into in (("spellings", self.spellings), ("groups", self.groups)):
            for name, texts in self._lists(section, key):
                self._extend(into, name, texts)
        for name, texts in self._lists(section, "numbers"):
            self.numbers[name] = (*self.numbers.get(name, ()), *self._spans(section, name, texts))

    def _lists(self, section: Fields, key: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        inner = self._inner(section, key)
        return ((name, inner.texts(name)) for name in section.mapping(key))

    @staticmethod
    def _spans(section: Fields, name: str, texts: tuple[str, ...]) -> Iterator[tuple[int, int]]:
        at = section.mapping("numbers")[name]
        if not (name.startswith("<") and name.endswith(">")):
            section.problem(f"`{name}` could be taken for a word.", f"Write `<{name}>`.", at)
        for text in texts:
            first, _, last = text.partition("-")
            if first.isdecimal() and last.isdecimal():
                yield int(first), int(last)
            else:
                section.problem(f"`{text}` is no span of numbers.", "Write `38-42`.", at)

    def _inner(self, section: Fields, key: str) -> Fields:
        return Fields(section.get(key) or Value({}, section.at.file, section.at.line), f"words {key}", self.report)

    @staticmethod
    def _extend(into: dict[str, tuple[str, ...]], name: str, words: tuple[str, ...]) -> None:
        into[name] = tuple(dict.fromkeys((*into.get(name, ()), *words)))

    def patterns(self, section: Fields) -> None:
        self._named(section)
        background = section.texts("background")
        for name in background:
            self._known(section, name, "word group", self.groups)
        self.background.update(background)
        section.each("patterns", "patterns", self._manner)

    def _named(self, section: Fields) -> None:
        """Every `@group` must be a group."""
        for name, value in section.mapping("groups").items():
            fields = Fields(Value({}, value.file, value.line), f"words groups {name}", self.report)
            for item in value.data if isinstance(value.data, list) else ():
                for inner in _inner_groups(item.data):
                    self._known(fields, inner, "word group", self.groups)

    def _manner(self, fields: Fields) -> None:
        flag = fields.text("flag")
        fields.where = f"patterns of {flag}"
        self._known(fields, flag, "red flag", self.flags)
        before = self.manners.get(flag, Manner())
        patterns = (*self._parts(fields, flag, "stated"), *self._parts(fields, flag, "hinted"))
        milder = fields.texts("milder")
        for name in milder:
            self._known(fields, name, "word group", self.groups)
        self.manners[flag] = Manner(
            patterns=(*before.patterns, *patterns),
            milder=(*before.milder, *milder),
            even_if_over=fields.flag("even_if_over") or before.even_if_over,
            whoever=fields.flag("whoever") or before.whoever,
        )

    def _parts(self, fields: Fields, flag: str, key: str) -> tuple[Pattern, ...]:
        found = []
        for text in fields.texts(key):
            parts = tuple(tuple(part.split()) for part in text.split("+"))
            if not all(parts):
                fields.problem(f"`{text}` has an empty part.", "Write groups on both sides of `+`.", fields.get(key))
            for name in (name for part in parts for name in part):
                self._known(fields, name, "word group", self.groups)
            found.append(Pattern(flag, parts, sure=key == "stated"))
        return tuple(found)

    def _known(self, fields: Fields, name: str, kind: str, known: Iterable[str]) -> None:
        if name not in (known := set(known)):
            near = get_close_matches(name, known, 1)
            remedy = f"Did you mean `{near[0]}`?" if near else f"Write the {kind} first, or correct the name."
            fields.problem(f"there is no {kind} `{name}`.", remedy)


def _inner_groups(text: object) -> Iterator[str]:
    pieces = text.split() if isinstance(text, str) else ()
    return (piece.removeprefix("@") for piece in pieces if piece.startswith("@"))
