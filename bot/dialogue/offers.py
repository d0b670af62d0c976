"""What can be tapped after a result: more reasons, a step in full, topics, the country, a correction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.dialogue.links import Links
from bot.dialogue.moves import standing, take_offer
from bot.dialogue.outputs import Say, Settle
from bot.dialogue.session import Session
from bot.dialogue.step import Step
from bot.dialogue.talk import Talk


class Offers:
    """Carries out what was tapped at an outcome."""

    def __init__(self, talk: Talk) -> None:
        self.talk = talk
        self._named: dict[str, Callable[[Session, Settle], Step]] = {
            "more": self._more,
            "topics": lambda session, settle: talk.aside(session, "aside_topics"),
            "country": self._other_country,
            "not_right": self._not_right,
            "change": lambda session, settle: talk.aside(session, "aside_change"),
            "restart": lambda session, settle: Links(talk).anew(session, ""),
        }

    def taken(self, session: Session, offer: str, settle: Settle) -> Step:
        """One of the offers was tapped."""
        step = self.talk.flow.steps_by_id.get(offer)
        if step is not None:
            return self._card(session, offer)
        if offer in self.talk.flow.questions:
            question = self.talk.flow.questions[offer]
            moved, place = take_offer(self.talk.path, session, offer, question.choices[0].id)
            return self.talk.arrive(moved, place, settle)
        country = self.talk.knowledge.numbers.of(offer.upper())
        if country is not None:
            return self.talk.conclude(replace(session, country=country.iso), settle)
        return self._named[offer](session, settle)

    def _card(self, session: Session, ident: str) -> Step:
        step = self.talk.flow.steps_by_id[ident]
        presenter = self.talk.presenter
        shown = self.talk.show(session)
        card = Say(presenter.card(step, session), session.node, presenter.card_buttons(step, session))
        return Step(shown.session, (*shown.outputs[:-1], card, *shown.outputs[-1:]))

    def _more(self, session: Session, settle: Settle) -> Step:
        assessment = self.talk.presenter.assessment(session, standing(self.talk.flow, session))
        return self.talk.again(session, self.talk.presenter.more(assessment))

    def _other_country(self, session: Session, settle: Settle) -> Step:
        return self.talk.aside(session, "aside_country")

    def _not_right(self, session: Session, settle: Settle) -> Step:
        flag = next(finding.flag.id for finding in standing(self.talk.flow, session) if not finding.flag.combines)
        return self.talk.aside(session, "aside_retract", flag)
