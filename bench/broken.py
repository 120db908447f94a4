"""The command `eventmatch` with a bug planted, to show that a fault test sees it.

    python bench/broken.py BUG run --no-demo …

What the door promises is broken here on purpose, each promise in the way that one could imagine
somebody to write it.
"""

import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from flask import Flask, current_app, g, has_app_context
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

import eventmatch.db
import eventmatch.events.models
from eventmatch.checkin import api, recording
from eventmatch.checkin.movements import Whereabouts
from eventmatch.checkin.verdict import Verdict

_commit = Session.commit


def answer_before_storing() -> None:
    """Answer at once and store a second later, as one does to be quick."""
    record = api.record_scans

    def noted(fair: Any, sent: Any, **more: Any) -> Any:
        g.late = fair.id, sent, more
        return record(fair, sent, **more)

    def commit(session: Session) -> None:
        if not has_app_context() or "late" not in g:
            return _commit(session)
        late = g.pop("late")
        session.flush()
        session.expunge_all()
        session.rollback()
        app = current_app._get_current_object()  # type: ignore[attr-defined]
        threading.Timer(1, _store, [app, *late]).start()
        return None

    def _store(app: Flask, fair_id: int, sent: Any, more: dict[str, Any]) -> None:
        with app.app_context():
            eventmatch.db.set_reading(reading=False)
            fair = eventmatch.db.db.session.get_one(eventmatch.events.models.Event, fair_id)
            record(fair, sent, **more)
            _commit(eventmatch.db.db.session())

    api.record_scans = noted
    Session.commit = commit  # type: ignore[method-assign]


def believe_that_it_was_stored() -> None:
    """Take no notice when the disk is full."""

    def commit(session: Session) -> None:
        if has_app_context() and hasattr(g, "token"):
            session.flush()
            session.expunge_all()
        with suppress(OperationalError):
            return _commit(session)
        return session.rollback()

    Session.commit = commit  # type: ignore[method-assign]


def forget_who_came() -> None:
    """Judge by facts from before, and let no constraint decide."""
    hold = recording.hold_owners

    def stale(*args: Any, **more: Any) -> Any:
        owners, inside, undone = hold(*args, **more)
        for owner in owners:
            owner.place, owner.changes, owner.first_entry = Whereabouts(), None, None
        return owners, inside, undone

    recording.hold_owners = stale
    recording.write_attendance = lambda *_args: None


def take_late_scans_as_new() -> None:
    """Compute who is inside in the order of arrival."""

    def after(place: Whereabouts, scan: Any) -> Whereabouts:
        if scan.verdict not in {Verdict.ADMITTED, Verdict.GONE_OUT}:
            return place
        comes_in = scan.verdict is Verdict.ADMITTED
        return Whereabouts(
            is_inside=comes_in, entries=place.entries + comes_in, moved_at=scan.scanned_at,
            first_entry=place.first_entry or scan.number,
        )  # fmt: skip

    recording._after = after


def wait_for_ever() -> None:
    """Let a request wait at the lock as long as it takes."""
    eventmatch.db.BUSY_TIMEOUT_SECONDS = 600


def sync_later() -> None:
    """Let the disk write when it likes, as one does to be quick."""

    @event.listens_for(Engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        if hasattr(connection, "cursor_factory"):  # PostgreSQL
            connection.execute("SET SESSION synchronous_commit = off")
            connection.commit()
        else:
            connection.execute("PRAGMA synchronous=NORMAL")


BUGS: dict[str, Callable[[], None]] = {
    bug.__name__.replace("_", "-"): bug
    for bug in (
        answer_before_storing, believe_that_it_was_stored, forget_who_came,
        take_late_scans_as_new, wait_for_ever, sync_later,
    )
}  # fmt: skip


if __name__ == "__main__":
    from eventmatch.cli import main

    BUGS[sys.argv.pop(1)]()
    main()
