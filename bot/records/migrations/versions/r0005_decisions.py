"""What was decided about drafts, and the people of those that were approved."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """The tables of the decisions, the campaigns and their arms."""
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("draft", sa.String, nullable=False),
        sa.Column("verb", sa.String, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("document", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_decisions"),
    )
    op.create_index("ix_decisions_draft", "decisions", ["draft"])
    op.create_table(
        "campaigns",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("draft", sa.String, nullable=False),
        sa.Column("company", sa.String, nullable=False),
        sa.Column("document", sa.JSON, nullable=False),
        sa.Column("approved_by", sa.String, nullable=False),
        sa.Column("approved_at", sa.DateTime, nullable=False),
        sa.Column("ends_on", sa.Date, nullable=False),
        sa.Column("exported_at", sa.DateTime),
        sa.PrimaryKeyConstraint("id", name="pk_campaigns"),
        sa.UniqueConstraint("draft", name="uq_campaigns_draft"),
    )
    op.create_index("ix_campaigns_company_ends_on", "campaigns", ["company", "ends_on"])
    op.create_table(
        "arms",
        sa.Column("campaign", sa.String, nullable=False),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("account", sa.String, nullable=False),
        sa.Column("arm", sa.String, nullable=False),
        sa.Column("variant", sa.String, nullable=False),
        sa.Column("country", sa.String, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("campaign", "person", name="pk_arms"),
    )
    op.create_index("ix_arms_person", "arms", ["person"])
