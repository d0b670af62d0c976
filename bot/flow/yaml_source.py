"""Strict YAML with line numbers: every value is a text, a list or a mapping; nothing is guessed.

Plain YAML turns `no` into False and keeps the last of two equal keys without a word. Here `no` stays a word, an equal
key is a mistake, and each value knows its line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import yaml

from bot.flow.errors import Problem
from bot.flow.names import remedy_for

_FASTEST: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # about ten times faster where libyaml is built in
_TAB = re.compile(r"[ -]*\t")
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_ID = re.compile(r"[a-z0-9][a-z0-9_]{0,39}")  # must fit into the 64 bytes that Telegram allows a button


class _Texts(_FASTEST):  # type: ignore[misc]  # the library has no types
    """Leaves each scalar the text it is: to find a type costs a quarter of the time, and none is wanted."""

    def resolve(self, *_: object) -> str:
        return ""

    def descend_resolver(self, *_: object) -> None:
        """Nothing depends on the place."""

    def ascend_resolver(self) -> None:
        """Nothing depends on the place."""


class Value(NamedTuple):
    """A value and the place it stands at. `data` is a text, None, a list of Values, or a dict of text to Value."""

    data: Any
    file: str
    line: int


@dataclass(slots=True)
class Report:
    """Collects problems, so that an author sees all of them at once."""

    problems: list[Problem]

    def add(self, at: Value, where: str, what: str, remedy: str) -> None:
        """Note one mistake at the place of a value."""
        self.problems.append(Problem(at.file, at.line, where, what, remedy))


def read_yaml(file: str, text: str, report: Report) -> Value:
    """Parse one file. A file that is not YAML is a problem, and reads as empty."""
    empty = Value({}, file, 1)
    try:
        node = yaml.compose(text, Loader=_Texts)
        return empty if node is None else _convert(node, file, report)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        at = Value(None, file, mark.line + 1 if mark else 1)
        if any(map(_TAB.match, text.splitlines()[at.line - 1 : at.line])):
            report.add(at, "file", "this line begins with a tab, which YAML does not take.", "Write spaces instead.")
        else:
            reason = getattr(error, "problem", None) or getattr(error, "reason", None)
            report.add(at, "file", f"this is not YAML: {reason}.", "Check quotes, brackets and indentation here.")
    except RecursionError:
        report.add(empty, "file", "this is nested without end.", "Write the text again instead of `*name`.")
    return empty


def _convert(node: yaml.Node, file: str, report: Report, line: int = 0) -> Value:
    line = line or node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        return Value(_mapping(node, file, report), file, line)
    if isinstance(node, yaml.SequenceNode):
        return Value([_convert(item, file, report) for item in node.value], file, line)
    bare_null = node.value in _NULLS and not getattr(node, "style", None)
    return Value(None if bare_null else node.value, file, line)


def _mapping(node: yaml.MappingNode, file: str, report: Report) -> dict[str, Value]:
    """The values by key; each stands where its key stands."""
    entries: dict[str, Value] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            report.add(Value(None, file, line), "file", "a key must be a plain word.", "Write `key: value`.")
        elif key.value in entries:
            what = f"this key stands in line {entries[key.value].line} too; only one could count."
            report.add(Value(None, file, line), f"key `{key.value}`", what, "Keep one of the two, or rename it.")
        else:
            entries[key.value] = _convert(value, file, report, line)
    return entries


class Fields:
    """The fields of one mapping, read one by one; what nobody asked for is reported at `done()`."""

    def __init__(self, value: Value, where: str, report: Report) -> None:
        self.at, self.where, self.report = value, where, report
        self._asked: set[str] = set()
        if not isinstance(value.data, dict):
            self.problem("this must be a mapping.", "Write it as `key: value` pairs.")
        self._data: dict[str, Value] = value.data if isinstance(value.data, dict) else {}

    def problem(self, what: str, remedy: str, at: Value | None = None) -> None:
        """Report a mistake in this entry."""
        self.report.add(at or self.at, self.where, what, remedy)

    def _name(self) -> str:
        ident = self._data.get("id")
        return ident.data if ident and isinstance(ident.data, str) else ""

    def find(self, word: str) -> Value:
        """Where in this entry a word stands first, as a key or a value; the entry itself where it does not."""
        return _find(self.at, word) or self.at

    def get(self, key: str) -> Value | None:
        """The value behind a key, or None."""
        self._asked.add(key)
        return self._data.get(key)

    def keys(self) -> Iterator[str]:
        """The keys as written."""
        return iter(self._data)

    def text(self, key: str, default: str | None = None) -> str:
        """A text. Missing without a default is a mistake."""
        value = self.get(key)
        if value is None or value.data is None or value.data == "":
            if default is None:
                self.problem(f"`{key}` is missing.", f"Add `{key}: ...`.", value)
            return default or ""
        if not isinstance(value.data, str):
            self.problem(f"`{key}` must be a text.", f'Write `{key}: "..."`.', value)
            return ""
        return value.data.strip()

    def ident(self) -> str:
        """The id of the entry."""
        ident = self.text("id")
        if ident and not _ID.fullmatch(ident):
            self.problem(f"`{ident}` cannot be an id.", "Use at most 40 small letters, digits and _.", self.get("id"))
        return ident

    def optional(self, key: str) -> str | None:
        """A text, or None where it is left out."""
        return self.text(key, "") or None

    def flag(self, key: str) -> bool:
        """`yes` or `no`; left out means no."""
        return self.one_of(key, ("yes", "no"), "no") == "yes"

    def one_of(self, key: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        """One of a few words."""
        text = self.text(key, default)
        if text in allowed:
            return text
        if text:
            self.problem(f"`{key}: {text}` is not known.", f"Write {_either(allowed)}.", self.get(key))
        return allowed[0] if default is None else default

    def number(self, key: str) -> float | None:
        """A number, or None where it is left out."""
        value = self.get(key)
        if value is None:
            return None
        number = as_number(value.data)
        if number is None:
            self.problem(f"`{key}` must be a number.", f"Write `{key}: 3`.", value)
        return number

    def whole(self, key: str, low: int, high: int, default: int) -> int:
        """A whole number within limits."""
        number = self.number(key)
        if number is None:
            return default
        if not low <= number <= high or number != int(number):
            what = f"`{key}` is a whole number from {low} to {high}."
            self.problem(what, f"Write `{key}: {default or low}`.", self.get(key))
            return default
        return int(number)

    def items(self, key: str) -> list[Value]:
        """A list; left out means empty."""
        value = self.get(key)
        if value is None or value.data is None:
            return []
        if not isinstance(value.data, list):
            self.problem(f"`{key}` must be a list.", f"Write `{key}: [..]` or one `- ` line for each.", value)
            return []
        return value.data

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts."""
        found = []
        for item in self.items(key):
            if isinstance(item.data, str):
                found.append(item.data.strip())
            else:
                self.problem(f"`{key}` must hold texts.", "Put the text in quotes.", item)
        return tuple(found)

    def mapping(self, key: str) -> dict[str, Value]:
        """A mapping; left out means empty."""
        value = self.get(key)
        if value is None or value.data is None:
            return {}
        if not isinstance(value.data, dict):
            self.problem(f"`{key}` must be a mapping.", f"Write `{key}: {{name: value}}`.", value)
            return {}
        return value.data

    def each(self, key: str, name: str, read: Callable[[Fields], Any]) -> list[Any]:
        """Read every mapping of a list; `name` says what an entry is in messages."""
        found = []
        for item in self.items(key):
            fields = Fields(item, name, self.report)
            if isinstance(item.data, dict):
                fields.where = f"{name} {fields._name()}".strip()
                found.append(read(fields))
                fields.done()
        return found

    def done(self) -> None:
        """Report the keys that nobody asked for."""
        for key, value in self._data.items():
            if key not in self._asked:
                remedy = remedy_for(key, self._asked, f"Known here: {', '.join(sorted(self._asked))}.")
                self.problem(f"`{key}` is not known here.", remedy, value)


def as_number(data: object) -> float | None:
    """The number a text spells, or None."""
    return float(data) if isinstance(data, str) and _NUMBER.fullmatch(data) else None


def _find(value: Value, word: str) -> Value | None:
    if value.data == word:
        return value
    for key, item in _inside(value):
        found = item if key == word else _find(item, word)
        if found:
            return found
    return None


def _inside(value: Value) -> Iterable[tuple[str, Value]]:
    if isinstance(value.data, dict):
        return value.data.items()
    return [("", item) for item in value.data] if isinstance(value.data, list) else ()


def _either(words: tuple[str, ...]) -> str:
    return " or ".join(f"`{word}`" for word in words)
