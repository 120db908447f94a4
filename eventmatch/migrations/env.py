"""How Alembic reaches the database of the app that runs it."""

from typing import Any

import sqlalchemy as sa
from alembic import context
from flask import current_app

db = current_app.extensions["migrate"].db


def render_plainly(kind: str, item: Any, _autogen: Any) -> str | bool:
    """Write our own column types as SQLAlchemy's, so that a migration imports nothing of ours."""
    if kind == "type" and isinstance(item, sa.types.TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


def pragma(connection: sa.Connection, statement: str) -> list[Any]:
    """Run a PRAGMA outside of any transaction; in one, SQLite ignores it."""
    if connection.dialect.name != "sqlite":
        return []
    return list(connection.connection.driver_connection.execute(f"PRAGMA {statement}"))


def run() -> None:
    """Migrate in one transaction.

    SQLite changes a table by copying it and dropping the old one. With foreign keys on, the drop
    would delete all rows that point to it.
    """
    with db.engine.connect() as connection:
        pragma(connection, "foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=True,
            compare_type=True,
            render_item=render_plainly,
            transactional_ddl=True,  # on SQLite, too: our connections begin by themselves
        )
        with context.begin_transaction():
            context.run_migrations()
        broken = pragma(connection, "foreign_key_check")
        pragma(connection, "foreign_keys=ON")
        if broken:
            raise RuntimeError(f"{len(broken)} rows point to nothing after the migration.")


run()
