"""The listener on the real flow: every listed phrase, every look-alike, and sentences that are listed nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from time import thread_time

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.flow.clinical import RedFlag, Tier
from bot.flow.models import Flow
from bot.triage.index import Index
from bot.triage.words import Heard, Listener
from tests.support.dialogue_flow import real_flow, real_listener

DATA = Path(__file__).parent / "data"
SLOWEST_SECONDS = 1.0  # for the longest message; a careless pattern takes minutes

Sentences = dict[str, list[str]]


@pytest.fixture
def flow() -> Flow:
    return real_flow()


@pytest.fixture
def listener() -> Listener:
    return real_listener()


def sentences(name: str) -> Sentences:
    return yaml.safe_load((DATA / name).read_text(encoding="utf-8"))


def each(found: Sentences) -> Iterator[tuple[str, str]]:
    return ((key, text) for key, texts in found.items() for text in texts)


def urgency(flags: tuple[RedFlag, ...]) -> int:
    return max((flag.tier.urgency for flag in flags), default=0)


_LITTLE = re.compile(r"an?|the|and|or|of|your?|with|that|is|in|to|on|at|not|will|be|from|when|for|it|than|by|are|has")
_GENERAL = {"headache_or_swelling_in_pregnancy"}  # names no sign on purpose: it stands for many


def _stems(*texts: str) -> set[str]:
    """The words that say something, without their endings."""
    words = (word for text in texts for word in re.findall(r"[a-z]+", text.lower()) if not _LITTLE.fullmatch(word))
    return {re.sub(r"(ing|ed|ness|es|s|e|y|ly)$", "", word)[:5] for word in words}


def _labels(flow: Flow, flag: RedFlag) -> Iterator[str]:
    """What stands on the buttons that make the facts it looks at."""
    facts = flag.when.names() | {flag.clarify}
    for question in flow.questions.values():
        for choice in question.choices:
            if question.id in facts or not facts.isdisjoint(name for name, _ in choice.sets):
                yield choice.label


def test_the_signs_that_an_alarm_names_are_those_that_are_asked_and_said(flow: Flow):
    for flag in flow.red_flags.values():
        signs = _stems(flag.signs)
        assert signs & _stems(flag.question), f"{flag.id}: its `signs` share no word with its `question`"
        known = signs & _stems(flag.question, *flag.phrases, *_labels(flow, flag))
        assert len(known) >= len(signs) / 2 or flag.id in _GENERAL, f"{flag.id}: nobody says {signs - known}"


def test_every_phrase_raises_its_flag_or_one_as_urgent(flow: Flow, listener: Listener):
    missed = []
    for flag in flow.red_flags.values():
        for phrase in flag.phrases:
            heard = listener.hear(phrase)
            found = heard.stated if flag.tier is Tier.EMERGENCY else heard.stated + heard.hinted
            if flag not in found and urgency(found) < flag.tier.urgency:
                missed.append(f"{flag.id}: {phrase}")
    assert not missed


def test_no_look_alike_alarms(flow: Flow, listener: Listener):
    look_alikes = [text for flag in flow.red_flags.values() for text in flag.look_alikes]
    assert [text for text in look_alikes if urgency(listener.hear(text).stated) >= Tier.SAME_DAY.urgency] == []
    asked = [text for text in look_alikes if listener.hear(text).hinted and not listener.hear(text).hypothetical]
    assert len(asked) <= len(look_alikes) * 0.02, asked


def hears_emergency(heard: Heard) -> bool:
    return urgency(heard.stated + heard.hinted) == Tier.EMERGENCY.urgency


def test_other_sentences_about_emergencies_are_heard(listener: Listener):
    texts = [text for _, text in each(sentences("heard.yaml"))]
    missed = [text for text in texts if not hears_emergency(listener.hear(text))]
    assert len(missed) <= len(texts) * 0.01, missed


def test_they_raise_the_flag_they_are_about(flow: Flow, listener: Listener):
    said = list(each(sentences("heard.yaml")))
    missed = []
    for ref, text in said:
        heard = listener.hear(text)
        if ref not in {flag.evidence.ref for flag in heard.stated + heard.hinted}:
            missed.append(f"{ref}: {text}")
    assert len(missed) <= len(said) * 0.03, missed


IN_PASSING = [
    ("not_safe_with_someone", "he threatens me"),
    ("not_safe_with_someone", "i was raped"),
    ("not_safe_with_someone", "he threw me against the wall"),
    ("not_safe_with_someone", "my husband controls me"),
    ("not_safe_with_someone", "he wont let me leave the house"),
    ("not_safe_with_someone", "my therapist touched my breast"),
    ("not_safe_with_someone", "he choked me"),
    ("not_safe_with_someone", "i am in danger now"),
    ("growing_weakness", "my left leg is weak"),
    ("growing_weakness", "my leg is numb"),
    ("growing_weakness", "my leg is numb now"),
    ("new_pain_after_cancer", "i had breast cancer 5 years ago"),
    ("new_pain_after_cancer", "im on chemo"),
    ("weight_loss_or_sweats", "lost 2 stone without trying"),
    ("sudden_breathless", "i am not breathing right"),
    ("not_safe_with_someone", "her dad hits her"),
    ("not_safe_with_someone", "someone hurts him"),
    ("saddle_numb_or_bladder_change", "her back hurts and she wet herself"),
    ("older_suddenly_confused", "he's 80 and confused"),
    ("bad_limb_injury", "my daughter broke her arm and her fingers are numb"),
    ("both_legs_weak_or_band", "my mum can't move her legs"),
    ("strong_painkiller_trouble", "im on morphine and cant stop"),
    ("new_pain_after_cancer", "spinal metastases"),
    ("weight_loss_or_sweats", "lost a lot of weight"),
    ("weight_loss_or_sweats", "losing weight for no reason"),
    ("weight_loss_or_sweats", "lost 12kg"),
    ("weight_loss_or_sweats", "i have lost 9 kilos without dieting"),
    ("new_or_growing_lump", "lump on my breast"),
    ("new_or_growing_lump", "breast lump"),
    ("wound_after_surgery", "my operation wound is infected"),
    ("not_safe_with_someone", "my husband abuses me"),
    ("not_safe_with_someone", "i am abused by my husband"),
    ("not_safe_with_someone", "he won't let me out of the house"),
    ("child_limp_over_a_week", "she limps for a month"),
    ("child_limp_over_a_week", "he limps since two weeks"),
    ("new_or_growing_lump", "she has a lump on her thigh"),
    ("new_pain_after_cancer", "i have metastases in my spine"),
    ("weight_loss_or_sweats", "unexplained weight loss"),
    ("weight_loss_or_sweats", "night sweats and weight loss"),
    ("weight_loss_or_sweats", "i lost 12 kg"),
    ("new_or_growing_lump", "lump in my breast"),
    ("one_limb_swollen", "dvt"),
    ("heel_snap", "snap at the back of my heel"),
    ("heel_snap", "i felt a pop in my calf and can't tiptoe"),
    ("wound_after_surgery", "infection in my surgical wound"),
    ("not_safe_with_someone", "i am being abused"),
    ("not_safe_with_someone", "he locks me in"),
    ("new_or_growing_lump", "he has a lump on his shin"),
    ("child_bone_pain_or_lump", "she has pain every night in her leg"),
    ("child_limp_over_a_week", "she limps since 2 weeks"),
    ("new_pain_after_cancer", "i have bone metastases and my back hurts"),
    ("weight_loss_or_sweats", "lost 10 kilos in two months"),
    ("weight_loss_or_sweats", "i've lost 2 stone"),
    ("weight_loss_or_sweats", "weight loss and night sweats for months"),
    ("new_or_growing_lump", "i found a lump in my armpit"),
    ("one_limb_swollen", "i think i have a dvt"),
    ("heel_snap", "my achilles snapped"),
    ("foot_drags", "something snapped in my calf and i cant stand on tiptoe"),
    ("wound_after_surgery", "my wound looks infected"),
    ("not_safe_with_someone", "i was abused by my uncle last week"),
    ("not_safe_with_someone", "he keeps me locked in"),
    ("not_safe_with_someone", "my stepdad locks me in my room"),
    ("child_limp_over_a_week", "my son limps for 3 weeks"),
    ("child_bone_pain_or_lump", "my daughter has pain in her leg every night"),
]


@pytest.mark.parametrize(("flag", "text"), IN_PASSING)
def test_other_signs_said_in_passing_are_heard(listener: Listener, flag: str, text: str):
    heard = listener.hear(text)
    assert flag in {found.id for found in heard.stated + heard.hinted}


def test_weight_lost_without_trying_counts_and_a_therapist_who_hurts_is_asked_about(listener: Listener):
    assert [flag.id for flag in listener.hear("lost 2 stone without trying").stated] == ["weight_loss_or_sweats"]
    assert listener.hear("my therapist hurts me").stated == ()


def test_every_emergency_flag_of_the_research_has_sentences(flow: Flow):
    refs = {flag.evidence.ref for flag in flow.red_flags.values() if flag.tier is Tier.EMERGENCY}
    assert set(sentences("heard.yaml")) <= refs


def test_harmless_sentences_do_not_alarm(listener: Listener):
    texts = [text for _, text in each(sentences("harmless.yaml"))]
    assert [text for text in texts if listener.hear(text).stated] == []
    asked = [text for text in texts if listener.hear(text).hinted and not listener.hear(text).hypothetical]
    assert len(asked) <= len(texts) * 0.03, asked


def test_a_reassuring_word_after_an_emergency_silences_nothing(listener: Listener):
    texts = [text for _, text in each(sentences("heard.yaml"))]
    calmed = [f"{text}. my physio said it is fine" for text in texts]
    lost = [text for text, calm in zip(texts, calmed, strict=True)
            if listener.hear(text).stated != listener.hear(calm).stated]  # fmt: skip
    assert lost == []


def test_an_emergency_is_heard_behind_a_denial_and_small_talk(listener: Listener):
    texts = [text for _, text in each(sentences("heard.yaml"))]
    framed = [f"Hi, my knee is a bit stiff and no red flags so far. {text}. Thanks for your help" for text in texts]
    missed = [text for text in framed if not hears_emergency(listener.hear(text))]
    assert len(missed) <= len(texts) * 0.02, missed


def test_no_group_hears_less_than_its_author_wrote(flow: Flow):
    """ "down there" must not be heard wherever somebody writes "down": little words can fall away."""
    index = Index(flow)
    for group, texts in flow.lexicon.groups.items():
        alone = {index.words(text) for text in texts if " " not in text}
        shrunk = [
            text for text in texts if " " in text and len(index.words(text)) < 2 and index.words(text) not in alone
        ]
        assert not shrunk, (group, shrunk)
        assert all(index.words(text) for text in texts), group


def test_every_emergency_flag_has_patterns(flow: Flow):
    told = {flag.evidence.ref for flag in flow.red_flags.values() if flag.id in flow.lexicon.manners}
    needed = {flag.evidence.ref for flag in flow.red_flags.values() if flag.tier is Tier.EMERGENCY}
    assert needed - told == {"RF-C07"}  # heard by its phrases and by the flags for grown-ups


LONGEST = 4096
LONG = [
    "numb bum ",
    "no ",
    "really ",
    "i cant feel my legs and ",
    "fever? no. ",
    "xq zw ",
    "never like this ",
    "fine now, ",
    "😀",
]


@pytest.mark.parametrize("part", LONG)
def test_no_message_takes_long(listener: Listener, part: str):
    text = (part * LONGEST)[:LONGEST]
    begun = thread_time()
    listener.hear(text)
    listener.topic(text)
    assert thread_time() - begun < SLOWEST_SECONDS


WORDS = st.sampled_from(
    [
        "no",
        "not",
        "never",
        "but",
        "my",
        "mum",
        "bum",
        "numb",
        "cant",
        "feel",
        "chest",
        "pain",
        "what",
        "if",
        "had",
        "fine",
        "now",
        "2019",
        ",",
        ".",
        "?",
        "!",
        "\n",
    ]
)


@settings(max_examples=300)
@given(st.one_of(st.text(max_size=200), st.lists(WORDS, max_size=40).map(" ".join)))
def test_hearing_never_fails(text: str):
    heard = real_listener().hear(text)
    assert not (heard.hypothetical and heard.stated)
    assert not set(map(id, heard.stated)) & set(map(id, heard.hinted))
