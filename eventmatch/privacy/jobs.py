"""What was deleted also leaves SQLite's log; PostgreSQL cleans up behind itself."""

from eventmatch.db import db, only_reading
from eventmatch.jobs import every
from eventmatch.privacy.retention import events_to_forget, forget_event

_EVERY_SECONDS = 1200


@every(3600)
def forget_old_events() -> None:
    """Delete the profiles of events whose time is over."""
    with only_reading():
        due = events_to_forget()
    for event_id in due:
        forget_event(event_id)


@every(_EVERY_SECONDS)
def empty_log() -> None:
    """Write SQLite's log into its file and empty it; pages that are free are zeros there."""
    if db.engine.dialect.name != "sqlite":
        return
    with db.engine.connect() as connection:
        raw = connection.connection.driver_connection
        if raw is not None:
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
