"""Several workers, and timers: workers, timers, and who is to send each output."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the tables. Until now only one worker could be: the poller, so what waits is its."""
    op.create_table(
        "workers",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("since", sa.Double, nullable=False),
        sa.Column("until", sa.Double, nullable=False),
    )
    op.create_table(
        "timers",
        sa.Column("chat", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("due_at", sa.Double, nullable=False),
    )
    op.create_index("timers_by_time", "timers", ["due_at"])
    op.add_column("outbox", sa.Column("worker", sa.Text, nullable=False, server_default="poller"))
