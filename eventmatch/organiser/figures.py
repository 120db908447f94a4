"""How an event went: when guests came, how far they went, which groups met. Counts only."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlalchemy import CompoundSelect, func, or_, select
from sqlalchemy.orm import aliased

from eventmatch.checkin.arrivals import first_entries
from eventmatch.checkin.lanes import SLOT
from eventmatch.checkin.models import Attendance
from eventmatch.db import db
from eventmatch.events.models import Event
from eventmatch.exchange.models import Exchange, ExchangeState
from eventmatch.registration.models import Registration, Status

_FEWEST_SLOTS = 12  # two hours, so that the first who come are not a wall
FEWEST_TOLD = 5  # of what is private to few: below, somebody could be made out


@dataclass(frozen=True)
class Day:
    """One day at the door: how many came in first in each ten minutes, without a gap."""

    day: date
    slots: list[tuple[datetime, int]]

    @property
    def busiest(self) -> tuple[datetime, int]:
        """Return the ten minutes in which most came, the first of equals."""
        return max(self.slots, key=lambda slot: slot[1])

    @property
    def arrivals(self) -> int:
        """Return how many came in first on this day."""
        return sum(count for _starts_at, count in self.slots)


def days_of(event: Event) -> list[Day]:
    """Return the days on which somebody came, by the clock of the event."""
    zone = ZoneInfo(event.timezone)
    local = (entry.astimezone(zone) for entry in first_entries(event))
    return [_day(day, list(entries)) for day, entries in groupby(local, key=datetime.date)]


def _day(day: date, entries: list[datetime]) -> Day:
    counts = Counter(_slot_of(entry) for entry in entries)
    last = max(counts)
    midnight = last.replace(hour=0, minute=0)
    slot = max(midnight, min(*counts, last - (_FEWEST_SLOTS - 1) * SLOT))
    slots = []
    while slot <= last:
        slots.append((slot, counts[slot]))
        slot += SLOT
    return Day(day, slots)


def _slot_of(entry: datetime) -> datetime:
    minutes = int(SLOT.total_seconds() // 60)
    return entry.replace(minute=entry.minute // minutes * minutes, second=0, microsecond=0)


@dataclass(frozen=True)
class Funnel:
    """How many guests went how far; who went further is counted at each step before, too.

    `met` is who has somebody's contact, and None where these are too few to be told.
    """

    registered: int
    with_profile: int
    suggestible: int
    came: int
    met: int | None

    @property
    def missing(self) -> int:
        """Return how many have a seat and have not come."""
        return self.registered - self.came


def funnel_of(event: Event) -> Funnel:
    """Count how far guests with a seat went, in one query."""
    has_profile = or_(
        *(text != "" for text in (Registration.offers, Registration.seeks, Registration.interests))
    )
    row = db.session.execute(
        select(
            func.count(),
            func.count().filter(has_profile),
            func.count().filter(Registration.may_be_suggested),
            func.count().filter(Attendance.first_entry_id.is_not(None)),
            func.count().filter(Registration.id.in_(_who_met(event))),
        )
        .select_from(Registration)
        .outerjoin(Attendance, Attendance.registration_id == Registration.id)
        .where(Registration.event_id == event.id, Registration.status == Status.CONFIRMED)
    ).one()
    return Funnel(*row[:4], met=_told(row[4]))


def _who_met(event: Event) -> CompoundSelect[int]:
    mutual = (Exchange.event_id == event.id, Exchange.state == ExchangeState.MUTUAL)
    return select(Exchange.low_id).where(*mutual).union(select(Exchange.high_id).where(*mutual))


def _told(count: int) -> int | None:
    return count if count == 0 or count >= FEWEST_TOLD else None


def contacts_by_group(event: Event) -> list[tuple[str, str, int | None]]:
    """Return how many contacts were made within and between groups, most first.

    None is fewer than five. Where that is one pair of groups alone, the next smallest is not told
    either: what is missing to the sum of all would tell.
    """
    low, high = aliased(Registration), aliased(Registration)
    rows = db.session.execute(
        select(low.group, high.group, func.count())
        .select_from(Exchange)
        .join(low, Exchange.low_id == low.id)
        .join(high, Exchange.high_id == high.id)
        .where(Exchange.event_id == event.id, Exchange.state == ExchangeState.MUTUAL)
        .group_by(low.group, high.group)
    )
    counts: Counter[tuple[str, str]] = Counter()
    for one, other, count in rows:
        counts[(min(one, other), max(one, other))] += count
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    hidden = sum(count < FEWEST_TOLD for _pair, count in ordered)
    told = len(ordered) - (max(hidden, 2) if hidden else 0)
    return [
        (one, other, count if place < told else None)
        for place, ((one, other), count) in enumerate(ordered)
    ]
