"""Shows a session: the next question, the result, or an aside; and takes the buttons off what went before."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue.knowledge import Knowledge
from bot.dialogue.moves import standing
from bot.dialogue.outputs import Output, Reject, Say, Settle
from bot.dialogue.path import Place
from bot.dialogue.present import Presenter
from bot.dialogue.screen import Screen, shown
from bot.dialogue.session import Aside, Session
from bot.dialogue.step import Step


class Talk:
    """What every part of the engine says things with."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.flow = knowledge.flow
        self.path = knowledge.path
        self.presenter = Presenter(knowledge)

    def screen(self, session: Session) -> Screen:
        """The question that an input would answer now."""
        return shown(self.presenter, session, standing(self.flow, session))

    def show(self, session: Session, settle: Settle | None = None) -> Step:
        """Put the question on the screen, under a new turn; what was shown before loses its buttons."""
        before: tuple[Output, ...] = (settle or Settle(session.turn),) if session.turn else ()
        renewed = replace(session, turn=session.turn + 1)
        return Step(renewed, (*before, self.presenter.ask(self.screen(renewed), renewed)))

    def arrive(self, session: Session, place: Place, settle: Settle | None = None) -> Step:
        """Show where a move led: what is told on the way, then the next question or the result."""
        told = tuple(Say(self.presenter.fill(self.flow.notices[name].say, session), name) for name in place.notices)
        if session.aside or session.showing not in self.flow.outcomes:
            step = self.show(session, settle)
            return Step(step.session, (*step.outputs[:-1], *told, *step.outputs[-1:]))
        return self.conclude(session, settle)

    def conclude(self, session: Session, settle: Settle | None = None) -> Step:
        """Tell the result."""
        before: tuple[Output, ...] = (settle or Settle(session.turn),) if session.turn else ()
        renewed = replace(session, turn=session.turn + 1)
        assessment = self.presenter.assessment(renewed, standing(self.flow, renewed))
        return Step(renewed, (*before, self.presenter.conclude(renewed, assessment)))

    def again(self, session: Session, text: str, node: str = "") -> Step:
        """Say something, then show what was on the screen."""
        step = self.show(session)
        settle, *rest = step.outputs if len(step.outputs) > 1 else (None, *step.outputs)
        said = Say(text, node or session.showing)
        return Step(step.session, tuple(output for output in (settle, said, *rest) if output is not None))

    def aside(self, session: Session, question: str, about: str = "") -> Step:
        """Put a question of the program's own."""
        return self.show(replace(session, aside=Aside(question, about), picked=()))

    def reject(self, session: Session, key: str, **values: object) -> Step:
        """Say what would help; the question stays."""
        return Step(session, (Reject(self.presenter.text(key, session, **values), session.showing),))
