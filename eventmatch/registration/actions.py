"""What can be done with registrations."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from eventmatch import clock
from eventmatch.codes import fingerprint
from eventmatch.db import db, hold
from eventmatch.errors import Conflict
from eventmatch.events.actions import EventClosed, free_seat, take_seat
from eventmatch.events.models import Event
from eventmatch.i18n import _l
from eventmatch.mail import Letter, LetterState, send_later
from eventmatch.people.models import Person
from eventmatch.people.queries import find_person
from eventmatch.questions.models import Question
from eventmatch.registration.answers import set_answers
from eventmatch.registration.consents import CONSENT_NAMES, TEXT_VERSION
from eventmatch.registration.folding import folded
from eventmatch.registration.models import Badge, ConsentRecord, Registration, Status
from eventmatch.registration.profile import Profile
from eventmatch.registration.queries import (
    badge_code,
    badge_short_code,
    find_by_email,
    ticket_code,
)

MOST_TICKETS_AN_HOUR = 5  # letters to one address, however often somebody asks


class SignUpClosed(Conflict):
    """Nobody can register now."""

    code = "sign_up_closed"
    message = _l("Registration for this event is not open.")


class AlreadyCancelled(Conflict):
    """The place was given up before."""

    code = "already_cancelled"
    message = _l("This registration is cancelled.")


class BadgeReplaced(Conflict):
    """The badge that was to be replaced is no longer the newest."""

    code = "badge_replaced"
    message = _l("This badge has been replaced already. Please print the new one.")


class TicketReplaced(Conflict):
    """The ticket link that was to be replaced is no longer the newest."""

    code = "ticket_replaced"
    message = _l("This ticket link has been replaced already. The newest is in the last letter.")


_MATCHED_ON = (
    "company", "role", "interests", "offers", "seeks", "tags", "languages", "may_be_suggested",
)  # fmt: skip


def register(
    event: Event,
    *,
    email: str,
    profile: Profile,
    language: str,
    secret: str,
    consents: Mapping[str, bool] | None = None,
    source: str = "sign-up",
    group: str = "",
    answers: Mapping[str, Any] | None = None,
    questions: Sequence[Question] = (),
    write_letter: bool = True,
) -> Registration:
    """Give the person a seat, or a place on the waiting list, and write to them.

    An address that is registered already keeps what it has and gets a letter once more, so that
    the answer tells nobody who is registered. Raises: SignUpClosed.
    """
    hold(event)  # two people may reach for the last seat, and one may press the button twice
    if event.is_closed or (source == "sign-up" and not event.is_open):
        raise SignUpClosed
    known = find_by_email(event, email)
    if known is not None:
        if write_letter:
            _write_again(known, event)
        return known
    registration = _new_registration(event, email, profile, language=language, source=source)
    registration.group = group
    set_answers(registration, dict(answers or {}), questions)
    registration.ticket_fingerprint = fingerprint(secret, ticket_code(registration, secret=secret))
    db.session.add(registration)
    db.session.flush()
    give_badge(registration, version=1, secret=secret)
    set_consents(registration, consents or {}, way=source)
    if write_letter:
        send_ticket(registration, event)
    return registration


def _new_registration(
    event: Event, email: str, profile: Profile, *, language: str, source: str
) -> Registration:
    return Registration(
        uid=uuid4(),
        event_id=event.id,
        event=event,
        email=email.lower(),
        sort_key=_sort_key(profile.name, profile.company, email),
        status=Status.CONFIRMED if take_seat(event) else Status.WAITING,
        language=language,
        source=source,
        ticket_version=1,
        visibility={},
        answers={},
        **asdict(profile),
    )


def register_again(registration: Registration) -> None:
    """Take a place again that was given up, if there is one. Twice is once.

    Only for the guest in person, who has opened the ticket: profile and consents are as they
    left them. Raises: SignUpClosed.
    """
    event = registration.event
    hold(event)
    hold(registration)
    if not event.is_open:
        raise SignUpClosed
    if registration.status is not Status.CANCELLED:
        return
    registration.status = Status.CONFIRMED if take_seat(event) else Status.WAITING
    registration.registered_at = registration.profile_changed_at = clock.now()
    registration.cancelled_at = None
    send_ticket(registration, event)


def _sort_key(name: str, company: str, email: str) -> str:
    return folded(f"{name} {company} {email}")[:500]


def give_badge(registration: Registration, *, version: int, secret: str) -> Badge:
    """Make the badge code of that version."""
    badge = Badge(
        registration_id=registration.id,
        version=version,
        fingerprint=fingerprint(secret, badge_code(registration, version, secret=secret)),
        short_fingerprint=fingerprint(
            secret, badge_short_code(registration, version, secret=secret)
        ),
    )
    db.session.add(badge)
    return badge


def replace_badge(registration: Registration, *, version: int, secret: str) -> Badge:
    """Withdraw the badge of that version and make the code of the next.

    Raises: BadgeReplaced when there is a newer one already; AlreadyCancelled; EventClosed.
    """
    hold(registration)
    _check_changeable(registration)
    badges = list(db.session.scalars(select(Badge).where(Badge.registration_id == registration.id)))
    if version != max((badge.version for badge in badges), default=0):
        raise BadgeReplaced
    for badge in badges:
        badge.withdrawn_at = badge.withdrawn_at or clock.now()
    return give_badge(registration, version=version + 1, secret=secret)


def set_consents(registration: Registration, consents: Mapping[str, bool], *, way: str) -> None:
    """Give or take back consents, and keep a record of each that changed."""
    for name in CONSENT_NAMES:
        is_given = bool(consents.get(name))
        if bool(getattr(registration, name)) == is_given:
            continue
        setattr(registration, name, is_given)
        db.session.add(
            ConsentRecord(
                registration_id=registration.id,
                purpose=name,
                is_given=is_given,
                text_version=TEXT_VERSION,
                language=registration.language,
                way=way,
            )
        )
        if name in _MATCHED_ON:
            registration.profile_changed_at = clock.now()


def send_ticket(registration: Registration, event: Event) -> None:
    """Write the letter with the ticket, or with the place on the waiting list."""
    _write("ticket", registration, event)


def _write(kind: str, registration: Registration, event: Event) -> None:
    send_later(
        kind,
        address=registration.email,
        name=registration.name,
        language=registration.language,
        about=event.slug,
        registration_id=registration.id,
    )


def replace_ticket(registration: Registration, *, version: int, secret: str) -> None:
    """Make a new ticket link in place of the one of that version, and write to the guest.

    The old link opens nothing any more, and every browser that it opened is signed out; the badge
    stays as it is. Raises: TicketReplaced when there is a newer one already; AlreadyCancelled;
    EventClosed.
    """
    hold(registration)
    _check_changeable(registration)
    if version != registration.ticket_version:
        raise TicketReplaced
    registration.ticket_version = version + 1
    registration.ticket_fingerprint = fingerprint(secret, ticket_code(registration, secret=secret))
    send_ticket(registration, registration.event)


def send_ticket_again(event: Event, email: str) -> None:
    """Send the ticket once more, if this address is registered; the answer must not tell."""
    registration = find_by_email(event, email)
    if registration is not None:
        _write_again(registration, event)


def _write_again(registration: Registration, event: Event) -> None:
    """Send the ticket; to who cancelled the way back, since an address alone takes no seat."""
    kind = "register_again" if registration.status is Status.CANCELLED else "ticket"
    if not _is_written_to(kind, registration, event):
        _write(kind, registration, event)


def _is_written_to(kind: str, registration: Registration, event: Event) -> bool:
    """Tell whether a letter is about to go out, or so many went that one more is a nuisance."""
    lately = db.session.execute(
        select(Letter.state, Letter.tries).where(
            Letter.about == event.slug,
            Letter.created_at > clock.now() - timedelta(hours=1),
            Letter.kind == kind,
            Letter.address == registration.email,
        )
    ).all()
    is_waiting = any(state is LetterState.WAITING and not tries for state, tries in lately)
    return is_waiting or len(lately) >= MOST_TICKETS_AN_HOUR


def choose_language(registration: Registration, language: str) -> None:
    """Say in which language letters are written."""
    registration.language = language


def change_profile(registration: Registration, profile: Profile) -> None:
    """Change what a person says of themselves.

    Raises: AlreadyCancelled; EventClosed.
    """
    _check_changeable(registration)
    changed = {
        name for name, value in asdict(profile).items() if getattr(registration, name) != value
    }
    for name in changed:
        setattr(registration, name, getattr(profile, name))
    if changed & {"name", "company"}:
        registration.sort_key = _sort_key(
            registration.name, registration.company, registration.email
        )
    if changed & {*_MATCHED_ON, "name"}:
        registration.profile_changed_at = clock.now()


def correct_name(registration: Registration, *, name: str, first_name: str, company: str) -> None:
    """Put right what the badge says of somebody, and leave the rest of the profile.

    Raises: AlreadyCancelled; EventClosed.
    """
    kept = {part.name: getattr(registration, part.name) for part in fields(Profile)}
    corrected = {"name": name, "first_name": first_name, "company": company}
    change_profile(registration, Profile(**(kept | corrected)))


def change_card(registration: Registration, card: Mapping[str, str]) -> None:
    """Change what contacts see of a person, also once the event is over."""
    for name, value in card.items():
        setattr(registration, name, value)
    if not f"{registration.name} ".startswith(f"{registration.first_name} "):
        registration.first_name = ""  # it was that of another name
    registration.sort_key = _sort_key(registration.name, registration.company, registration.email)
    registration.profile_changed_at = clock.now()


def set_releases(registration: Registration, releases: Mapping[str, str]) -> None:
    """Say to whom each field is released; see `people.visibility`."""
    registration.visibility = dict(releases)


def cancel(registration: Registration) -> None:
    """Give up the place; the seat goes to the first who waits. Twice is once."""
    event = registration.event
    hold(event)
    hold(registration)
    if event.is_closed:
        raise EventClosed
    if registration.status is Status.CANCELLED:
        return
    had_seat = registration.has_seat
    registration.status = Status.CANCELLED
    registration.cancelled_at = clock.now()
    registration.profile_changed_at = clock.now()
    _write("cancelled", registration, event)
    if had_seat:
        free_seat(event)
        fill_seats(event)


def fill_seats(event: Event) -> list[Registration]:
    """Give free seats to those who wait the longest, and write to them."""
    moved = []
    while event.seats_left and (first := _first_waiting(event)) is not None and take_seat(event):
        first.status = Status.CONFIRMED
        first.profile_changed_at = clock.now()
        send_ticket(first, event)
        db.session.flush()
        moved.append(first)
    return moved


def _first_waiting(event: Event) -> Registration | None:
    return db.session.scalar(
        select(Registration)
        .where(Registration.event_id == event.id, Registration.status == Status.WAITING)
        .order_by(Registration.registered_at, Registration.id)
        .limit(1)
    )


def verify(registration: Registration) -> Person:
    """Note that the ticket's link was used: the address is theirs, so this is that person.

    From now on they are matched, if they agreed.
    """
    hold(registration)
    if registration.person_id is not None:
        person = db.session.get_one(Person, registration.person_id)
    else:
        person = _person_of(registration)
        registration.person_id = person.id
    if registration.verified_at is None:
        registration.verified_at = registration.profile_changed_at = clock.now()
    return person


def _person_of(registration: Registration) -> Person:
    """Return the person with this address; two tickets may be opened at the same moment."""
    known = find_person(registration.email)
    if known is not None:
        return known
    person = Person(
        email=registration.email, name=registration.name, language=registration.language
    )
    try:
        with db.session.begin_nested():
            db.session.add(person)
    except IntegrityError:
        return _person_of(registration)
    return person


def sign_out(registration: Registration) -> None:
    """Close the guest's pages on every device; the ticket's link opens them again."""
    registration.session_version += 1


def _check_changeable(registration: Registration) -> None:
    if registration.status is Status.CANCELLED:
        raise AlreadyCancelled
    if registration.event.is_closed:
        raise EventClosed
