"""What made a statement is unsaid when it is taken back, and no more than that."""

from __future__ import annotations

import pytest

from bot.dialogue.statements import unsaid
from bot.flow.answers import AnswerValue
from bot.flow.clinical import RedFlag
from tests.support.dialogue_flow import dialogue_flow

FLOW = dialogue_flow(
    (
        "when: {calf: yes}",
        "when: {any: [{calf: yes, months: {at_least: 10}}, {months: {at_least: 98}}, {signs: {includes: rash}}]}",
    )
)
CALF = FLOW.red_flags["calf_flag"]
Answers = dict[str, AnswerValue]


@pytest.mark.parametrize(
    ("answers", "kept"),
    [
        pytest.param(
            {"signs": ("calf", "hot"), "months": 20.0}, {"signs": ("hot",), "months": 20.0}, id="only the tick"
        ),
        pytest.param({"signs": ("calf",), "months": 20.0}, {"months": 20.0}, id="the only tick"),
        pytest.param({"signs": ("hot",), "months": 98.0}, {"signs": ("hot",)}, id="an ordinary answer"),
        pytest.param({"signs": ("calf", "hot"), "months": 98.0}, {}, id="two ways at once"),
        pytest.param(
            {"signs": ("rash", "hot"), "months": 2.0}, {"months": 2.0}, id="a tick that is no fact of its own"
        ),
        pytest.param({"signs": ("hot",), "months": 2.0}, {"signs": ("hot",), "months": 2.0}, id="typed words alone"),
        pytest.param(
            {"signs": ("unsure",), "signs_unsure": ("calf", "rash"), "months": 20.0},
            {"signs_unsure": ("rash",), "months": 20.0},
            id="not sure",
        ),
    ],
)
def test_unsaid(answers: Answers, kept: Answers) -> None:
    assert unsaid(FLOW, answers, CALF) == kept


def test_flags_by_not_sure_are_unsaid_too() -> None:
    chest: RedFlag = FLOW.red_flags["chest_flag"]
    assert unsaid(FLOW, {"signs_unsure": ("chest", "hot")}, chest) == {"signs_unsure": ("hot",)}
    assert unsaid(FLOW, {"signs_unsure": ("chest",), "who": "me"}, chest) == {"who": "me"}
