"""What can be asked of registrations."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, undefer

from eventmatch.codes import derived_code, derived_short_code, fingerprint
from eventmatch.db import db
from eventmatch.errors import NotFound
from eventmatch.events.models import Event
from eventmatch.mail import Letter, is_for_organisers
from eventmatch.paging import PAGE_SIZE, Page
from eventmatch.people.visibility import Card
from eventmatch.registration.finding import Sought
from eventmatch.registration.folding import folded
from eventmatch.registration.models import Badge, GuestList, Registration, Status


def find_by_email(event: Event, email: str) -> Registration | None:
    """Return this address's registration at the event, or None."""
    return db.session.scalar(
        select(Registration).where(
            Registration.event_id == event.id, Registration.email == email.lower()
        )
    )


def get_registration(uid: UUID, event: Event) -> Registration:
    """Return the registration with this public id, if it belongs to the event, which comes along.

    Raises: NotFound.
    """
    registration = db.session.scalar(
        select(Registration)
        .where(Registration.uid == uid, Registration.event_id == event.id)
        .options(joinedload(Registration.event))
    )
    if registration is None:
        raise NotFound
    return registration


def find_by_uid(uid: UUID) -> Registration | None:
    """Return the registration with this public id, at whatever event, which comes along."""
    return db.session.scalar(
        select(Registration).where(Registration.uid == uid).options(joinedload(Registration.event))
    )


def find_by_ticket(code: str, *, secret: str) -> Registration | None:
    """Return the registration that this ticket opens, with its event, or None."""
    return db.session.scalar(
        select(Registration)
        .where(Registration.ticket_fingerprint == fingerprint(secret, code))
        .options(joinedload(Registration.event))
    )


def find_badge(code: str, *, secret: str) -> Badge | None:
    """Return the badge with this code, also a withdrawn one, with registration and event."""
    return db.session.scalar(
        select(Badge)
        .where(Badge.fingerprint == fingerprint(secret, code))
        .options(joinedload(Badge.registration).joinedload(Registration.event))
    )


def current_badges(registrations: list[Registration]) -> dict[int, Badge]:
    """Return the badge that counts of each registration, by the registration's id."""
    ids = [registration.id for registration in registrations]
    statement = select(Badge).where(Badge.registration_id.in_(ids), Badge.withdrawn_at.is_(None))
    return {badge.registration_id: badge for badge in db.session.scalars(statement)}


def takes_part() -> ColumnElement[bool]:
    """Return the condition for being brought together with others: a seat, and a proven yes.

    A consent that somebody ticked for an address counts once the ticket sent there was opened.
    """
    return and_(
        Registration.status == Status.CONFIRMED,
        Registration.may_be_suggested,
        Registration.verified_at.is_not(None),
    )


def ticket_code(registration: Registration, *, secret: str) -> str:
    """Return the secret code of this registration's ticket."""
    return derived_code(secret, "ticket", registration.uid.hex, registration.ticket_version)


def badge_code(registration: Registration, version: int, *, secret: str) -> str:
    """Return the public code of this registration's badge of that version."""
    return derived_code(secret, "badge", registration.uid.hex, version)


def badge_short_code(registration: Registration, version: int, *, secret: str) -> str:
    """Return the code for typing of this registration's badge of that version."""
    return derived_short_code(secret, "badge", registration.uid.hex, version)


def card_of(registration: Registration) -> Card:
    """Return all that this registration knows of its person; show it through `visible` only."""
    return Card(
        name=registration.name,
        company=registration.company,
        role=registration.role,
        email=registration.email,
        phone=registration.phone,
        website=registration.website,
        interests=registration.interests,
        offers=registration.offers,
        seeks=registration.seeks,
        tags=tuple(registration.tags),
    )


def registrations_page(
    event: Event,
    *,
    search: str = "",
    status: Status | None = None,
    after: int = 0,
    limit: int = PAGE_SIZE,
) -> Page[Registration]:
    """Return registrations in the order in which they came; the cursor is the last one's id.

    `search` finds words in name, company and address, whatever the spelling of umlauts.
    """
    statement = _matching(select(Registration), event, search=search, status=status)
    rows = list(
        db.session.scalars(
            statement.where(Registration.id > after).order_by(Registration.id).limit(limit + 1)
        )
    )
    items = rows[:limit]
    return Page(items=items, next=str(items[-1].id) if len(rows) > limit else None)


@dataclass(frozen=True)
class Stretch:
    """Some registrations, and the ids from which newer and older ones follow; None at an end."""

    items: list[Registration]
    newer: int | None
    older: int | None


def newest_registrations(
    event: Event,
    *,
    search: str = "",
    status: Status | None = None,
    before: int = 0,
    after: int = 0,
    limit: int = PAGE_SIZE,
) -> Stretch:
    """Return registrations, the newest first: those older than `before`, or newer than `after`."""
    statement = _matching(select(Registration), event, search=search, status=status)
    statement = statement.limit(limit + 1)
    if after:
        statement = statement.where(Registration.id > after).order_by(Registration.id)
        rows = list(db.session.scalars(statement))
        items = rows[:limit][::-1]
        newer = items[0].id if len(rows) > limit else None
        return Stretch(items, newer=newer, older=items[-1].id if items else None)
    if before:
        statement = statement.where(Registration.id < before)
    rows = list(db.session.scalars(statement.order_by(Registration.id.desc())))
    items = rows[:limit]
    newer = items[0].id if before and items else None
    return Stretch(items, newer=newer, older=items[-1].id if len(rows) > limit else None)


@dataclass(frozen=True)
class Found:
    """Whom a name may mean, the nearest first; `is_cut` when more people fit than are shown."""

    items: list[Registration]
    is_cut: bool = False


def find_by_name(event: Event, text: str, *, limit: int = 25) -> Found:
    """Return whom somebody at the door may mean: by name and company, whatever the spelling.

    Nobody before three letters. The mail address is not searched, since the door does not see it.
    """
    sought = Sought(text)
    if not sought.is_enough:
        return Found([])
    near = _near(event, sought, sought.exact_patterns, most=_MOST_LOOKED_AT)
    if len(near) <= limit:  # a word with slips is always farther away
        near = _near(event, sought, sought.patterns)
    chosen = [number for _distance, _key, number in near[:limit]]
    rows = db.session.scalars(select(Registration).where(Registration.id.in_(chosen)))
    by_id = {registration.id: registration for registration in rows}
    return Found([by_id[number] for number in chosen], is_cut=len(near) > limit)


_MOST_LOOKED_AT = 500  # of those who fit exactly: who types what so many have must type more


def _near(
    event: Event,
    sought: Sought,
    patterns: Iterable[Iterable[str]],
    *,
    most: int | None = None,
) -> list[tuple[int, str, int]]:
    """Return distance, sort key and id of those who fit, the nearest first."""
    # A blank must follow: behind the last one stands the mail address.
    before_the_address = [[f"{pattern} %" for pattern in each] for each in patterns]
    statement = (
        select(Registration.id, Registration.name, Registration.sort_key)
        .where(
            Registration.event_id == event.id,
            *(or_(*map(Registration.sort_key.like, each)) for each in before_the_address),
        )
        .order_by(Registration.sort_key)
        .limit(most)
    )
    near = []
    for number, name, key in db.session.execute(statement):
        seen, _blank, _address = key.rpartition(" ")
        if not sought.may_fit(seen):
            continue
        words, count = seen.split(" "), len(name.split())
        distance = sought.closeness(name=" ".join(words[:count]), company=" ".join(words[count:]))
        if distance is not None:
            near.append((distance, key, number))
    return sorted(near)


def letters_to(registration: Registration, *, limit: int = 20) -> list[Letter]:
    """Return the letters about the event that went to this registration's address, newest first.

    They are for the organiser, so the personal ones are left out.
    """
    statement = (
        select(Letter)
        .where(
            Letter.about == registration.event.slug,
            Letter.address == registration.email,
            is_for_organisers(),
        )
        .order_by(Letter.created_at.desc())
        .limit(limit)
    )
    return list(db.session.scalars(statement))


def get_guest_list(uid: UUID, event: Event, *, with_file: bool = False) -> GuestList:
    """Return the guest list that was sent for this event.

    Raises: NotFound.
    """
    statement = select(GuestList).where(GuestList.id == uid, GuestList.event_id == event.id)
    found = db.session.scalar(
        statement.options(undefer(GuestList.content)) if with_file else statement
    )
    if found is None:
        raise NotFound
    return found


def is_named() -> ColumnElement[bool]:
    """Return the condition that a registration was not deleted by the one whose it was."""
    return Registration.sort_key != ""


def _matching(
    statement: Select[Registration], event: Event, *, search: str, status: Status | None
) -> Select[Registration]:
    statement = statement.where(Registration.event_id == event.id, is_named())
    if status is not None:
        statement = statement.where(Registration.status == status)
    for word in folded(search).split():
        statement = statement.where(Registration.sort_key.contains(word, autoescape=True))
    return statement


@dataclass(frozen=True)
class Counts:
    """How many registrations there are of each kind."""

    confirmed: int
    waiting: int
    cancelled: int
    with_profile: int  # confirmed, and with something to match on
    suggestible: int  # of these, how many agreed to be suggested, and opened their ticket


def count_registrations(event: Event) -> Counts:
    """Count the registrations of an event, in one query."""
    confirmed = Registration.status == Status.CONFIRMED
    has_profile = confirmed & (
        (Registration.offers != "") | (Registration.seeks != "") | (Registration.interests != "")
    )
    row = db.session.execute(
        select(
            func.count().filter(confirmed),
            func.count().filter(Registration.status == Status.WAITING),
            func.count().filter(Registration.status == Status.CANCELLED),
            func.count().filter(has_profile),
            func.count().filter(has_profile & takes_part()),
        ).where(Registration.event_id == event.id)
    ).one()
    return Counts(*row)


def find_with_event(registration_id: int) -> Registration | None:
    """Return the registration with its event, or None when it is gone; for letters."""
    return db.session.scalar(
        select(Registration)
        .where(Registration.id == registration_id)
        .options(joinedload(Registration.event))
    )
