"""Takes an answer to whatever is on the screen: tapped, ticked, finished."""

from __future__ import annotations

from bot.dialogue.asides import Asides
from bot.dialogue.inputs import Chose, Ticked
from bot.dialogue.links import Links
from bot.dialogue.moves import accept, place_of
from bot.dialogue.offers import Offers
from bot.dialogue.outputs import Output, Settle, Tick
from bot.dialogue.session import Session
from bot.dialogue.step import Step
from bot.dialogue.talk import Talk
from bot.flow.answers import AnswerValue, answer_text, fits
from bot.flow.clinical import Tier, most_urgent
from bot.flow.questions import Kind, Question


class Receiver:
    """Turns inputs into answers, and answers into steps."""

    def __init__(self, talk: Talk, links: Links) -> None:
        self.talk = talk
        self._asides = Asides(talk, links)
        self._offers = Offers(talk, links)

    def chose(self, session: Session, done: Chose) -> Step:
        """A choice was tapped, or all the ticked ones were sent."""
        return self._chosen(session, self.talk.screen(session), done.ids, done.turn)

    def _chosen(self, session: Session, question: Question, ids: tuple[str, ...], turn: int | None = None) -> Step:
        many = question.kind is Kind.MANY_OF
        value: AnswerValue = ids if many else ids[0] if len(ids) == 1 else ""
        if not fits(question, value) or (not many and question.choice(value) is None):
            return self._not_offered(session, question, turn)
        if many and exclusive(question, ids) and len({*ids, *_new_ticks(session, question)}) > 1:
            return self._ticked_before(session, question)
        return self.answer(session, question, _in_order(question, ids) if many else value)

    def _ticked_before(self, session: Session, question: Question) -> Step:
        """ "None of these" beside a tick: what was ticked is not dropped without a word."""
        ticked = _new_ticks(session, question)
        if not ticked:
            return self.talk.reject(session, "reject_exclusive")
        return self.talk.reject(session, "reject_ticked", choices=answer_text(question, ticked))

    def _not_offered(self, session: Session, question: Question, turn: int | None) -> Step:
        """A button that this question does not have was made for another: the question is put again."""
        if turn is not None:
            return self.talk.show(session)
        return self.talk.reject(session, "reject_choice", choices=self.talk.presenter.expected(question))

    def ticked(self, session: Session, done: Ticked) -> Step:
        """One of many was ticked: it is kept at once. A sign of an emergency does not wait for Done."""
        question = self.talk.screen(session)
        choice = question.choice(done.id)
        if question.kind is not Kind.MANY_OF or choice is None:
            return self._not_offered(session, question, done.turn)
        if choice.exclusive:
            return self._chosen(session, question, (choice.id,))
        ticks = {*session.picked, choice.id} if done.on else {*session.picked} - {choice.id}
        picked = _in_order(question, tuple(ticks))
        if done.on and self._is_emergency(session, question, picked):
            return self._chosen(session, question, picked)
        if picked == session.picked:
            return Step(session)
        marked = session.but(picked=picked)
        return Step(marked, (Tick(self.talk.presenter.ask(question, marked)),))

    def _is_emergency(self, session: Session, question: Question, picked: tuple[str, ...]) -> bool:
        if not question.danger:
            return False
        others = tuple(answer for answer in session.answers if answer.question != question.id)
        place = place_of(self.talk.path, session.but(answers=others, stated=()))
        found = self.talk.path.follow(place.at(question.id), picked).findings
        return most_urgent([finding.tier for finding in found]) is Tier.EMERGENCY

    def finished(self, session: Session) -> Step:
        """Done was tapped under a list."""
        question = self.talk.screen(session)
        if question.kind is Kind.MANY_OF and session.picked:
            return self._chosen(session, question, session.picked)
        return self.talk.reject(session, "reject_many", choices=self.talk.presenter.expected(question))

    def answer(self, session: Session, question: Question, value: AnswerValue, *said: Output) -> Step:
        """An answer that fits what is on the screen. `said` is told first."""
        if self.talk.ended(session) and not session.aside:
            return self._offers.taken(session, str(value), Settle(session.turn))  # the result stays to be read
        settle = Settle(session.turn, self.talk.presenter.fill(question.ask, session), answer_text(question, value))
        if session.aside:
            return self._asides.answered(session, session.aside, str(value), settle)
        moved, place = accept(self.talk.path, session, value)
        return self.talk.arrive(moved, place, *said, settle=settle)


def _new_ticks(session: Session, question: Question) -> tuple[str, ...]:
    """The ticks that are no part of an earlier answer to the question."""
    earlier = next((answer.value for answer in session.answers if answer.question == question.id), ())
    return tuple(tick for tick in session.picked if not isinstance(earlier, tuple) or tick not in earlier)


def exclusive(question: Question, ids: tuple[str, ...]) -> bool:
    """Is one of these a choice that cannot go with others?"""
    return any(choice.exclusive for choice in question.choices if choice.id in ids)


def _in_order(question: Question, ids: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(choice.id for choice in question.choices if choice.id in ids)
