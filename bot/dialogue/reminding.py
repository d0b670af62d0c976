"""Somebody stops in the middle: may they be reminded, and how that is said."""

from __future__ import annotations

from bot.dialogue.outputs import Output
from bot.dialogue.session import Session
from bot.dialogue.step import Step
from bot.dialogue.talk import Talk
from bot.flow.clinical import Tier
from bot.flow.models import Flow


def may_be_reminded(flow: Flow, session: Session) -> bool:
    """Has it begun and not ended, with no emergency, and are reminders welcome? Quick: it is asked at every update."""
    return (
        session.reminders
        and not session.let_be
        and bool(session.answers)
        and session.node not in flow.outcomes
        and (session.aside is None or session.aside.dangerous)
        and all(entry.tier is not Tier.EMERGENCY for entry in session.stated)
    )


def remind(talk: Talk, session: Session, *said: Output) -> Step:
    """Put the question again, once in a conversation. Where nobody may be reminded any more, nothing happens."""
    if not may_be_reminded(talk.flow, session):
        return Step(session)
    reminded = session.but(let_be=True)
    return talk.show(reminded, talk.say(reminded, talk.presenter.text("reminder", reminded)), *said)
