"""What runs in the background for organisers: an import is taken back."""

from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, delete, exists, func, select
from sqlalchemy.orm import joinedload

from eventmatch.checkin.models import Scan
from eventmatch.db import db, hold, only_reading
from eventmatch.events.actions import free_seat
from eventmatch.events.models import Event
from eventmatch.jobs import Job, job, report_progress
from eventmatch.registration.imports import CHUNK, UNDO_JOB, note_undo
from eventmatch.registration.models import GuestList, Registration, Status


@job(UNDO_JOB)
def take_import_back(running: Job, *, list_id: str) -> None:
    """Remove the guests that a list has brought, but for those who have come in by themselves."""
    with only_reading():
        kept = db.session.scalar(
            select(GuestList)
            .where(GuestList.id == UUID(list_id))
            .options(joinedload(GuestList.event))
        )
        if kept is None or kept.event.is_closed:
            return
        brought = Registration.guest_list_id == kept.id
        total = _count(brought)
    taken = 0
    while removed := _remove_some(kept.event, brought):
        taken += removed
        report_progress(running, taken, total)
    note_undo(kept, taken=total - (stayed := _count(brought)), stayed=stayed)
    db.session.commit()


def _count(brought: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count()).select_from(Registration).where(brought)) or 0


def _remove_some(event: Event, brought: ColumnElement[bool]) -> int:
    """Remove some, and return how many. Commits.

    Who waits goes first: else a seat that becomes free would be given to somebody on the list.
    """
    hold(event)
    # Their own hand is the ticket that was opened; at the door their badge is scanned.
    untouched = and_(
        brought,
        Registration.verified_at.is_(None),
        ~exists().where(Scan.registration_id == Registration.id),
    )
    ids = (
        select(Registration.id)
        .where(untouched)
        .order_by(case((Registration.status == Status.WAITING, 0), else_=1), Registration.id)
        .limit(CHUNK)
    )
    removed = db.session.scalars(
        delete(Registration)
        .where(Registration.id.in_(list(db.session.scalars(ids))), untouched)
        .returning(Registration.status)
        .execution_options(synchronize_session=False)
    ).all()
    free_seat(event, removed.count(Status.CONFIRMED))
    db.session.commit()
    return len(removed)
