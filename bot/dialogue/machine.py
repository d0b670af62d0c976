"""Every change of place. The only file that knows the `transitions` library.

What may live here: which node comes after which. What may not: what an answer means (triage), what is said (present).
One machine serves all patients: it is fired on a throw-away cursor, so nothing is shared between them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from transitions import Machine

from bot.flow.clinical import Tier
from bot.flow.conditions import Fact
from bot.flow.models import Flow

START = "start"
_AWAY = "(away)"  # who can come from anywhere leaves first; else the table would be nodes times nodes
_ALARMS = frozenset(str(tier) for tier in Tier if tier.alarms)


@dataclass(slots=True)
class _Cursor:
    """What the machine moves."""

    state: str


class FlowMachine:
    """The flow as a state machine. Nodes are states; a node of the order can only be reached from one before it."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        ways = tuple((node, flow.only_if[node]) for node in flow.order)
        self._ways = {source: ways[place:] for place, source in enumerate((START, *flow.order))}
        states = [START, _AWAY, *flow.questions, *flow.notices, *flow.outcomes]
        self._machine = Machine(model=None, states=states, initial=START, auto_transitions=False)
        self._machine.add_transitions(list(self._table()))
        self._fire = cache(self._fired)  # a move has no effect but the place it leads to: it is made once

    def after(
        self, node: str, facts: Mapping[str, Fact], visited: frozenset[str], kept: frozenset[str] = frozenset()
    ) -> str:
        """The node that follows one of the order: the first further one whose condition holds, else the end.

        Nodes in `kept` are visited whatever their condition says.
        """
        for further, only_if in self._ways[node]:
            if further not in visited and (further in kept or only_if.holds(facts)):
                return self._fire(f"reach {further}", node)
        return self._fire(f"end {next(route.to for route in self._flow.finish if route.when.holds(facts))}", node)

    def clarify(self, node: str, question: str) -> str:
        """Go to a clarifying question."""
        return self._fire(f"clarify {question}", self._fire("leave", node))

    def alarm(self, node: str, tier: Tier) -> str:
        """Go to the end that this urgency asks for."""
        return self._fire(f"alarm {tier}", self._fire("leave", node))

    def alarms(self, node: str) -> bool:
        """Is it an end that an alarm leads to?"""
        return node in _ALARMS

    def _fired(self, event: str, node: str) -> str:
        cursor = _Cursor(node)
        self._machine.events[event].trigger(cursor)
        return cursor.state

    def _table(self) -> Iterator[dict[str, object]]:
        places = (START, *self._flow.order)
        for place, node in enumerate(self._flow.order, 1):
            yield {"trigger": f"reach {node}", "source": list(places[:place]), "dest": node}
        for outcome in dict.fromkeys(route.to for route in self._flow.finish):
            yield {"trigger": f"end {outcome}", "source": list(places), "dest": outcome}
        for question in dict.fromkeys(flag.clarify for flag in self._flow.red_flags.values() if flag.clarify):
            yield {"trigger": f"clarify {question}", "source": _AWAY, "dest": question}
        for tier in _ALARMS:
            yield {"trigger": f"alarm {tier}", "source": _AWAY, "dest": tier}
        yield {"trigger": "leave", "source": "*", "dest": _AWAY}
