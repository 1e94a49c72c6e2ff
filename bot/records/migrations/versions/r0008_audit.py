"""Who asked for an answer, where, and on which evidence it stands; which question a call of a model was for."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """The columns of the audit; answers that are older have nobody in them."""
    for name in ("asker", "name", "place", "evidence"):
        op.add_column("answers", sa.Column(name, sa.String, nullable=False, server_default=""))
    op.create_index("ix_answers_created_at", "answers", ["created_at"])
    op.create_index("ix_answers_asker", "answers", ["asker"])
    for name in ("question", "model"):
        op.add_column("spending", sa.Column(name, sa.String, nullable=False, server_default=""))
    op.create_index("ix_spending_question", "spending", ["question"])
