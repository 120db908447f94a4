"""What can be asked of a person's network.

A contact is in the network for as long as both agree: what is shown of it is decided anew each
time, from the exchanges that are mutual at that moment.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from eventmatch import clock
from eventmatch.db import db
from eventmatch.errors import NotFound
from eventmatch.events.models import Event, EventState
from eventmatch.exchange.models import Exchange, ExchangeState
from eventmatch.exchange.queries import answerable_for, card_for
from eventmatch.network.models import Contact, Meeting
from eventmatch.paging import PAGE_SIZE, Page
from eventmatch.people.models import Person
from eventmatch.people.visibility import Card, Relation
from eventmatch.registration.folding import folded
from eventmatch.registration.models import Registration


@dataclass(frozen=True)
class MetAt:
    """Where and when somebody was met."""

    event_id: int
    title: str
    place: str
    timezone: str
    starts_at: datetime
    met_at: datetime


@dataclass(frozen=True)
class ContactView:
    """A contact as its owner sees it; without meetings it is not shared any more."""

    uid: UUID
    card: Card
    first_name: str  # as on the badge; empty if they gave none
    note: str
    meetings: tuple[MetAt, ...]  # the latest first
    changed_at: datetime

    @property
    def is_shared(self) -> bool:
        """Tell whether the two still agree to share their contacts."""
        return bool(self.meetings)


def contacts_of(person: Person, *, only: Collection[UUID] | None = None) -> list[ContactView]:
    """Return the person's network: by the event of the last meeting, the latest first.

    `only` names the contacts that are wanted, by their public ids.
    """
    whose = Contact.owner_id == person.id
    if only is not None:
        whose = and_(whose, Contact.uid.in_(only))
    views = _views(_shared_meetings(whose))
    return sorted(views, key=_place_in_list)


def _place_in_list(view: ContactView) -> tuple[float, int, str]:
    last = view.meetings[0]
    return (-last.starts_at.timestamp(), last.event_id, folded(view.card.name))


def contacts_page(
    person: Person, *, search: str = "", after: int = 0, limit: int = PAGE_SIZE
) -> Page[ContactView]:
    """Return some of the network, and the cursor of what follows.

    `search` finds words in what the owner may see, and in their own note.
    """
    words = folded(search).split()
    found = [view for view in contacts_of(person) if _holds(view, words)]
    items = found[after : after + limit]
    has_more = len(found) > after + limit
    return Page(items=items, next=str(after + limit) if has_more else None)


def _holds(view: ContactView, words: Sequence[str]) -> bool:
    if not words:
        return True
    card = view.card
    titles = (meeting.title for meeting in view.meetings)
    text = folded(
        " ".join(
            (card.name, card.company, card.role, card.email, card.phone, card.website, view.note)
        )
        + " "
        + " ".join(titles)
    )
    return all(word in text for word in words)


def by_event(views: Iterable[ContactView]) -> list[tuple[MetAt, list[ContactView]]]:
    """Return the contacts, in the order of the list, under the event of their last meeting."""
    groups = groupby(views, key=lambda view: view.meetings[0].event_id)
    listed = [list(group) for _event_id, group in groups]
    return [(group[0].meetings[0], group) for group in listed]


def kept_notes(person: Person) -> list[ContactView]:
    """Return the owner's notes on those who no longer share their contact, without their names."""
    is_shared = exists().where(Meeting.contact_id == Contact.id, *_in_force())
    statement = (
        select(Contact)
        .where(Contact.owner_id == person.id, Contact.note != "", ~is_shared)
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
    views = _views(_shared_meetings(Contact.id == contact.id))
    return views[0] if views else _withdrawn(contact)


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


def _views(meetings: list[Meeting]) -> list[ContactView]:
    together: dict[int, list[Meeting]] = {}
    for meeting in meetings:
        together.setdefault(meeting.contact_id, []).append(meeting)
    return [_view(group) for group in together.values()]


def _view(meetings: list[Meeting]) -> ContactView:
    """Return the contact with what its newest registration among these releases."""
    contact = meetings[0].contact
    sources = [_other_side(meeting.exchange, contact) for meeting in meetings]
    newest = max(sources, key=lambda registration: registration.id)
    changes = [
        newest.profile_changed_at,
        contact.note_changed_at or contact.created_at,
        *(meeting.exchange.answered_at or meeting.met_at for meeting in meetings),
    ]
    return ContactView(
        uid=contact.uid,
        card=card_for(newest, Relation.MUTUAL),
        first_name=newest.first_name,
        note=contact.note,
        meetings=tuple(_met_at(meeting) for meeting in meetings),
        changed_at=max(changes),
    )


def _other_side(exchange: Exchange, contact: Contact) -> Registration:
    return exchange.high if exchange.high.person_id == contact.other_id else exchange.low


def _met_at(meeting: Meeting) -> MetAt:
    event = meeting.event
    return MetAt(
        event_id=event.id,
        title=event.title,
        place=event.place,
        timezone=event.timezone,
        starts_at=event.starts_at,
        met_at=meeting.met_at,
    )


def _withdrawn(contact: Contact) -> ContactView:
    return ContactView(
        uid=contact.uid,
        card=Card(),
        first_name="",
        note=contact.note,
        meetings=(),
        changed_at=contact.note_changed_at or contact.created_at,
    )


def exchanges_to_move(event: Event, *, limit: int) -> list[Exchange]:
    """Return mutual exchanges of the event that are not in both networks yet, with both people."""
    low, high = aliased(Registration), aliased(Registration)
    statement = (
        select(Exchange)
        .join(low, Exchange.low_id == low.id)
        .join(high, Exchange.high_id == high.id)
        .where(Exchange.event_id == event.id, *_is_to_move(low, high))
        .options(
            contains_eager(Exchange.low.of_type(low)), contains_eager(Exchange.high.of_type(high))
        )
        .order_by(Exchange.id)
        .limit(limit)
    )
    return list(db.session.scalars(statement))


def _is_to_move(
    low: type[Registration], high: type[Registration]
) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that an exchange is mutual, between two people, and not moved yet.

    Both networks get their entry in one transaction, so that one meeting tells of both.
    """
    return (
        Exchange.state == ExchangeState.MUTUAL,
        low.person_id.is_not(None),
        high.person_id.is_not(None),
        low.person_id != high.person_id,
        ~exists().where(Meeting.exchange_id == Exchange.id),
    )


def events_with_news() -> list[Event]:
    """Return the closed events with contacts that were agreed on after the closing."""
    low, high = aliased(Registration), aliased(Registration)
    since = clock.now() - answerable_for() - timedelta(days=1)
    news = (
        select(Exchange.event_id)
        .join(low, Exchange.low_id == low.id)
        .join(high, Exchange.high_id == high.id)
        .where(*_is_to_move(low, high))
    )
    statement = select(Event).where(
        Event.state == EventState.CLOSED,
        or_(Event.closed_at > since, Event.ends_at > since),
        Event.id.in_(news),
    )
    return list(db.session.scalars(statement))


def count_mutual(event: Event) -> int:
    """Count the pairs of the event that have exchanged contacts."""
    statement = select(func.count(Exchange.id)).where(
        Exchange.event_id == event.id, Exchange.state == ExchangeState.MUTUAL
    )
    return db.session.scalar(statement) or 0
