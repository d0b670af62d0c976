"""The result of one advance."""

from __future__ import annotations

from dataclasses import dataclass

from bot.dialogue.outputs import Output
from bot.dialogue.session import Session


@dataclass(frozen=True, slots=True)
class Step:
    """A new session, or None when it was erased; and the outputs in sending order."""

    session: Session | None
    outputs: tuple[Output, ...] = ()

    def after(self, *outputs: Output) -> Step:
        """The same step with these outputs first."""
        return Step(self.session, (*outputs, *self.outputs))
