"""The tables. A change here needs a migration; a test compares the two."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Double, Index, Integer, MetaData, SmallInteger, Table, Text

# SQLite counts up only in a column that is called exactly INTEGER.
Counter = BigInteger().with_variant(Integer, "sqlite")

metadata = MetaData()

sessions = Table(
    "sessions",
    metadata,
    Column("chat", BigInteger, primary_key=True, autoincrement=False),
    Column("session", Text),  # JSON; null while somebody's first update is being handled
    Column("flow_hash", Text),  # of the flow the session was last judged by
    Column("updated_at", Double, nullable=False),
    Column("has_left", Boolean, nullable=False),  # blocked the bot
)

answers = Table(  # only ever added to, so that it shows every change; erased with the chat
    "answers",
    metadata,
    Column("id", Counter, primary_key=True),
    Column("chat", BigInteger, nullable=False),
    Column("question", Text, nullable=False),
    Column("value", Text, nullable=False),  # JSON
    Column("given_at", Double, nullable=False),
    Index("answers_of_chat", "chat"),
)

outbox = Table(  # what still has to be sent; a row goes when it was delivered, or never can be
    "outbox",
    metadata,
    Column("id", Counter, primary_key=True),
    Column("chat", BigInteger, nullable=False),
    Column("rank", SmallInteger, nullable=False),  # 0: a red flag's message, 1: all else
    Column("kind", Text, nullable=False),  # as in the output's JSON
    Column("turn", BigInteger),  # the question it shows or changes, if any
    Column("output", Text, nullable=False),  # JSON
    Column("created_at", Double, nullable=False),
    Column("worker", Text, nullable=False, server_default="poller"),  # who is to send it
    Index("outbox_of_chat", "chat"),
    Index("outbox_in_order", "rank", "id"),
    sqlite_autoincrement=True,  # or the id of a sent output would be given out again
)

shown = Table(  # which message shows which question, until the question is settled
    "shown",
    metadata,
    Column("chat", BigInteger, primary_key=True, autoincrement=False),
    Column("turn", BigInteger, primary_key=True, autoincrement=False),
    Column("message_id", BigInteger, nullable=False),
)

updates = Table(  # handled updates, until Telegram can no longer repeat them
    "updates",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("handled_at", Double, nullable=False),
    Index("updates_by_age", "handled_at"),
)

workers = Table(  # who is at work; times by the database's clock, which all of them share
    "workers",
    metadata,
    Column("id", Text, primary_key=True),
    Column("since", Double, nullable=False),  # when it took its lease; held without a gap from then on
    Column("until", Double, nullable=False),
)

owner = Table(  # the one bot whose conversations these are: one row, from its first start on
    "owner",
    metadata,
    Column("bot", BigInteger, primary_key=True, autoincrement=False),
)

timers = Table(  # changed only under the chat's lock
    "timers",
    metadata,
    Column("chat", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", Text, primary_key=True),
    Column("due_at", Double, nullable=False),
    Index("timers_by_time", "due_at"),
)
