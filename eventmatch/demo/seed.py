"""The demo fair: its event, its guests, and the addresses to try it at."""

from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import delete, func, select
from sqlalchemy.orm import joinedload

from eventmatch import clock
from eventmatch.accounts.access import password_hash
from eventmatch.accounts.actions import create_account
from eventmatch.accounts.models import Account
from eventmatch.accounts.queries import find_account
from eventmatch.checkin.actions import create_device, record_scan
from eventmatch.checkin.models import Device
from eventmatch.codes import derived_code
from eventmatch.db import db
from eventmatch.demo.guests import DemoGuest, guests
from eventmatch.demo.wishes import let_guests_ask
from eventmatch.events.actions import change_event, create_event, open_event
from eventmatch.events.models import Event
from eventmatch.events.queries import find_event
from eventmatch.exchange.actions import accept, ask
from eventmatch.mail import Letter
from eventmatch.matching.actions import refresh_suggestions
from eventmatch.registration.actions import register, verify
from eventmatch.registration.consents import CONSENT_NAMES
from eventmatch.registration.models import Registration
from eventmatch.registration.profile import Profile
from eventmatch.registration.queries import badge_code, find_by_email, ticket_code

SLUG = "werkstatt-zukunft"
ORGANISER = "organiser@demo.example"
_DOOR = "Demo door"
PAIRING_VALID_FOR = timedelta(hours=12)
_ZONE = ZoneInfo("Europe/Berlin")


def ensure_demo(count: int | None = None) -> Event:
    """Return the demo event with at least so many guests; make what is missing. Commits.

    Without a number, an event that is there is left as it is, and a new one gets 200 guests.
    """
    event = find_event(SLUG)
    if event is not None and count is None:
        return event
    is_new = event is None
    event = event or _make_event()
    _fill(event, guests(count or 200))
    if is_new:
        _let_time_pass(event)
        refresh_suggestions(event)
        let_guests_ask(event)
    db.session.commit()
    return event


def _today_and_tomorrow() -> dict[str, datetime]:
    morning = clock.now().astimezone(_ZONE).replace(hour=9, minute=0, second=0, microsecond=0)
    return {"starts_at": morning, "ends_at": morning + timedelta(days=1, hours=9)}


def _make_event() -> Event:
    event = create_event(
        title="Werkstatt Zukunft",
        place="Kongresshalle am Speicher, Lindenrode",
        description=(
            "Messe für nachhaltige Produktion – zwei Tage, an denen sich Handwerk, Industrie, "
            "Energie und Software begegnen.\n\n"
            "The fair for sustainable production: two days on which crafts, industry, energy and "
            "software meet."
        ),
        **_today_and_tomorrow(),
        timezone="Europe/Berlin",
        capacity=250,
        accent="#b4531f",
        owner=_organiser(),
    )
    open_event(event)
    return event


def _organiser() -> Account:
    known = find_account(ORGANISER)
    return known or create_account(
        email=ORGANISER,
        name="Olga Organiser",
        password_hash=password_hash(_password()),
        language="de",
    )


def _password() -> str:
    """Return the demo organiser's password: the same at each start, another on each server."""
    return derived_code(_secret(), "demo password")[:12].lower()


def _secret() -> str:
    key: str = current_app.config["SECRET_KEY"]
    return key


def _fill(event: Event, wanted: list[DemoGuest]) -> None:
    if event.capacity < len(wanted) + 50:
        change_event(event, capacity=len(wanted) + 50)
    known = set(
        db.session.scalars(select(Registration.email).where(Registration.event_id == event.id))
    )
    for number, guest in enumerate(wanted):
        if guest.email not in known:
            # Only who opened their ticket is matched; of the others some did not bother.
            opened = guest.may_be_suggested or number % 10 < 7
            _register(event, guest, opened=opened, group=_group(number))
    # Nobody reads two hundred letters: only the first two guests are written to.
    db.session.execute(
        delete(Letter).where(
            Letter.about == event.slug,
            Letter.address.not_in([guest.email for guest in wanted[:2]]),
        )
    )


def _group(number: int) -> str:
    """Return as what a guest comes: a stand for every four visitors, and now and then a talk."""
    if number % 25 == 7:
        return "Vortragende"
    return "Aussteller" if number % 5 == 0 else "Besucher"


def _register(event: Event, guest: DemoGuest, *, opened: bool, group: str) -> None:
    registration = register(
        event,
        email=guest.email,
        profile=Profile(
            name=guest.name,
            company=guest.company,
            role=guest.role,
            phone=guest.phone,
            interests=guest.interests,
            offers=guest.offers,
            seeks=guest.seeks,
            tags=[tag for tag in guest.tags.split(";") if tag],
            languages=[language for language in guest.languages.split(";") if language],
        ),
        language=guest.language,
        secret=_secret(),
        group=group,
        consents={name: getattr(guest, name) for name in CONSENT_NAMES},
        source="demo",
    )
    if opened:
        verify(registration)


def _let_time_pass(event: Event) -> None:
    """Let some guests arrive and some meet, so that no page of the demo is empty."""
    first = list(
        db.session.scalars(
            select(Registration)
            .where(
                Registration.event_id == event.id,
                Registration.person_id.is_not(None),
                Registration.may_be_scanned,
            )
            .options(joinedload(Registration.event))
            .order_by(Registration.id)
            .limit(60)
        )
    )
    for asker, other in zip(first[2:], first[12:32], strict=False):
        accept(ask(asker, other), other)
    for asker in first[40:42]:
        ask(asker, first[0])  # the first guest of the demo finds somebody who waits for an answer
    now = clock.now()
    for number, arrived in enumerate(first[2:]):
        record_scan(
            event,
            scan_id=uuid4(),
            code=badge_code(arrived, 1, secret=_secret()),
            secret=_secret(),
            scanned_at=now - timedelta(minutes=number * 37 % 53 + number * 17 % 47),
            gate="Main entrance" if number % 3 else "Side entrance",
        )


def describe(event: Event) -> str:
    """Return where to go, for the one who started the demo.

    Commits a pairing link, and new dates if the fair is over: nobody meets a demo in the past.
    """
    base_url = current_app.config["BASE_URL"]
    lines = [
        ("Sign-up page", f"{base_url}/e/{event.slug}"),
        ("Organise", f"{base_url}/organise"),
        ("  sign in as", f"{ORGANISER}   password: {_password()}"),
    ]
    if not event.is_closed:
        lines.append(("Pair a door", f"{base_url}/door/pair/{_pairing_code(event)}"))
    for guest in guests(2):
        registration = find_by_email(event, guest.email)
        if registration is not None:
            code = ticket_code(registration, secret=_secret())
            lines.append((f"Ticket of {guest.name.split()[0]}", f"{base_url}/T/{code}"))
    count = db.session.scalar(
        select(func.count(Registration.id)).where(Registration.event_id == event.id)
    )
    title = f"{event.title}: a made-up fair with {count} guests, at {base_url}"
    if _takes_place_again(event):
        title += "\n  It was over, so it takes place once more: today and tomorrow."
    return "\n".join(["", title, *(f"  {name:<18}{value}" for name, value in lines), ""])


def _takes_place_again(event: Event) -> bool:
    """Move a demo that is over, but was not closed, to today; tell whether it was. Commits."""
    if event.is_closed or clock.now() < event.ends_at:
        return False
    change_event(event, **_today_and_tomorrow())
    db.session.commit()
    return True


def _pairing_code(event: Event) -> str:
    """Return a fresh one-time code; the devices of earlier starts that nobody paired are gone."""
    db.session.execute(
        delete(Device).where(
            Device.event_id == event.id, Device.name == _DOOR, Device.paired_at.is_(None)
        )
    )
    _device, code = create_device(
        event, name=_DOOR, gate="Main entrance", secret=_secret(), valid_for=PAIRING_VALID_FOR
    )
    db.session.commit()
    return code
