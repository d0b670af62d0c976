"""Danger signs are screened only where an answer can touch them: the same is found as by screening all it speaks of."""

from __future__ import annotations

from dataclasses import replace
from itertools import count, islice

from bot.dialogue.path import Path
from bot.flow.clinical import RedFlag
from bot.flow.conditions import Fact
from bot.flow.models import Flow
from tests.support.dialogue_flow import real_engine
from tests.support.plans import plan

PEOPLE = 150


def careful(flow: Flow) -> Flow:
    """The flow, of which every flag heeds every fact that it looks at."""

    def heeding(name: str, _: Fact) -> tuple[RedFlag, ...]:
        return copy.flags_by_fact[name]

    copy = replace(flow)
    vars(copy)["flags_heeding"] = heeding
    return copy


def test_screening_in_short_finds_all() -> None:
    engine = real_engine()
    short, long = Path(engine.flow), Path(careful(engine.flow))
    raised = 0
    for seed in islice(count(1), PEOPLE):
        answers = {answer.question: answer.value for answer in plan(engine, seed).recorded}
        found = short.replay(answers)
        assert found == long.replay(answers)
        raised += bool(found.findings)
    assert raised > PEOPLE / 3
