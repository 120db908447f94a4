"""What was deleted also leaves SQLite's log; PostgreSQL cleans up behind itself."""

from eventmatch.db import db
from eventmatch.jobs import every

_EVERY_SECONDS = 1200


@every(_EVERY_SECONDS)
def empty_log() -> None:
    """Write SQLite's log into its file and empty it; pages that are free are zeros there."""
    if db.engine.dialect.name != "sqlite":
        return
    with db.engine.connect() as connection:
        raw = connection.connection.driver_connection
        if raw is not None:
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
