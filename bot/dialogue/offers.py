"""What can be tapped after a result: more reasons, a step in full, topics, the country, a correction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.dialogue.links import Links
from bot.dialogue.moves import take_offer
from bot.dialogue.outputs import Settle
from bot.dialogue.session import Session
from bot.dialogue.statements import standing
from bot.dialogue.step import Step
from bot.dialogue.talk import Talk
from bot.flow.questions import Question
from bot.triage.screening import behind, ordered


class Offers:
    """Carries out what was tapped at an outcome."""

    def __init__(self, talk: Talk, links: Links) -> None:
        self.talk = talk
        self._named: dict[str, Callable[[Session, Settle], Step]] = {
            "more": lambda session, settle: talk.aside(session, "aside_more", settle=settle),
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
        if offer in self.talk.flow.steps_by_id:
            return self.talk.show(session, self.talk.in_full(session, offer), settle=settle)
        if question := self.talk.flow.questions.get(offer):
            return self._question(session, question, settle)
        country = self.talk.knowledge.numbers.chosen(offer)
        return self.talk.conclude(replace(session, country=country.iso if country else None), settle=settle)

    def _question(self, session: Session, question: Question, settle: Settle) -> Step:
        """An offered question is answered by tapping it."""
        moved, place = take_offer(self.talk.path, session, question.id, question.choices[0].id)
        return self.talk.arrive(moved, place, settle=settle)

    def _not_right(self, session: Session, settle: Settle) -> Step:
        """Every flag behind the alarm is asked about, one after the other."""
        findings = ordered(standing(self.talk.flow, session))
        alarming = [finding for finding in findings if finding.tier.alarms] or findings
        doubted = [flag.flag.id for finding in alarming for flag in behind(finding, findings)]
        return self.talk.aside(session, "aside_retract", ",".join(dict.fromkeys(doubted)), settle=settle)
