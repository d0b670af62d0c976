"""Placeholder until the listener lands."""
from __future__ import annotations
from dataclasses import dataclass
from bot.flow.models import Flow, RedFlag, Topic

@dataclass(frozen=True, slots=True)
class Heard:
    stated: tuple[RedFlag, ...] = ()
    hinted: tuple[RedFlag, ...] = ()
    hypothetical: bool = False

class Listener:
    def __init__(self, flow: Flow) -> None:
        self.flow = flow
    def hear(self, text: str) -> Heard:
        low = text.lower()
        return Heard(tuple(f for f in self.flow.red_flags.values() if any(p in low for p in f.phrases)))
    def topic(self, text: str) -> Topic | None:
        low = text.lower()
        return next((t for t in self.flow.topics if any(p in low for p in t.phrases)), None)
