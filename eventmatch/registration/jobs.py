"""What happens to registrations by itself: free seats are given, lists are imported.

A seat can become free in several ways, above all when the organiser adds some; so the worker
looks whether somebody waits while a seat is free, instead of each way having to think of it.
"""

from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload, undefer

from eventmatch.db import db, hold, only_reading
from eventmatch.events.models import Event, EventState
from eventmatch.jobs import Job, every, job, report_progress
from eventmatch.registration.access import secret
from eventmatch.registration.actions import fill_seats
from eventmatch.registration.answers import forget_old_answers
from eventmatch.registration.imports import (
    JOB,
    forget_old_lists,
    import_rows,
    note_import,
    table_of,
)
from eventmatch.registration.models import GuestList, Registration, Status


@every(2)
def give_free_seats() -> None:
    """Give free seats of open events to those who wait."""
    for event_id in _events_to_fill():
        event = db.session.get_one(Event, event_id)
        hold(event)
        if event.is_open:  # it may have been closed since we looked
            fill_seats(event)
        db.session.commit()


def _events_to_fill() -> list[int]:
    """Look without taking the write lock, since mostly nobody waits."""
    waits = exists().where(Registration.event_id == Event.id, Registration.status == Status.WAITING)
    with only_reading():
        ids = db.session.scalars(
            select(Event.id).where(
                Event.state == EventState.OPEN, Event.seats_taken < Event.capacity, waits
            )
        ).all()
    return list(ids)


@job(JOB)
def import_registrations(running: Job, *, list_id: str, write_letters: bool) -> None:
    """Import one list; run again after a crash, it goes on with those who are still missing."""
    with only_reading():
        kept = db.session.scalar(
            select(GuestList)
            .where(GuestList.id == UUID(list_id))
            .options(joinedload(GuestList.event), undefer(GuestList.content))
        )
    if kept is None or kept.content is None:
        return
    table = table_of(kept)
    report = import_rows(
        kept.event,
        table.rows,
        secret=secret(),
        write_letters=write_letters,
        guest_list=kept,
        on_progress=lambda done, total: report_progress(running, done, total),
    )
    note_import(kept, report, table.complaints)
    db.session.commit()


@every(3600)
def forget_guest_lists() -> None:
    """Forget lists that nobody imported within a day."""
    forget_old_lists()
    db.session.commit()


@every(3600)
def forget_answers() -> None:
    """Delete answers to an event's own questions when they have been kept long enough."""
    forget_old_answers()
