"""What an organiser calls guests, so that rules may speak of all exhibitors or all visitors."""

from collections.abc import Iterable, Mapping

from sqlalchemy import func, select

from eventmatch import clock
from eventmatch.db import db, hold
from eventmatch.events.actions import EventClosed
from eventmatch.events.models import Event
from eventmatch.registration.models import Registration, Status

_AT_ONCE = 500


def group_sizes(event: Event) -> dict[str, int]:
    """Return how many guests with a seat each group has, by its label; "" for no group."""
    rows = db.session.execute(
        select(Registration.group, func.count().label("people"))
        .where(Registration.event_id == event.id, Registration.status == Status.CONFIRMED)
        .group_by(Registration.group)
        .order_by(Registration.group)
    )
    return {row.group: row.people for row in rows}


def groups_by_address(event: Event, among: Iterable[str]) -> dict[str, str]:
    """Return the group of each of these addresses that has a registration, in whatever state."""
    wanted = list(among)
    found: dict[str, str] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        rows = db.session.execute(
            select(Registration.email, Registration.group).where(
                Registration.event_id == event.id,
                Registration.email.in_(wanted[start : start + _AT_ONCE]),
            )
        )
        found.update((email, group) for email, group in rows)
    return found


def set_group(registration: Registration, group: str) -> None:
    """Call a guest so from now on. Raises: EventClosed."""
    hold(registration)
    if registration.event.is_closed:
        raise EventClosed
    if registration.group != group:
        registration.group = group
        registration.profile_changed_at = clock.now()  # the lists follow


def regroup(event: Event, groups: Mapping[str, str]) -> int:
    """Give the registrations with these addresses their groups; return how many changed."""
    rows = db.session.scalars(
        select(Registration).where(
            Registration.event_id == event.id, Registration.email.in_(list(groups))
        )
    )
    changed = [one for one in rows if one.group != groups[one.email]]
    for one in changed:
        one.group = groups[one.email]
        one.profile_changed_at = clock.now()
    return len(changed)
