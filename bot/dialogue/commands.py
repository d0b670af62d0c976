"""Commands: the things that are always at hand, whatever is being asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.dialogue.links import Links
from bot.dialogue.moves import accept, step_back
from bot.dialogue.session import Session
from bot.dialogue.step import Step
from bot.dialogue.talk import Talk

MENU = ("start", "back", "restart", "summary", "help", "emergency", "reminders", "privacy", "delete", "about", "stop")
GREETINGS = frozenset({"hello", "hi", "hey", "hello there", "hi there", "hi again", "good morning", "good evening"})
WORDS = {  # that people type instead of a command
    "back": "back",
    "go back": "back",
    **dict.fromkeys(("help", "help me", "please help", "please help me", "i need help"), "help"),
    "emergency": "emergency",
    "restart": "restart",
    "start over": "restart",
    "start again": "restart",
    "stop": "stop",
    "quit": "stop",
    "summary": "summary",
    "reminders": "reminders",
    "no reminders": "reminders",
    "do not remind me": "reminders",
    "don't remind me": "reminders",
    "dont remind me": "reminders",
    "stop reminding me": "reminders",
    "why": "why",
    "why do you ask": "why",
    "what does this mean": "meaning",
    "what do you mean": "meaning",
    **dict.fromkeys(("what", "huh", "i dont understand", "i don't understand", "i do not understand"), "meaning"),
    **dict.fromkeys(("delete", "delete my data", "delete everything", "erase everything", "erase my data"), "delete"),
    **dict.fromkeys(("stop asking", "stop it", "no more questions", "leave me alone", "go away", "cancel"), "stop"),
    **dict.fromkeys(("exit", "bye", "bye bye", "goodbye", "good bye", "see you"), "stop"),
    **dict.fromkeys(GREETINGS, "hello"),
    **dict.fromkeys(("thanks", "thank you", "thank u", "thx", "ty", "cheers", "many thanks", "thanks a lot"), "thanks"),
    **dict.fromkeys(("thank you so much", "thank you very much", "ok thanks", "ok thank you"), "thanks"),
}
ENOUGH = frozenset({"no", "nope", "no thanks", "nothing", "ok", "okay", "done", "thats all", "that's all"})
_ECHOED = 20  # characters of an unknown command that are said back


class Commands:
    """Runs commands."""

    def __init__(self, talk: Talk, links: Links) -> None:
        self.talk, self.links = talk, links
        self._run: dict[str, Callable[[Session], Step]] = {
            "start": lambda session: links.opened(session, ""),
            "back": self._back,
            "restart": self._restart,
            "summary": self._summary,
            "help": lambda session: self._tell(session, "help"),
            "emergency": talk.emergency,
            "reminders": lambda session: talk.aside(session, "aside_reminders"),
            "privacy": lambda session: self._tell(session, "privacy"),
            "delete": lambda session: talk.aside(session, "aside_delete"),
            "about": lambda session: self._tell(session, "about"),
            "stop": self._stop,
            "why": lambda session: self._explain(session, "why"),
            "meaning": lambda session: self._explain(session, "meaning"),
            "hello": lambda session: self._tell(session, "greeted"),
            "thanks": self._thanked,
            "keep": self._keep,
        }

    def run(self, session: Session, name: str) -> Step:
        """Run a command; one that does not exist is a value that says which do."""
        command = self._run.get(name)
        if command is None:
            return self.talk.reject(session, "unknown_command", command=f"/{name[:_ECHOED]}")
        return command(session)

    def _tell(self, session: Session, key: str) -> Step:
        presenter = self.talk.presenter
        return self.talk.again(session, presenter.text(key, session, review=presenter.text("review")))

    def _back(self, session: Session) -> Step:
        if session.aside:
            return self.talk.resume(replace(session, aside=session.aside.below))
        earlier = step_back(session)
        if earlier is None:
            return self.talk.again(session, self.talk.presenter.text("at_beginning"))
        return self.talk.show(earlier)

    def _restart(self, session: Session) -> Step:
        untouched = not session.answers and not session.stated
        if untouched or (self.talk.ended(session) and not self.talk.alarmed(session)):
            return self.links.anew(session)
        return self.talk.aside(session, "aside_restart")

    def _summary(self, session: Session) -> Step:
        summary = self.talk.presenter.summary(session)
        if not session.answers:
            return self.talk.again(session, summary)
        return self.talk.aside(session, "aside_change", "", self.talk.say(session, summary))

    def _thanked(self, session: Session) -> Step:
        if self.talk.alarmed(session) and not session.aside:
            return self.talk.reject(session, "thanked_alarm")
        return self._tell(session, "thanked")

    def _stop(self, session: Session) -> Step:
        told = self.talk.say(session, self.talk.presenter.text("stopped", session))
        return Step(session.but(let_be=True), (told,))

    def _explain(self, session: Session, what: str) -> Step:
        question = self.talk.screen(session)
        text = question.why if what == "why" else question.meaning
        words = self.talk.presenter.text
        return self.talk.again(session, words(what, **{what: text}) if text else words("nothing_more"))

    def _keep(self, session: Session) -> Step:
        kept = next((answer for answer in session.answers if answer.question == session.reopened), None)
        if kept is None or session.aside:
            return self.talk.show(session)
        moved, place = accept(self.talk.path, session, kept.value)
        return self.talk.arrive(moved, place)
