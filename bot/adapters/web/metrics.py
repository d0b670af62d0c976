"""Counts what the bot does, for Prometheus. Labels are names of the program's own: never a chat, never a word."""

from __future__ import annotations

from collections.abc import Sequence

from prometheus_client import CollectorRegistry, Gauge, ProcessCollector, generate_latest

from bot.adapters.web.counting import Counts, Spread
from bot.dialogue.outputs import Ask, Conclude, Output, Settle
from bot.flow.clinical import Tier
from bot.ports import Backlog
from bot.watch import Watch

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
UPDATES = (1, 2, 5, 10, 20, 50, 100)
KINDS = ("tap", "message", "edited", "membership", "other")
RETRIES = ("throttled", "server_error", "no_answer")
RETIRED = ("left", "refused", "superseded")
UNKNOWN = float("nan")


class Metrics(Watch):
    """Everything counted since the start, and how things stand now.

    One thread tells of `moved`, and one of all else: see `Watch`.
    """

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._updates = self._counts("updates", "Updates that came from Telegram.", "kind", KINDS)
        self._replies = self._counts("replies", "Calls to show something in a chat that Telegram took.", "method")
        self._retries = self._counts("retries", "Calls that had to be made again.", "why", RETRIES)
        self._retired = self._counts("retired", "Outputs that are not delivered.", "why", RETIRED)
        self._results = self._counts("results", "Results told.", "tier", tuple(map(str, Tier)))
        self._asked = self._counts("asked", "Times that a conversation came to a question.", "node")
        self._answered = self._counts("answered", "Times that a question was answered and left.", "node")
        self._save = self._spread("save_seconds", "From the coming of an update until it is saved.", SECONDS)
        self._reply = self._spread("reply_seconds", "From the saving of an output until Telegram has it.", SECONDS)
        self._batch = self._spread("batch_updates", "Updates that are saved together.", UPDATES)
        self._database = self._gauge("database_up", "1 while the database answers.")
        self._lease = self._gauge("lease_held", "1 while this worker may send.")
        self._workers = self._gauge("workers", "Workers that live, as this one sees it.")
        self._waiting = self._gauge("outbox_waiting", "Outputs that wait to be sent, of all workers.")
        self._oldest = self._gauge("outbox_oldest_seconds", "Age of the oldest output that waits; 0 where none does.")
        self._last = self._gauge("last_update_timestamp_seconds", "When the last update was handled, by any worker.")

    def received(self, kind: str) -> None:
        """An update came."""
        self._updates.add(kind)

    def saved(self, updates: int, seconds: float) -> None:
        """Updates were saved together."""
        self._batch.add(updates)
        self._save.add(seconds)

    def moved(self, before: str | None, after: str | None, outputs: Sequence[Output]) -> None:
        """A session went from one node to another. A question that is put again is not counted again."""
        if before == after:
            return
        for output in outputs:
            match output:
                case Ask(node=node) if node == after:
                    self._asked.add(node)
                case Settle(answer=str()) if before:
                    self._answered.add(before)
                case Conclude(assessment=assessment):
                    self._results.add(assessment["tier"])

    def sent(self, method: str, seconds: float) -> None:
        """Telegram took a call."""
        self._replies.add(method)
        self._reply.add(seconds)

    def retried(self, why: str) -> None:
        """A call has to be made again."""
        self._retries.add(why)

    def retired(self, why: str) -> None:
        """An output is not delivered."""
        self._retired.add(why)

    def living(self, workers: int) -> None:
        """So many workers share the database."""
        self._workers.set(workers)

    def page(self, backlog: Backlog | None, now: float, *, lease_held: bool) -> bytes:
        """What Prometheus reads. Without a backlog the database does not answer."""
        self._database.set(backlog is not None)
        self._lease.set(lease_held)
        self._waiting.set(UNKNOWN if backlog is None else backlog.waiting)
        self._oldest.set(UNKNOWN if backlog is None else age(backlog.oldest, now) or 0)
        self._last.set(UNKNOWN if backlog is None else backlog.last_update or 0)
        return generate_latest(self._registry)

    def _counts(self, name: str, what: str, label: str, known: Sequence[str] = ()) -> Counts:
        counts = Counts(f"ptbot_{name}", what, label, known)
        self._registry.register(counts)
        return counts

    def _spread(self, name: str, what: str, bounds: Sequence[float]) -> Spread:
        spread = Spread(f"ptbot_{name}", what, bounds)
        self._registry.register(spread)
        return spread

    def _gauge(self, name: str, what: str) -> Gauge:
        return Gauge(f"ptbot_{name}", what, registry=self._registry)


def age(since: float | None, now: float) -> float | None:
    """Seconds since then; never below 0, since clocks of two machines differ."""
    return None if since is None else max(0.0, now - since)
