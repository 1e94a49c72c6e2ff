"""What words mean in a thread, and what was asked in it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Two columns of the threads."""
    op.add_column("threads", sa.Column("meanings", sa.JSON))
    op.add_column("threads", sa.Column("texts", sa.JSON))
