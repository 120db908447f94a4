"""Who is in a person's network, and who of them know each other, as far as the person may see.

Whom one knows oneself is no secret to oneself. That two of them know each other is told only where
both let contacts of their contacts find them, and share their contacts at this moment. Beyond them
stand those to whom a contact may introduce the person.
"""

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from eventmatch.db import db
from eventmatch.exchange.models import Exchange, ExchangeState
from eventmatch.network.friends import Friend, friends_of_friends, willing_contacts
from eventmatch.network.models import Contact
from eventmatch.network.queries import ContactView, contacts_of, may_be_found
from eventmatch.people.models import Person
from eventmatch.registration.models import Registration


@dataclass(frozen=True)
class Graph:
    """Somebody's contacts, and pairs of their numbers: these two know each other.

    `connectors` are the numbers of those who may be asked for introductions; `friends` are whom
    they may introduce, each with the number of one who may.
    """

    contacts: list[ContactView]
    ties: list[tuple[int, int]]
    connectors: set[int] = field(default_factory=set)
    friends: list[tuple[Friend, int]] = field(default_factory=list)


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
    willing = willing_contacts(person)
    connectors = {number_of[uid] for uid in willing if uid in number_of}
    friends = [
        (friend, number_of[friend.doors[0].uid])
        for friend in (friends_of_friends(person) if connectors else [])
        if friend.doors[0].uid in number_of
    ]
    return Graph(contacts, sorted(ties), connectors, friends)


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
            may_be_found(one),
            may_be_found(other),
        )
    )
    return [(first, second) for first, second in db.session.execute(statement)]
