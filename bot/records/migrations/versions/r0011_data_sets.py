"""Which data set of a workspace a thread and an answer are about, and which a summary was made on."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """The names of data sets; what is older is about the main one."""
    for table in ("threads", "answers", "schedules"):
        op.add_column(table, sa.Column("data", sa.String, nullable=False, server_default=""))
    for table in ("threads", "answers"):  # what is lent is looked for by its name when it is deleted
        op.create_index(f"ix_{table}_data", table, ["data"])
