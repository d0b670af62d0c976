"""Takes an answer, tapped or typed, to whatever is on the screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.dialogue.asides import Asides
from bot.dialogue.links import Links
from bot.dialogue.moves import accept, place_of, state
from bot.dialogue.offers import Offers
from bot.dialogue.outputs import Say, Settle, Tick
from bot.dialogue.session import Session
from bot.dialogue.step import Step
from bot.dialogue.talk import Talk
from bot.dialogue.understand import Misfit, understand
from bot.flow.answers import AnswerValue, answer_text, fits
from bot.flow.models import Kind, Question, RedFlag, Tier, most_urgent
from bot.triage.words import Heard

HINTS_ASKED = 2  # danger signs asked about after unclear words


class Receiver:
    """Turns inputs into answers, and answers into steps."""

    def __init__(self, talk: Talk) -> None:
        self.talk = talk
        self._asides = Asides(talk, Links(talk))
        self._offers = Offers(talk)

    def unless_stale(self, session: Session, turn: int | None, tap: str, act: Callable[[], Step]) -> Step:
        """Do it, unless the button belongs to an earlier question: then show the present one. A double tap does nothing."""
        if turn is None:
            return act()
        if turn != session.turn:
            return Step(session) if session.last_tap == (turn, tap) else self._present(session)
        step = act()
        return Step(replace(step.session, last_tap=(turn, tap)), step.outputs) if step.session else step

    def _present(self, session: Session) -> Step:
        return self.talk.show(session)

    def chose(self, session: Session, ids: tuple[str, ...], turn: int | None) -> Step:
        """A choice was tapped."""
        return self.unless_stale(session, turn, ",".join(ids), lambda: self._chosen(session, ids))

    def _chosen(self, session: Session, ids: tuple[str, ...]) -> Step:
        question = self.talk.screen(session)
        many = question.kind is Kind.MANY_OF
        value: AnswerValue = ids if many else ids[0] if len(ids) == 1 else ""
        if not fits(question, value) or (not many and question.choice(value) is None):
            return self._not_offered(session, question)
        if many and len(set(ids)) > 1 and any(choice.exclusive for choice in question.choices if choice.id in ids):
            return self.talk.reject(session, "reject_exclusive")
        return self.answer(session, question, _in_order(question, ids) if many else value)

    def _not_offered(self, session: Session, question: Question) -> Step:
        return self.talk.reject(session, "reject_choice", choices=self.talk.presenter.expected(question))

    def ticked(self, session: Session, choice_id: str, turn: int | None, *, on: bool) -> Step:
        """One of many was ticked: it is kept at once. A sign of an emergency does not wait for Done."""
        question = self.talk.screen(session)
        choice = question.choice(choice_id)
        if turn is not None and turn != session.turn:
            return self._present(session)
        if question.kind is not Kind.MANY_OF or choice is None:
            return self._not_offered(session, question)
        if choice.exclusive:
            return self.chose(session, (choice.id,), turn)
        ticks = set(session.picked) | {choice.id} if on else set(session.picked) - {choice.id}
        picked = tuple(c.id for c in question.choices if c.id in ticks)
        if on and self._is_emergency(session, question, picked):
            return self.chose(session, picked, turn)
        if picked == session.picked:
            return Step(session)
        marked = replace(session, picked=picked)
        return Step(marked, (Tick(self.talk.presenter.ask(question, marked)),))

    def _is_emergency(self, session: Session, question: Question, picked: tuple[str, ...]) -> bool:
        if not question.danger or session.aside:
            return False
        place = replace(place_of(self.talk.path, session), node=question.id, findings=())
        found = self.talk.path.follow(place, picked).findings
        return most_urgent([finding.tier for finding in found]) is Tier.EMERGENCY

    def finished(self, session: Session, turn: int | None) -> Step:
        """Done was tapped under a list."""
        if turn is not None and turn != session.turn:
            return self.unless_stale(session, turn, "done", lambda: Step(session))
        question = self.talk.screen(session)
        if question.kind is not Kind.MANY_OF or not session.picked:
            return self._not_offered(session, question)
        step = self.chose(session, session.picked, turn)
        marked = replace(step.session, last_tap=(turn, "done")) if step.session and turn is not None else step.session
        return Step(marked, step.outputs)

    def typed(self, session: Session, text: str) -> Step:
        """Something was written: danger first, then an answer, then a topic, else what would help."""
        heard = self.talk.knowledge.listener.hear(text)
        alarming = self._alarmed(session, heard)
        if alarming:
            return alarming
        question = self.talk.screen(session)
        value = understand(question, text)
        if heard.stated:
            return self._noted(session, heard.stated, question, value)
        if not isinstance(value, Misfit):
            return self.answer(session, question, value)
        if heard.hinted:
            return self._ask_about(session, heard)
        return self._about_a_topic(session, text) or self._rejected(session, question, value)

    def _alarmed(self, session: Session, heard: Heard) -> Step | None:
        """Typed words that state a danger sign count at once."""
        if heard.hypothetical or not any(flag.tier.alarms for flag in heard.stated):
            return None
        moved = session
        for flag in heard.stated:
            moved, _ = state(self.talk.path, moved, flag)
        return self.talk.conclude(replace(moved, aside=None, picked=()))

    def _noted(
        self, session: Session, flags: tuple[RedFlag, ...], question: Question, value: AnswerValue | Misfit
    ) -> Step:
        """A sign for a doctor soon is noted; the questions go on."""
        moved = session
        for flag in flags:
            moved, _ = state(self.talk.path, moved, flag)
        text = self.talk.presenter.text("heard_soon", signs=flags[0].signs)
        if isinstance(value, Misfit):
            return self.talk.again(moved, text)
        return self.answer(moved, question, value).after(Say(text, session.showing))

    def _ask_about(self, session: Session, heard: Heard) -> Step:
        about = ",".join(flag.id for flag in heard.hinted[:HINTS_ASKED])
        step = self.talk.aside(session, "aside_heard", about)
        if not heard.hypothetical:
            return step
        return step.after(Say(self.talk.presenter.text("hypothetical", session), session.showing))

    def _about_a_topic(self, session: Session, text: str) -> Step | None:
        topic = self.talk.knowledge.listener.topic(text)
        return self.talk.again(session, self.talk.presenter.topic(topic)) if topic else None

    def _rejected(self, session: Session, question: Question, misfit: Misfit) -> Step:
        presenter = self.talk.presenter
        values = {"choices": presenter.expected(question), **presenter.limits(question)}
        return self.talk.reject(session, misfit.message, **values)

    def answer(self, session: Session, question: Question, value: AnswerValue) -> Step:
        """An answer that fits what is on the screen."""
        settle = Settle(session.turn, self.talk.presenter.fill(question.ask, session), answer_text(question, value))
        if session.aside:
            return self._asides.answered(session, str(value), settle)
        if session.showing in self.talk.flow.outcomes:
            return self._offers.taken(session, str(value), settle)
        moved, place = accept(self.talk.path, session, value)
        return self.talk.arrive(moved, place, settle)


def _in_order(question: Question, ids: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(choice.id for choice in question.choices if choice.id in ids)
