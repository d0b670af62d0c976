"""Answers to the program's own questions: go on or start over, delete, is it true, which country, which topic."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.dialogue.links import Links
from bot.dialogue.moves import confirm, reopen, retract, state
from bot.dialogue.outputs import Erase, Say, Settle
from bot.dialogue.session import Session
from bot.dialogue.step import Step
from bot.dialogue.talk import Talk
from bot.flow.conditions import NO, UNSURE, YES
from bot.flow.models import Tier


class Asides:
    """Takes the answers to asides."""

    def __init__(self, talk: Talk, links: Links) -> None:
        self.talk, self.links = talk, links
        self._answered: dict[str, Callable[[Session, str, str, Settle], Step]] = {
            "aside_restart": self._restart,
            "aside_delete": self._delete,
            "aside_return": self._return,
            "aside_new_link": self._new_link,
            "aside_retract": self._retract,
            "aside_heard": self._heard,
            "aside_country": self._country,
            "aside_change": self._change,
            "aside_topics": self._topics,
        }

    def answered(self, session: Session, choice: str, settle: Settle) -> Step:
        """An answer to the aside on the screen."""
        aside = session.aside
        assert aside is not None
        return self._answered[aside.question](replace(session, aside=None), choice, aside.about, settle)

    def _restart(self, session: Session, choice: str, about: str, settle: Settle) -> Step:
        return self.links.anew(session, "") if choice == YES else self.talk.show(session, settle)

    def _delete(self, session: Session, choice: str, about: str, settle: Settle) -> Step:
        if choice != YES:
            return self.talk.again(session, self.talk.presenter.text("deletion_cancelled"))
        count = len(session.answers) + len(session.dormant)
        return Step(None, (settle, Erase(), Say(self.talk.presenter.text("deleted", count=count))))

    def _return(self, session: Session, choice: str, about: str, settle: Settle) -> Step:
        return self.links.anew(session, "") if choice == "start_over" else self.talk.show(session, settle)

    def _new_link(self, session: Session, choice: str, about: str, settle: Settle) -> Step:
        return self.links.anew(session, about) if choice == "start_over" else self.links.go_on(session, about)

    def _retract(self, session: Session, choice: str, about: str, settle: Settle) -> Step:
        flag = self.talk.flow.flag(about)
        if flag is None:
            return self.talk.show(session, settle)
        key, change = ("retracted", retract) if choice == "mistake" else ("kept", confirm)
        moved, place = change(self.talk.path, session, about)
        return self.talk.arrive(moved, place, settle).after(Say(self.talk.presenter.text(key, signs=flag.signs)))

    def _heard(self, session: Session, choice: str, about: str, settle: Settle) -> Step:
        first, _, rest = about.partition(",")
        flag = self.talk.flow.flag(first)
        if choice == NO or flag is None:
            if rest:
                return self.talk.aside(session, "aside_heard", rest)
            return self.talk.again(session, self.talk.presenter.text("heard_thanks", session))
        moved, _ = state(self.talk.path, session, flag, unsure=choice == UNSURE)
        statement = moved.statement(flag.id)
        if statement and statement.tier.urgency >= Tier.SAME_DAY.urgency:
            return self.talk.conclude(moved, settle)
        return self.talk.again(moved, self.talk.presenter.text("heard_soon", signs=flag.signs))

    def _country(self, session: Session, choice: str, about: str, settle: Settle) -> Step:
        country = self.talk.knowledge.numbers.of(choice.upper())
        if country is None:
            return self.talk.again(session, self.talk.presenter.text("country_not_known", session))
        known = replace(session, country=country.iso)
        if known.node in self.talk.flow.outcomes and known.reopened is None:
            return self.talk.conclude(known, settle)
        return self.talk.again(known, self.talk.presenter.emergency(known))

    def _change(self, session: Session, choice: str, about: str, settle: Settle) -> Step:
        asked = {answer.question for answer in session.answers}
        return self.talk.show(reopen(session, choice) if choice in asked else session, settle)

    def _topics(self, session: Session, choice: str, about: str, settle: Settle) -> Step:
        if choice == "back":
            return self.talk.aside(session, "aside_topics") if about else self.talk.show(session, settle)
        topic = next((topic for topic in self.talk.flow.topics if topic.id == choice), None)
        if topic is None:
            return self.talk.aside(session, "aside_topics", choice)
        step = self.talk.aside(session, "aside_topics", about)
        return step.after(Say(self.talk.presenter.topic(topic)))
