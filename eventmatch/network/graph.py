"""Who is in a person's network, and who of them know each other, as far as the person may see.

Whom one knows oneself is no secret to oneself. That two of them know each other is told only where
both let contacts of their contacts find them, and share their contacts at this moment.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased

from eventmatch.db import db
from eventmatch.exchange.models import Exchange, ExchangeState
from eventmatch.network.models import Contact
from eventmatch.network.queries import ContactView, contacts_of
from eventmatch.people.models import Person
from eventmatch.registration.models import Registration


@dataclass(frozen=True)
class Graph:
    """Somebody's contacts, and pairs of their numbers: these two know each other."""

    contacts: list[ContactView]
    ties: list[tuple[int, int]]


def graph_of(person: Person) -> Graph:
    """Return the person's network as they may see it at this moment."""
    contacts = contacts_of(person)
    number_of = {view.uid: number for number, view in enumerate(contacts)}
    ties = {
        (min(one, other), max(one, other))
        for first, second in _who_know_each_other(person)
        if (one := number_of.get(first)) is not None
        and (other := number_of.get(second)) is not None
    }
    return Graph(contacts, sorted(ties))


def _who_know_each_other(person: Person) -> list[tuple[UUID, UUID]]:
    """Return the pairs of contacts who share their contacts and may be found, by their ids."""
    low, high = aliased(Registration), aliased(Registration)
    one, other = aliased(Contact), aliased(Contact)
    statement = (
        select(one.uid, other.uid)
        .select_from(Exchange)
        .join(low, Exchange.low_id == low.id)
        .join(high, Exchange.high_id == high.id)
        .join(one, one.other_id == low.person_id)
        .join(other, other.other_id == high.person_id)
        .where(
            one.owner_id == person.id,
            other.owner_id == person.id,
            Exchange.state == ExchangeState.MUTUAL,
            _may_be_found(one),
            _may_be_found(other),
        )
    )
    return [(first, second) for first, second in db.session.execute(statement)]


def _may_be_found(contact: type[Contact]) -> ColumnElement[bool]:
    """Return the condition that the contact agreed to be found, at their latest event."""
    theirs = aliased(Registration)
    return (
        select(theirs.may_be_found)
        .where(theirs.person_id == contact.other_id)
        .order_by(theirs.id.desc())
        .limit(1)
        .correlate(contact)
        .scalar_subquery()
    )
