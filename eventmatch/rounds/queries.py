"""What can be asked of rounds."""

from dataclasses import dataclass, field

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from eventmatch.badges.names import first_name_of, name_lines
from eventmatch.checkin.models import Attendance
from eventmatch.db import db
from eventmatch.events.models import Event
from eventmatch.people.visibility import Relation, visible
from eventmatch.registration.folding import folded
from eventmatch.registration.models import Registration
from eventmatch.registration.queries import card_of, takes_part
from eventmatch.rounds.models import Round, RoundPlan, RoundState, Seat, TakingPart
from eventmatch.rounds.planning import Seating

_AGREED = takes_part()
_INSIDE = exists().where(
    Attendance.registration_id == Registration.id, Attendance.is_inside.is_(True)
)


def taking_part(event: Event, who: TakingPart) -> list[Registration]:
    """Return for whom rounds are planned, in a steady order."""
    statement = select(Registration).where(Registration.event_id == event.id, _AGREED)
    if who is TakingPart.INSIDE:
        statement = statement.where(_INSIDE)
    return list(db.session.scalars(statement.order_by(Registration.id)))


@dataclass(frozen=True)
class Company:
    """How many people could take part now; `silent` are inside, but did not agree."""

    inside: int
    confirmed: int
    silent: int


def count_company(event: Event) -> Company:
    """Count who could take part, in one query."""
    row = db.session.execute(
        select(
            func.count().filter(_AGREED, _INSIDE),
            func.count().filter(_AGREED),
            func.count().filter(~Registration.may_be_suggested, _INSIDE),
        ).where(Registration.event_id == event.id)
    ).one()
    return Company(*row)


def find_plan(event: Event) -> RoundPlan | None:
    """Return what was planned last, or None."""
    return db.session.get(RoundPlan, event.id)


def rounds_at(event: Event) -> list[Round]:
    """Return the event's rounds in their order."""
    statement = select(Round).where(Round.event_id == event.id).order_by(Round.number)
    return list(db.session.scalars(statement))


def finished_rounds(event: Event) -> list[Seating]:
    """Return who sat with whom in the rounds that are over, by the ids of registrations."""
    rows = db.session.execute(
        select(Round.number, Seat.table_number, Seat.registration_id)
        .join(Seat.round)
        .where(Round.event_id == event.id, Round.state == RoundState.FINISHED)
        .order_by(Round.number, Seat.table_number, Seat.registration_id)
    )
    tables: dict[int, dict[int | None, list[str]]] = {}
    for number, table, registration_id in rows:
        tables.setdefault(number, {}).setdefault(table, []).append(str(registration_id))
    return [
        Seating(
            tuple(tuple(people) for table, people in sorted_tables(found)),
            tuple(found.get(None, ())),
        )
        for found in tables.values()
    ]


def sorted_tables(found: dict[int | None, list[str]]) -> list[tuple[int, list[str]]]:
    """Return the tables in their order, without those who pause."""
    return sorted((table, people) for table, people in found.items() if table is not None)


@dataclass
class RoundView:
    """A round as the organiser sees it: who sits at each table, by name, and who pauses."""

    round: Round
    tables: dict[int, list[Registration]] = field(default_factory=dict)
    pausing: list[Registration] = field(default_factory=list)


def seating_of(event: Event, *, number: int | None = None) -> list[RoundView]:
    """Return all rounds, or one, with the names of the people; who gave up their seat is left out.

    It is two queries, however many people there are.
    """
    statement = (
        select(Seat)
        .join(Seat.round)
        .join(Seat.registration)
        .where(Round.event_id == event.id, _AGREED)
        .options(contains_eager(Seat.round), contains_eager(Seat.registration))
        .order_by(Round.number, Seat.table_number, Registration.sort_key, Registration.id)
    )
    if number is not None:
        statement = statement.where(Round.number == number)
    views: dict[int, RoundView] = {}
    for seat in db.session.scalars(statement):
        view = views.setdefault(seat.round.number, RoundView(seat.round))
        if seat.table_number is None:
            view.pausing.append(seat.registration)
        else:
            view.tables.setdefault(seat.table_number, []).append(seat.registration)
    return list(views.values())


@dataclass(frozen=True)
class Place:
    """Where somebody sits in a round, as a wall may show it; without a table they pause."""

    name: str
    table: int | None


def places_in(event: Event, number: int) -> list[Place]:
    """Return who sits where in a round, by first name; in full only who agreed to be listed."""
    rows = db.session.scalars(
        select(Seat)
        .join(Seat.round)
        .join(Seat.registration)
        .where(Round.event_id == event.id, Round.number == number, _AGREED)
        .options(contains_eager(Seat.registration))
    )
    places = [_place(seat) for seat in rows]
    return [place for _key, place in sorted(places, key=lambda found: found[0])]


def _place(seat: Seat) -> tuple[str, Place]:
    """Return the place, and the first name to find it by."""
    guest = seat.registration
    first, rest = name_lines(guest.name, guest.first_name)
    short = f"{first} {rest.split()[-1][0]}." if rest else first
    name = guest.name if guest.may_be_listed else short
    return folded(f"{first} {rest}"), Place(name, seat.table_number)


@dataclass(frozen=True)
class MyRound:
    """A round that is still to come as a guest sees it; without a table they pause."""

    number: int
    table: int | None
    others: list[str]  # the first names of those at the table


def rounds_of(registration: Registration) -> list[MyRound]:
    """Return the rounds to come in which this guest has a seat or a pause, the next first.

    It is two queries, however many rounds there are. Who took their consent back is not named, and
    is told nothing.
    """
    if not registration.takes_part:
        return []
    if registration.event.is_closed:
        return []
    mine = list(
        db.session.scalars(
            select(Seat)
            .join(Seat.round)
            .where(Seat.registration_id == registration.id, Round.state == RoundState.PLANNED)
            .options(contains_eager(Seat.round))
            .order_by(Round.number)
        )
    )
    names = _names_beside(registration) if mine else {}
    return [
        MyRound(seat.round.number, seat.table_number, names.get(seat.round_id, [])) for seat in mine
    ]


def _names_beside(registration: Registration) -> dict[int, list[str]]:
    """Return who sits beside the guest in each round to come, by the round's id."""
    mine = aliased(Seat)
    statement = (
        select(Seat)
        .join(mine, and_(mine.round_id == Seat.round_id, mine.table_number == Seat.table_number))
        .join(Seat.registration)
        .join(Seat.round)
        .where(
            mine.registration_id == registration.id,
            Seat.registration_id != registration.id,
            Round.state == RoundState.PLANNED,
            _AGREED,
        )
        .options(joinedload(Seat.registration))
        .order_by(Seat.round_id, Registration.sort_key, Registration.id)
    )
    names: dict[int, list[str]] = {}
    for seat in db.session.scalars(statement):
        other = seat.registration
        card = visible(card_of(other), relation=Relation.SUGGESTED, releases=other.visibility)
        names.setdefault(seat.round_id, []).append(other.first_name or first_name_of(card.name))
    return names
