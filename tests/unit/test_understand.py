"""What people type, and what it means for the question at hand: one table for each kind of question."""

from __future__ import annotations

from time import thread_time

import pytest

from bot.dialogue.amounts import read_number, read_weeks
from bot.dialogue.understand import LONGEST_TEXT, Misfit, understand
from bot.flow.answers import AnswerValue
from bot.flow.messages import MESSAGES
from bot.flow.questions import Choice, Kind, Question

CHOICE, MANY, WHICH = Misfit("reject_choice"), Misfit("reject_many"), Misfit("reject_which")
EXCLUSIVE, NUMBER, DURATION, TEXT = map(Misfit, ("reject_exclusive", "reject_number", "reject_duration", "reject_text"))
YES_NO = (Choice("yes", "Yes, it locks and frees itself"), Choice("no", "No"), Choice("unsure", "Not sure"))
STORY = "It began last year, I thought nothing of it, and now it is there all day. " * 56  # over 4,096 characters

REGION = Question(
    "region",
    Kind.ONE_OF,
    "Where does it hurt?",
    (
        Choice("low_back", "Low back or buttock", accepts=("back", "lower back")),
        Choice("mid_back", "Mid-back or chest", accepts=("upper back",)),
        Choice("knee", "Knee", accepts=("kneecap",)),
        Choice("shoulder", "Shoulder or upper arm", accepts=("ms",)),
        Choice("walking", "Only pain on walking"),
        Choice("stairs", "Only pain on stairs"),
    ),
)
TREND = Question(
    "trend",
    Kind.ONE_OF,
    "How has it gone?",
    (
        Choice("same", "About the same", accepts=("no change", "not better")),
        Choice("worse", "A bit worse", accepts=("worse",)),
        Choice("four_weeks", "Worse for 4 weeks"),
        Choice("unsure", "Not sure"),
    ),
)
WHO = Question(
    "who",
    Kind.ONE_OF,
    "Who is this about?",
    (
        Choice("adult", "Me, 16 or older", covers=(16, 120)),
        Choice("child", "A child under 16", covers=(0, 15), accepts=("my son",)),
    ),
    exact=True,
)
PREGNANT = Question(
    "pregnant",
    Kind.ONE_OF,
    "How far along are you?",
    (Choice("early", "Under 20 weeks", covers=(3, 19)), Choice("late", "20 weeks or more", covers=(20, 44))),
)
SIGNS = Question(
    "signs",
    Kind.MANY_OF,
    "Is any of this true?",
    (
        Choice("chest", "Chest pain or pressure"),
        Choice("fever", "Fever, chills", accepts=("high temperature",)),
        Choice("walk", "I can't take 4 steps", accepts=("cannot walk",)),
        Choice("unsure", "Not sure", exclusive=True),
        Choice("none", "None of these", exclusive=True),
    ),
    danger=True,
)
FEELS = Question(
    "feels",
    Kind.MANY_OF,
    "How does it feel?",
    (
        Choice("burning", "It burns", accepts=("burning",)),
        Choice("tingling", "Tingling, pins and needles", accepts=("tingling",)),
        Choice("none", "None of these", exclusive=True),
    ),
)
LOCKS = Question("locks", Kind.YES_NO, "Does your knee lock?", YES_NO, danger=True)
MORE = Question("more", Kind.YES_NO, "Go on?", YES_NO)
PAIN = Question("pain", Kind.SCALE, "How bad?", tuple(Choice(f"s{n}", str(n), value=float(n)) for n in range(11)))
DAYS = Question(
    "days",
    Kind.NUMBER,
    "On how many days?",
    (
        Choice("no_plan", "I have no plan", accepts=("no plan",)),
        Choice("days_5", "5 to 7", value=6.0, accepts=("most days",)),
    ),
    unit="days",
    at_most=7,
)
WEEKS = Question(
    "weeks",
    Kind.DURATION,
    "For how long?",
    (
        Choice("not_begun", "Not begun", value=0.0, accepts=("not started", "none")),
        Choice("long", "Over 12 weeks", value=16.0),
    ),
    at_most=1000,
)
WORDS = Question("words", Kind.TEXT, "Anything else?", (Choice("nothing", "Nothing else"),))


def asked(question: Question, *rows: tuple[str, AnswerValue | Misfit]) -> list[object]:
    return [pytest.param(question, text, value, id=f"{question.id}: {text[:40]}") for text, value in rows]


ONE = [
    *asked(
        REGION,
        ("knee", "knee"),
        ("  KNEE! ", "knee"),
        ("my knee hurts", "knee"),
        ("kne", "knee"),  # a slip of the finger
        ("shoudler", "shoulder"),
        ("upper arm", "shoulder"),  # a part of the label
        ("back", "low_back"),
        ("my upper back", "mid_back"),  # not also "back"
        ("walking", "walking"),
        ("only pain", CHOICE),  # two labels hold it
        ("pain", CHOICE),
        ("the", CHOICE),
        ("a", CHOICE),
        ("i", CHOICE),
        ("it is ms", CHOICE),  # so short a word counts alone only
        ("ms", "shoulder"),
        ("knee and back", CHOICE),  # which one?
        ("not my knee", CHOICE),
        ("should I ice my knee?", CHOICE),  # a question back
        ("knee?", "knee"),
        ("not sure", CHOICE),  # not offered here
        ("rodilla", CHOICE),
        ("колено", CHOICE),
        ("膝", CHOICE),
        ("🦵🦵", CHOICE),
        ("...", CHOICE),
        ("", CHOICE),
        ("7", CHOICE),
        (STORY, CHOICE),
        (STORY + "My knee clicks.", "knee"),  # by a whole accepted word
        (STORY + "My kne clicks.", CHOICE),
        ("x" * 4096, CHOICE),
    ),
    *asked(
        TREND,
        ("about the sane", "same"),
        ("not better", "same"),
        ("no change at all", "same"),
        ("it is not worse", CHOICE),
        ("not worse", CHOICE),
        ("wors for 6 weeks", CHOICE),  # a slip changes no number
        ("i don't know", "unsure"),
        ("maybe worse", "unsure"),
        ("hard to say really", "unsure"),
    ),
    *asked(
        WHO,
        ("45", "adult"),
        ("i am 30 years old", "adult"),
        ("my son is 8", "child"),
        ("my son is 8 years old", "child"),
        ("it hurts when I lift my son", CHOICE),
        ("12", "child"),
        ("18 months", CHOICE),  # not 18 years
        ("16 weeks", CHOICE),
        ("-5", CHOICE),
        ("130", CHOICE),
        ("8 and 45", CHOICE),
    ),
    *asked(PREGNANT, ("30 weeks", "late"), ("12", "early"), ("5 months", CHOICE)),
]
YES_OR_NO = [
    *asked(
        LOCKS,
        ("yes", "yes"),
        ("Yep!", "yes"),
        ("yes it does, since yesterday", "yes"),
        ("no", "no"),
        ("no i don't", "no"),
        ("no, not at all", "no"),
        ("not really", "no"),
        ("not sure", "unsure"),
        ("no idea", "unsure"),
        ("maybe yes", "unsure"),
        ("yes but not always", CHOICE),
        ("yes, no", CHOICE),
        ("no but it clicks", CHOICE),
        ("no fever", CHOICE),  # leaves the question open
        ("ok", CHOICE),  # could mean "I am ok"
        ("no i do", CHOICE),
        ("no i can't", CHOICE),
        ("not all", CHOICE),
        ("not just a bit", CHOICE),
        ("not very well", CHOICE),
        ("never without", CHOICE),
        ("no i don't have nothing", CHOICE),
        ("no it is not", "no"),
        ("no, not really", "no"),
        ("no thank you", "no"),
        ("👍", CHOICE),
        ("yes, it locks and frees itself", "yes"),
    ),
    *asked(MORE, ("ok", "yes"), ("sure", "yes"), ("nope", "no"), ("oui", CHOICE), ("нет", CHOICE)),
]
SEVERAL = [
    *asked(
        SIGNS,
        ("no", ("none",)),
        ("no i don't have any of these", ("none",)),
        ("none", ("none",)),
        ("nothing", ("none",)),
        ("no fever", MANY),  # says nothing about the chest
        ("not all of these", MANY),
        ("not only these", MANY),
        ("mostly none of these", MANY),
        ("I wish none of these", MANY),
        ("some of these", MANY),
        ("no I don't have that", ("none",)),
        ("no not all of that", MANY),
        ("i have none of these", ("none",)),
        ("none of thse", ("none",)),
        ("chest pain without pressure", MANY),
        ("yes", WHICH),
        ("yes i do", WHICH),
        ("pain", MANY),  # must not become chest pain
        ("chest", MANY),
        ("Chest pain or pressure", ("chest",)),
        ("chest pain or presure", ("chest",)),
        ("i have a high temperature", ("fever",)),
        ("my mum had a high temperature", MANY),
        ("cannot walk", ("walk",)),
        ("can walk", MANY),  # the opposite, and nearly the same letters
        ("cannot walk and fever, chills", MANY),
        ("cannot walk and high temperature", ("walk", "fever")),
        ("not sure", ("unsure",)),
        ("maybe", ("unsure",)),
        (STORY + "high temperature", MANY),
    ),
    *asked(
        FEELS,
        ("burning and tingling", ("burning", "tingling")),
        ("burning, burning; BURNS", ("burning",)),
        ("pins and needles", ("tingling",)),
        ("Tingling, pins and needles", ("tingling",)),
        ("burning & itching", MANY),  # nothing is dropped silently
        ("none, burning", EXCLUSIVE),
        ("not burning", MANY),
        (", ;", MANY),
        ("", MANY),
        (STORY + " it is burning", ("burning",)),
    ),
]
AMOUNTS = [
    *asked(
        PAIN,
        ("7", "s7"),
        ("two years", NUMBER),
        ("3 weeks", NUMBER),
        ("5 most days", 5.0),
        ("7/10", 7.0),
        ("8 out of 10", 8.0),
        ("ten out of ten", 10.0),
        ("seven", 7.0),
        ("about a six", 6.0),
        ("3-4", 3.5),
        ("three or four", 3.5),
        ("7,5", 7.5),
        ("٧", 7.0),
        ("no pain", 0.0),
        ("it's a 7 today", 7.0),
        ("I have 2 kids", NUMBER),  # a number, but not of the pain
        ("-3", NUMBER),
        ("minus 3", NUMBER),
        ("11", NUMBER),
        ("5 yesterday, 7 today", NUMBER),
        ("a lot", NUMBER),
        ("no idea", NUMBER),
        ("the one on the left", NUMBER),
        ("L5", NUMBER),
        ("1e400", NUMBER),
        ("9" * 400, NUMBER),
        ("🔥🔥🔥", NUMBER),
        ("", NUMBER),
        (STORY + "7", NUMBER),
    ),
    *asked(
        DAYS,
        ("5/7", 5.0),
        ("5 of 7", 5.0),
        ("twice", 2.0),
        ("3 days", 3.0),
        ("3 times a week", 3.0),
        ("2 weeks", NUMBER),
        ("none", 0.0),
        ("i have no plan", "no_plan"),
        ("on most days", "days_5"),
        ("8", NUMBER),
        ("1,000", NUMBER),
    ),
    *asked(
        WEEKS,
        ("about two months", 8.7),
        ("3 weeks", 3.0),
        ("10 days", 1.4),
        ("half a year", 26.0),
        ("i have not started yet", "not_begun"),
        ("over 12 weeks", "long"),
        ("-3 weeks", DURATION),
        ("100 years", DURATION),
        ("6", DURATION),  # weeks or months?
        ("for ages", DURATION),
        ("not sure", DURATION),
        (STORY, DURATION),
    ),
]
FREE = asked(
    WORDS,
    ("nothing else", "nothing"),
    ("It clicks.", "It clicks."),
    ("مرحبا", "مرحبا"),
    (STORY, STORY[:LONGEST_TEXT]),
    ("🙂", TEXT),
    ("", TEXT),
)


@pytest.mark.parametrize(("question", "text", "value"), [*ONE, *YES_OR_NO, *SEVERAL, *AMOUNTS, *FREE])
def test_typed_answers(question: Question, text: str, value: AnswerValue | Misfit):
    assert understand(question, text) == value


@pytest.mark.parametrize(
    ("text", "weeks"),
    [
        ("a week", 1),
        ("since last week", 1),
        ("a fortnight", 2),
        ("6wks", 6),
        ("2-3 weeks", 2.5),
        ("two to four weeks", 3),
        ("a couple of weeks", 2),
        ("a few weeks", 3),
        ("weeks", 3),
        ("2 1/2 weeks", 2.5),
        ("2½ weeks", 2.5),
        ("two and a half weeks", 2.5),
        ("a year and a half", 78),
        ("1,5 years", 78),
        ("half year", 26),
        ("1 year and 2 weeks", 54),
        ("3 times a week for 6 weeks", 6),
        ("twice a week", None),
        ("the weekend", None),
        ("two", None),
    ],
)
def test_stretches_of_time(text: str, weeks: float | None):
    assert read_weeks(text) == weeks


@pytest.mark.parametrize(
    ("text", "number"), [("10", 10), ("1,000", 1000), ("1.5", 1.5), ("½", 0.5), ("0", 0), ("", None), ("3 5", None)]
)
def test_numbers(text: str, number: float | None):
    assert read_number(text) == number


def test_numbers_in_words():
    words = "zero one two three four five six seven eight nine ten eleven twelve"
    assert [read_number(word) for word in words.split()] == list(range(13))
    assert [read_number(word) for word in ("fifteen", "twenty", "thirty", "forty", "fifty")] == [15, 20, 30, 40, 50]


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("text", ["knee " * 820, "1 " * 2048, "a" * 4096, "-" * 4096, "not sure " * 455, "1-" * 2048])
def test_the_longest_message_is_understood_at_once(kind: Kind, text: str):
    question = Question("q", kind, "?", REGION.choices)
    began = thread_time()
    understand(question, text)
    assert thread_time() - began < 0.25  # SequenceMatcher on such texts takes seconds


def test_every_misfit_has_a_message():
    told = {misfit.message for misfit in (CHOICE, MANY, WHICH, EXCLUSIVE, NUMBER, DURATION, TEXT)}
    assert told <= set(MESSAGES)
