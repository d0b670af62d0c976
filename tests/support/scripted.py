"""Questions for the Telegram adapter, and a script that asks them in place of the engine."""

from __future__ import annotations

import time
from collections.abc import Sequence

from bot.dialogue.inputs import Chose, Opened, Ticked, Typed
from bot.dialogue.outputs import Ask, Offered, Output, Say, Settle, Tick
from bot.ports import Update
from tests.support.memory_store import MemoryStore
from tests.support.telegram_bot import Script

CHOICES = (Offered("yes", "Yes"), Offered("no", "No"))
QUESTION = Ask(1, "pain", "yes_no", "Does it hurt?", CHOICES, progress=(1, 18))
SIGNS = Ask(1, "signs", "many_of", "Which of these?", (Offered("fever", "Fever"), Offered("none", "None")))
WHERE = Ask(1, "where", "one_of", "Where?", CHOICES, picture="body.png")


def answering(question: Ask) -> Script:
    """Asks this, and settles it at a tap."""
    return Script(MemoryStore(time.time), lambda update: _turn(question, update))


def _turn(question: Ask, update: Update) -> Sequence[Output]:
    match update.done:
        case Opened():
            return [question]
        case Chose((choice,), 1):
            return [Settle(1, question.text, choice.title()), Say("Thank you.")]
        case Ticked(choice, on, 1):
            return [Tick(Ask(1, "signs", "many_of", "Which of these?", SIGNS.choices, picked=(choice,) * on))]
        case Typed(text):
            return [Say(f"You said {text}.")]
        case done:
            return [Say(f"{done}")]
