"""Shows a session: the next question, the result, or an aside; and takes the buttons off what went before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.dialogue.knowledge import Knowledge
from bot.dialogue.outputs import Output, Reject, Say, Settle
from bot.dialogue.path import Place
from bot.dialogue.present import Presenter
from bot.dialogue.results import Results
from bot.dialogue.screen import Screen, shown
from bot.dialogue.session import Aside, Session
from bot.dialogue.statements import standing
from bot.dialogue.step import Step
from bot.flow.clinical import RedFlag, Tier
from bot.triage.assessment import join_quotes


class Talk:
    """What every part of the engine says things with. `said` comes before the question, after `settle`."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.flow = knowledge.flow
        self.path = knowledge.path
        self.presenter = Presenter(knowledge)
        self.results = Results(self.presenter)

    def screen(self, session: Session) -> Screen:
        """The question that an input would answer now."""
        return shown(self.presenter, self.results, session)

    def ended(self, session: Session) -> bool:
        """Does it stand at an outcome?"""
        return session.showing in self.flow.outcomes

    def alarmed(self, session: Session) -> bool:
        """Does it stand at an outcome that cannot wait?"""
        return self.path.machine.alarms(session.showing)

    def show(self, session: Session, *said: Output, settle: Settle | None = None) -> Step:
        """Put the question on the screen, under a new turn; what was shown before loses its buttons."""
        renewed = session.but(turn=session.turn + 1)
        ask = self.presenter.ask(self.screen(renewed), renewed)
        return Step(renewed, (*_before(session, settle), *said, ask))

    def conclude(self, session: Session, *said: Output, settle: Settle | None = None) -> Step:
        """Tell the result."""
        emergency = session.node == Tier.EMERGENCY
        renewed = session.but(turn=session.turn + 1, let_be=session.let_be or emergency)
        told = self.results.conclude(renewed, standing(self.flow, renewed))
        return Step(renewed, (*_before(session, settle), *said, told))

    def proceed(self, session: Session, *said: Output, settle: Settle | None = None) -> Step:
        """Go on from a place that may be new: the result where the questions end, else the question."""
        tell = self.conclude if self.ended(session) and not session.aside else self.show
        return tell(session, *said, settle=settle)

    def arrive(self, session: Session, place: Place, *said: Output, settle: Settle | None = None) -> Step:
        """Proceed from where a move led, and tell what was passed on the way."""
        notices = (Say(self.presenter.fill(self.flow.notices[name].say, session), name) for name in place.notices)
        return self.proceed(session, *said, *notices, settle=settle)

    def resume(self, session: Session, *said: Output, settle: Settle | None = None) -> Step:
        """Go on after an aside. An alarm is told again, so that nobody loses it from sight."""
        tell = self.proceed if self.alarmed(session) else self.show
        return tell(session, *said, settle=settle)

    def again(self, session: Session, text: str) -> Step:
        """Say something, then show what was on the screen."""
        return self.show(session, self.say(session, text))

    def aside(
        self, session: Session, question: str, about: str = "", *said: Output, settle: Settle | None = None
    ) -> Step:
        """Put a question of the program's own."""
        opened = replace(session, aside=Aside(question, about).over(session.aside))
        return self.show(opened, *said, settle=settle)

    def say(self, session: Session, text: str) -> Say:
        """Something told at the place where the session stands."""
        return Say(text, session.showing)

    def numbers(self, session: Session) -> Say:
        """The numbers to call, at once."""
        return replace(self.say(session, self.presenter.emergency(session)), urgent=True)

    def emergency(self, session: Session) -> Step:
        """Tell the numbers to call. Where the country is not known, it is asked."""
        told, helped = self.numbers(session), session.but(let_be=True)
        known = self.presenter.country(session)
        return self.show(helped, told) if known else self.aside(helped, "aside_country", "", told)

    def in_full(self, session: Session, ident: str) -> Say:
        """A reason or a next step of the session's result, with all there is to say about it."""
        assessment = self.results.assessment(session, standing(self.flow, session))
        return self.results.in_full(ident, session, assessment)

    def noted(self, session: Session, flags: Sequence[RedFlag]) -> Say:
        """Says that stated danger signs were heard, where the questions go on."""
        key = "because_signs" if any(flag.tier.alarms for flag in flags) else "heard_soon"
        return self.say(session, self.presenter.text(key, signs=join_quotes(tuple(flag.signs for flag in flags))))

    def reject(self, session: Session, key: str, **values: object) -> Step:
        """Say what would help; the question stays."""
        return Step(session, (Reject(self.presenter.text(key, session, **values), session.showing),))


def _before(session: Session, settle: Settle | None) -> tuple[Output, ...]:
    return (settle or Settle(session.turn),) if session.turn else ()
