"""Alembic runs this file; it works on the connection that `upgrade` opened, in its transaction."""

from alembic import context

from bot.records.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
