"""The tables of the records, as the newest migration leaves them."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Time,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator


class Instant(TypeDecorator[datetime]):
    """A naive UTC instant; one with a zone would lose it in silence on SQLite, so it is refused."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Any) -> datetime | None:
        """Let naive instants through."""
        if value is not None and value.tzinfo is not None:
            raise ValueError("records take naive UTC instants")
        return value


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", String, primary_key=True),
    Column("event", String, nullable=False),
    Column("team", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("ts", String, nullable=False),
    Column("payload", JSON, nullable=False),
    Column("state", String, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("accepted_at", Instant, nullable=False),
    Column("claimed_by", String),
    Column("claimed_until", Instant),
    Column("answered_at", Instant),
    Column("answer_ref", String),
    UniqueConstraint("event"),
    UniqueConstraint("team", "channel", "ts"),
    Index(None, "state", "accepted_at"),
)

threads = Table(
    "threads",
    metadata,
    Column("team", String, primary_key=True),
    Column("channel", String, primary_key=True),
    Column("thread_ts", String, primary_key=True),
    Column("query", JSON(none_as_null=True)),
    Column("language", String),
    Column("meanings", JSON(none_as_null=True)),
    Column("texts", JSON(none_as_null=True)),
    Column("updated_at", Instant, nullable=False),
    Column("data", String, nullable=False, server_default=""),
    Index(None, "data"),
)

answers = Table(
    "answers",
    metadata,
    Column("id", String, primary_key=True),
    Column("question", String, nullable=False),
    Column("document", JSON, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("asker", String, nullable=False, server_default=""),
    Column("name", String, nullable=False, server_default=""),
    Column("place", String, nullable=False, server_default=""),
    Column("evidence", String, nullable=False, server_default=""),
    Column("data", String, nullable=False, server_default=""),
    Index(None, "question"),
    Index(None, "created_at"),
    Index(None, "asker"),
    Index(None, "data"),
)

drafts = Table(
    "drafts",
    metadata,
    Column("id", String, primary_key=True),
    Column("document", JSON, nullable=False),
    Column("state", String, nullable=False),
    Column("created_at", Instant, nullable=False),
    Index(None, "state", "created_at"),
)

spending = Table(
    "spending",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person", String, nullable=False),
    Column("day", Date, nullable=False),
    Column("tokens", BigInteger, nullable=False),
    Column("micros", BigInteger, nullable=False),
    Column("question", String, nullable=False, server_default=""),
    Column("model", String, nullable=False, server_default=""),
    Index(None, "day", "person"),
    Index(None, "question"),
)

proposals = Table(
    "proposals",
    metadata,
    Column("company", String, primary_key=True),
    Column("kind", String, primary_key=True),
    Column("name", String, primary_key=True),
    Column("document", JSON, nullable=False),
    Column("state", String, nullable=False),
    Column("said_by", String, nullable=False),
    Column("said_at", Instant, nullable=False),
)

decisions = Table(
    "decisions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("draft", String, nullable=False),
    Column("verb", String, nullable=False),
    Column("by", String, nullable=False),
    Column("at", Instant, nullable=False),
    Column("document", JSON, nullable=False),
    Index(None, "draft"),
)

campaigns = Table(
    "campaigns",
    metadata,
    Column("id", String, primary_key=True),
    Column("draft", String, nullable=False),
    Column("company", String, nullable=False),
    Column("document", JSON, nullable=False),
    Column("approved_by", String, nullable=False),
    Column("approved_at", Instant, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("exported_at", Instant),
    UniqueConstraint("draft"),
    Index(None, "company", "ends_on"),
)

arms = Table(
    "arms",
    metadata,
    Column("campaign", String, primary_key=True),
    Column("person", String, primary_key=True),
    Column("account", String, nullable=False),
    Column("arm", String, nullable=False),
    Column("variant", String, nullable=False),
    Column("country", String, nullable=False),
    Column("language", String, nullable=False),
    Index(None, "person"),
)

schedules = Table(
    "schedules",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("team", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("owner", String, nullable=False),
    Column("cadence", String, nullable=False),
    Column("day", Integer),
    Column("at", Time, nullable=False),
    Column("zone", String, nullable=False),
    Column("language", String, nullable=False),
    Column("readers", String),
    Column("personal", Boolean, nullable=False),
    Column("state", String, nullable=False),
    Column("due", Instant, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("data", String, nullable=False, server_default=""),
    Index(None, "state", "due"),
    Index(None, "team", "channel"),
)

postings = Table(
    "postings",
    metadata,
    Column("schedule", Integer, primary_key=True),
    Column("due", Instant, primary_key=True),
    Column("state", String, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("begun_at", Instant, nullable=False),
    Column("claimed_by", String, nullable=False),
    Column("claimed_until", Instant, nullable=False),
    Column("posted_at", Instant),
    Column("ts", String),
    Index(None, "state", "claimed_until"),
)

promises = Table(
    "promises",
    metadata,
    Column("id", String, primary_key=True),
    Column("channel", String, nullable=False),
    Column("thread", String, nullable=False),
    Column("asker", String, nullable=False),
    Column("document", JSON, nullable=False),
    Column("due", Date, nullable=False),
    Column("state", String, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("claimed_by", String),
    Column("claimed_until", Instant),
    Index(None, "state", "due"),
)

turns = Table(
    "turns",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person", String, nullable=False),
    Column("at", Instant, nullable=False),
    Column("taken", Boolean, nullable=False),
    Index(None, "person", "at"),
    Index(None, "at"),
)

# The shapes of these three are those of slack_sdk's installation and state store, which alone writes them.
slack_bots = Table(
    "slack_bots",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("client_id", String(32), nullable=False),
    Column("app_id", String(32), nullable=False),
    Column("enterprise_id", String(32)),
    Column("enterprise_name", String(200)),
    Column("team_id", String(32)),
    Column("team_name", String(200)),
    Column("bot_token", String(200)),
    Column("bot_id", String(32)),
    Column("bot_user_id", String(32)),
    Column("bot_scopes", String(1000)),
    Column("bot_refresh_token", String(200)),
    Column("bot_token_expires_at", DateTime),
    Column("is_enterprise_install", Boolean, nullable=False),
    Column("installed_at", DateTime, nullable=False),
    Index("slack_bots_idx", "client_id", "enterprise_id", "team_id", "installed_at"),
)

slack_installations = Table(
    "slack_installations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("client_id", String(32), nullable=False),
    Column("app_id", String(32), nullable=False),
    Column("enterprise_id", String(32)),
    Column("enterprise_name", String(200)),
    Column("enterprise_url", String(200)),
    Column("team_id", String(32)),
    Column("team_name", String(200)),
    Column("bot_token", String(200)),
    Column("bot_id", String(32)),
    Column("bot_user_id", String(32)),
    Column("bot_scopes", String(1000)),
    Column("bot_refresh_token", String(200)),
    Column("bot_token_expires_at", DateTime),
    Column("user_id", String(32), nullable=False),
    Column("user_token", String(200)),
    Column("user_scopes", String(1000)),
    Column("user_refresh_token", String(200)),
    Column("user_token_expires_at", DateTime),
    Column("incoming_webhook_url", String(200)),
    Column("incoming_webhook_channel", String(200)),
    Column("incoming_webhook_channel_id", String(200)),
    Column("incoming_webhook_configuration_url", String(200)),
    Column("is_enterprise_install", Boolean, nullable=False),
    Column("token_type", String(32)),
    Column("installed_at", DateTime, nullable=False),
    Index("slack_installations_idx", "client_id", "enterprise_id", "team_id", "user_id", "installed_at"),
)

slack_oauth_states = Table(
    "slack_oauth_states",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("state", String(200), nullable=False),
    Column("expire_at", DateTime, nullable=False),
)
