"""Answers to the program's own questions: go on or start over, delete, is it true, which country, which topic."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.dialogue.links import Links
from bot.dialogue.moves import confirm, reopen, retract, state
from bot.dialogue.outputs import Erase, Say, Settle
from bot.dialogue.session import Aside, Session
from bot.dialogue.step import Step
from bot.dialogue.talk import Talk
from bot.dialogue.times import could_be_two, read_time, utc_offset
from bot.flow.clinical import RedFlag
from bot.flow.conditions import NO, UNSURE, YES


@dataclass(frozen=True, slots=True)
class _Reply:
    """An answer to an aside."""

    session: Session  # without the aside
    aside: Aside
    choice: str
    settle: Settle


class Asides:
    """Takes the answers to asides."""

    def __init__(self, talk: Talk, links: Links) -> None:
        self.talk, self.links = talk, links
        self._answered: dict[str, Callable[[_Reply], Step]] = {
            "aside_restart": self._restart,
            "aside_delete": self._delete,
            "aside_return": self._return,
            "aside_new_link": self._new_link,
            "aside_retract": self._retract,
            "aside_heard": self._heard,
            "aside_country": self._country,
            "aside_change": self._change,
            "aside_topics": self._topics,
            "aside_more": self._more,
            "aside_reminders": self._reminders,
            "aside_time": self._time,
        }

    def answered(self, session: Session, aside: Aside, choice: str, settle: Settle) -> Step:
        """An answer to the aside on the screen."""
        return self._answered[aside.question](_Reply(replace(session, aside=aside.below), aside, choice, settle))

    def _restart(self, reply: _Reply) -> Step:
        if reply.choice == YES:
            return self.links.anew(reply.session, settle=reply.settle)
        return self.talk.resume(reply.session, settle=reply.settle)

    def _delete(self, reply: _Reply) -> Step:
        session, text = reply.session, self.talk.presenter.text
        if reply.choice != YES:
            return self.talk.resume(session, self.talk.say(session, text("deletion_cancelled")), settle=reply.settle)
        count = len(session.answers) + len(session.dormant) + len(session.stale)
        return Step(None, (reply.settle, Erase(), Say(text("deleted", count=count))))

    def _return(self, reply: _Reply) -> Step:
        if reply.choice == "start_over":
            return self.links.anew(reply.session, settle=reply.settle)
        return self.talk.resume(reply.session, settle=reply.settle)

    def _new_link(self, reply: _Reply) -> Step:
        if reply.choice == "start_over":
            return self.links.anew(reply.session, reply.aside.about, settle=reply.settle)
        return self.links.go_on(reply.session, reply.aside.about, reply.settle)

    def _retract(self, reply: _Reply) -> Step:
        flag, *rest = self._flags(reply)
        change = retract if (mistake := reply.choice == "mistake") else confirm
        moved, place = change(self.talk.path, reply.session, flag)
        still = [other.id for other in rest if (entry := moved.statement(other.id)) and entry.stands]
        again = self.talk.alarmed(moved) and not still
        key = "retracted" if mistake else "kept_alarm" if again else "kept"
        told = self.talk.say(moved, self.talk.presenter.text(key, signs=flag.signs))
        if still:
            return self.talk.aside(moved, "aside_retract", ",".join(still), told, settle=reply.settle)
        return self.talk.arrive(moved, place, told, settle=reply.settle)

    def _heard(self, reply: _Reply) -> Step:
        flag, *rest = self._flags(reply)
        session, denied = reply.session, reply.choice == NO
        moved = session if denied else state(self.talk.path, session, (flag,), unsure=reply.choice == UNSURE)
        if self.talk.alarmed(moved) and not denied:
            return self.talk.conclude(replace(moved, aside=None), settle=reply.settle)
        if rest:
            return self.talk.aside(moved, "aside_heard", ",".join(other.id for other in rest), settle=reply.settle)
        if denied:
            thanks = self.talk.say(session, self.talk.presenter.text("heard_thanks", session))
            return self.talk.resume(session, thanks, settle=reply.settle)
        return self.talk.proceed(moved, self.talk.noted(moved, (flag,)), settle=reply.settle)

    def _flags(self, reply: _Reply) -> list[RedFlag]:
        return [flag for ident in reply.aside.flags if (flag := self.talk.flow.flag(ident))]

    def _country(self, reply: _Reply) -> Step:
        country = self.talk.knowledge.numbers.chosen(reply.choice)
        known = replace(reply.session, country=country.iso if country else reply.choice)
        presenter = self.talk.presenter
        told = presenter.emergency(known) if country else presenter.text("country_not_known", known)
        return self.talk.resume(known, self.talk.say(known, told), settle=reply.settle)

    def _change(self, reply: _Reply) -> Step:
        if reply.choice == "back":
            return self.talk.resume(reply.session, settle=reply.settle)
        return self.talk.show(reopen(reply.session, reply.choice), settle=reply.settle)

    def _more(self, reply: _Reply) -> Step:
        if reply.choice == "back":
            return self.talk.resume(reply.session, settle=reply.settle)
        told = self.talk.in_full(reply.session, reply.choice)
        return self.talk.aside(reply.session, "aside_more", "", told, settle=reply.settle)

    def _topics(self, reply: _Reply) -> Step:
        session, group = reply.session, reply.aside.about
        if reply.choice == "back" and not group:
            return self.talk.resume(session, settle=reply.settle)
        topic = next((topic for topic in self.talk.flow.topics if topic.id == reply.choice), None)
        if topic is None:
            chosen = "" if reply.choice == "back" else reply.choice
            return self.talk.aside(session, "aside_topics", chosen, settle=reply.settle)
        told = self.talk.say(session, self.talk.presenter.topic(topic))
        return self.talk.aside(session, "aside_topics", group, told, settle=reply.settle)

    def _reminders(self, reply: _Reply) -> Step:
        if reply.choice == "my_time":
            return self.talk.aside(reply.session, "aside_time", settle=reply.settle)
        wanted = reply.choice == "fine"
        told = self.talk.presenter.text("reminders_on" if wanted else "reminders_off")
        return self._noted(reply.session.but(reminders=wanted), told, reply)

    def _time(self, reply: _Reply) -> Step:
        """The time of day was typed, or what was typed is none."""
        session, minute = reply.session, read_time(reply.choice)
        if reply.choice == "back":
            return self.talk.resume(session, settle=reply.settle)
        if reply.choice == "never":
            return self._reminders(reply)
        if minute is None:
            key = "reject_half_day" if could_be_two(reply.choice) else "reject_time"
            return self.talk.reject(session.but(aside=reply.aside), key)
        known = session.but(reminders=True, utc_offset=utc_offset(minute, session.touched_at))
        return self._noted(known, self.talk.presenter.text("time_noted"), reply)

    def _noted(self, session: Session, told: str, reply: _Reply) -> Step:
        return self.talk.resume(session, self.talk.say(session, told), settle=reply.settle)
