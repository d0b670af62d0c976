"""What the program tells about its own work while it runs. Numbers and names only, never a word of a patient."""

from __future__ import annotations

from collections.abc import Sequence

from bot.dialogue.outputs import Output


class Watch:
    """Forgets everything; adapters/web/metrics.py counts. On the hot path: be quick.

    `moved` is called from the thread of the store, everything else from that of the event loop.
    """

    def received(self, kind: str) -> None:
        """An update came: "tap", "message", "edited", "membership" or "other"."""

    def saved(self, updates: int, seconds: float) -> None:
        """So many updates were saved together, so long after the first of them came."""

    def moved(self, before: str | None, after: str | None, outputs: Sequence[Output]) -> None:
        """A session went from one node to another (None: it did not exist before, or was erased), and this was said."""

    def sent(self, method: str, seconds: float) -> None:
        """Telegram took a call, so long after the output was put into the outbox."""

    def retried(self, why: str) -> None:
        """A call has to be made again: "throttled", "server_error" or "no_answer"."""

    def retired(self, why: str) -> None:
        """An output is not delivered: "left", "refused" or "superseded"."""

    def living(self, workers: int) -> None:
        """So many workers share the database, this one among them."""
