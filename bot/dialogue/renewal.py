"""Danger signs are asked about again where the answers are too old, before anything more rests on them."""

from __future__ import annotations

from collections.abc import Iterator

from bot.dialogue.moves import renewed, too_old
from bot.dialogue.outputs import Ask, Conclude, Say, Settle
from bot.dialogue.session import Session
from bot.dialogue.statements import standing
from bot.dialogue.step import Step
from bot.dialogue.talk import Talk
from bot.flow.clinical import Tier


class Renewal:
    """Stands between a step and the patient."""

    def __init__(self, talk: Talk) -> None:
        self.talk = talk

    def before_going_on(self, before: Session, step: Step) -> Step:
        """The step; but where it would go on with old answers about danger, those questions come instead.

        What it tells on the way is told all the same, results left out: they are judged anew.
        """
        session = step.session
        if session is None or not self._goes_on(before, session, step) or not too_old(self.talk.flow, session):
            return step
        fresh = renewed(self.talk.path, session)
        if fresh.node == session.node:  # only answers off the path were too old
            return Step(fresh, step.outputs)
        told = [output for output in step.outputs if isinstance(output, Say)]
        settle = next((output for output in step.outputs if isinstance(output, Settle)), None)
        asked = self.talk.say(fresh, self.talk.presenter.text("asked_anew", fresh))
        return self.talk.show(fresh.but(turn=before.turn), *self._alarm(fresh), *told, asked, settle=settle)

    def _goes_on(self, before: Session, session: Session, step: Step) -> bool:
        """Does it lead to the next question or a result, with no alarm that is new or an emergency?"""
        if session.aside or session.reopened or session.node == Tier.EMERGENCY or not step.outputs:
            return False
        last = step.outputs[-1]
        new_alarm = isinstance(last, Conclude) and last.urgent and session.stated != before.stated
        return isinstance(last, Ask | Conclude) and not new_alarm

    def _alarm(self, session: Session) -> Iterator[Say]:
        """An alarm that stands is not lost from sight while danger signs are asked about again."""
        if any(finding.tier.alarms for finding in standing(self.talk.flow, session)):
            yield Say(self.talk.presenter.text("still_counts", session), session.node, urgent=True)
