"""The door set: lines for devices, kept with the version of their last change.

No other room has to think of it: badges and registrations are compared with what was sent before,
in one question to the database. What is not kept yet is sent as well, so that a reader who may
write nothing is never told less than the truth.

Sealing ten thousand names takes a second, and nobody waits for it at the lock: the first set is
sealed before anything is held (`build_door_set`), and later a little at a time.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, insert, or_, select, text, update

from eventmatch import clock
from eventmatch.checkin.hours import closing_of
from eventmatch.checkin.manifest import (
    LETTERS,
    door_key,
    hash_of,
    line_of,
    line_of_gone,
    shown_name,
)
from eventmatch.checkin.models import DoorPass, DoorSource
from eventmatch.checkin.verdict import Standing, answers
from eventmatch.db import db, only_reading
from eventmatch.events.models import Event
from eventmatch.registration.models import Badge, Registration, Status
from eventmatch.registration.queries import badge_code, badge_short_code, ticket_code

_WRITERS_OF_SETS = 0x5E7  # the kind of PostgreSQL's advisory locks: one refreshes at a time
_CHUNK = 500
_AT_ONCE = 200  # lines that are sealed while SQLite's write lock is held: some milliseconds


@dataclass(frozen=True)
class DoorSet:
    """What a device asks for: all, or what changed after the version that it has."""

    version: int
    lines: list[str]


def build_door_set(event: Event, *, secret: str) -> None:
    """Keep all lines that are not kept yet, sealed before anything is held, then written in parts.

    It commits; call it when nothing is open. What changes meanwhile is for the next refresh.
    """
    with only_reading():
        missing = [row for row, is_known in _changed(event, secret=secret) if not is_known]
    for start in range(0, len(missing), _CHUNK):
        some = {row["badge_id"]: row for row in missing[start : start + _CHUNK]}
        _take_turn(event)
        _keep([some[badge_id] for badge_id in _not_kept(list(some))], _next_version(event))
        db.session.commit()


def _not_kept(badge_ids: list[int]) -> list[int]:
    """Return those that are still there and have no line: others may have been at work, too."""
    statement = (
        select(Badge.id)
        .outerjoin(DoorPass, DoorPass.badge_id == Badge.id)
        .where(Badge.id.in_(badge_ids), DoorPass.badge_id.is_(None))
        .order_by(Badge.id)
    )
    return list(db.session.scalars(statement))


def _keep(rows: list[dict[str, Any]], version: int) -> None:
    for table in (DoorPass, DoorSource) if rows else ():
        db.session.execute(insert(table), [_of(table, row | {"version": version}) for row in rows])


def _take_turn(event: Event) -> None:
    """Let only one write lines at a time, also on PostgreSQL, so that versions only grow."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(
            text("SELECT pg_advisory_xact_lock(:kind, :event)"),
            {"kind": _WRITERS_OF_SETS, "event": event.id},
        )


def _next_version(event: Event) -> int:
    return max(milliseconds(clock.now()), newest_version(event) + 1)


def refresh_door_set(event: Event, *, secret: str) -> int:
    """Bring kept lines up to date, and return the newest version. The caller commits.

    Of many that are missing or gone it writes some; the others are for the next time.
    """
    _take_turn(event)
    changed, gone = _changed(event, secret=secret, limit=_AT_ONCE), _gone(event, limit=_AT_ONCE)
    if not changed and not gone:
        return newest_version(event)
    version = _next_version(event)
    _keep([row for row, is_known in changed if not is_known], version)
    for row in [row for row, is_known in changed if is_known] + gone:
        for table in (DoorPass, DoorSource):
            _change(table, _of(table, row | {"version": version}))
    return version


_Table = type[DoorPass] | type[DoorSource]


def _of(table: _Table, row: dict[str, Any]) -> dict[str, Any]:
    """Return what of a row belongs into this table."""
    return {name: value for name, value in row.items() if hasattr(table, name)}


def _change(table: _Table, row: dict[str, Any]) -> None:
    db.session.execute(
        update(table).where(table.badge_id == row["badge_id"]).values(row),
        execution_options={"synchronize_session": False},
    )


def read_door_set(event: Event, *, since: int, secret: str) -> DoorSet:
    """Return the lines that changed after that version; writes nothing."""
    version = newest_version(event)
    lines = list(
        db.session.scalars(
            select(DoorPass.line)
            .where(
                DoorPass.event_id == event.id,
                DoorPass.version > since,
                DoorPass.version <= version,
                # Who has nothing needs to forget nothing.
                DoorPass.standing != Standing.UNKNOWN if not since else DoorPass.version > since,
            )
            .order_by(DoorPass.badge_id)
        )
    )
    fresh = [row["line"] for row, _known in _changed(event, secret=secret)] + [
        row["line"] for row in _gone(event)
    ]
    replaced = {hash_of(line) for line in fresh}
    return DoorSet(version, [one for one in lines if hash_of(one) not in replaced] + fresh)


def door_set_of(event: Event, *, since: int, secret: str) -> dict[str, Any]:
    """Return all that a device needs to answer alone, as plain values: lines, hours, answers."""
    found = read_door_set(event, since=since, secret=secret)
    opens_at, closes_at = event.doors_open_at, closing_of(event)
    return {
        "version": found.version,
        "time": clock.now().isoformat(),
        "key": door_key(secret, event.id).hex(),
        "letters": {letter: standing.value for standing, letter in LETTERS.items()},
        "answers": answers(may_return=event.may_return),
        "opens_at": opens_at and opens_at.isoformat(),
        "closes_at": closes_at and closes_at.isoformat(),
        "passes": found.lines,
    }


def newest_version(event: Event) -> int:
    """Return the version of the kept lines; 0 while there are none."""
    statement = select(func.max(DoorPass.version)).where(DoorPass.event_id == event.id)
    return db.session.scalar(statement) or 0


def refused_since(event: Event, version: int) -> list[str]:
    """Return the lines of badges that are good no more, changed after that version."""
    return list(
        db.session.scalars(
            select(DoorPass.line).where(
                DoorPass.event_id == event.id,
                DoorPass.version > version,
                DoorPass.standing != Standing.CONFIRMED,
            )
        )
    )


def milliseconds(moment: datetime) -> int:
    """Return a moment as versions count it."""
    return int(moment.timestamp() * 1000)


def _standing() -> ColumnElement[str]:
    return case(
        (Badge.withdrawn_at.is_not(None), Standing.WITHDRAWN.value),
        (Registration.status == Status.CONFIRMED, Standing.CONFIRMED.value),
        (Registration.status == Status.WAITING, Standing.WAITING.value),
        else_=Standing.CANCELLED.value,
    )


def _changed(
    event: Event, *, secret: str, limit: int | None = None
) -> list[tuple[dict[str, Any], bool]]:
    """Return the rows that say something old or are missing, and whether each was there."""
    standing = _standing()
    statement: Select[*tuple[Any, ...]] = (
        select(
            Badge.id,
            Badge.version.label("badge_version"),
            Registration.uid,
            Registration.name,
            Registration.first_name,
            Registration.ticket_version,
            standing.label("standing"),
            DoorPass.badge_id.is_not(None).label("is_known"),
        )
        .join(Registration, Registration.id == Badge.registration_id)
        .outerjoin(DoorPass, DoorPass.badge_id == Badge.id)
        .outerjoin(DoorSource, DoorSource.badge_id == Badge.id)
        .where(
            Registration.event_id == event.id,
            or_(
                DoorPass.badge_id.is_(None),
                DoorSource.name != Registration.name,
                DoorSource.first_name != Registration.first_name,
                DoorSource.ticket_version != Registration.ticket_version,
                func.coalesce(DoorPass.standing, "") != standing,
            ),
        )
        .order_by(DoorPass.badge_id.is_(None), Badge.id)  # what is withdrawn comes first
        .limit(limit)
    )
    key = door_key(secret, event.id)
    return [(_row(one, event, key, secret), one.is_known) for one in db.session.execute(statement)]


def _row(found: Any, event: Event, key: bytes, secret: str) -> dict[str, Any]:
    standing = Standing(found.standing)
    line = line_of(
        key,
        standing,
        badge=badge_code(found, found.badge_version, secret=secret),
        ticket=ticket_code(found, secret=secret),
        typed=badge_short_code(found, found.badge_version, secret=secret),
        name=shown_name(found.name, found.first_name),
    )
    return {
        "badge_id": found.id,
        "event_id": event.id,
        "standing": standing,
        "name": found.name,
        "first_name": found.first_name,
        "ticket_version": found.ticket_version,
        "line": line,
    }


def _gone(event: Event, *, limit: int | None = None) -> list[dict[str, Any]]:
    """Return the rows whose badge was deleted, as they are to become."""
    rows = db.session.execute(
        select(DoorPass.badge_id, DoorPass.line)
        .outerjoin(Badge, Badge.id == DoorPass.badge_id)
        .where(
            DoorPass.event_id == event.id,
            Badge.id.is_(None),
            DoorPass.standing != Standing.UNKNOWN,
        )
        .order_by(DoorPass.badge_id)
        .limit(limit)
    )
    return [
        {
            "badge_id": badge_id,
            "standing": Standing.UNKNOWN,
            "line": line_of_gone(line),
        }
        for badge_id, line in rows
    ]
