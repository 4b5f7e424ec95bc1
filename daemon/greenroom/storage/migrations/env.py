"""Runs the steps on the connection that ``storage/database.py`` hands over."""

from __future__ import annotations

from alembic import context

from greenroom.storage.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
