"""Run by Alembic: migrates over the connection that engine.py hands in, inside its transaction."""

from alembic import context

from bot.adapters.storage.migrations import VERSION_TABLE
from bot.adapters.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
)
with context.begin_transaction():
    context.run_migrations()
