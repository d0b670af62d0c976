"""Reads conditions from YAML: every wrong word is named with what to write instead."""

from __future__ import annotations

from collections.abc import Callable
from math import inf

from bot.flow.conditions import (
    NEVER,
    AllOf,
    AnyOf,
    Between,
    ChosenAtLeast,
    Condition,
    Includes,
    Is,
    Known,
    Not,
)
from bot.flow.names import remedy_for
from bot.flow.yaml_source import Fields, Report, Value, as_number

_HELP = "Write `{fact: value}`, `{fact: [a, b]}`, `{fact: {at_least: 3}}`, `{all: [..]}`, `{any: [..]}` or `{not: ..}`."


def read_condition(fields: Fields, key: str, default: Condition) -> Condition:
    """The condition behind a key of an entry, or the default where it is left out."""
    value = fields.get(key)
    return default if value is None else parse_condition(value, fields.where, fields.report)


def parse_condition(value: Value, where: str, report: Report) -> Condition:
    """One condition. Two keys in a mapping mean both."""
    return _Reader(where, report).condition(value)


class _Reader:
    def __init__(self, where: str, report: Report) -> None:
        self.where, self.report = where, report

    def problem(self, at: Value, what: str, remedy: str) -> None:
        self.report.add(at, self.where, what, remedy)

    def condition(self, value: Value) -> Condition:
        if not isinstance(value.data, dict) or not value.data:
            self.problem(value, "this is not a condition.", _HELP)
            return NEVER
        parts = tuple(self.entry(key, item) for key, item in value.data.items())
        return parts[0] if len(parts) == 1 else AllOf(parts)

    def entry(self, key: str, value: Value) -> Condition:
        if key in _LOGIC:
            return _LOGIC[key](self, value)
        if isinstance(value.data, dict):
            return self.tests(key, value)
        if isinstance(value.data, list):
            return Is(key, self.words(value), line=value.line)
        if value.data in ("answered", "unanswered"):
            return Known(key, value.data == "answered", line=value.line)
        return Is(key, self.word(value), line=value.line)

    def parts(self, value: Value) -> tuple[Condition, ...]:
        if not isinstance(value.data, list) or not value.data:
            self.problem(value, "`all` and `any` take a list.", "Write `{any: [{..}, {..}]}`.")
            return ()
        return tuple(self.condition(item) for item in value.data)

    def tests(self, fact: str, value: Value) -> Condition:
        if not value.data:
            self.problem(value, f"nothing is asked of `{fact}`.", _HELP)
        tests = tuple(self.test(fact, name, item) for name, item in value.data.items())
        return tests[0] if len(tests) == 1 else AllOf(tests)

    def test(self, fact: str, name: str, value: Value) -> Condition:
        if name not in _TESTS:
            self.problem(value, f"`{name}` is not a known test.", remedy_for(name, _TESTS, _HELP))
            return NEVER
        return _TESTS[name](self, fact, value)

    def word(self, value: Value) -> frozenset[str]:
        if not isinstance(value.data, str):
            self.problem(value, "a value must be one word.", _HELP)
            return frozenset()
        return frozenset((value.data,))

    def words(self, value: Value) -> frozenset[str]:
        if not isinstance(value.data, list) or not value.data:
            self.problem(value, "a list of values is wanted here.", "Write `[a, b]`.")
            return frozenset()
        return frozenset().union(*(self.word(item) for item in value.data))

    def number(self, value: Value) -> float:
        number = as_number(value.data)
        if number is None:
            self.problem(value, "a number is wanted here.", "Write it in digits, such as 3.")
            return 0
        return number

    def between(self, fact: str, value: Value) -> Condition:
        limits = value.data if isinstance(value.data, list) else []
        numbers = [self.number(item) for item in limits]
        if len(numbers) != 2 or numbers != sorted(numbers):
            self.problem(value, "`between` takes two numbers, the lower one first.", "Write `{between: [4, 6]}`.")
            return NEVER
        return Between(fact, *numbers, line=value.line)

    def includes_any(self, fact: str, value: Value) -> Condition:
        words = sorted(self.words(value))
        return AnyOf(tuple(Includes(fact, frozenset((word,)), line=value.line) for word in words))


_LOGIC: dict[str, Callable[[_Reader, Value], Condition]] = {
    "all": lambda reader, value: AllOf(reader.parts(value)),
    "any": lambda reader, value: AnyOf(reader.parts(value)),
    "not": lambda reader, value: Not(reader.condition(value)),
}
_TESTS: dict[str, Callable[[_Reader, str, Value], Condition]] = {
    "at_least": lambda reader, fact, value: Between(fact, reader.number(value), inf, line=value.line),
    "at_most": lambda reader, fact, value: Between(fact, -inf, reader.number(value), line=value.line),
    "between": _Reader.between,
    "includes": lambda reader, fact, value: Includes(fact, reader.word(value), line=value.line),
    "includes_all": lambda reader, fact, value: Includes(fact, reader.words(value), line=value.line),
    "includes_any": _Reader.includes_any,
    "chosen_at_least": lambda reader, fact, value: ChosenAtLeast(fact, reader.number(value), line=value.line),
}
