"""What can be done with events."""

import re
import unicodedata
from datetime import datetime

from sqlalchemy import update

from eventmatch import clock
from eventmatch.accounts.models import Account
from eventmatch.codes import fingerprint, fresh_code
from eventmatch.db import db, hold
from eventmatch.errors import Conflict, Invalid
from eventmatch.events.models import ApiToken, Event, EventState, Membership, Role, Scope
from eventmatch.events.queries import find_event
from eventmatch.i18n import _, _l

_RESERVED = {"new"}  # /organise/events/new is the form for a new event
_SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "&": " und "})


class EventClosed(Conflict):
    """The event is over; nothing more can be changed."""

    code = "event_closed"
    message = _l("This event is closed.")


def create_event(
    *,
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    timezone: str,
    capacity: int,
    owner: Account | None = None,
    **details: object,
) -> Event:
    """Create a draft event; `details` are further columns of the event."""
    _check_span(starts_at, ends_at)
    event = Event(
        slug=_free_slug(title),
        title=title,
        starts_at=starts_at,
        ends_at=ends_at,
        timezone=timezone,
        capacity=capacity,
        **details,
    )
    db.session.add(event)
    db.session.flush()
    if owner is not None:
        db.session.add(Membership(event_id=event.id, account_id=owner.id, role=Role.OWNER))
    return event


def change_event(event: Event, **details: object) -> None:
    """Change an event's columns.

    Raises: EventClosed; Invalid when the seats given away would no longer fit.
    """
    hold(event)
    if event.is_closed:
        raise EventClosed
    capacity = details.get("capacity")
    if isinstance(capacity, int) and capacity < event.seats_taken:
        taken = event.seats_taken
        raise Invalid({"capacity": [_("%(count)d seats are already taken.", count=taken)]})
    for name, value in details.items():
        setattr(event, name, value)
    _check_span(event.starts_at, event.ends_at)


def _check_span(starts_at: datetime, ends_at: datetime) -> None:
    if ends_at <= starts_at:
        raise Invalid({"ends_at": [_("The end must be after the start.")]})


def open_event(event: Event) -> None:
    """Let guests register.

    Raises: EventClosed.
    """
    hold(event)
    if event.is_closed:
        raise EventClosed
    event.state = EventState.OPEN


def take_seat(event: Event) -> bool:
    """Take one seat if one is left; the database decides, also for 50 at once."""
    taken = db.session.execute(
        update(Event)
        .where(Event.id == event.id, Event.seats_taken < Event.capacity)
        .values(seats_taken=Event.seats_taken + 1),
        execution_options={"synchronize_session": False},
    )
    db.session.refresh(event, attribute_names=["seats_taken"])
    return bool(taken.rowcount)  # type: ignore[attr-defined]


def free_seat(event: Event, count: int = 1) -> None:
    """Give one seat back, or so many."""
    db.session.execute(
        update(Event).where(Event.id == event.id).values(seats_taken=Event.seats_taken - count),
        execution_options={"synchronize_session": False},
    )
    db.session.refresh(event, attribute_names=["seats_taken"])


def create_token(event: Event, scope: Scope, *, secret: str, label: str = "") -> str:
    """Give a program the right to this event; return the token, which is not kept."""
    code = fresh_code(bits=256)
    db.session.add(
        ApiToken(event_id=event.id, scope=scope, label=label, fingerprint=fingerprint(secret, code))
    )
    return code


def revoke_token(token: ApiToken) -> None:
    """Take the right back; twice is once."""
    token.revoked_at = token.revoked_at or clock.now()


def _free_slug(title: str) -> str:
    """Return an address for the event, made of its title, that no other event has."""
    spelled = title.lower().translate(_SPELLED)
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-") or "event"
    candidate, number = slug, 1
    while candidate in _RESERVED or find_event(candidate) is not None:
        number += 1
        candidate = f"{slug}-{number}"
    return candidate
