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
from bot.flow.yaml_source import Fields, Report, Value, as_number

_HELP = "Write `{fact: value}`, `{fact: [a, b]}`, `{fact: {at_least: 3}}`, `{all: [..]}`, `{any: [..]}` or `{not: ..}`."


def read_condition(fields: Fields, key: str, default: Condition) -> Condition:
    """The condition behind a key of an entry, or the default where it is left out."""
    value = fields.get(key)
    return default if value is None else parse_condition(value, fields.where, fields.report)


def parse_condition(value: Value, where: str, report: Report) -> Condition:
    """One condition. Two keys in a mapping mean both."""
    if not isinstance(value.data, dict) or not value.data:
        report.add(value, where, "this is not a condition.", _HELP)
        return NEVER
    parts = tuple(_entry(key, item, where, report) for key, item in value.data.items())
    return parts[0] if len(parts) == 1 else AllOf(parts)


def _entry(key: str, value: Value, where: str, report: Report) -> Condition:
    if key in _LOGIC:
        return _LOGIC[key](value, where, report)
    if isinstance(value.data, dict):
        return _test(key, value, where, report)
    if isinstance(value.data, list):
        return Is(key, frozenset(_word(item, where, report) for item in value.data))
    if value.data in ("answered", "unanswered"):
        return Known(key, value.data == "answered")
    return Is(key, frozenset((_word(value, where, report),)))


def _word(value: Value, where: str, report: Report) -> str:
    if not isinstance(value.data, str):
        report.add(value, where, "a value must be one word.", _HELP)
        return ""
    return value.data


def _parts(value: Value, where: str, report: Report) -> tuple[Condition, ...]:
    if not isinstance(value.data, list) or not value.data:
        report.add(value, where, "`all` and `any` take a list.", "Write `{any: [{..}, {..}]}`.")
        return ()
    return tuple(parse_condition(item, where, report) for item in value.data)


def _test(fact: str, value: Value, where: str, report: Report) -> Condition:
    tests = tuple(_one_test(fact, name, item, where, report) for name, item in value.data.items())
    return tests[0] if len(tests) == 1 else AllOf(tests)


def _one_test(fact: str, name: str, value: Value, where: str, report: Report) -> Condition:
    reader = _TESTS.get(name)
    if reader is None:
        report.add(value, where, f"`{name}` is not a known test.", f"Known tests: {', '.join(sorted(_TESTS))}.")
        return NEVER
    return reader(fact, value, where, report)


def _number(value: Value, where: str, report: Report) -> float:
    number = as_number(value.data)
    if number is None:
        report.add(value, where, "a number is wanted here.", "Write `{fact: {at_least: 3}}`.")
        return 0
    return number


def _between(fact: str, value: Value, where: str, report: Report) -> Condition:
    if not isinstance(value.data, list) or len(value.data) != 2:
        report.add(value, where, "`between` takes two numbers.", "Write `{fact: {between: [4, 6]}}`.")
        return NEVER
    low, high = (_number(item, where, report) for item in value.data)
    return Between(fact, low, high)


def _words(value: Value, where: str, report: Report) -> list[str]:
    if not isinstance(value.data, list):
        report.add(value, where, "a list of choices is wanted here.", "Write `{fact: {includes_any: [a, b]}}`.")
        return []
    return [_word(item, where, report) for item in value.data]


_LOGIC: dict[str, Callable[[Value, str, Report], Condition]] = {
    "all": lambda value, where, report: AllOf(_parts(value, where, report)),
    "any": lambda value, where, report: AnyOf(_parts(value, where, report)),
    "not": lambda value, where, report: Not(parse_condition(value, where, report)),
}
_TESTS: dict[str, Callable[[str, Value, str, Report], Condition]] = {
    "at_least": lambda fact, value, where, report: Between(fact, _number(value, where, report), inf),
    "at_most": lambda fact, value, where, report: Between(fact, -inf, _number(value, where, report)),
    "between": _between,
    "includes": lambda fact, value, where, report: Includes(fact, frozenset((_word(value, where, report),))),
    "includes_all": lambda fact, value, where, report: Includes(fact, frozenset(_words(value, where, report))),
    "includes_any": lambda fact, value, where, report: AnyOf(
        tuple(Includes(fact, frozenset((word,))) for word in _words(value, where, report))
    ),
    "chosen_at_least": lambda fact, value, where, report: ChosenAtLeast(fact, int(_number(value, where, report))),
}

