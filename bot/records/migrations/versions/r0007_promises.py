"""Answers that will be final one day, and who asked to hear of it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """The table of the promises."""
    op.create_table(
        "promises",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("thread", sa.String, nullable=False),
        sa.Column("asker", sa.String, nullable=False),
        sa.Column("document", sa.JSON, nullable=False),
        sa.Column("due", sa.Date, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("made_at", sa.DateTime, nullable=False),
        sa.Column("claimed_by", sa.String),
        sa.Column("claimed_until", sa.DateTime),
        sa.PrimaryKeyConstraint("id", name="pk_promises"),
    )
    op.create_index("ix_promises_state_due", "promises", ["state", "due"])
