"""What the bot has written down, read from its database without anything of the bot."""

from __future__ import annotations

import json
from collections import defaultdict

from sqlalchemy import inspect, text

from bot.flow.answers import Answer
from tests.support.stores import looking_into

EDITS = ("tick", "settle")  # kinds of output that make no new message


def recorded_answers(address: str) -> dict[int, tuple[Answer, ...]]:
    """Every answer in the order it was given, by chat."""
    found: defaultdict[int, tuple[Answer, ...]] = defaultdict(tuple)
    with looking_into(address) as connection:
        for chat, question, value in connection.execute(text("SELECT chat, question, value FROM answers ORDER BY id")):
            read = json.loads(value)
            found[chat] += (Answer(question, tuple(read) if isinstance(read, list) else read),)
    return dict(found)


def waiting_messages(address: str) -> int:
    """How many messages are still to be sent, or are not marked as sent. A result may be several."""
    with looking_into(address) as connection:
        if not inspect(connection).has_table("outbox"):  # it was killed before it had made its tables
            return 0
        outputs = connection.execute(text(f"SELECT output FROM outbox WHERE kind NOT IN {EDITS}")).scalars().all()
    return sum(len(json.loads(output).get("parts", ["one"])) for output in outputs)
