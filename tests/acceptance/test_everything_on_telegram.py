"""Every danger sign, reason and next step, reached on a phone: over HTTP, on the bot as operators run it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.botapi import BotApiServer, Patient
from tests.flows.test_everything_is_reachable import ENGINE, FLAGS, FLOW, TYPED_ONLY, to_flag, to_reason, to_step
from tests.support.directed_search import Found
from tests.support.plans import Plan, plan_of
from tests.support.process import BotProcess
from tests.support.simulated import converse, plain


def _goals() -> dict[str, Found | None]:
    return {
        **{f"flag {flag.id}": to_flag(flag) for flag in FLAGS if flag.id not in TYPED_ONLY},
        **{f"reason {reason.id}": to_reason(reason) for reason in FLOW.reasons},
        **{f"step {step.id}": to_step(step) for step in FLOW.next_steps},
    }


async def test_every_sign_reason_and_step_is_reached_on_telegram(tmp_path: Path) -> None:
    goals = _goals()
    assert None not in goals.values()
    plans = {goal: _plan(goal, found) for goal, found in goals.items() if found}
    async with BotApiServer() as server:
        bot = BotProcess(server, f"sqlite:///{tmp_path / 'bot.db'}")
        await bot.start()
        patients = {goal: Patient(server, chat) for chat, goal in enumerate(plans, 1)}
        await asyncio.gather(*(converse(patients[goal], plans[goal]) for goal in plans))
        for goal, patient in patients.items():
            expected = [plain(part) for part in plans[goal].result.parts]
            assert [seen.text for seen in patient.said][-len(expected) :] == expected, goal
            assert _reaches(plans[goal], goal), goal
        assert {plans[goal].result.assessment["tier"] for goal in plans} == {"none", "soon", "same_day", "emergency"}
        assert await bot.stop() == 0
        assert server.violations == []


def _plan(goal: str, found: Found) -> Plan:
    either = (plan_of(ENGINE, found.answers, last_tick_first=backwards) for backwards in (False, True))
    return next((plan for plan in either if _reaches(plan, goal)), plan_of(ENGINE, found.answers))


def _reaches(plan: Plan, goal: str) -> bool:
    kind, ident = goal.split()
    name = {"flag": "red_flags", "reason": "reasons", "step": "next_steps"}[kind]
    return ident in {entry["id"] for entry in plan.result.assessment[name]}
