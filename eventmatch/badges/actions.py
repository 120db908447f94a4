"""What can be done with badges: putting them on paper, and doing so again."""

from sqlalchemy import select, update

from eventmatch import clock
from eventmatch.db import db, hold
from eventmatch.errors import Conflict
from eventmatch.events.models import Event
from eventmatch.i18n import _l
from eventmatch.registration.actions import BadgeReplaced, replace_badge
from eventmatch.registration.models import Badge, Registration, Status


class NoSeatNoBadge(Conflict):
    """Who waits or has cancelled gets no badge."""

    code = "no_seat_no_badge"
    message = _l("Only guests who have a seat get a badge.")


def note_all_printed(event: Event) -> None:
    """Note that everybody's badge was put on paper: the next one at the door is a reprint."""
    guests = select(Registration.id).where(
        Registration.event_id == event.id, Registration.status == Status.CONFIRMED
    )
    db.session.execute(
        update(Badge)
        .where(
            Badge.registration_id.in_(guests),
            Badge.withdrawn_at.is_(None),
            Badge.printed_at.is_(None),
        )
        .values(printed_at=clock.now()),
        execution_options={"synchronize_session": False},
    )


def issue_badge(registration: Registration, *, replaced: int, secret: str) -> Badge:
    """Return the badge to put on paper now; what was printed before is withdrawn.

    `replaced` is the version that lay on paper when the button was shown, 0 for none: so a second
    press gives the same badge and makes no third. Raises: NoSeatNoBadge; EventClosed.
    """
    hold(registration)
    if not registration.has_seat:
        raise NoSeatNoBadge
    badge = _current(registration)
    if replaced and badge.printed_at is not None:
        try:
            badge = replace_badge(registration, version=replaced, secret=secret)
        except BadgeReplaced:
            badge = _current(registration)
    badge.printed_at = badge.printed_at or clock.now()
    return badge


def _current(registration: Registration) -> Badge:
    return db.session.scalars(
        select(Badge)
        .where(Badge.registration_id == registration.id, Badge.withdrawn_at.is_(None))
        .execution_options(populate_existing=True)
    ).one()
