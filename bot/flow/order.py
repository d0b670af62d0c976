"""The order of questions: stages of nodes, each with the condition under which it is visited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.flow.condition_reader import parse_condition, read_condition
from bot.flow.conditions import ALWAYS, AllOf, Condition
from bot.flow.models import Route, Stage
from bot.flow.yaml_source import Fields, Value


@dataclass(frozen=True, slots=True)
class Order:
    """What comes after what: stages, and for each node when it is visited."""

    stages: tuple[Stage, ...]
    only_if: Mapping[str, Condition]


def read_order(source: Fields) -> Order:
    """Read the `order:` section of a file."""
    only_if: dict[str, Condition] = {}
    stages = tuple(source.each("order", "stage", lambda fields: _stage(fields, only_if)))
    return Order(stages, only_if)


def _stage(fields: Fields, only_if: dict[str, Condition]) -> Stage:
    ident = fields.text("stage")
    fields.where = f"stage {ident}"
    condition = read_condition(fields, "only_if", ALWAYS)
    nodes = []
    for item in fields.items("ask"):
        node, own = _node(item, fields)
        if node in only_if:
            fields.problem(f"`{node}` stands twice in the order.", "Keep one; join their conditions with `any`.", item)
        nodes.append(node)
        only_if[node] = _both(condition, own)
    return Stage(ident, tuple(nodes), int(fields.number("about") or 0))


def _both(first: Condition, second: Condition) -> Condition:
    parts = tuple(part for part in (first, second) if part != ALWAYS)
    return parts[0] if len(parts) == 1 else AllOf(parts)


def _node(item: Value, fields: Fields) -> tuple[str, Condition]:
    if isinstance(item.data, str):
        return item.data, ALWAYS
    entry = Fields(item, fields.where, fields.report)
    node = entry.text("notice", "") or entry.text("question")
    condition = read_condition(entry, "only_if", ALWAYS)
    entry.done()
    return node, condition


def read_routes(source: Fields, key: str) -> tuple[Route, ...]:
    """Read a list of `{when, to}`; the first whose condition holds is taken."""
    routes = []
    for item in source.items(key):
        fields = Fields(item, key, source.report)
        when = fields.get("when")
        condition = parse_condition(when, key, source.report) if when else ALWAYS
        routes.append(Route(condition, fields.text("to")))
        fields.done()
    return tuple(routes)
