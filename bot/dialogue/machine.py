"""Every change of place. The only file that knows the `transitions` library.

What may live here: which node comes after which. What may not: what an answer means (triage), what is said (present).
One machine serves all patients: it is fired on a throw-away cursor, so nothing is shared between them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from transitions import EventData, Machine

from bot.flow.conditions import Condition, Fact
from bot.flow.models import Flow, Tier

START = "start"
_ANSWERED = "answered"


class _Cursor:
    """What the machine moves: where it is and what is known there."""

    __slots__ = ("facts", "state", "visited")

    def __init__(self, state: str, facts: Mapping[str, Fact], visited: frozenset[str]) -> None:
        self.state, self.facts, self.visited = state, facts, visited


class FlowMachine:
    """The flow as a state machine: nodes are states; answering, clarifying and alarming are its events."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        states = [START, *flow.questions, *flow.notices, *flow.outcomes]
        self._machine = Machine(
            model=None, states=states, initial=START, auto_transitions=False, send_event=True, transitions=self._table()
        )

    def after(self, node: str, facts: Mapping[str, Fact], visited: frozenset[str]) -> str:
        """The node that follows: the first further one whose condition holds, else the end."""
        return self._fire(_ANSWERED, _Cursor(node, facts, visited))

    def clarify(self, node: str, question: str) -> str:
        """Go to a clarifying question."""
        return self._fire(f"clarify {question}", _Cursor(node, {}, frozenset()))

    def alarm(self, node: str, tier: Tier) -> str:
        """Go to the end that this urgency asks for."""
        return self._fire(f"alarm {tier}", _Cursor(node, {}, frozenset()))

    def _fire(self, event: str, cursor: _Cursor) -> str:
        self._machine.events[event].trigger(cursor)
        return cursor.state

    def _table(self) -> list[dict[str, Any]]:
        table = [row for source in self._sources() for row in self._ways_out(source)]
        for flag in self._flow.red_flags.values():
            if flag.clarify:
                table.append({"trigger": f"clarify {flag.clarify}", "source": "*", "dest": flag.clarify})
        for tier in (Tier.EMERGENCY, Tier.SAME_DAY):
            table.append({"trigger": f"alarm {tier}", "source": "*", "dest": str(tier)})
        return table

    def _sources(self) -> Iterator[str]:
        yield START
        yield from self._flow.questions
        yield from self._flow.notices
        yield from self._flow.outcomes

    def _ways_out(self, source: str) -> Iterator[dict[str, Any]]:
        order = self._flow.order
        further = order[order.index(source) + 1 :] if source in order else order
        for node in further:
            yield _row(source, node, _still_to_visit(node, self._flow.only_if[node]))
        for route in self._flow.finish:
            yield _row(source, route.to, _when(route.when))


def _row(source: str, dest: str, condition: Callable[[EventData], bool]) -> dict[str, Any]:
    return {"trigger": _ANSWERED, "source": source, "dest": dest, "conditions": condition}


def _still_to_visit(node: str, condition: Condition) -> Callable[[EventData], bool]:
    return lambda event: node not in event.model.visited and condition.holds(event.model.facts)


def _when(condition: Condition) -> Callable[[EventData], bool]:
    return lambda event: condition.holds(event.model.facts)
