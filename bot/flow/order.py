"""The order of questions: stages of nodes, each visited under a condition; and the ways out at its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.flow.condition_reader import read_condition
from bot.flow.conditions import ALWAYS, AllOf, Condition
from bot.flow.models import Route, Stage
from bot.flow.places import Places
from bot.flow.yaml_source import Fields, Value

_MOST_QUESTIONS = 100  # more in one conversation would be a slip of the keyboard


@dataclass(frozen=True, slots=True)
class Order:
    """What comes after what: stages, and for each node when it is visited."""

    stages: tuple[Stage, ...] = ()
    only_if: Mapping[str, Condition] = field(default_factory=dict)


def read_order(source: Fields, places: Places) -> Order:
    """Read the `order:` section of a file."""
    only_if: dict[str, Condition] = {}
    stages = tuple(source.each("order", "stage", lambda fields: _stage(fields, only_if, places)))
    return Order(stages, only_if)


def _stage(fields: Fields, only_if: dict[str, Condition], places: Places) -> Stage:
    ident = fields.text("stage")
    fields.where = f"stage {ident}"
    places.note("order", ident, fields)
    condition = read_condition(fields, "only_if", ALWAYS)
    nodes = []
    for item in fields.items("ask"):
        node, own = _node(item, fields)
        if node in only_if:
            fields.problem(f"`{node}` stands twice in the order.", "Keep one; join their conditions with `any`.", item)
        nodes.append(node)
        only_if[node] = _both(condition, own)
    return Stage(ident, tuple(nodes), fields.whole("about", 1, _MOST_QUESTIONS, default=0))


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


def read_finish(source: Fields, places: Places) -> tuple[Route, ...]:
    """Read the `finish:` section of a file: ways out, of which the first whose condition holds is taken."""
    return tuple(source.each("finish", "finish", lambda fields: _route(fields, places)))


def _route(fields: Fields, places: Places) -> Route:
    route = Route(read_condition(fields, "when", ALWAYS), fields.text("to"))
    places.note("finish", route.to, fields)
    return route
