"""After the result: cards, more, topics, a more exact answer, starting over."""

from __future__ import annotations

import pytest

from bot.dialogue.outputs import Ask, Button, Conclude, Say
from tests.support.dialogue_flow import real_engine, small_engine
from tests.support.player import Player

TYPICAL = {
    "who": "me_16_44", "now_signs": "none", "region": "low_back", "low_back_signs": "none", "general_signs": "none",
    "fits_any": "none", "how_started": "slowly", "pain_now": "s5", "weeks_of_pt": "weeks_6_12", "pain_trend": "same",
    "sessions_done": "visits_8_more", "treatment_mostly": "active", "session_time": "medium",
    "hep_days_per_week": "days_1_2", "hep_barrier": "time", "exercises_are": "right", "pt_has_done": "movement",
    "pain_like": "none",
}  # fmt: skip


def concluded(payload: str = "") -> Player:
    patient = Player(small_engine(), payload=payload)
    return patient.answers(
        who="me", signs="none", months="few", when_calm="no", tried=("rest", "heat"), rash_spreads="no"
    )


@pytest.fixture
def patient() -> Player:
    return concluded()


def test_three_reasons_and_four_steps_are_shown_in_short(patient: Player) -> None:
    assert patient.at == "result"
    assert patient.tier == "none"
    assert "Reason three" in patient.said
    assert "Reason four" not in patient.said
    assert "Call today." in patient.said
    assert "Step four" in patient.said
    assert "Do it." not in patient.said
    assert "Step five" not in patient.said
    assert patient.choices == [
        "call_clinic",
        "step_2",
        "step_3",
        "step_4",
        "more",
        "more_detail",
        "topics",
        "change",
        "restart",
    ]


def test_more_offers_every_reason_and_the_further_steps_in_full(patient: Player) -> None:
    assert "Two causes." not in patient.said
    assert patient.tap("more").choices == ["r1", "r2", "r3", "r4", "step_5", "back"]
    assert "Two causes." in patient.tap("r2").said
    assert "because you said you rested" in patient.said.lower()
    assert "Text four." in patient.type("reason four").said
    assert "Do five." in patient.tap("step_5").said
    assert patient.at == "aside_more"
    assert patient.tap("back").at == "result"
    assert patient.ask.text == "What would you like to do next?"
    assert patient.all(Conclude) == []


def test_what_was_quoted_once_is_not_quoted_again() -> None:
    weak = "when: {when_calm: no}, strength: 2"
    engine = small_engine((weak, "when: {when_calm: no, tried: {includes: rest}, months: {at_least: 1}}, strength: 4"))
    patient = Player(engine).answers(who="me", signs="none", months="few", when_calm="no", tried=("rest",))
    told = patient.said
    assert told.count("it has lasted") == 1
    assert told.count("you rested") == 1
    assert told.count("you do not exercise") == 1
    assert "you do not exercise, you rested and it has lasted" in patient.tap("more").tap("r4").said


def test_a_usual_result_is_no_longer_than_a_phone_can_show() -> None:
    patient = Player(real_engine(), payload="north").answers(**TYPICAL)
    assert patient.at == "result"
    assert len(patient.said) <= 1400


def test_a_card_shows_a_step_in_full(patient: Player) -> None:
    patient.tap("call_clinic")
    assert patient.kinds == ["Settle", "Say", "Ask"]
    for words in ("They can help.", "Call today.", "Hello, it is me.", "When can I come?", "You have no phone."):
        assert words in patient.said
    assert patient.all(Say)[0].buttons == ()
    assert "for your clinic" in patient.said
    assert patient.tap("step_2").kinds == ["Settle", "Say", "Ask"]


def test_cards_may_be_typed(patient: Player) -> None:
    assert "They can help." in patient.type("call the clinic").said


def test_the_clinics_contacts_stand_on_fitting_steps_only() -> None:
    patient = concluded("north")
    booking = (Button("Book at North Physio", "https://north.example"),)
    assert patient.result.buttons == booking
    assert "North Physio:** +44 20 · https://north.example · 9-5" in patient.tap("call_clinic").said
    assert patient.all(Say)[0].buttons == booking
    assert patient.tap("step_2").all(Say)[0].buttons == ()
    assert "North" not in patient.said


def test_a_clinic_without_contacts_shows_none() -> None:
    assert "South" not in concluded("south").tap("call_clinic").said


def test_a_more_exact_answer_goes_on_with_questions_and_concludes_anew(patient: Player) -> None:
    assert patient.tap("more_detail").at == "deeper"
    assert patient.tap("yes").at == "result"
    assert "more_detail" not in patient.choices
    assert patient.command("back").at == "deeper"
    assert patient.command("back").at == "more_detail"
    assert patient.tap("no").at == "result"
    assert patient.command("summary").tap("months").type("5").at == "result"


def test_topics_by_menu(patient: Player) -> None:
    assert patient.tap("topics").choices == ["treatments", "tests", "back"]
    assert patient.tap("treatments").choices == ["about_heat", "back"]
    assert "Heat is nice." in patient.tap("about_heat").said
    assert patient.choices == ["about_heat", "back"]
    assert patient.tap("back").choices == ["treatments", "tests", "back"]
    assert patient.tap("back").at == "result"
    assert patient.all(Conclude) == []


def test_topics_by_typing(patient: Player) -> None:
    assert "Scans show little." in patient.type("should i get an mri scan").said
    assert isinstance(patient.outputs[-1], Ask)
    other = Player(small_engine())
    assert "Heat is nice." in other.type("can i use a hot pack").said
    assert other.at == "who"


def test_change_and_start_over(patient: Player) -> None:
    assert patient.tap("change").at == "aside_change"
    assert patient.tap("back").at == "result"
    assert patient.tap("restart").at == "who"
    assert patient.session.answers == ()
    assert patient.session.stated == ()


def test_words_that_fit_no_offer_get_a_reply(patient: Player) -> None:
    assert patient.type("blah blah").rejected
    assert "/restart" in patient.said


def test_no_reason_found() -> None:
    patient = Player(small_engine()).answers(who="me", signs="none").type("0").answers(when_calm="unsure", tried="none")
    assert "No reason was found." in patient.said
    assert "more" not in patient.choices


def test_at_an_alarm_the_safety_steps_can_be_read() -> None:
    patient = Player(small_engine()).answers(who="me", signs="calf")
    assert "be_seen" in patient.choices
    patient.tap("be_seen")
    assert "It matters." in patient.said
    assert patient.at == "same_day"


def test_another_adult_is_told_to_answer_as_they_would() -> None:
    patient = Player(real_engine()).answers(who="other_adult")
    assert "“You” means the person in pain" in patient.said
    assert patient.at == "other_age"
    assert "means the person" not in patient.command("back").command("keep").said


def test_the_real_flow_from_hello_to_a_card() -> None:
    patient = Player(real_engine(), payload="north").type("me, 30").type("none")
    patient.type("my knee").type("none").type("none of these").type("no").type("slowly").type("5")
    patient.type("about 3 months").type("same").type("10").type("massage").type("15 minutes").type("2").type("no time")
    patient.type("too easy").tick("goals").done().type("none")
    assert patient.at == "result"
    assert patient.tier == "none"
    assert len(patient.result.assessment["reasons"]) >= 3
    card = patient.choices[0]
    assert "**How**" in patient.tap(card).said


def test_a_step_can_be_read_by_the_number_it_was_told_with(patient: Player) -> None:
    assert patient.type("2").said == patient.tap("step_2").said


@pytest.mark.parametrize("text", ["no", "Ok.", "that's all"])
def test_who_wants_no_more_after_a_result_is_let_go(patient: Player, text: str) -> None:
    assert "I stop here" in patient.type(text).said
    assert patient.kinds == ["Say"]
