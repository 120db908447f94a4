"""At the desk: finding guests by name, and letting in whole groups at once."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from eventmatch.checkin.actions import record_scan
from eventmatch.checkin.models import Attendance, Device, Scan
from eventmatch.db import db
from eventmatch.errors import NotFound
from eventmatch.events.models import Event
from eventmatch.registration.models import Registration, Status
from eventmatch.registration.queries import badge_code, current_badges, find_by_name

MOST_AT_ONCE = 50


@dataclass(frozen=True)
class Line:
    """A guest as the desk sees them, and the id that their entry will have."""

    registration: Registration
    attendance: Attendance | None
    scan_id: UUID

    @property
    def can_enter(self) -> bool:
        """Tell whether a tick can let them in."""
        is_inside = self.attendance is not None and self.attendance.is_inside
        return self.registration.status is Status.CONFIRMED and not is_inside


@dataclass(frozen=True)
class DeskList:
    """Whom a search found; `companies` are those of several of them, for whole groups."""

    lines: list[Line]
    is_cut: bool
    companies: list[str]


def guests_named(event: Event, text: str) -> DeskList:
    """Return whom somebody may mean, with whether they are in."""
    found = find_by_name(event, text, limit=MOST_AT_ONCE)
    attendances = _attendances(found.items)
    lines = [
        Line(registration, attendances.get(registration.id), scan_id=uuid4())
        for registration in found.items
    ]
    companies = Counter(line.registration.company for line in lines if line.registration.company)
    groups = [company for company, count in companies.most_common(3) if count > 1]
    return DeskList(lines, is_cut=found.is_cut, companies=groups)


def attendance_of(registration: Registration) -> Attendance | None:
    """Return whether and since when a guest is in, or None for who never came."""
    return _attendances([registration]).get(registration.id)


def _attendances(registrations: list[Registration]) -> dict[int, Attendance]:
    statement = (
        select(Attendance)
        .where(Attendance.registration_id.in_([each.id for each in registrations]))
        .options(joinedload(Attendance.first_entry))
    )
    return {each.registration_id: each for each in db.session.scalars(statement)}


def admit_guests(
    event: Event,
    picked: Mapping[UUID, UUID],
    *,
    secret: str,
    device: Device | None = None,
    gate: str = "",
) -> list[Scan]:
    """Record an entry for each of these registrations, with the id that the page gave it.

    The same page sent again stores nothing new. Raises: NotFound for one of another event.
    """
    registrations = list(
        db.session.scalars(
            select(Registration).where(
                Registration.event_id == event.id, Registration.uid.in_(picked)
            )
        )
    )
    if len(registrations) < len(picked):
        raise NotFound
    badges = current_badges(registrations)
    # In the order of their codes, like a batch of scans: two never wait for each other in a circle.
    codes = sorted(
        (badge_code(guest, badges[guest.id].version, secret=secret), picked[guest.uid])
        for guest in registrations
    )
    return [
        record_scan(event, scan_id=scan_id, code=code, device=device, gate=gate, secret=secret)
        for code, scan_id in codes
    ]
