"""Makes a database ready for the store. All that needs SQLAlchemy and Alembic happens here, or in the `db` commands."""

from __future__ import annotations

from bot.adapters.storage.engine import open_engine, target_of
from bot.adapters.storage.owner import Tenant
from bot.adapters.storage.prepared import Prepared
from bot.adapters.storage.statements import spelled


def prepare(address: str, tenant: Tenant | None = None) -> Prepared:
    """Connect, and bring the schema up to date; `tenant` is whose database it must be. Raises StorageError."""
    engine = open_engine(address, tenant)
    engine.dispose()
    return Prepared(target_of(engine), spelled(engine.dialect.name))
