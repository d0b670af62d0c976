"""Made-up sessions and outputs, for tests that need some and do not mind which."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue.inputs import Typed
from bot.dialogue.outputs import Ask, Button, Conclude, Offered, Output, Reject, Say, Settle, Tick
from bot.dialogue.session import Aside, Session, Statement
from bot.flow.answers import Answer
from bot.flow.clinical import Tier
from bot.ports import Update

PLAIN = Session("7", "pt_not_working", "hash", "who", started_at=1.0, touched_at=2.0)

EVERYTHING = Session(  # every field filled, every kind of answer; text as bad as Telegram can deliver it
    id="7",
    flow="pt_not_working",
    flow_hash="0123456789abcdef",
    node="knee_signs",
    started_at=1_700_000_000.25,
    touched_at=1_700_000_100.5,
    answers=(
        Answer("who", "me"),
        Answer("had_tests", ("mri", "x_ray")),
        Answer("pain_now", 7),
        Answer("weeks_of_pt", 6.5),
        Answer("goal", "Größe 🦵, \u05e9\u05dc\u05d5\u05dd, half an emoji \ud83e, zero \x00, quotes '\"; DROP TABLE"),
    ),
    dormant=(Answer("knee_signs", ("none",)),),
    reopened="who",
    pending=("back_change_is_new",),
    picked=("mri",),
    stated=(
        Statement("hot_joint", Tier.SAME_DAY, unsure=True),
        Statement("calf_clot", Tier.EMERGENCY, heard=True, retracted=True),
    ),
    aside=Aside("aside_new_link", "clinic__poster"),
    turn=12,
    puzzled=11,
    last_tap=(11, "me"),
    clinic="north-physio",
    campaign="poster",
    country="GB",
    language="pt-br",
    reminders=False,
    let_be=True,
    utc_offset=-210,
)

QUESTION = Ask(
    turn=3,
    node="had_tests",
    kind="many_of",
    text="Which **tests** did you have?",
    choices=(Offered("mri", "MRI"), Offered("none", "None of these")),
    picked=("mri",),
    progress=(4, 18),
    picture="body.png",
    picture_text="A body, front and back",
    has_why=True,
    has_meaning=True,
    keep="MRI",
)

RESULT = Conclude(
    turn=9,
    node="result",
    parts=("First", "Second"),
    choices=(Offered("more", "More"),),
    assessment={"tier": "soon", "red_flags": [{"id": "hot_joint", "ref": "RF-1", "tier": "soon"}], "reasons": []},
    buttons=(Button("Book", "https://clinic.example/book"),),
    urgent=True,
)

EVERY_OUTPUT: tuple[Output, ...] = (
    Say("Hello \ud83e", "greeting", (Button("Call", "tel:+44"),)),
    QUESTION,
    Tick(replace(QUESTION, turn=4)),
    Settle(5, "Which tests?", "MRI"),
    Reject("Please choose one.", "had_tests"),
    RESULT,
)


def question(turn: int) -> Ask:
    """A question with this turn."""
    return replace(QUESTION, turn=turn)


def update(number: int, chat: int = 7) -> Update:
    """Somebody wrote something."""
    return Update(number, chat, Typed("hello"))
