"""What can be tapped after a result: more reasons, a step in full, topics, the country, a correction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.dialogue.links import Links
from bot.dialogue.moves import take_offer
from bot.dialogue.outputs import Say, Settle
from bot.dialogue.session import Session
from bot.dialogue.statements import standing
from bot.dialogue.step import Step
from bot.dialogue.talk import Talk
from bot.flow.models import NextStep, Question
from bot.triage.screening import ordered


class Offers:
    """Carries out what was tapped at an outcome."""

    def __init__(self, talk: Talk, links: Links) -> None:
        self.talk = talk
        self._named: dict[str, Callable[[Session, Settle], Step]] = {
            "more": self._more,
            "topics": lambda session, settle: talk.aside(session, "aside_topics", settle=settle),
            "country": lambda session, settle: talk.aside(session, "aside_country", settle=settle),
            "not_right": self._not_right,
            "change": lambda session, settle: talk.aside(session, "aside_change", settle=settle),
            "restart": lambda session, settle: links.anew(session, settle=settle),
        }

    def taken(self, session: Session, offer: str, settle: Settle) -> Step:
        """One of the offers was tapped."""
        if offer in self._named:
            return self._named[offer](session, settle)
        if step := self.talk.flow.steps_by_id.get(offer):
            return self._card(session, step, settle)
        if question := self.talk.flow.questions.get(offer):
            return self._question(session, question, settle)
        return self.talk.conclude(replace(session, country=offer.upper()), settle=settle)

    def _card(self, session: Session, step: NextStep, settle: Settle) -> Step:
        results = self.talk.results
        return self.talk.show(
            session, Say(results.card(step, session), session.node, results.booking(session, step)), settle=settle
        )

    def _question(self, session: Session, question: Question, settle: Settle) -> Step:
        """An offered question is answered by tapping it."""
        moved, place = take_offer(self.talk.path, session, question.id, question.choices[0].id)
        return self.talk.arrive(moved, place, settle=settle)

    def _more(self, session: Session, settle: Settle) -> Step:
        assessment = self.talk.results.assessment(session, standing(self.talk.flow, session))
        return self.talk.show(session, self.talk.say(session, self.talk.results.more(assessment)), settle=settle)

    def _not_right(self, session: Session, settle: Settle) -> Step:
        """Every flag behind the alarm is asked about, one after the other."""
        findings = ordered(standing(self.talk.flow, session))
        alarming = [finding for finding in findings if finding.tier.alarms] or findings
        about = ",".join(finding.flag.id for finding in alarming)
        return self.talk.aside(session, "aside_retract", about, settle=settle)
