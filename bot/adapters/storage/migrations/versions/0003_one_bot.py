"""A database belongs to one bot: which one."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the table. Whose the conversations are that are there already is known at the next start."""
    op.create_table("owner", sa.Column("bot", sa.BigInteger, primary_key=True, autoincrement=False))
