"""Whose code it is: found and held, so that what is read of them stays true until we commit."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    func,
    literal,
    select,
    text,
    union_all,
)
from sqlalchemy.orm import aliased, joinedload, load_only
from sqlalchemy.orm.attributes import set_committed_value

from eventmatch.checkin.models import Attendance, Device, Scan
from eventmatch.checkin.movements import Whereabouts
from eventmatch.checkin.queries import WRITERS_OF_SCANS
from eventmatch.checkin.verdict import Presence, Standing
from eventmatch.codes import CODE_LENGTH
from eventmatch.db import db
from eventmatch.events.models import ApiToken, Event
from eventmatch.registration.models import Badge, Registration, Status

_STANDINGS = {
    Status.CONFIRMED: Standing.CONFIRMED,
    Status.WAITING: Standing.WAITING,
    Status.CANCELLED: Standing.CANCELLED,
}


@dataclass
class Owner:
    """One held registration: its badges, and where the person is."""

    registration: Registration
    status: Status
    ticket_fingerprint: str
    badges: list[tuple[Badge, datetime | None]]
    changes: int | None  # of the row of attendance; None while there is none
    place: Whereabouts
    first_entry: Scan | None

    @property
    def presence(self) -> Presence:
        """Return where the person is."""
        if self.place.is_inside:
            return Presence.INSIDE
        return Presence.LEFT if self.place.entries else Presence.NEVER_CAME


@dataclass(frozen=True)
class Found:
    """What one code is worth, whose it is, and by which badge."""

    standing: Standing
    owner: Owner | None = None
    badge: Badge | None = None


def announce_writer(event: Event) -> None:
    """Let those who read scans by number wait until we are done; SQLite has one writer anyway.

    Where only so many may be inside, those who write wait for each other, too: the last free
    place is taken once.
    """
    if db.engine.dialect.name == "postgresql":
        shared = "" if event.most_inside is not None else "_shared"
        db.session.execute(
            text(f"SELECT pg_advisory_xact_lock{shared}(:kind, :event)"),
            {"kind": WRITERS_OF_SCANS, "event": event.id},
        )


# Statements are built once: building one costs several times what the database needs to answer.


Known = tuple[list["Owner"], int, bool]


def hold_owners(event: Event, *, codes: set[str], targets: set[UUID], new_ids: list[UUID]) -> Known:
    """Hold the registrations that these codes and earlier scans belong to, and read them afresh.

    In the order of their ids, so that two batches never wait for each other in a circle. SQLite
    needs no holding: whoever writes there is alone from the first statement on. Beside the owners:
    how many are inside, if the event limits that, and whether one of the new scans was undone
    before it came.
    """
    if not codes and not targets:
        return [], 0, False
    wanted = {"event": event.id, "codes": list(codes), "targets": list(targets)}
    by = {"with_codes": bool(codes), "with_targets": bool(targets)}
    if db.engine.dialect.name == "sqlite":
        statement = _facts(is_limited=event.most_inside is not None, **by)
        return _known(statement, wanted | {"new_ids": new_ids}, event)
    held = list(db.session.scalars(_holding(**by), wanted))
    return read_owners(event, held, new_ids=new_ids) if held else ([], 0, False)


@cache
def _holding(*, with_codes: bool, with_targets: bool) -> Select[int]:
    return (
        select(Registration.id)
        .where(_wanted(with_codes=with_codes, with_targets=with_targets))
        .order_by(Registration.id)
        .with_for_update(key_share=True)
    )


def _wanted(*, with_codes: bool, with_targets: bool) -> ColumnElement[bool]:
    # A union of indexed look-ups: an OR across tables would read every registration.
    codes: BindParameter[Any] = bindparam("codes", expanding=True)
    targets: BindParameter[Any] = bindparam("targets", expanding=True)
    found: list[Select[Any]] = [
        select(Badge.registration_id).where(Badge.fingerprint.in_(codes)),
        select(Badge.registration_id).where(Badge.short_fingerprint.in_(codes)),
        select(Registration.id).where(Registration.ticket_fingerprint.in_(codes)),
    ] * with_codes
    found += [select(Scan.registration_id).where(Scan.id.in_(targets))] * with_targets
    is_found = Registration.id.in_(union_all(*found))
    # The sum keeps SQLite from reading every guest of the event by the index of events.
    return and_(is_found, Registration.event_id + 0 == bindparam("event"))


def read_owners(event: Event, registration_ids: list[int], *, new_ids: list[UUID]) -> Known:
    """Return all that is known of held registrations, in one statement."""
    wanted = {"event": event.id, "registrations": registration_ids, "new_ids": new_ids}
    return _known(_facts(is_limited=event.most_inside is not None), wanted, event)


def _known(statement: Select[*tuple[Any, ...]], wanted: dict[str, Any], event: Event) -> Known:
    rows = db.session.execute(statement, wanted).all()
    owners: dict[int, Owner] = {}
    for row in rows:
        owner = owners.get(row[0].id)
        if owner is None:
            owner = owners[row[0].id] = _owner(row, event)
        if row[3] is not None:
            owner.badges.append((row[3], row[4]))
    return list(owners.values()), rows[0].inside if rows else 0, bool(rows and rows[0].undone)


@cache
def _facts(
    *, is_limited: bool, with_codes: bool = False, with_targets: bool = False
) -> Select[*tuple[Any, ...]]:
    entry = aliased(Scan)
    count = select(func.count()).where(
        Attendance.event_id == bindparam("event"), Attendance.is_inside.is_(True)
    )
    inside = count.scalar_subquery() if is_limited else literal(0)
    wanted: ColumnElement[bool] = Registration.id.in_(bindparam("registrations", expanding=True))
    if with_codes or with_targets:
        wanted = _wanted(with_codes=with_codes, with_targets=with_targets)
    new_ids: BindParameter[Any] = bindparam("new_ids", expanding=True)
    undone = select(func.count()).where(Scan.target.in_(new_ids)).scalar_subquery()
    # What others may have changed meanwhile is asked by column: a row that this session has read
    # before would keep what it knew.
    facts: Select[*tuple[Any, ...]] = select(
        Registration,
        Registration.status,
        Registration.ticket_fingerprint,
        Badge,
        Badge.withdrawn_at,
        Attendance.changes,
        Attendance.is_inside,
        Attendance.entries,
        Attendance.gate,
        Attendance.moved_at,
        Attendance.first_entry_id,
        entry,
        undone.label("undone"),
        inside.label("inside"),
    )
    return (
        facts.outerjoin(Badge, Badge.registration_id == Registration.id)
        .outerjoin(Attendance, Attendance.registration_id == Registration.id)
        .outerjoin(entry, entry.number == Attendance.first_entry_id)
        .where(wanted)
        .options(
            load_only(Registration.uid, Registration.name, Registration.event_id),
            load_only(
                entry.scanned_at, entry.gate, entry.device_id, entry.token_id, entry.event_id
            ),
            joinedload(entry.device).load_only(Device.name),
            joinedload(entry.token).load_only(ApiToken.label),
        )
    )


def _owner(row: Row[*tuple[Any, ...]], event: Event) -> Owner:
    registration = row[0]
    set_committed_value(registration, "event", event)
    return Owner(
        registration=registration,
        status=row[1],
        ticket_fingerprint=row[2],
        badges=[],
        changes=row.changes,
        place=Whereabouts(
            is_inside=bool(row.is_inside),
            entries=row.entries or 0,
            first_entry=row.first_entry_id,
            gate=row.gate or "",
            moved_at=row.moved_at,
        ),
        first_entry=row[11],
    )


def by_code(owners: list[Owner]) -> dict[str, Found]:
    """Return what each code of these registrations is worth; a ticket stands for today's badge."""
    found = {}
    for owner in owners:
        standing = _STANDINGS[owner.status]
        current = next((badge for badge, withdrawn in owner.badges if withdrawn is None), None)
        found[owner.ticket_fingerprint] = Found(standing, owner, current)
        for badge, withdrawn_at in owner.badges:
            worth = standing if withdrawn_at is None else Standing.WITHDRAWN
            for code in (badge.short_fingerprint, badge.fingerprint):
                found[code] = Found(worth, owner, badge)
    return found


def codes_elsewhere(codes: dict[str, str]) -> set[str]:
    """Return those fingerprints that are whole codes of another event; `codes` has both."""
    whole = {read for read, code in codes.items() if len(code) == CODE_LENGTH}
    if not whole:
        return set()
    return set(
        db.session.scalars(
            select(Badge.fingerprint)
            .where(Badge.fingerprint.in_(whole))
            .union_all(
                select(Registration.ticket_fingerprint).where(
                    Registration.ticket_fingerprint.in_(whole)
                )
            )
        )
    )
