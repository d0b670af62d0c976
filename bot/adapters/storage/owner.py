"""A database belongs to one bot: another would take over its messages, and could deliver none of them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from bot.adapters.storage.faults import place
from bot.adapters.storage.leases import counting_living, renewing
from bot.adapters.storage.tables import outbox, owner, sessions, shown, timers, updates
from bot.ports import StorageError


@dataclass(frozen=True, slots=True)
class Tenant:
    """Who is about to work with a database."""

    bot: int  # its id, with which its token begins
    worker: str


def move_in(connection: Connection, tenant: Tenant) -> None:
    """The database is this bot's, as long as no other has used it. Only where `upgrade` has just locked.

    The worker's lease begins here, so that of two bots that start at once the second one sees the first.
    Raises StorageError.
    """
    found = connection.scalar(select(owner.c.bot))
    if found is not None and found != tenant.bot:
        if _is_used(connection):
            told = f"is another bot's (its token begins with {found}:, the one set here with {tenant.bot}:)"
            remedy = "Set database.url to a database of this bot's own, or telegram.token to that bot's."
            raise StorageError(f"The database {place(connection.engine.url)} {told}. {remedy}")
        for table in (owner, updates, outbox, shown, timers):  # or this bot's updates might pass for handled ones
            connection.execute(delete(table))
        found = None
    if found is None:
        connection.execute(insert(owner).values(bot=tenant.bot))
    connection.execute(renewing(connection.dialect.name), {"of_worker": tenant.worker})


def _is_used(connection: Connection) -> bool:
    """Whoever has only tried a wrong token has not."""
    talked = select(select(sessions).exists())
    return bool(connection.scalar(talked) or connection.scalar(counting_living(connection.dialect.name)))
