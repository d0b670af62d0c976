"""The engine: a session and what the person did, to the next session and what to send. Pure and synchronous.

The same session and input give the same step. Time and ids are arguments. It never raises for anything a person does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.dialogue.commands import Commands
from bot.dialogue.inputs import Chose, Commanded, Finished, Input, Opened, SentOther, Ticked, Typed
from bot.dialogue.knowledge import knowledge
from bot.dialogue.links import Links
from bot.dialogue.moves import migrated
from bot.dialogue.outputs import Reject, Say
from bot.dialogue.receive import Receiver
from bot.dialogue.screen import Screen
from bot.dialogue.session import Session
from bot.dialogue.step import Step
from bot.dialogue.talk import Talk
from bot.flow.clinics import Clinic
from bot.flow.models import Flow
from bot.flow.numbers import Numbers

AWAY_SECONDS = 12 * 3600  # after so long, the patient is welcomed back


class Engine:
    """Conversations over one checked flow."""

    def __init__(self, flow: Flow, numbers: Numbers, clinics: Mapping[str, Clinic] | None = None) -> None:
        self.flow = flow
        self.knowledge = knowledge(flow, numbers, clinics or {})
        self.talk = Talk(self.knowledge)
        self._receiver = Receiver(self.talk)
        self._links = Links(self.talk)
        self._commands = Commands(self.talk, self._links)

    def start(self, session_id: str, now: float, *, payload: str = "", language: str | None = None) -> Step:
        """Begin a conversation, perhaps by a clinic's link."""
        return self._links.begin(session_id, now, payload, language)

    def advance(self, session: Session, done: Input, now: float) -> Step:
        """What follows from what the person did."""
        away = now - session.touched_at > AWAY_SECONDS
        current, note = self._current(replace(session, touched_at=max(now, session.touched_at)))
        step = self._react(current, done, away=away and not self._at_end(current))
        return Step(step.session, (*note, *step.outputs))

    def screen(self, session: Session) -> Screen:
        """The question on the screen."""
        return self.talk.screen(session)

    def _at_end(self, session: Session) -> bool:
        return session.node in self.flow.outcomes and session.reopened is None

    def _current(self, session: Session) -> tuple[Session, tuple[Say, ...]]:
        """The session on this version of the flow."""
        if session.flow_hash == self.flow.hash:
            return session, ()
        moved, changed = migrated(self.knowledge.path, session)
        if not changed:
            return moved, ()
        return moved, (Say(self.talk.presenter.text("flow_changed"), moved.node),)

    def _react(self, session: Session, done: Input, *, away: bool) -> Step:
        match done:
            case Opened(payload):
                return self._links.opened(session, payload)
            case Commanded(name, turn):
                return self._receiver.unless_stale(session, turn, f"/{name}", lambda: self._commands.run(session, name))
            case Chose(ids, turn):
                return self._welcomed(away, self._receiver.chose(session, ids, turn))
            case Ticked(choice, on, turn):
                return self._receiver.ticked(session, choice, turn, on=on)
            case Finished(turn):
                return self._welcomed(away, self._receiver.finished(session, turn))
            case Typed(text):
                return self._typed(session, text, away=away)
            case SentOther(kind):
                return self._cannot_read(session, kind)

    def _typed(self, session: Session, text: str, *, away: bool) -> Step:
        word = text.strip().lower()
        if word.startswith("/"):
            name = word[1:].split("@")[0].split(" ")[0]
            return self._commands.run(session, name)
        if word in WORDS_FOR_COMMANDS:
            return self._commands.run(session, WORDS_FOR_COMMANDS[word])
        step = self._receiver.typed(session, text)
        if away and step.session is not None and any(isinstance(output, Reject) for output in step.outputs):
            return self.talk.aside(session, "aside_return")
        return self._welcomed(away, step)

    def _welcomed(self, away: bool, step: Step) -> Step:
        if not away:
            return step
        return Step(step.session, (Say(self.talk.presenter.text("welcome_back")), *step.outputs))

    def _cannot_read(self, session: Session, kind: str) -> Step:
        key = "edited" if kind == "edited" else "cannot_read"
        return Step(session, (Reject(self.talk.presenter.text(key, kind=kind), session.showing),))


WORDS_FOR_COMMANDS = {  # words that people type instead of tapping
    "back": "back",
    "go back": "back",
    "help": "help",
    "emergency": "emergency",
    "restart": "restart",
    "start over": "restart",
    "start again": "restart",
    "stop": "stop",
    "quit": "stop",
    "summary": "summary",
    "why": "why",
    "why?": "why",
    "why do you ask": "why",
    "why do you ask?": "why",
    "what does this mean": "meaning",
    "what does this mean?": "meaning",
    "what do you mean": "meaning",
    "what do you mean?": "meaning",
}
