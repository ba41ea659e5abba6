"""Run Alembic's revisions on the connection that `worker.storage.database.migrate` passes, in its transaction."""

from __future__ import annotations

from alembic import context

from worker.storage.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
