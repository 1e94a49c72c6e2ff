"""Summaries that come by themselves, and when each was posted."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """The tables of the schedules and of their postings."""
    op.create_table(
        "schedules",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("team", sa.String, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("cadence", sa.String, nullable=False),
        sa.Column("day", sa.Integer),
        sa.Column("at", sa.Time, nullable=False),
        sa.Column("zone", sa.String, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("readers", sa.String),
        sa.Column("personal", sa.Boolean, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("due", sa.DateTime, nullable=False),
        sa.Column("made_at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_schedules"),
    )
    op.create_index("ix_schedules_state_due", "schedules", ["state", "due"])
    op.create_index("ix_schedules_team_channel", "schedules", ["team", "channel"])
    op.create_table(
        "postings",
        sa.Column("schedule", sa.Integer, nullable=False),
        sa.Column("due", sa.DateTime, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("begun_at", sa.DateTime, nullable=False),
        sa.Column("claimed_by", sa.String, nullable=False),
        sa.Column("claimed_until", sa.DateTime, nullable=False),
        sa.Column("posted_at", sa.DateTime),
        sa.Column("ts", sa.String),
        sa.PrimaryKeyConstraint("schedule", "due", name="pk_postings"),
    )
    op.create_index("ix_postings_state_claimed_until", "postings", ["state", "claimed_until"])
