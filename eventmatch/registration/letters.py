"""What the letters of this room say: the ticket, the place given up, and the way back."""

import re
from typing import Any

from flask import current_app, url_for

from eventmatch import clock, qr
from eventmatch.events.models import Event
from eventmatch.i18n import _l
from eventmatch.mail import Attachment, Content, letter
from eventmatch.registration.access import secret
from eventmatch.registration.calendar_file import calendar_file
from eventmatch.registration.models import Registration, Status
from eventmatch.registration.queries import find_with_event, ticket_code

QR_CONTENT_ID = "ticket-qr"
_LONGEST_GREETED = 60
# A name with a link in it would let strangers send their advertising through our letters.
_LOOKS_LIKE_A_LINK = re.compile(r"[/:@]|\w\.\w\w")


def ticket_url(registration: Registration) -> str:
    """Return the secret link that opens this registration's own pages."""
    base_url: str = current_app.config["BASE_URL"]
    return f"{base_url}/T/{ticket_code(registration, secret=secret())}"


def calendar_file_of(event: Event) -> bytes:
    """Return the event as a file for calendars; it is the same for every guest."""
    host = current_app.config["BASE_URL"].partition("://")[2]
    return calendar_file(
        uid=f"{event.slug}@{host}",
        title=event.title,
        place=event.place,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        timezone=event.timezone,
        url=url_for("registration.new_registration", slug=event.slug, _external=True),
        written_at=clock.now(),
    )


@letter("ticket", called=_l("Ticket"))
def compose_ticket(*, registration_id: int) -> Content | None:
    """Compose the letter with the ticket, or with the place on the waiting list."""
    registration = find_with_event(registration_id)
    if registration is None or registration.status is Status.CANCELLED:
        return None
    if not registration.has_seat:
        return Content(_words(registration))
    link = ticket_url(registration)
    code = Attachment(
        name="ticket.png",
        media_type="image/png",
        content=qr.png(link.upper(), module_px=6),  # capitals keep the code small
        content_id=QR_CONTENT_ID,
    )
    calendar = Attachment(
        name=f"{registration.event.slug}.ics",
        media_type="text/calendar",
        content=calendar_file_of(registration.event),
    )
    return Content({**_words(registration), "qr_content_id": QR_CONTENT_ID}, (code, calendar))


@letter("cancelled", called=_l("Cancellation"))
def compose_cancellation(*, registration_id: int) -> Content | None:
    """Compose the letter that confirms that a place was given up."""
    registration = find_with_event(registration_id)
    if registration is None or registration.status is not Status.CANCELLED:
        return None
    return Content(_words(registration))


@letter("register_again", called=_l("The way back"))
def compose_register_again(*, registration_id: int) -> Content | None:
    """Compose the letter that leads who cancelled back, as long as one can register."""
    registration = find_with_event(registration_id)
    if registration is None or registration.status is not Status.CANCELLED:
        return None
    return Content(_words(registration)) if registration.event.is_open else None


def _words(registration: Registration) -> dict[str, Any]:
    return {
        "event": registration.event,
        "greeted": greeted(registration.name),
        "has_seat": registration.has_seat,
        "ticket_url": ticket_url(registration),
    }


def greeted(name: str) -> str:
    """Return the name as a letter greets it; empty when it looks like anything but a name."""
    if len(name) > _LONGEST_GREETED or _LOOKS_LIKE_A_LINK.search(name):
        return ""
    return name
