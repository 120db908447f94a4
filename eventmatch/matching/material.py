"""What a run reads: whom it may suggest, by which rules, and what has changed since."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    exists,
    func,
    or_,
    select,
    union_all,
)

from eventmatch.db import db
from eventmatch.events.models import Event, EventState
from eventmatch.exchange.models import Exchange, ExchangeState
from eventmatch.matching.marks import pairs_set_aside, set_aside_since_run
from eventmatch.matching.models import (
    KeptApart,
    MatchRules,
    MatchRun,
    Suggestion,
)
from eventmatch.matching.queries import is_listed
from eventmatch.matching.rules import Rules
from eventmatch.registration.acquainted import acquainted_pairs
from eventmatch.registration.models import Registration
from eventmatch.registration.queries import takes_part


def events_to_refresh() -> list[Event]:
    """Return the open events whose suggestions do not fit any more.

    Profiles changed since they were made, or somebody was set aside for good.

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
            or_(
                MatchRun.event_id.is_(None),
                later,
                earlier != MatchRun.registrations,
                *set_aside_since_run(),
            ),
        )
        .order_by(Event.id)
    )
    return list(db.session.scalars(statement))


def events_with_late_guests() -> list[Event]:
    """Return the open events where somebody came or changed since the last run."""
    statement = (
        select(Event)
        .join(MatchRun, MatchRun.event_id == Event.id)
        .where(
            Event.state == EventState.OPEN,
            exists().where(
                Registration.event_id == Event.id,
                Registration.profile_changed_at > MatchRun.profiles_until,
                takes_part(),
            ),
        )
        .order_by(Event.id)
    )
    return list(db.session.scalars(statement))


def late_guests(event: Event, run: MatchRun) -> list[Registration]:
    """Return who came or changed since the run and may be suggested, the first first."""
    statement = (
        select(Registration)
        .where(is_matchable(event), Registration.profile_changed_at > run.profiles_until)
        .order_by(Registration.profile_changed_at, Registration.id)
    )
    return list(db.session.scalars(statement))


def is_matchable(event: Event) -> ColumnElement[bool]:
    """Return the condition that a registration may be suggested at this event."""
    return and_(Registration.event_id == event.id, takes_part())


def matchable(event: Event) -> list[Registration]:
    """Return who may be suggested at this event, in a steady order."""
    statement = select(Registration).where(is_matchable(event)).order_by(Registration.id)
    return list(db.session.scalars(statement))


def listed_for(readers: Sequence[int]) -> dict[str, list[str]]:
    """Return who is on the lists of these readers, by the ids of registrations."""
    rows = db.session.execute(
        select(Suggestion.registration_id, Suggestion.other_id).where(
            Suggestion.registration_id.in_(readers), is_listed()
        )
    )
    listed: dict[str, list[str]] = {}
    for reader, other in rows:
        listed.setdefault(str(reader), []).append(str(other))
    return listed


def times_listed(event: Event) -> Counter[str]:
    """Return how often each person is on a list, by the ids of registrations."""
    rows = db.session.execute(
        select(Suggestion.other_id, func.count())
        .where(Suggestion.event_id == event.id, is_listed())
        .group_by(Suggestion.other_id)
    )
    return Counter({str(other): times for other, times in rows})


def pairs_apart(
    event: Event, *, aside: Sequence[tuple[int, int]] | None = None
) -> list[tuple[int, int]]:
    """Return the pairs of registrations that shall not be brought together.

    `aside` spares asking again who was set aside.

    These are who has met here, who know each other, of whom one blocked the other, and whom the
    organiser keeps apart.
    """
    met = select(Exchange.low_id, Exchange.high_id).where(Exchange.event_id == event.id)
    kept = select(KeptApart.low_id, KeptApart.high_id).where(KeptApart.event_id == event.id)
    pairs = [(low, high) for low, high in db.session.execute(union_all(met, kept))]
    aside = pairs_set_aside(event) if aside is None else aside
    return [*pairs, *aside, *acquainted_pairs(event)]


def find_kept_apart(one: Registration, other: Registration) -> KeptApart | None:
    """Return the organiser's word that these two are to be kept apart, or None."""
    low, high = sorted((one.id, other.id))
    return db.session.scalar(
        select(KeptApart).where(KeptApart.low_id == low, KeptApart.high_id == high)
    )


def pairs_met(event: Event) -> list[tuple[int, int]]:
    """Return the pairs of registrations that have exchanged contacts."""
    met = select(Exchange.low_id, Exchange.high_id).where(
        Exchange.event_id == event.id, Exchange.state == ExchangeState.MUTUAL
    )
    return [(low, high) for low, high in db.session.execute(met)]


def find_rules(event: Event) -> MatchRules | None:
    """Return what the organiser ruled about the event's suggestions, or None."""
    return db.session.get(MatchRules, event.id)


def rules_of(event: Event) -> Rules:
    """Return the rules that hold at the event."""
    stored = find_rules(event)
    return Rules.of(stored.rules if stored is not None else {})


def state_of_profiles(event: Event) -> tuple[Any, int]:
    """Return when a profile of the event last changed, and how many registrations there are."""
    row = db.session.execute(
        select(func.max(Registration.profile_changed_at), func.count(Registration.id)).where(
            Registration.event_id == event.id
        )
    ).one()
    return row[0], row[1]
