"""Commands: the things that are always at hand, whatever is being asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.dialogue.links import Links
from bot.dialogue.moves import accept, step_back
from bot.dialogue.outputs import Say
from bot.dialogue.session import Session
from bot.dialogue.step import Step
from bot.dialogue.talk import Talk

MENU = ("start", "back", "restart", "summary", "help", "emergency", "privacy", "delete", "about", "stop")


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
            "emergency": self._emergency,
            "privacy": lambda session: self._tell(session, "privacy"),
            "delete": lambda session: talk.aside(session, "aside_delete"),
            "about": lambda session: self._tell(session, "about"),
            "stop": self._stop,
            "why": lambda session: self._explain(session, "why"),
            "meaning": lambda session: self._explain(session, "meaning"),
            "keep": self._keep,
        }

    def run(self, session: Session, name: str) -> Step:
        """Run a command; one that does not exist is a value that says which do."""
        command = self._run.get(name)
        return command(session) if command else self.talk.reject(session, "unknown_command", command=f"/{name[:20]}")

    def _tell(self, session: Session, key: str) -> Step:
        presenter = self.talk.presenter
        return self.talk.again(session, presenter.text(key, session, review=presenter.text("review")))

    def _back(self, session: Session) -> Step:
        if session.aside:
            return self.talk.show(replace(session, aside=None))
        earlier = step_back(session)
        return self.talk.show(earlier) if earlier else self.talk.again(session, self.talk.presenter.text("at_beginning"))

    def _restart(self, session: Session) -> Step:
        if session.node in self.talk.flow.outcomes or not session.answers:
            return self.links.anew(session, "")
        return self.talk.aside(session, "aside_restart")

    def _summary(self, session: Session) -> Step:
        if not session.answers:
            return self.talk.again(session, self.talk.presenter.summary(session))
        step = self.talk.aside(session, "aside_change")
        return Step(step.session, (Say(self.talk.presenter.summary(session), session.showing), *step.outputs))

    def _emergency(self, session: Session) -> Step:
        told = self.talk.presenter.emergency(session)
        if self.talk.presenter.country(session):
            return self.talk.again(session, told)
        return self.talk.aside(session, "aside_country").after(Say(told, session.showing, urgent=True))

    def _stop(self, session: Session) -> Step:
        return Step(session, (Say(self.talk.presenter.text("stopped", session), session.showing),))

    def _explain(self, session: Session, what: str) -> Step:
        question = self.talk.screen(session)
        text = question.why if what == "why" else question.meaning
        presenter = self.talk.presenter
        told = presenter.text(what, **{what: text}) if text else presenter.text("nothing_more")
        return self.talk.again(session, told)

    def _keep(self, session: Session) -> Step:
        kept = next((answer for answer in session.answers if answer.question == session.reopened), None)
        if kept is None or session.aside:
            return self.talk.show(session)
        moved, place = accept(self.talk.path, session, kept.value)
        return self.talk.arrive(moved, place)
