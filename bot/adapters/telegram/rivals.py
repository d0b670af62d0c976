"""Other programs that receive this bot's messages. Telegram gives each message to one program only."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

from bot.adapters.telegram.trouble import SecondPollerError, Trouble
from bot.flow.errors import PtbotError

CONFLICTS = 6  # a predecessor that is just stopping causes one or two
NEWCOMER_SECONDS = 20.0  # who meets another poller so soon after its start gives way to it
CALM_SECONDS = 120.0  # after so long without a conflict the next one has nothing to do with the last


class WebhookSetError(PtbotError):
    """Telegram brings this bot's messages to a webhook."""

    def __init__(self, url: str) -> None:
        remedy = "Stop what runs there, or use a token of your own; `ptbot run --take-over` removes the webhook."
        super().__init__(f"Telegram brings this bot's messages to a webhook at {host_of(url)}. {remedy}")


class Rivals:
    """Other pollers: who gives way to whom."""

    def __init__(self) -> None:
        self._begun = self._last = time.monotonic()
        self._conflicts = 0
        self._newcomer = False  # the other was there before us
        self._trouble = Trouble("Another program receives this bot's messages as well")

    def met(self) -> None:
        """Another one polled. Raises SecondPollerError: a start by mistake must not stop the bot at work."""
        now = time.monotonic()
        if now - self._last > CALM_SECONDS:
            self._conflicts = 0
            self._trouble.over()
        if self._conflicts == 0:
            self._newcomer = now - self._begun < NEWCOMER_SECONDS
        self._conflicts, self._last = self._conflicts + 1, now
        if self._newcomer and self._conflicts >= CONFLICTS:
            raise SecondPollerError
        self._trouble.met("stop it, or give it a token of its own")


def host_of(url: str) -> str:
    """Of a webhook's address only the host: the rest may be its secret."""
    try:
        return urlsplit(url).hostname or "an unreadable address"
    except ValueError:
        return "an unreadable address"
