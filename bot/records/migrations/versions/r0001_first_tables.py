"""The first tables: inbox, threads, answers, drafts."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """From nothing."""
    op.create_table(
        "inbox",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("event", sa.String, nullable=False),
        sa.Column("team", sa.String, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("ts", sa.String, nullable=False),
        sa.Column("payload", sa.JSON, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("accepted_at", sa.DateTime, nullable=False),
        sa.Column("claimed_by", sa.String),
        sa.Column("claimed_until", sa.DateTime),
        sa.Column("answered_at", sa.DateTime),
        sa.Column("answer_ref", sa.String),
        sa.PrimaryKeyConstraint("id", name="pk_inbox"),
        sa.UniqueConstraint("event", name="uq_inbox_event"),
        sa.UniqueConstraint("team", "channel", "ts", name="uq_inbox_team_channel_ts"),
    )
    op.create_index("ix_inbox_state_accepted_at", "inbox", ["state", "accepted_at"])
    op.create_table(
        "threads",
        sa.Column("team", sa.String, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("thread_ts", sa.String, nullable=False),
        sa.Column("query", sa.JSON),
        sa.Column("language", sa.String),
        sa.Column("updated_at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("team", "channel", "thread_ts", name="pk_threads"),
    )
    op.create_table(
        "answers",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("question", sa.String, nullable=False),
        sa.Column("document", sa.JSON, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_answers"),
    )
    op.create_index("ix_answers_question", "answers", ["question"])
    op.create_table(
        "drafts",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("document", sa.JSON, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_drafts"),
    )
    op.create_index("ix_drafts_state_created_at", "drafts", ["state", "created_at"])
