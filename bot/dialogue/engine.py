"""The engine: a session and what the person did, to the next session and what to send. Pure and synchronous.

The same session and input give the same step. Time and ids are arguments. It never raises for anything a person does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from bot.dialogue.commands import ENOUGH, GREETINGS, WORDS, Commands
from bot.dialogue.hear import Hearer, names_choice
from bot.dialogue.inputs import Chose, Commanded, Finished, Input, Opened, SentOther, Ticked, Typed
from bot.dialogue.knowledge import knowledge
from bot.dialogue.links import Links
from bot.dialogue.moves import migrated
from bot.dialogue.outputs import Ask, Conclude, Reject, Say
from bot.dialogue.receive import Receiver
from bot.dialogue.reminding import may_be_reminded, remind
from bot.dialogue.renewal import Renewal
from bot.dialogue.session import Session
from bot.dialogue.step import Step
from bot.dialogue.talk import Talk
from bot.flow.answers import Answer
from bot.flow.clinics import Clinic
from bot.flow.models import Flow
from bot.flow.numbers import Numbers

FINISHED = frozenset({"done", "finished", "ready", "thats all", "that's all", "that is all"})  # typed under ticks
ALWAYS_AT_HAND = frozenset({"emergency", "help"})  # work from any button, however old
AWAY_SECONDS = 12 * 3600  # after so long, the patient is welcomed back


class Engine:
    """Conversations over one checked flow."""

    def __init__(self, flow: Flow, numbers: Numbers, clinics: Mapping[str, Clinic] | None = None) -> None:
        self.flow = flow
        self.knowledge = knowledge(flow, numbers, clinics or {})
        self.talk = Talk(self.knowledge)
        self._links = Links(self.talk)
        self._receiver = Receiver(self.talk, self._links)
        self._hearer = Hearer(self.talk, self._receiver)
        self._commands = Commands(self.talk, self._links)
        self._renewal = Renewal(self.talk)

    def meet(self, session_id: str, done: Input, now: float, *, language: str | None = None) -> Step:
        """Begin with somebody who has no conversation yet. What they wrote before pressing Start counts."""
        payload = done.payload if isinstance(done, Opened) else ""
        begun = self.start(session_id, now, payload=payload, language=language)
        words = done.text if isinstance(done, Typed) else payload if " " in payload else ""
        if begun.session is None or not words or _word(words) in GREETINGS:
            return begun
        step = self.advance(begun.session, Typed(words), now)
        understood = any(isinstance(output, Ask | Conclude) for output in step.outputs)
        return step.after(*begun.outputs[:1]) if understood else begun

    def start(self, session_id: str, now: float, *, payload: str = "", language: str | None = None) -> Step:
        """Begin a conversation, perhaps by a clinic's link."""
        return self._links.begin(session_id, now, payload, language)

    def advance(self, session: Session, done: Input, now: float) -> Step:
        """What follows from what the person did."""
        return self._renewal.before_going_on(session, self._advanced(session, done, now))

    def _advanced(self, session: Session, done: Input, now: float) -> Step:
        away = now - session.touched_at > AWAY_SECONDS
        tap = _tap(done)
        late = tap is not None and tap[0] != session.turn
        last_tap = session.last_tap if late else tap or session.last_tap
        current = session.but(touched_at=max(now, session.touched_at), last_tap=last_tap)
        if late and tap == last_tap:
            return Step(current)  # a double tap does nothing twice
        if session.flow_hash != self.flow.hash:
            return self._on_this_version(current, done, away=away, late=late)
        return self._react(current, done, away=away, late=late)

    def may_be_reminded(self, session: Session) -> bool:
        """Would a reminder be fitting, should the patient stop here?"""
        return may_be_reminded(self.flow, session)

    def remind(self, session: Session) -> Step:
        """Ask somebody who stopped in the middle whether we go on."""
        if session.flow_hash == self.flow.hash:
            return remind(self.talk, session)
        note = Say(self.talk.presenter.text("flow_changed"), session.showing)
        return remind(self.talk, migrated(self.knowledge.path, session), note)

    def _on_this_version(self, session: Session, done: Input, *, away: bool, late: bool) -> Step:
        """The session was begun on another version of the flow. It goes on, or the patient is told why not."""
        moved = migrated(self.knowledge.path, session)
        note = Say(self.talk.presenter.text("flow_changed"), moved.showing)
        if (moved.showing, moved.aside) != (session.showing, session.aside):
            return self._moved_away(moved, done, note)
        step = self._react(moved, done, away=away, late=late)
        kept_all = {*moved.answers, *self._known(moved.dormant)} == {*session.answers, *self._known(session.dormant)}
        return step if kept_all else step.after(note)

    def _known(self, answers: Iterable[Answer]) -> Iterator[Answer]:
        """Those to questions that this version has."""
        return (answer for answer in answers if answer.question in self.flow.questions)

    def _moved_away(self, session: Session, done: Input, note: Say) -> Step:
        """What was done can be no answer any more, for another question stands here now. Danger and commands count."""
        if isinstance(done, Typed) and not _command(done.text):
            heard = self._hearer.danger(session, done.text)
            return heard.after(note) if heard else self.talk.proceed(session, note)
        if isinstance(done, Typed | Commanded | Opened) and not self.talk.alarmed(session):
            return self._react(session, done, away=False, late=False).after(note)
        return self.talk.proceed(session, note)

    def _react(self, session: Session, done: Input, *, away: bool, late: bool) -> Step:
        if late and not (isinstance(done, Commanded) and done.name in ALWAYS_AT_HAND):
            return self.talk.show(session)
        match done:
            case Opened(payload):
                return self._danger_in(session, payload) or self._links.opened(session, payload)
            case Commanded(name):
                return self._commands.run(session, name)
            case Chose():
                return self._welcomed(away, self._receiver.chose(session, done))
            case Ticked():
                return self._receiver.ticked(session, done)
            case Finished():
                return self._welcomed(away, self._receiver.finished(session))
            case Typed(text):
                return self._typed(session, text, away=away)
        return self._cannot_read(session, done, away=away)

    def _typed(self, session: Session, text: str, *, away: bool) -> Step:
        if command := _command(text):
            return self._named(session, *command)
        word = _word(text)
        if word in FINISHED and session.picked:
            return self._receiver.finished(session)
        known = word in WORDS and not (away and word in GREETINGS)
        if known and not names_choice(self.talk.screen(session), text):
            return self._commands.run(session, WORDS[word])
        # after a result these ask for nothing more; elsewhere they may be answers
        if word in ENOUGH and self.talk.ended(session) and not session.aside and not self.talk.alarmed(session):
            return self._commands.run(session, "stop")
        step = self._hearer.typed(session, text)
        if away and any(isinstance(output, Reject) for output in step.outputs):
            return self.talk.aside(session, "aside_return")
        return self._welcomed(away, step)

    def _named(self, session: Session, name: str, rest: str) -> Step:
        """A command, typed. Words behind it may speak of danger."""
        if heard := self._danger_in(session, rest):
            return heard
        return self._links.opened(session, rest) if name == "start" else self._commands.run(session, name)

    def _danger_in(self, session: Session, words: str) -> Step | None:
        return self._hearer.danger(session, words) if " " in words else None

    def _welcomed(self, away: bool, step: Step) -> Step:
        """Somebody who comes back after long is welcomed, unless there is something more urgent to say."""
        goes_on = bool(step.outputs) and isinstance(step.outputs[-1], Ask)
        return step.after(Say(self.talk.presenter.text("welcome_back"))) if away and goes_on else step

    def _cannot_read(self, session: Session, sent: SentOther, *, away: bool) -> Step:
        if heard := self._danger_in(session, sent.text):
            return heard
        if away:
            return self.talk.aside(session, "aside_return")
        key = "edited" if sent.kind == "edited" else "cannot_read"
        return self.talk.reject(session, key, kind=sent.kind)


def _tap(done: Input) -> tuple[int, str] | None:
    """The turn of the button that was tapped, and which one it was; None where there was no button."""
    match done:
        case Chose(ids, int(turn)):
            return turn, ",".join(ids)
        case Ticked(choice, on, int(turn)):
            return turn, f"{choice}={on}"
        case Finished(int(turn)):
            return turn, "done"
        case Commanded(name, int(turn)):
            return turn, f"/{name}"
    return None


def _word(text: str) -> str:
    """A text that may be one known word, as it is known."""
    return text.strip().lower().rstrip("?!. ")


def _command(text: str) -> tuple[str, str] | None:
    """The name and the rest of a typed command such as "/start@bot clinic"; None where it is none."""
    if not text.strip().startswith("/"):
        return None
    head, _, rest = text.strip()[1:].partition(" ")
    return head.split("@")[0].lower(), rest.strip()
