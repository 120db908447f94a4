"""What can be asked of suggestions."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    and_,
    exists,
    func,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased, contains_eager, joinedload

from eventmatch.badges.names import first_name_of
from eventmatch.db import db
from eventmatch.events.models import Event, EventState
from eventmatch.exchange.models import Exchange, ExchangeState
from eventmatch.matching.marks import hidden_from, pairs_set_aside, set_aside_since_run
from eventmatch.matching.models import (
    KeptApart,
    MatchRules,
    MatchRun,
    Suggestion,
    WordCount,
)
from eventmatch.matching.rules import Rules
from eventmatch.matching.telling import Reason, tell
from eventmatch.paging import PAGE_SIZE, Page
from eventmatch.people.visibility import Card, Relation, visible
from eventmatch.registration.acquainted import acquainted_pairs
from eventmatch.registration.models import Registration
from eventmatch.registration.queries import card_of, takes_part

LIST_LENGTH = 10
FEWEST_PROFILES = 20  # with fewer we say that the lists are thin
_TO_BEGIN_WITH = ("you_seek", "you_offer", "both")


@dataclass(frozen=True)
class SuggestionView:
    """A suggestion as its reader sees it: whom, and why, in both people's own words."""

    uid: UUID  # of the other's registration
    other: Card
    first_name: str
    reasons: list[Reason]
    score: float

    @property
    def opening(self) -> Reason | None:
        """Which reason to begin a conversation with: best what I seek, then what I can give."""
        by_kind = {reason.kind: reason for reason in self.reasons}
        return next((by_kind[kind] for kind in _TO_BEGIN_WITH if kind in by_kind), None)

    @property
    def one_way(self) -> str:
        """Return who would help whom, where only one can: you_seek or you_offer; else nothing."""
        kinds = {reason.kind for reason in self.reasons}
        return "" if len(kinds) != 1 or "both" in kinds else kinds.pop()

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


def suggestions_for(
    registration: Registration, *, limit: int = LIST_LENGTH
) -> list[SuggestionView]:
    """Return whom to meet, the best first.

    Who took back a consent or a seat since the lists were made is left out, and so is who is
    already a contact, set aside or blocked; for each of them the next best moves up.
    """
    if not registration.takes_part:
        return []
    hidden = set(db.session.scalars(hidden_from(registration)))
    rows = db.session.scalars(
        select(Suggestion)
        .join(Suggestion.other)
        .where(Suggestion.registration_id == registration.id)
        .options(contains_eager(Suggestion.other))
        .order_by(Suggestion.rank, Suggestion.id)
    ).all()
    fitting = [row for row in rows if row.other_id not in hidden]
    # A list does not grow: whoever moves up takes the place of somebody.
    places = sum(_has_place(row) for row in rows) + sum(row.is_kept_back for row in fitting)
    views = [_view(registration, row) for row in fitting if row.other.takes_part]
    return [view for view in views if view.reasons][: min(places, limit)]


def reasons_for_contacts(
    registration: Registration, others: Sequence[int]
) -> dict[int, list[Reason]]:
    """Return why each of these contacts was suggested to the guest, by their registration's id.

    They are mutual contacts, who may see what those to whom one is suggested may see; who was not
    suggested, or has taken back the consent, has no reason.
    """
    rows = db.session.scalars(
        select(Suggestion)
        .join(Suggestion.other)
        .where(Suggestion.registration_id == registration.id, Suggestion.other_id.in_(others))
        .options(contains_eager(Suggestion.other))
    )
    return {
        row.other_id: reasons
        for row in rows
        if row.other.may_be_suggested and (reasons := _view(registration, row).reasons)
    }


def begin_with(reasons: Sequence[Reason]) -> Reason:
    """Return with which reason to begin: best what I seek, then what I can give."""
    return min(reasons, key=lambda reason: _TO_BEGIN_WITH.index(reason.kind))


def find_suggestion(registration: Registration, other: Registration) -> SuggestionView | None:
    """Return the other as they are suggested to this guest, in the list or behind it, or None."""
    row = db.session.scalar(
        select(Suggestion)
        .where(Suggestion.registration_id == registration.id, Suggestion.other_id == other.id)
        .options(joinedload(Suggestion.other))
    )
    return None if row is None else _view(registration, row)


def is_thin(event: Event) -> bool:
    """Tell whether so few have said something that suggestions are more chance than choice."""
    has_profile = or_(
        Registration.offers != "", Registration.seeks != "", Registration.interests != ""
    )
    some = (
        select(Registration.id)
        .where(
            Registration.event_id == event.id,
            takes_part(),
            has_profile,
        )
        .limit(FEWEST_PROFILES)
    )
    return len(db.session.scalars(some).all()) < FEWEST_PROFILES


def has_list(registration: Registration) -> bool:
    """Tell whether anybody was found for this guest, set aside by now or not."""
    found = select(Suggestion.id).where(Suggestion.registration_id == registration.id).limit(1)
    return db.session.scalar(found) is not None


def _has_place(row: Suggestion) -> bool:
    return row.rank <= LIST_LENGTH and not row.is_kept_back


def _view(mine: Registration, row: Suggestion) -> SuggestionView:
    return view_by(mine, row.other, row.reasons, score=row.score)


def view_by(
    mine: Registration,
    other: Registration,
    reasons: Sequence[Mapping[str, Any]],
    *,
    score: float = 0.0,
) -> SuggestionView:
    """Return the other as this guest sees them, with such of the reasons as can be shown."""
    card = visible(card_of(other), relation=Relation.SUGGESTED, releases=other.visibility)
    return SuggestionView(
        uid=other.uid,
        other=card,
        first_name=other.first_name or first_name_of(card.name),
        score=score,
        reasons=tell(card_of(mine), card, reasons),
    )


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
            Registration.event_id == event.id, takes_part()
        )
    ).one()
    return dict(zip(fields, counts, strict=True))


def find_run(event: Event) -> MatchRun | None:
    """Return when the event's suggestions were last made, or None."""
    return db.session.get(MatchRun, event.id)


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


def is_listed() -> ColumnElement[bool]:
    """Return the condition that a suggestion is on a list, and not in its reserve or kept back."""
    return and_(Suggestion.rank <= LIST_LENGTH, ~Suggestion.is_kept_back)


class ListedSuggestion(NamedTuple):
    """A suggestion with the public ids of the two."""

    suggestion: Suggestion
    reader_uid: UUID
    other_uid: UUID


def suggestions_page(
    event: Event, *, after: int = 0, limit: int = PAGE_SIZE
) -> Page[ListedSuggestion]:
    """Return the lists of an event in the order they were made; the cursor is the last id."""
    reader, other = aliased(Registration), aliased(Registration)
    statement = (
        select(Suggestion, reader.uid, other.uid)
        .join(reader, Suggestion.registration_id == reader.id)
        .join(other, Suggestion.other_id == other.id)
        .where(Suggestion.event_id == event.id, Suggestion.id > after, is_listed())
        .order_by(Suggestion.id)
        .limit(limit + 1)
    )
    rows = [ListedSuggestion(*row) for row in db.session.execute(statement)]
    items = rows[:limit]
    return Page(items=items, next=str(items[-1].suggestion.id) if len(rows) > limit else None)
