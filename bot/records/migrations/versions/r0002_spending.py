"""What language models have cost."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """The table of the spending."""
    op.create_table(
        "spending",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("tokens", sa.BigInteger, nullable=False),
        sa.Column("micros", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_spending"),
    )
    op.create_index("ix_spending_day_person", "spending", ["day", "person"])
