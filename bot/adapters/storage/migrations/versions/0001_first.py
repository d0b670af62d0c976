"""The first schema: sessions, answers, outbox, shown, updates."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# Spelled out, not imported from tables.py: a migration must stay as it was when tables.py moves on.
_COUNTER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "sessions",
        sa.Column("chat", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("session", sa.Text),
        sa.Column("flow_hash", sa.Text),
        sa.Column("updated_at", sa.Double, nullable=False),
        sa.Column("has_left", sa.Boolean, nullable=False),
    )
    op.create_table(
        "answers",
        sa.Column("id", _COUNTER, primary_key=True),
        sa.Column("chat", sa.BigInteger, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("given_at", sa.Double, nullable=False),
    )
    op.create_index("answers_of_chat", "answers", ["chat"])
    op.create_table(
        "outbox",
        sa.Column("id", _COUNTER, primary_key=True),
        sa.Column("chat", sa.BigInteger, nullable=False),
        sa.Column("rank", sa.SmallInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("turn", sa.BigInteger),
        sa.Column("output", sa.Text, nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("outbox_of_chat", "outbox", ["chat"])
    op.create_index("outbox_in_order", "outbox", ["rank", "id"])
    op.create_table(
        "shown",
        sa.Column("chat", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("turn", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("message_id", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "updates",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("handled_at", sa.Double, nullable=False),
    )
    op.create_index("updates_by_age", "updates", ["handled_at"])
