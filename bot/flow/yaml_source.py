"""Strict YAML with line numbers: every value is a text, a list or a mapping; nothing is guessed.

Plain YAML turns `no` into False and keeps the last of two equal keys without a word. Here `no` stays a word, an equal
key is a mistake, and each value knows its line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import yaml

from bot.flow.errors import Problem

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # about ten times faster where libyaml is built in
_NULLS = frozenset({"", "~", "null"})


@dataclass(frozen=True, slots=True)
class Value:
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
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        what = f"this is not YAML: {getattr(error, 'problem', None) or error}."
        report.problems.append(Problem(file, line, "file", what, "Check quotes, brackets and indentation here."))
        return Value({}, file, line)
    return _convert(node, file, report) if node is not None else Value({}, file, 1)


def _convert(node: yaml.Node, file: str, report: Report) -> Value:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        return Value(_mapping(node, file, report), file, line)
    if isinstance(node, yaml.SequenceNode):
        return Value([_convert(item, file, report) for item in node.value], file, line)
    plain_null = node.style is None and node.value.lower() in _NULLS
    return Value(None if plain_null else node.value, file, line)


def _mapping(node: yaml.MappingNode, file: str, report: Report) -> dict[str, Value]:
    entries: dict[str, Value] = {}
    for key, value in node.value:
        at = Value(None, file, key.start_mark.line + 1)
        if not isinstance(key, yaml.ScalarNode):
            report.add(at, "file", "a key must be a plain word.", "Write `key: value`.")
        elif key.value in entries:
            remedy = "Keep one of the two, or rename it."
            report.add(at, f"key `{key.value}`", "this key stands twice; only one could count.", remedy)
        else:
            entries[key.value] = _convert(value, file, report)
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
        if value is None or value.data is None:
            if default is None:
                self.problem(f"`{key}` is missing.", f"Add `{key}: ...`.")
            return default or ""
        if not isinstance(value.data, str):
            self.problem(f"`{key}` must be a text.", f'Write `{key}: "..."`.', value)
            return ""
        return value.data.strip()

    def optional(self, key: str) -> str | None:
        """A text, or None where it is left out."""
        return self.text(key, "") or None

    def flag(self, key: str) -> bool:
        """`yes` or `no`; left out means no."""
        return self.one_of(key, ("yes", "no"), "no") == "yes"

    def one_of(self, key: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        """One of a few words."""
        text = self.text(key, default)
        if text and text not in allowed:
            self.problem(f"`{key}: {text}` is not known.", f"Write {_either(allowed)}.", self.get(key))
            return default or allowed[0]
        return text

    def number(self, key: str) -> float | None:
        """A number, or None where it is left out."""
        value = self.get(key)
        if value is None:
            return None
        number = as_number(value.data)
        if number is None:
            self.problem(f"`{key}` must be a number.", f"Write `{key}: 3`.", value)
        return number

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
            ident = item.data.get("id") if isinstance(item.data, dict) else None
            fields = Fields(item, f"{name} {ident.data}" if ident else name, self.report)
            found.append(read(fields))
            fields.done()
        return found

    def done(self) -> None:
        """Report the keys that nobody asked for."""
        for key, value in self._data.items():
            if key not in self._asked:
                near = get_close_matches(key, self._asked, 1)
                remedy = f"Did you mean `{near[0]}`?" if near else f"Known here: {', '.join(sorted(self._asked))}."
                self.problem(f"`{key}` is not known here.", remedy, value)


def as_number(data: object) -> float | None:
    """The number a text spells, or None."""
    try:
        return float(data) if isinstance(data, str) else None
    except ValueError:
        return None


def _either(words: tuple[str, ...]) -> str:
    return " or ".join(f"`{word}`" for word in words)
