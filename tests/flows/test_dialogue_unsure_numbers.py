"""Nobody is held up by a number they do not know."""

from __future__ import annotations

import pytest

from tests.support.dialogue_flow import real_engine
from tests.support.player import Player

TO_NUMBERS = {
    "who": "me_16_44", "now_signs": "none", "region": "knee", "knee_signs": "none", "general_signs": "none",
    "fits_any": "none", "how_started": "slowly",
}  # fmt: skip
NUMBERS = ["pain_now", "weeks_of_pt", "sessions_done", "hep_days_per_week"]
OTHERS = {"pain_trend": "same", "treatment_mostly": "active", "session_time": "medium"}


@pytest.mark.parametrize("text", ["not sure", "skip", "I don't know", "no idea", "can't remember"])
def test_every_number_may_be_left_open(text: str) -> None:
    patient, left_open = Player(real_engine()).answers(**TO_NUMBERS), []
    while patient.at != "hep_barrier":
        question = patient.at
        left_open += [question] if question in NUMBERS else []
        patient.type(text) if question in NUMBERS else patient.tap(OTHERS[question])
        assert not patient.rejected, question
    assert left_open == NUMBERS


def test_a_number_said_with_a_doubt_counts() -> None:
    patient = Player(real_engine()).answers(**TO_NUMBERS).type("maybe 7")
    assert patient.session.answers[-1].value == 7.0


def test_not_sure_is_offered_beside_the_numbers() -> None:
    patient = Player(real_engine()).answers(**TO_NUMBERS)
    assert patient.choices == [*(f"s{number}" for number in range(11)), "unsure"]
