"""When guests came: at this event, or at the one that it can be compared with."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from eventmatch.checkin.lanes import arrivals_of, expected_arrivals
from eventmatch.checkin.models import Attendance, Scan
from eventmatch.db import db
from eventmatch.events.models import Event, Membership, Role

FEWEST_ENTRIES = 30  # below that, another event says nothing


@dataclass(frozen=True)
class Forecast:
    """Arrivals in each ten minutes, and the event that they are taken from; None: assumed."""

    arrivals: list[tuple[datetime, float]]
    model: Event | None


def forecast(event: Event, *, guests: int) -> Forecast:
    """Return when so many guests will come: as they came to the newest event of the same people."""
    model = _model_of(event)
    if model is None:
        arrivals = expected_arrivals(
            guests, starts_at=event.starts_at, opens_at=event.doors_open_at
        )
        return Forecast(arrivals, None)
    entries = first_entries(model)
    arrivals = arrivals_of(
        entries, began_at=model.starts_at, starts_at=event.starts_at, guests=guests
    )
    return Forecast(arrivals, model)


def first_entries(event: Event) -> list[datetime]:
    """Return when each guest came in first, the earliest first."""
    statement = (
        select(Scan.scanned_at)
        .join(Attendance, Attendance.first_entry_id == Scan.number)
        .where(Attendance.event_id == event.id)
        .order_by(Scan.scanned_at)
    )
    return list(db.session.scalars(statement))


def _model_of(event: Event) -> Event | None:
    """Return the newest earlier event that shares an organiser and had enough guests, or None."""
    own = select(Membership.account_id).where(
        Membership.event_id == event.id, Membership.role.in_((Role.OWNER, Role.MANAGER))
    )
    theirs = select(Membership.event_id).where(
        Membership.account_id.in_(own), Membership.role.in_((Role.OWNER, Role.MANAGER))
    )
    came = (
        select(func.count())
        .where(Attendance.event_id == Event.id, Attendance.first_entry_id.is_not(None))
        .correlate(Event)
        .scalar_subquery()
    )
    return db.session.scalar(
        select(Event)
        .where(Event.id.in_(theirs), Event.starts_at < event.starts_at, came >= FEWEST_ENTRIES)
        .order_by(Event.starts_at.desc())
        .limit(1)
    )
