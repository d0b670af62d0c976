"""Takes typed words: danger first, then an answer, then a topic, else what would help."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

from bot.dialogue.danger_answers import hesitates
from bot.dialogue.inputs import Chose
from bot.dialogue.moves import state
from bot.dialogue.outputs import Ask, Reject
from bot.dialogue.plain_words import plain, words
from bot.dialogue.receive import Receiver, exclusive
from bot.dialogue.session import Aside, Session
from bot.dialogue.step import Step
from bot.dialogue.talk import Talk
from bot.dialogue.understand import Misfit, understand
from bot.flow.answers import AnswerValue
from bot.flow.clinical import Tier
from bot.flow.conditions import NO, UNSURE
from bot.flow.questions import Kind, Question
from bot.triage.words import Heard

_ASKING = words("am can could should what whats how is are does do why when will would which who where may")
_ENGLISH = words("i im my the have and it what how")  # none of these is common in another language
_MISTAKES = ("mistake", "mistakenly", "wrong", "wrongly", "accident", "accidentally", "oops", "not true")
_ANSWERS = frozenset({"reject_choice", "reject_many"})
_GENERAL = _ANSWERS | {"reject_menu", "reject_hesitant"}  # say no more the second time
LONG_WORDS = 8  # who writes more tells of themselves
HINTS_ASKED = 2  # danger signs asked about after unclear words


class Hearer:
    """Turns typed words into steps."""

    def __init__(self, talk: Talk, receiver: Receiver) -> None:
        self.talk, self._receiver = talk, receiver
        alone = talk.flow.lexicon.alone
        self._hesitant = frozenset(map(plain, alone.get("hesitant", ())))
        self._foreign = tuple(f"{plain(greeting)} " for greeting in alone.get("foreign", ()))

    def typed(self, session: Session, text: str) -> Step:
        """Something was written."""
        heard = self.talk.knowledge.listener.hear(text)
        question = self.talk.screen(session)
        step = self._typed(session, text, heard, question)
        return self._kindly(session, step) if heard.sorrow and not names_choice(question, text) else step

    def _kindly(self, session: Session, step: Step) -> Step:
        """A kind word before anything else. An alarm that is told comes first, and has kind words of its own."""
        alarmed = step.session is not None and self.talk.alarmed(step.session)
        if step.session is None or (alarmed and not step.session.aside):
            return step
        key = "kind_word_alarm" if alarmed else "kind_word"
        kind_word = self.talk.say(session, self.talk.presenter.text(key, session))
        return self.talk.show(session, kind_word) if isinstance(step.outputs[-1], Reject) else step.after(kind_word)

    def _typed(self, session: Session, text: str, heard: Heard, question: Question) -> Step:
        value = self._meant(question, text)
        if heard.stated:
            return self._stated(session, heard, question, value)
        if isinstance(value, Misfit):
            return self._unanswered(session, heard, question, value, text)
        if session.picked and isinstance(value, tuple):  # what was ticked counts beside what is typed
            ticks = value if exclusive(question, value) else tuple(dict.fromkeys((*session.picked, *value)))
            step = self._receiver.chose(session, Chose(ticks))
        else:
            step = self._receiver.answer(session, question, value)
        return step if names_choice(question, text) else self._with_hints(step, heard)

    def _meant(self, question: Question, text: str) -> AnswerValue | Misfit:
        """What the words answer. A hesitant no about danger is asked again: a no would calm, "not sure" may alarm."""
        value = understand(question, text)
        firm = not question.danger or not hesitates(plain(text), self._hesitant) or names_choice(question, text)
        grave = question.kind is Kind.ONE_OF and value == NO  # "Are you safe?" "Not really"
        hesitant = Misfit("reject_hesitant" if question.choice(UNSURE) else "reject_choice")
        return value if firm or grave else hesitant

    def danger(self, session: Session, text: str) -> Step | None:
        """What was written, where it cannot be an answer: only danger signs are heard."""
        heard = self.talk.knowledge.listener.hear(text)
        if heard.stated:
            return self._counted(session, state(self.talk.path, session, heard.stated), heard)
        return self._hinted(session, heard)

    def _stated(self, session: Session, heard: Heard, question: Question, value: AnswerValue | Misfit) -> Step:
        """A danger sign stated in words counts at once. Where it is no alarm, the same words may also be an answer."""
        moved = state(self.talk.path, session, heard.stated)
        same_question = moved.showing == session.showing and moved.aside == session.aside
        if isinstance(value, Misfit) or not same_question or self.talk.ended(moved):
            return self._counted(session, moved, heard)
        return self._receiver.answer(moved, question, value, self.talk.noted(moved, heard.stated))

    def _counted(self, session: Session, moved: Session, heard: Heard) -> Step:
        """The signs are stated. A new alarm is told at once, over whatever was open."""
        news = any(flag.tier.alarms for flag in heard.stated) or not self.talk.alarmed(session)
        if self.talk.alarmed(moved) and news:
            return self.talk.conclude(replace(moved, aside=None))
        return self.talk.proceed(moved, self.talk.noted(moved, heard.stated))

    def _unanswered(self, session: Session, heard: Heard, question: Question, misfit: Misfit, text: str) -> Step:
        if asked := self._hinted(session, heard):
            return asked
        if self.talk.alarmed(session) and not session.aside:
            return self._under_alarm(session, heard, text)
        whole = not self.talk.ended(session) and not _asks(text)
        told = self._about_a_topic(session, text, whole=whole) or self._in_english(session, text)
        return told or self._rejected(session, question, misfit, long=len(text.split()) > LONG_WORDS)

    def _under_alarm(self, session: Session, heard: Heard, text: str) -> Step:
        """No talk of anything else: the country's numbers, a mistake taken back, or once more what to do."""
        named = understand(self.talk.screen(replace(session, aside=Aside("aside_country"))), text)
        if country := self.talk.knowledge.numbers.chosen(named):
            return self.talk.conclude(replace(session, country=country.iso))
        if any(f" {words} " in f" {plain(text)} " for words in _MISTAKES):
            return self._receiver.answer(session, self.talk.screen(session), "not_right")
        key = "reject_alarm" if session.showing == Tier.EMERGENCY else "reject_same_day"
        return self.talk.reject(session, f"{key}_sorrow" if heard.sorrow else key)

    def _hinted(self, session: Session, heard: Heard) -> Step | None:
        """Words that may mean a danger sign: it is asked. Who only asks when to worry is told."""
        about = _unknown(session, heard)
        told = [self.talk.say(session, self.talk.presenter.text("hypothetical", session))] if heard.hypothetical else []
        if about:
            return self.talk.aside(session, "aside_heard", about, *told)
        return self.talk.show(session, *told) if told else None

    def _with_hints(self, step: Step, heard: Heard) -> Step:
        """An answer was taken. What else the words may mean is asked before the next question."""
        about = _unknown(step.session, heard) if step.session else ""
        if step.session is None or not about or self.talk.alarmed(step.session):
            return step
        asked = self.talk.aside(step.session, "aside_heard", about)
        before = step.outputs[:-1] if isinstance(step.outputs[-1], Ask) else step.outputs
        return Step(asked.session, (*before, *asked.outputs[1:]))

    def _about_a_topic(self, session: Session, text: str, *, whole: bool) -> Step | None:
        topic = self.talk.knowledge.listener.topic(text, whole=whole)
        return self.talk.again(session, self.talk.presenter.topic(topic)) if topic else None

    def _in_english(self, session: Session, text: str) -> Step | None:
        """Who writes in another language is told that the bot knows only this one."""
        written = f"{plain(text)} "
        greeting = next(filter(written.startswith, self._foreign), "" if _in_another_script(text) else None)
        if greeting is None or self.talk.alarmed(session) or _ENGLISH.intersection(written[len(greeting) :].split()):
            return None
        return self.talk.again(session, self.talk.presenter.text("english_only", session))

    def _rejected(self, session: Session, question: Question, misfit: Misfit, *, long: bool) -> Step:
        if session.aside and session.aside.question == "aside_country":
            return self._receiver.answer(session, question, "other")
        presenter = self.talk.presenter
        key = "reject_menu" if self.talk.ended(session) and not session.aside else misfit.message
        if key in _ANSWERS and long:
            key = "reject_long"
        elif key in _GENERAL and session.puzzled == session.turn:
            key = "reject_again"
        values = {"choices": presenter.expected(question), **presenter.limits(question)}
        return self.talk.reject(session.but(puzzled=session.turn), key, **values)


def _in_another_script(text: str) -> bool:
    """Are there letters in it, but none of the Latin ones?"""
    return any(map(str.isalpha, text)) and not any("LATIN" in unicodedata.name(char, "") for char in text)


def _asks(text: str) -> bool:
    """Is it a question? A statement under an open question is meant as its answer."""
    return "?" in text or plain(text).split(" ")[0] in _ASKING


def names_choice(question: Question, text: str) -> bool:
    """Is it, word for word, what stands on a button or what the flow accepts for one?"""
    typed = plain(text)
    return any(typed == plain(name) for choice in question.choices for name in (choice.label, *choice.accepts))


def _unknown(session: Session, heard: Heard) -> str:
    """The flags hinted at that were not stated already, as an aside's subject."""
    known = {entry.flag for entry in session.stated if entry.stands}
    return ",".join([flag.id for flag in heard.hinted if flag.id not in known][:HINTS_ASKED])
