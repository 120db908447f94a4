"""What can be asked of suggestions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    and_,
    func,
    or_,
    select,
)
from sqlalchemy.orm import aliased, contains_eager, joinedload

from eventmatch.badges.names import first_name_of
from eventmatch.db import db
from eventmatch.events.models import Event
from eventmatch.matching.marks import hidden_from
from eventmatch.matching.models import (
    MatchRun,
    Suggestion,
    WordCount,
)
from eventmatch.matching.telling import Reason, tell
from eventmatch.paging import PAGE_SIZE, Page
from eventmatch.people.visibility import Card, Relation, visible
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
