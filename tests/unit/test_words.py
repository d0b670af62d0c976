"""The rules for typed words: whose sign, when, denied or not, supposed or not, and how it is spelt."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.flow.clinical import Tier
from bot.flow.lexicon import Lexicon, Manner, Pattern
from bot.flow.models import Flow
from bot.triage.sequences import Sequences
from bot.triage.spelling import Speller
from bot.triage.words import Heard, Listener
from tests.support.dialogue_flow import real_flow, real_listener
from tests.support.small_flow import small_flow

SADDLE = "saddle_numb_or_bladder_change"


@pytest.fixture
def flow() -> Flow:
    return real_flow()


@pytest.fixture
def listener() -> Listener:
    return real_listener()


def stated(heard: Heard) -> list[str]:
    return [flag.id for flag in heard.stated]


def alarms(heard: Heard) -> bool:
    return any(flag.tier is Tier.EMERGENCY for flag in heard.stated)


def asks(heard: Heard) -> bool:
    return not heard.stated and bool(heard.hinted) and not heard.hypothetical


def silent(heard: Heard) -> bool:
    return heard == Heard()


@pytest.mark.parametrize(
    "text",
    [
        "my bum is numb",
        "hi so since yesterday i cant really feel anything when i wipe and my back is killing me",
        "Symptoms:\n- numb bum\n- leg pain",
        "i cant walk anymore my legs wont work",
        "he won't wake up",
    ],
)
def test_a_sign_said_plainly_counts(listener: Listener, text: str):
    assert alarms(listener.hear(text))


@pytest.mark.parametrize("text", ["", "   ", "hello", "😀👍", "...", "sciatica", "i had an mri", "12"])
def test_what_is_no_sign_is_nothing(listener: Listener, text: str):
    assert silent(listener.hear(text))


@pytest.mark.parametrize(
    "text",
    [
        "no fever, weight loss or night pain",
        "i dont have numbness or tingling in my legs or my bum",
        "neither numbness nor weakness",
        "i dont think i have any numbness in my bottom",
        "my bum isn't numb",
        "denies numbness, weakness and bladder change",
        "fever? no. chest pain? no.",
        "fever - none, numb bum - none",
        "numb bum no",
        "i can feel everything when i wipe",
    ],
)
def test_what_is_denied_is_nothing(listener: Listener, text: str):
    assert silent(listener.hear(text))


@pytest.mark.parametrize(
    "text",
    [
        "no fever but my bum is numb",
        "no numbness in my arms, my bum is numb though",
        "no chest pain just cant breathe",
        "no, my bum is numb",
        "no my bum is numb",
        "it is not getting better and i cannot feel my bottom",
        "i dont know why but my foot has gone white and cold",
        "it isnt my back its my chest, its tight and im sweating",
        "no one believes me, my bum is numb",
        "my bum is numb, no?",
    ],
)
def test_a_denial_ends_where_another_thing_begins(listener: Listener, text: str):
    assert alarms(listener.hear(text))


def test_never_like_this_denies_nothing(listener: Listener):
    assert not silent(listener.hear("never had pain like this in my chest its so tight"))
    assert silent(listener.hear("never had pain in my chest"))


@pytest.mark.parametrize("text", ["i cant feel when i wipe", "my legs won't move and are numb", "unable to pee"])
def test_cannot_is_a_sign_not_a_denial(listener: Listener, text: str):
    assert alarms(listener.hear(text))


@pytest.mark.parametrize(
    "text",
    [
        "my friend had a numb bum and lost control of her bladder",
        "my mum had a stroke",
        "my dad had chest pain in 2016",
        "my brother dislocated his shoulder years ago",
    ],
)
def test_what_others_had_is_nothing(listener: Listener, text: str):
    assert silent(listener.hear(text))


@pytest.mark.parametrize(
    "text",
    [
        "my mum fell and cannot stand, she is 80",
        "my little boy is limping and feverish since yesterday",
        "my husband collapsed",
        "my wife says my face has dropped",
        "my ex hits our kids",
    ],
)
def test_somebody_at_hand_counts_like_the_writer(listener: Listener, text: str):
    assert alarms(listener.hear(text))


def test_of_somebody_further_away_one_question_is_asked(listener: Listener):
    assert asks(listener.hear("my friend is here with me and she cant breathe"))
    assert asks(listener.hear("my neighbour said both her legs are numb"))


@pytest.mark.parametrize(
    "text",
    [
        "had chest pain in 2014, all clear",
        "numb bum after a long bike ride, gone in minutes",
        "i fainted once when i was a teenager",
        "two years ago i had numb legs",
        "my legs were numb last year but it went away",
        "i used to wet myself",
    ],
)
def test_what_is_over_is_nothing(listener: Listener, text: str):
    assert silent(listener.hear(text))


@pytest.mark.parametrize(
    "text",
    [
        "had back pain for years and now my bum is numb",
        "left arm weak since stroke in 2019 but today its worse and my speech is slurred",
        "i had a disc op in 2016 and since monday my bum is numb",
        "My bum is numb. Physio is great, all fine now.",
        "my bum is numb, otherwise fine now",
    ],
)
def test_the_present_part_counts(listener: Listener, text: str):
    assert alarms(listener.hear(text))


@pytest.mark.parametrize("text", ["i had chest tightness", "back op 2018 numb bum", "numb bum for years"])
def test_an_unclear_time_is_asked_about(listener: Listener, text: str):
    assert asks(listener.hear(text))


@pytest.mark.parametrize(
    "text",
    [
        "my left arm is weak and my speech slurred since my stroke, no change",
        "always been short of breath on hills because of asthma, same as ever",
        "leak when i sneeze since my kids, no change",
    ],
)
def test_old_and_unchanged_is_nothing(listener: Listener, text: str):
    assert silent(listener.hear(text))


@pytest.mark.parametrize(
    "text", ["weak down one side for ten minutes yesterday, fine now", "my face dropped, gone now"]
)
def test_some_signs_are_asked_about_even_where_they_went_away(listener: Listener, text: str):
    assert asks(listener.hear(text))


@pytest.mark.parametrize(
    "text", ["bum is numb, physio said it is fine", "my gp says its normal but i cant feel my privates"]
)
def test_what_others_say_never_makes_a_sign_less(listener: Listener, text: str):
    assert alarms(listener.hear(text))


@pytest.mark.parametrize(
    "text",
    [
        "what if i lose control of my bladder",
        "when should i worry about numbness in my bum",
        "can dry needling make it hard to breathe and cause chest pain",
    ],
)
def test_what_is_only_supposed_is_told_apart(listener: Listener, text: str):
    heard = listener.hear(text)
    assert heard.hypothetical
    assert heard.hinted
    assert not heard.stated


def test_a_question_about_danger_signs_in_general(listener: Listener):
    assert listener.hear("when should i worry") == Heard(hypothetical=True)
    assert alarms(listener.hear("my bum is numb, when should i worry?"))
    assert not listener.hear("my bum is numb, when should i worry?").hypothetical


def test_what_if_of_something_that_is_there_now_is_asked_about(listener: Listener):
    assert asks(listener.hear("what if its serious, my bum has been numb since yesterday"))


@pytest.mark.parametrize(
    "text",
    [
        "these exercises are killing me",
        "dying to get back to the gym",
        "i feel dead tired",
        "i nearly had a heart attack when i saw the bill",
        "my legs were like jelly after the squats",
        "my insurance is a pain in the neck",
    ],
)
def test_manners_of_speaking_are_nothing(listener: Listener, text: str):
    assert silent(listener.hear(text))


def test_a_manner_of_speaking_hides_nothing_beside_it(listener: Listener):
    assert alarms(listener.hear("these exercises are killing me and i want to end my life"))
    assert alarms(listener.hear("numb bum after a long bike ride, gone in minutes. now i cant pee"))


@pytest.mark.parametrize(
    "text",
    [
        "I CANT FEEL MY BUM!!!",
        "carnt feel my bum 😭",
        "can’t feel my bum",
        "cannott feel my bumm",
        "nub bum",
        "bum is nummb",
    ],
)
def test_spelling_is_forgiven(listener: Listener, text: str):
    assert SADDLE in stated(listener.hear(text))


def test_a_word_of_its_own_is_not_taken_for_a_slip(listener: Listener):
    assert silent(listener.hear("this needed a public chess match at the clinic, a certain thing"))


@pytest.mark.parametrize("text", ["no siento cuando me limpio", "me duele el pecho y el brazo", "quiero morir"])
def test_the_gravest_signs_are_heard_in_spanish(listener: Listener, text: str):
    assert alarms(listener.hear(text))


def test_what_makes_a_sign_doubtful_makes_it_a_question(listener: Listener):
    assert asks(listener.hear("my chest muscles are tight from sitting at a desk"))


def test_signs_of_neighbouring_clauses_are_asked_about(listener: Listener):
    assert SADDLE in [flag.id for flag in listener.hear("my leg is numb, my bum hurts").hinted]
    far = "my leg is numb, my knee is stiff, my hip aches after work and the week was long "
    far += "and the weather bad and nobody rang me about the next visit at all, my bum hurts"
    assert SADDLE not in [flag.id for flag in listener.hear(far).hinted]


def test_a_phrase_in_another_order_is_asked_about(listener: Listener):
    assert "new_or_growing_lump" in [f.id for f in listener.hear("getting bigger in my thigh, the lump").hinted]
    far = f"getting bigger is {'a nice long walk by the sea ' * 4}for my thigh and the lump"
    assert "new_or_growing_lump" not in [f.id for f in listener.hear(far).hinted]


def test_the_most_urgent_comes_first_then_what_most_is_said_of(listener: Listener):
    heard = listener.hear("numb between my legs after my spine surgery last week, and one calf is swollen and hot")
    assert stated(heard)[0] == "nerve_signs_after_spine_surgery"
    urgencies = [flag.tier.urgency for flag in heard.stated]
    assert urgencies == sorted(urgencies, reverse=True)


def test_the_same_text_is_heard_the_same_twice(flow: Flow, listener: Listener):
    text = "chesst painn and swetaing, numb bum, no fever"
    assert listener.hear(text) == listener.hear(text) == Listener(flow).hear(text)


def test_topics_are_found_by_their_longest_phrase(flow: Flow, listener: Listener):
    for topic in flow.topics:
        for phrase in topic.phrases:
            found = listener.topic(f"can you tell me about {phrase} please")
            assert found is not None, phrase
    assert listener.topic("what is the weather like") is None


def test_without_words_a_flow_hears_its_phrases(flow: Flow):
    plain = Listener(small_flow())
    flag = next(iter(small_flow().red_flags.values()))
    assert flag.id in stated(plain.hear(f"well, {flag.phrases[0]} today"))
    assert silent(plain.hear("nothing at all"))


def test_a_sign_of_many_groups_needs_all_of_them():
    lexicon = Lexicon(
        groups={"hot": ("hot",), "knee": ("knee", "knees"), "ill": ("ill",)},
        manners={"hot_knee": Manner((Pattern("hot_knee", (("hot", "knee"), ("ill",)), sure=True),))},
    )
    small = small_flow()
    flag = replace(next(iter(small.red_flags.values())), id="hot_knee", phrases=(), look_alikes=())
    plain = Listener(replace(small, red_flags={"hot_knee": flag}, lexicon=lexicon))
    assert stated(plain.hear("my knee is hot. i feel ill.")) == ["hot_knee"]
    assert silent(plain.hear("my knee is hot"))
    assert silent(plain.hear("my knee. it is hot. i feel ill"))


def test_numbers_are_words_too():
    speller = Speller(Lexicon(numbers={"<hot>": ((38, 42), (100, 107))}))
    typed = speller.read("38.5 or 39,9 or 104 in 2019, 7 times, " + "9" * 400)
    assert [word for word in typed.words if word[0] == "<"] == ["<hot>", "<hot>", "<hot>", "<year>", "<n>", "<n>"]


def test_a_slip_with_two_possible_meanings_is_left_alone():
    speller = Speller(Lexicon(groups={"a": ("crush", "crash", "swollen", "tablet")}))
    assert speller.word("crish") == "crish"
    assert speller.word("tabelt") == speller.word("tablte") == speller.word("talbet") == "tablet"
    assert speller.word("swolen") == speller.word("swolllen") == speller.word("swollen")
    assert speller.word("xwollen") == "xwollen"


def test_nothing_is_no_phrase():
    sequences = Sequences()
    sequences.add((), "phrase", "x")
    assert sequences.find(("a", "b")) == []


def test_what_patients_type_is_not_kept():
    flow = small_flow()
    listener = Listener(flow)
    before = _kept(listener)
    for text in ("my neighbour barnaby fell", "qwertz 12345 zzzz", next(iter(flow.red_flags.values())).phrases[0]):
        listener.hear(text)
        listener.topic(text)
    assert _kept(listener) == before


def _kept(listener: Listener) -> str:
    speller = listener._index.speller
    return repr({name: getattr(speller, name) for name in vars(speller) if name != "_joined"})


def test_signs_that_can_wait_a_little_are_heard_too(listener: Listener):
    for text, flag in SOONER.items():
        heard = listener.hear(text)
        assert flag in [found.id for found in heard.stated + heard.hinted], text


SOONER = {
    "blood clot in my leg": "one_limb_swollen",
    "after my knee replacement my calf hurts": "one_limb_swollen",
    "my hand is clumsy and i keep dropping things": "clumsy_hands_or_unsteady",
    "cant button my shirt": "clumsy_hands_or_unsteady",
    "electric shocks when i bend my neck": "clumsy_hands_or_unsteady",
}


@pytest.mark.parametrize(
    "text",
    [
        "my chest hurts",
        "i have chest pain",
        "i have chest pain since this morning",
        "my chest hurts and i cant breathe",
        "I think I'm having a heart attack",
        "i am having a stroke",
        "took 20 tramadol",
        "pooped my pants",
    ],
)
def test_the_gravest_said_plainly_are_not_asked_about(listener: Listener, text: str):
    assert alarms(listener.hear(text))


def test_a_harmless_reason_makes_a_sign_doubtful(listener: Listener):
    assert asks(listener.hear("my chest hurts after bench press"))
    assert asks(listener.hear("my chest hurts when i press on it"))


def test_soiled_clothes_are_no_short_breath(listener: Listener):
    heard = listener.hear("pooped my pants")
    assert [flag.id for flag in heard.stated + heard.hinted] == [SADDLE]


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("j'ai mal à la poitrine", "chest_pressure"),
        ("ich habe brustschmerzen", "chest_pressure"),
        ("ho un dolore al petto", "chest_pressure"),
        ("não consigo respirar", "life_threat_now"),
        ("ich will sterben", "thoughts_of_suicide"),
        ("je veux mourir", "thoughts_of_suicide"),
    ],
)
def test_the_gravest_words_of_other_languages_are_asked_about(listener: Listener, text: str, flag: str):
    heard = listener.hear(text)
    assert asks(heard)
    assert flag in [found.id for found in heard.hinted]


@pytest.mark.parametrize("text", ["my ex hits our kids", "someone hurt my son", "my daughter says her dad hits her"])
def test_a_child_is_hurt_by_somebody(listener: Listener, text: str):
    assert "child_hurt_or_unexplained_injury" in stated(listener.hear(text))


@pytest.mark.parametrize("text", ["hurt my back lifting my son", "my back hurts and my baby was born in may"])
def test_a_child_near_a_pain_is_not_hurt(listener: Listener, text: str):
    assert silent(listener.hear(text))
