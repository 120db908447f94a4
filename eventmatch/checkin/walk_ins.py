"""The action of letting in who has not registered: a seat, a badge and an entry at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from eventmatch.checkin.actions import ScanIdReused, record_scan
from eventmatch.checkin.models import Device, Scan
from eventmatch.checkin.queries import get_scan
from eventmatch.db import hold
from eventmatch.errors import Conflict, NotFound
from eventmatch.events.models import Event
from eventmatch.i18n import _l
from eventmatch.registration.actions import register
from eventmatch.registration.profile import Profile
from eventmatch.registration.queries import badge_code, current_badges, find_by_email


class NoSeatLeft(Conflict):
    """Everybody's place is taken, also that of who stands here."""

    code = "event_full"
    message = _l(
        "Every seat is taken, so nobody more can be let in. The organiser can raise the capacity;"
        " then try again."
    )


@dataclass(frozen=True, kw_only=True)
class WalkIn:
    """Somebody at the door without a registration; the device makes the id, and says when."""

    id: UUID
    name: str
    email: str
    company: str
    language: str
    consents: Mapping[str, bool]
    arrived_at: datetime | None = None


def admit_walk_in(walk_in: WalkIn, device: Device, *, secret: str) -> Scan:
    """Register the person, write to them, and judge their entry; the scan has the walk-in's id.

    The same id gives the stored answer again. An address that is registered already keeps what
    it has, and that registration is judged. Raises: NoSeatLeft; SignUpClosed; ScanIdReused.
    """
    event = device.event
    hold(event)  # the last seat, and the same walk-in sent twice at once
    known = _known(walk_in, event)
    if known is not None:
        return known
    if event.seats_left < 1 and find_by_email(event, walk_in.email) is None:
        raise NoSeatLeft
    registration = register(
        event,
        email=walk_in.email,
        profile=Profile(name=walk_in.name, company=walk_in.company),
        language=walk_in.language,
        secret=secret,
        consents=walk_in.consents,
        source="walk-in",
    )
    badge = current_badges([registration])[registration.id]
    return record_scan(
        event,
        scan_id=walk_in.id,
        code=badge_code(registration, badge.version, secret=secret),
        scanned_at=walk_in.arrived_at,
        device=device,
        secret=secret,
    )


def _known(walk_in: WalkIn, event: Event) -> Scan | None:
    try:
        scan = get_scan(walk_in.id)
    except NotFound:
        return None
    is_same = scan.event_id == event.id and (
        scan.registration is None or scan.registration.email == walk_in.email.lower()
    )
    if not is_same:
        raise ScanIdReused
    return scan
