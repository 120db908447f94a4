"""Whether the app can do its work, and what keeps it from it."""

from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import SQLAlchemyError

from eventmatch.db import db
from eventmatch.jobs import is_worker_alive

MIGRATIONS = Path(__file__).parent.parent / "migrations"


def complaints() -> list[str]:
    """Return what is not ready: `database`, `migrations`, `worker`; empty when all is well."""
    try:
        current = MigrationContext.configure(db.session.connection()).get_current_revision()
        newest = ScriptDirectory(str(MIGRATIONS)).get_current_head()
        if current != newest:
            return ["migrations"]
        return [] if is_worker_alive() else ["worker"]
    except SQLAlchemyError:
        return ["database"]
