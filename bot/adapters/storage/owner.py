"""A database belongs to one bot: another would take over its messages, and could deliver none of them."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from bot.adapters.storage.faults import place
from bot.adapters.storage.leases import counting_living
from bot.adapters.storage.tables import owner, sessions
from bot.ports import StorageError


def belong(connection: Connection, bot: int) -> None:
    """To the bot with this id, as long as no other has used it. Only where `upgrade` has just locked.

    Raises StorageError.
    """
    found = connection.scalar(select(owner.c.bot))
    if found == bot:
        return
    if found is not None and _is_used(connection):
        told = f"is another bot's (its token begins with {found}:, the one set here with {bot}:)"
        remedy = "Set database.url to a database of this bot's own, or telegram.token to that bot's."
        raise StorageError(f"The database {place(connection.engine.url)} {told}. {remedy}")
    connection.execute(delete(owner))
    connection.execute(insert(owner).values(bot=bot))


def _is_used(connection: Connection) -> bool:
    """Whoever has only tried a wrong token has not."""
    talked = select(select(sessions).exists())
    return bool(connection.scalar(talked) or connection.scalar(counting_living(connection.dialect.name)))
