"""What guests say of each other, and whom they are not shown for it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Row,
    Select,
    and_,
    case,
    exists,
    or_,
    select,
    union,
    union_all,
)
from sqlalchemy.orm import aliased

from eventmatch import clock
from eventmatch.db import db
from eventmatch.errors import NotFound
from eventmatch.events.models import Event
from eventmatch.exchange.models import AboutAnother, Block, Exchange, ExchangeState, Standing
from eventmatch.exchange.queries import (
    card_for,
    find_block,
    find_exchange,
    is_person_of,
    mutual_of,
    pairs_said,
    said_by,
    said_of,
    standing_between,
)
from eventmatch.matching.introductions import (
    find_introduction,
    introduced_to,
    pairs_introduced,
)
from eventmatch.matching.models import Feedback, KeptApart, Mark, MatchRun, SetAside, Suggestion
from eventmatch.people.visibility import Card, Relation
from eventmatch.registration.acquainted import acquainted_with, are_acquainted_since
from eventmatch.registration.models import Registration
from eventmatch.registration.queries import get_registration

NOT_NOW_FOR = timedelta(days=1)  # and not beyond a change of the other's profile
BLOCKED = "block"  # beside the values of SetAside


def hidden_from(registration: Registration) -> CompoundSelect[int]:
    """Return the statement of whom this guest is not shown.

    These are the known, asked, or set aside, and those from whom the organiser keeps them apart.
    """
    me = registration.id
    contacts = select(case((Exchange.low_id == me, Exchange.high_id), else_=Exchange.low_id)).where(
        or_(Exchange.low_id == me, Exchange.high_id == me),
        Exchange.state == ExchangeState.MUTUAL,
    )
    not_now = (
        select(Mark.other_id)
        .join(Registration, Mark.other_id == Registration.id)
        .where(Mark.registration_id == me, *_is_not_now())
    )
    apart = select(case((KeptApart.low_id == me, KeptApart.high_id), else_=KeptApart.low_id)).where(
        or_(KeptApart.low_id == me, KeptApart.high_id == me)
    )
    return union_all(
        contacts,
        apart,
        not_now,
        said_by(Block, registration),
        said_of(Block, registration),
        said_by(Mark, registration).where(_is_lasting()),
        said_of(Mark, registration).where(_is_lasting()),
        *acquainted_with(registration),
        introduced_to(registration),
    )


def _is_not_now() -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that a mark still holds, beside the registration it is about."""
    return (
        Mark.set_aside == SetAside.NOT_NOW,
        Mark.set_aside_at > clock.now() - NOT_NOW_FOR,
        Mark.set_aside_at >= Registration.profile_changed_at,
    )


def _is_lasting() -> ColumnElement[bool]:
    return or_(Mark.set_aside == SetAside.KNOWN, Mark.feedback == Feedback.KNOWN)


def pairs_set_aside(event: Event) -> list[tuple[int, int]]:
    """Return the pairs of which one asked the other here, or said anywhere: never again."""
    statement = union(
        pairs_said(Block, event),
        pairs_said(Mark, event).where(_is_lasting()),
        pairs_introduced(event),
    )
    return [(one, other) for one, other in db.session.execute(statement)]


def set_aside_since_run() -> tuple[ColumnElement[bool], ...]:
    """Return the conditions, for an event and its run, of which one holds if a list is short."""
    known = exists().where(
        Mark.event_id == Event.id,
        Mark.set_aside == SetAside.KNOWN,
        Mark.set_aside_at > MatchRun.finished_at,
    )
    blocked = exists().where(
        Block.registration_id == Registration.id,
        Registration.event_id == Event.id,
        Block.made_at > MatchRun.finished_at,
    )
    return known, blocked, are_acquainted_since(MatchRun.finished_at)


def find_mark(registration: Registration, other: Registration) -> Mark | None:
    """Return what the guest has said of the other, or None."""
    return db.session.scalar(
        select(Mark).where(Mark.registration_id == registration.id, Mark.other_id == other.id)
    )


def get_other(uid: UUID, registration: Registration) -> Registration:
    """Return the guest of the same event with this public id, if this guest has to do with them.

    That is who is suggested to them, of whom they have said something, and with whom there is or
    was a question or a contact. Raises: NotFound.
    """
    other = get_registration(uid, registration.event)
    is_suggested = exists().where(
        Suggestion.registration_id == registration.id, Suggestion.other_id == other.id
    )
    if (
        db.session.scalar(select(is_suggested))
        or find_exchange(registration, other)
        or find_introduction(registration, other)
        or find_mark(registration, other)
        or find_block(registration, other)
    ):
        return other
    raise NotFound


def have_met(registration: Registration, other: Registration) -> bool:
    """Tell whether the two have exchanged contacts."""
    return standing_between(registration, other) is Standing.MUTUAL


@dataclass(frozen=True)
class SetAsideView:
    """Somebody whom a person has set aside, as that person sees them."""

    uid: UUID  # of the other's registration
    card: Card
    why: str  # a value of SetAside, or BLOCKED
    since: datetime
    event_title: str  # where it was said


def set_aside_by(registration: Registration) -> list[SetAsideView]:
    """Return whom this person has set aside or blocked, at this and other events, latest first."""
    marks = db.session.execute(
        _said_by_person(Mark, registration)
        .add_columns(Mark.set_aside, Mark.set_aside_at)
        .where(or_(Mark.set_aside == SetAside.KNOWN, and_(*_is_not_now())))
    )
    blocks = db.session.execute(_said_by_person(Block, registration).add_columns(Block.made_at))
    views = [
        *(_set_aside_view(row, row.set_aside.value, row.set_aside_at) for row in marks),
        *(_set_aside_view(row, BLOCKED, row.made_at) for row in blocks),
    ]
    return sorted(views, key=lambda view: view.since, reverse=True)


def _said_by_person(
    table: type[AboutAnother], registration: Registration
) -> Select[Registration, str]:
    me = aliased(Registration)
    return (
        select(Registration, Event.title)
        .select_from(table)
        .join(Registration, table.other_id == Registration.id)
        .join(me, table.registration_id == me.id)
        .join(Event, Registration.event_id == Event.id)
        .where(is_person_of(registration, me))
    )


def _set_aside_view(row: Row[*tuple[Any, ...]], why: str, since: datetime) -> SetAsideView:
    other: Registration = row.Registration
    return SetAsideView(
        uid=other.uid,
        card=card_for(other, Relation.AT_THE_EVENT),
        why=why,
        since=since,
        event_title=row.title,
    )


def find_said(uid: UUID, registration: Registration) -> tuple[Registration, Registration] | None:
    """Return the two, me and the other with this public id, where this person set them aside."""
    me, other = aliased(Registration), aliased(Registration)
    for table in (Mark, Block):
        row = db.session.execute(
            select(me, other)
            .select_from(table)
            .join(me, table.registration_id == me.id)
            .join(other, table.other_id == other.id)
            .where(other.uid == uid, is_person_of(registration, me))
        ).first()
        if row is not None:
            return row[0], row[1]
    return None


@dataclass(frozen=True)
class Met:
    """A contact of this event, and what its owner said came of it."""

    uid: UUID  # of the other's registration
    card: Card
    feedback: str  # a value of Feedback, or empty


def people_met(registration: Registration) -> list[Met]:
    """Return whom this guest has exchanged contacts with, the latest first."""
    said = {
        uid: feedback.value
        for uid, feedback in db.session.execute(
            select(Registration.uid, Mark.feedback)
            .join(Mark, Mark.other_id == Registration.id)
            .where(Mark.registration_id == registration.id)
        )
        if feedback is not None
    }
    return [
        Met(
            uid=contact.other_uid,
            card=contact.card,
            feedback=said.get(contact.other_uid, ""),
        )
        for contact in mutual_of(registration)
    ]
