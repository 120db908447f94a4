"""What can be asked of suggestions."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import aliased, contains_eager

from eventmatch.badges.names import first_name_of
from eventmatch.db import db
from eventmatch.events.models import Event, EventState
from eventmatch.exchange.models import Exchange, ExchangeState
from eventmatch.matching.models import MatchRun, Suggestion, WordCount
from eventmatch.paging import PAGE_SIZE, Page
from eventmatch.people.visibility import Card, Relation, visible
from eventmatch.registration.models import Registration, Status
from eventmatch.registration.queries import card_of

_FIELDS = {"you_seek": ("seeks", "offers"), "you_offer": ("offers", "seeks")}


@dataclass(frozen=True)
class SuggestionView:
    """A suggestion as its reader sees it: whom, and why, in both people's own words."""

    other: Card
    first_name: str
    reasons: list[dict[str, Any]]
    score: float

    @property
    def name(self) -> str:
        """Return the name of the person to meet."""
        return self.other.name

    @property
    def role(self) -> str:
        """Return what the person does."""
        return self.other.role

    @property
    def company(self) -> str:
        """Return for whom the person does it."""
        return self.other.company


def suggestions_for(registration: Registration, *, limit: int = 10) -> list[SuggestionView]:
    """Return whom to meet, the best first.

    Who took back a consent or a seat since the lists were made is left out, and so is who is
    already a contact.
    """
    if not (registration.has_seat and registration.may_be_suggested):
        return []
    rows = db.session.scalars(
        select(Suggestion)
        .join(Suggestion.other)
        .where(
            Suggestion.registration_id == registration.id,
            Registration.status == Status.CONFIRMED,
            Registration.may_be_suggested,
            ~_are_in_contact(),
        )
        .options(contains_eager(Suggestion.other))
        .order_by(Suggestion.rank)
        .limit(limit)
    )
    return [_view(registration, row) for row in rows]


def _are_in_contact() -> Any:
    """Return the condition that the two of a suggestion are mutual contacts."""
    pair = or_(
        and_(
            Exchange.low_id == Suggestion.registration_id, Exchange.high_id == Suggestion.other_id
        ),
        and_(
            Exchange.low_id == Suggestion.other_id, Exchange.high_id == Suggestion.registration_id
        ),
    )
    return exists().where(pair, Exchange.state == ExchangeState.MUTUAL)


def _view(mine: Registration, row: Suggestion) -> SuggestionView:
    card = visible(card_of(row.other), relation=Relation.SUGGESTED, releases=row.other.visibility)
    return SuggestionView(
        other=card,
        first_name=row.other.first_name or first_name_of(card.name),
        score=row.score,
        reasons=_by_direction(card_of(mine), card, row.reasons),
    )


def _by_direction(
    mine: Card, theirs: Card, reasons: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return one entry for each direction, with all its words and the texts they stand in."""
    named = [reason for reason in reasons if reason["mine"] or reason["theirs"]]
    entries = []
    for kind, group in groupby(named, key=lambda reason: str(reason["kind"])):
        words = list(group)
        my_field, their_field = _FIELDS.get(kind, ("interests", "interests"))
        entries.append(
            {
                "kind": kind,
                "mine": _once(word for reason in words for word in reason["mine"]),
                "theirs": _once(word for reason in words for word in reason["theirs"]),
                "my_text": getattr(mine, my_field),
                "their_text": getattr(theirs, their_field),
            }
        )
    return entries


def _once(words: Any) -> list[str]:
    return list(dict.fromkeys(words))


def words_used(event: Event, stems: Sequence[str]) -> dict[str, WordCount]:
    """Return how many guests use each of these words; who uses them is not told."""
    rows = db.session.scalars(
        select(WordCount).where(WordCount.event_id == event.id, WordCount.stem.in_(stems))
    )
    return {row.stem: row for row in rows}


def people_saying(event: Event) -> dict[str, int]:
    """Return how many guests who may be suggested say anything in each field."""
    fields = {
        "offers": Registration.offers,
        "seeks": Registration.seeks,
        "interests": Registration.interests,
    }
    counts = db.session.execute(
        select(*(func.count().filter(column != "") for column in fields.values())).where(
            Registration.event_id == event.id,
            Registration.status == Status.CONFIRMED,
            Registration.may_be_suggested,
        )
    ).one()
    return dict(zip(fields, counts, strict=True))


def find_run(event: Event) -> MatchRun | None:
    """Return when the event's suggestions were last made, or None."""
    return db.session.get(MatchRun, event.id)


def events_to_refresh() -> list[Event]:
    """Return the open events in which profiles changed since the suggestions were made.

    A change that was begun before the last run but committed after it is noticed by the count.
    """
    earlier = (
        select(func.count(Registration.id))
        .where(
            Registration.event_id == Event.id,
            Registration.profile_changed_at <= MatchRun.profiles_until,
        )
        .scalar_subquery()
    )
    later = exists().where(
        Registration.event_id == Event.id,
        Registration.profile_changed_at > MatchRun.profiles_until,
    )
    statement = (
        select(Event)
        .outerjoin(MatchRun, MatchRun.event_id == Event.id)
        .where(
            Event.state == EventState.OPEN,
            or_(MatchRun.event_id.is_(None), later, earlier != MatchRun.registrations),
        )
        .order_by(Event.id)
    )
    return list(db.session.scalars(statement))


def matchable(event: Event) -> list[Registration]:
    """Return who may be suggested at this event, in a steady order."""
    statement = (
        select(Registration)
        .where(
            Registration.event_id == event.id,
            Registration.status == Status.CONFIRMED,
            Registration.may_be_suggested,
        )
        .order_by(Registration.id)
    )
    return list(db.session.scalars(statement))


def pairs_apart(event: Event) -> list[tuple[int, int]]:
    """Return the pairs of registrations that shall not be suggested: those who have met here."""
    statement = select(Exchange.low_id, Exchange.high_id).where(Exchange.event_id == event.id)
    return [(low, high) for low, high in db.session.execute(statement)]


def state_of_profiles(event: Event) -> tuple[Any, int]:
    """Return when a profile of the event last changed, and how many registrations there are."""
    row = db.session.execute(
        select(func.max(Registration.profile_changed_at), func.count(Registration.id)).where(
            Registration.event_id == event.id
        )
    ).one()
    return row[0], row[1]


@dataclass(frozen=True)
class Coverage:
    """Whom the suggestions of an event reach."""

    people: int  # who have a list
    suggestions: int
    most_shown: int  # how often the person who is shown most is shown
    shown: int  # how many different people are shown


def coverage_of(event: Event) -> Coverage:
    """Return whom the suggestions reach, in two queries."""
    shown = (
        select(func.count(Suggestion.id).label("times"))
        .where(Suggestion.event_id == event.id)
        .group_by(Suggestion.other_id)
        .subquery()
    )
    people, count = db.session.execute(
        select(
            func.count(func.distinct(Suggestion.registration_id)), func.count(Suggestion.id)
        ).where(Suggestion.event_id == event.id)
    ).one()
    most, different = db.session.execute(
        select(func.coalesce(func.max(shown.c.times), 0), func.count())
    ).one()
    return Coverage(people=people, suggestions=count, most_shown=most, shown=different)


class ListedSuggestion(NamedTuple):
    """A suggestion with the public ids of the two."""

    suggestion: Suggestion
    reader_uid: UUID
    other_uid: UUID


def suggestions_page(
    event: Event, *, after: int = 0, limit: int = PAGE_SIZE
) -> Page[ListedSuggestion]:
    """Return all suggestions of an event in the order they were made; the cursor is the last id."""
    reader, other = aliased(Registration), aliased(Registration)
    statement = (
        select(Suggestion, reader.uid, other.uid)
        .join(reader, Suggestion.registration_id == reader.id)
        .join(other, Suggestion.other_id == other.id)
        .where(Suggestion.event_id == event.id, Suggestion.id > after)
        .order_by(Suggestion.id)
        .limit(limit + 1)
    )
    rows = [ListedSuggestion(*row) for row in db.session.execute(statement)]
    items = rows[:limit]
    return Page(items=items, next=str(items[-1].suggestion.id) if len(rows) > limit else None)
