"""What a conversation rests on: the flow and its machinery, the numbers, the clinics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.dialogue.path import Path
from bot.flow.clinics import Clinic
from bot.flow.models import Flow
from bot.flow.numbers import Numbers
from bot.triage.words import Listener


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Everything that is the same for all patients."""

    flow: Flow
    path: Path
    listener: Listener
    numbers: Numbers
    clinics: Mapping[str, Clinic]

    def clinic(self, slug: str | None) -> Clinic | None:
        """The clinic with this slug, or None."""
        return self.clinics.get(slug or "")


def knowledge(flow: Flow, numbers: Numbers, clinics: Mapping[str, Clinic]) -> Knowledge:
    """Prepare a flow for conversations."""
    return Knowledge(flow, Path(flow), Listener(flow), numbers, clinics)
