"""What can be asked of a person's network.

A contact is in the network for as long as both agree: what is shown of it is decided anew each
time, from the exchanges that are mutual at that moment.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from eventmatch.db import db
from eventmatch.errors import NotFound
from eventmatch.exchange.models import Exchange, ExchangeState
from eventmatch.exchange.queries import card_for
from eventmatch.network.models import Contact, Meeting
from eventmatch.network.ties import Tie, acquainted, introduced, is_acquainted, is_introduced
from eventmatch.people.models import Person
from eventmatch.people.visibility import Card, Relation
from eventmatch.registration.folding import folded
from eventmatch.registration.models import Registration

_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class MetAt:
    """Where and when somebody was met."""

    event_id: int
    title: str
    place: str
    timezone: str
    starts_at: datetime
    met_at: datetime
    other_id: int = 0  # the other's registration at the event
    way: str = ""  # how they agreed


@dataclass(frozen=True)
class ContactView:
    """A contact as its owner sees it; without meetings it is not shared any more."""

    uid: UUID
    card: Card
    first_name: str  # as on the badge; empty if they gave none
    note: str
    meetings: tuple[MetAt, ...]  # the latest first
    changed_at: datetime
    introduced_at: datetime | None = None  # through a shared contact
    acquainted_at: datetime | None = None  # both brought each other's address
    tags: tuple[str, ...] = ()
    chips: tuple[str, ...] = ()
    follow_up_on: date | None = None
    rhythm_days: int | None = None
    in_touch_at: datetime | None = None
    is_archived: bool = False

    @property
    def is_shared(self) -> bool:
        """Tell whether the two still agree to share their contacts."""
        ties = (self.introduced_at, self.acquainted_at)
        return bool(self.meetings) or any(tie is not None for tie in ties)

    @property
    def last_moment(self) -> datetime:
        """When the two last had to do with each other, as far as we know."""
        ties = (self.in_touch_at, self.introduced_at, self.acquainted_at)
        moments = [*ties, *(met.met_at for met in self.meetings), _LONG_AGO]
        return max(moment for moment in moments if moment is not None)


@dataclass
class Known:
    """A contact that is shared at this moment, and what its view is made of."""

    contact: Contact
    source: Registration  # what the other releases is said here
    meetings: list[Meeting]  # the latest first
    introduced_at: datetime | None = None
    acquainted_at: datetime | None = None


def contacts_of(person: Person, *, only: Collection[UUID] | None = None) -> list[ContactView]:
    """Return the person's network: by the event of the last meeting, the latest first.

    Whom a shared contact has introduced, and who was never met, comes at the end. `only` names the
    contacts that are wanted, by their public ids.
    """
    whose = Contact.owner_id == person.id
    if only is not None:
        whose = and_(whose, Contact.uid.in_(only))
    views = [_view(known) for known in known_where(whose)]
    return sorted(views, key=_place_in_list)


def _place_in_list(view: ContactView) -> tuple[float, int, str]:
    name = folded(view.card.name)
    if not view.meetings:
        return (1.0, 0, name)
    last = view.meetings[0]
    return (-last.starts_at.timestamp(), last.event_id, name)


def by_event(views: Iterable[ContactView]) -> list[tuple[MetAt | None, list[ContactView]]]:
    """Return the contacts, in the order of the list, under the event of their last meeting.

    Whom nobody but a shared contact brought together is under None.
    """
    groups = groupby(views, key=lambda view: view.meetings[0].event_id if view.meetings else 0)
    listed = [list(group) for _event_id, group in groups]
    return [(group[0].meetings[0] if group[0].meetings else None, group) for group in listed]


def kept_notes(person: Person) -> list[ContactView]:
    """Return the owner's notes on those who no longer share their contact, without their names."""
    is_shared = exists().where(Meeting.contact_id == Contact.id, *_in_force())
    statement = (
        select(Contact)
        .where(
            Contact.owner_id == person.id,
            Contact.note != "",
            ~is_shared,
            ~exists().where(*is_introduced()),
            ~is_acquainted(),
        )
        .order_by(Contact.id.desc())
    )
    return [_withdrawn(contact) for contact in db.session.scalars(statement)]


def get_contact(uid: UUID, person: Person) -> Contact:
    """Return the contact with this public id, if it is one of the person's.

    Raises: NotFound.
    """
    contact = db.session.scalar(
        select(Contact).where(Contact.uid == uid, Contact.owner_id == person.id)
    )
    if contact is None:
        raise NotFound
    return contact


def view_of(contact: Contact) -> ContactView:
    """Return what the owner may see of this contact now."""
    found = known_where(Contact.id == contact.id)
    return _view(found[0]) if found else _withdrawn(contact)


def known_where(whose: ColumnElement[bool]) -> list[Known]:
    """Return the contacts of whom this is true and which are shared at this moment."""
    together: dict[int, list[Meeting]] = {}
    for meeting in _shared_meetings(whose):
        together.setdefault(meeting.contact_id, []).append(meeting)
    by_friends, by_lists = introduced(whose), acquainted(whose)
    found = []
    for meetings in together.values():
        contact = meetings[0].contact
        sources = [_other_side(meeting.exchange, contact) for meeting in meetings]
        newest = max(sources, key=lambda registration: registration.id)
        found.append(Known(contact, newest, meetings))
    for number, (contact, source, _moment) in (by_lists | by_friends).items():
        if number not in together:
            found.append(Known(contact, source, []))
    for known in found:
        known.introduced_at = _since(by_friends, known)
        known.acquainted_at = _since(by_lists, known)
    return found


def _since(ties: dict[int, Tie], known: "Known") -> datetime | None:
    return ties[known.contact.id][2] if known.contact.id in ties else None


def may_be_found(contact: type[Contact]) -> ColumnElement[bool]:
    """Return the condition that the other agreed to be found, by their latest word on it."""
    theirs = aliased(Registration)
    return (
        select(theirs.may_be_found)
        .where(theirs.person_id == contact.other_id)
        .order_by(theirs.id.desc())
        .limit(1)
        .correlate(contact)
        .scalar_subquery()
    )


def _in_force() -> tuple[ColumnElement[bool], ...]:
    return (
        Meeting.exchange_id == Exchange.id,
        Exchange.state == ExchangeState.MUTUAL,
    )


def _shared_meetings(whose: ColumnElement[bool]) -> list[Meeting]:
    """Return the meetings whose exchange is mutual now, the latest first."""
    statement = (
        select(Meeting)
        .join(Meeting.contact)
        .join(Meeting.exchange)
        .where(whose, Exchange.state == ExchangeState.MUTUAL)
        .options(
            contains_eager(Meeting.contact),
            contains_eager(Meeting.exchange).joinedload(Exchange.low),
            contains_eager(Meeting.exchange).joinedload(Exchange.high),
            joinedload(Meeting.event),
        )
        .order_by(Meeting.met_at.desc(), Meeting.id.desc())
    )
    return list(db.session.scalars(statement))


def _view(known: Known) -> ContactView:
    """Return the contact with what the newest registration among its meetings releases."""
    contact, meetings = known.contact, known.meetings
    changes = [
        known.source.profile_changed_at,
        contact.note_changed_at or contact.created_at,
        *(meeting.exchange.answered_at or meeting.met_at for meeting in meetings),
    ]
    return ContactView(
        uid=contact.uid,
        card=card_for(known.source, Relation.MUTUAL),
        first_name=known.source.first_name,
        meetings=tuple(_met_at(meeting, contact) for meeting in meetings),
        changed_at=max(changes),
        introduced_at=known.introduced_at,
        acquainted_at=known.acquainted_at,
        **_own_words(contact),
    )


def _own_words(contact: Contact) -> dict[str, Any]:
    """Return what the owner says of the contact, whether it is shared or not."""
    return {
        "note": contact.note,
        "tags": tuple(contact.tags),
        "chips": tuple(contact.chips),
        "follow_up_on": contact.follow_up_on,
        "rhythm_days": contact.rhythm_days,
        "in_touch_at": contact.in_touch_at,
        "is_archived": contact.archived_at is not None,
    }


def _other_side(exchange: Exchange, contact: Contact) -> Registration:
    return exchange.high if exchange.high.person_id == contact.other_id else exchange.low


def _met_at(meeting: Meeting, contact: Contact) -> MetAt:
    event = meeting.event
    return MetAt(
        event_id=event.id,
        title=event.title,
        place=event.place,
        timezone=event.timezone,
        starts_at=event.starts_at,
        met_at=meeting.met_at,
        other_id=_other_side(meeting.exchange, contact).id,
        way=meeting.exchange.way,
    )


def _withdrawn(contact: Contact) -> ContactView:
    return ContactView(
        uid=contact.uid,
        card=Card(),
        first_name="",
        meetings=(),
        changed_at=contact.note_changed_at or contact.created_at,
        **_own_words(contact),
    )
