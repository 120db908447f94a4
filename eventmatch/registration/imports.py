"""Importing a list of guests: what it would do, doing it, and keeping the file until then."""

from collections.abc import Callable, Container, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete

from eventmatch import clock
from eventmatch.db import db, hold
from eventmatch.errors import Conflict
from eventmatch.events.models import Event
from eventmatch.i18n import DEFAULT_LANGUAGE, _l
from eventmatch.jobs import Job, JobState, enqueue, newest_job
from eventmatch.registration.actions import SignUpClosed, register
from eventmatch.registration.groups import groups_by_address, regroup
from eventmatch.registration.importing import Complaint, Row, Table, read_rows
from eventmatch.registration.models import GuestList, Registration

CHUNK = 100  # guests in one transaction, so that others can write in between
MOST_SHOWN = 100  # lines in a preview or report
KEPT_FOR = timedelta(days=1)
JOB = "import_registrations"
UNDO_JOB = "take_import_back"


class ImportUnderWay(Conflict):
    """The list is being imported just now."""

    code = "import_under_way"
    message = _l("This list is being imported just now.")


class ListImported(Conflict):
    """The list was imported, so that forgetting it would take nobody back."""

    code = "list_imported"
    message = _l("This list is imported already. Its guests stay; the file itself is forgotten.")


class NothingImported(Conflict):
    """The list is not imported, so that there is nothing to take back."""

    code = "nothing_imported"
    message = _l("This list is not imported.")


class ColumnsMissing(Conflict):
    """No column holds names, or none addresses."""

    code = "columns_missing"
    message = _l("Say first which column holds the name, and which the mail address.")


@dataclass(frozen=True)
class Plan:
    """What an import would do: who is new, who is known and stays as they are.

    `regrouped` is how many of the known would come to another group, `waiting` how many of the new
    would find no seat, as things stand.
    """

    new: list[Row]
    known: list[Row]
    repeated: dict[int, int]  # line -> the line above with the same address, which is new
    regrouped: int
    waiting: int


@dataclass(frozen=True)
class ImportReport:
    """How many guests an import added, with a seat and without, and how many were known.

    `regrouped` is how many of the known came to another group.
    """

    confirmed: int
    waiting: int
    known: int
    regrouped: int


def plan_import(event: Event, table: Table) -> Plan:
    """Tell apart who is new; an address that comes twice is new once.

    Raises: SignUpClosed, as the import would.
    """
    if event.is_closed:
        raise SignUpClosed
    groups = groups_by_address(event, {row.email for row in table.rows})
    seen = set(groups)
    new: list[Row] = []
    known: list[Row] = []
    lines: dict[str, int] = {}  # in which an address that is new comes first
    repeated: dict[int, int] = {}
    for row in table.rows:
        if row.email in seen:
            known.append(row)
        elif row.email in lines:
            repeated[row.line] = lines[row.email]
        else:
            lines[row.email] = row.line
            new.append(row)
    return Plan(
        new=new,
        known=known,
        repeated=repeated,
        regrouped=sum(groups[email] != group for email, group in _groups(known, groups).items()),
        waiting=max(0, len(new) - event.seats_left),
    )


def _groups(rows: Sequence[Row], known: Container[str]) -> dict[str, str]:
    """Return the groups that rows name for addresses that are known; the last row counts."""
    return {row.email: row.group for row in rows if row.group and row.email in known}


def import_rows(
    event: Event,
    rows: Sequence[Row],
    *,
    secret: str,
    write_letters: bool = True,
    guest_list: GuestList | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> ImportReport:
    """Register everybody whose address is new to the event, in the file's order.

    Those who are known stay as they are, also when they cancelled, so that the same file may
    come again; only the group is the organiser's word, and follows the file. Nobody consents to
    anything by being on a list. Commits after every hundred guests; `on_progress` hears how many
    lines are done, of how many. Raises: SignUpClosed.
    """
    confirmed = waiting = regrouped = 0
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        hold(event)  # also the addresses that we look up stay as they are
        known = groups_by_address(event, [row.email for row in chunk])
        regrouped += regroup(event, _groups(chunk, known))
        added = _import_chunk(event, chunk, set(known), secret=secret, write_letters=write_letters)
        for registration in added:
            registration.guest_list_id = guest_list.id if guest_list else None
        db.session.commit()
        seats = [registration.has_seat for registration in added]
        confirmed += sum(seats)
        waiting += len(seats) - sum(seats)
        if on_progress:
            on_progress(start + len(chunk), len(rows))
    return ImportReport(
        confirmed, waiting, known=len(rows) - confirmed - waiting, regrouped=regrouped
    )


def _import_chunk(
    event: Event, rows: Sequence[Row], known: set[str], *, secret: str, write_letters: bool
) -> list[Registration]:
    """Register who is not known, and return them."""
    added = []
    for row in rows:
        if row.email in known:
            continue
        known.add(row.email)
        registration = register(
            event,
            email=row.email,
            profile=row.profile,
            language=row.language or (event.languages or [DEFAULT_LANGUAGE])[0],
            secret=secret,
            source="import",
            group=row.group,
            write_letter=write_letters,
        )
        added.append(registration)
    return added


def keep_guest_list(event: Event, *, filename: str, content: bytes) -> GuestList:
    """Read a file, keep it, and note what importing it would do.

    Raises: SignUpClosed; Invalid when it cannot be read.
    """
    if event.is_closed:  # before the seconds that reading takes
        raise SignUpClosed
    table = read_rows(content)
    kept = GuestList(
        event_id=event.id,
        filename=filename[-200:],
        content=content,
        preview=_preview(table, plan_import(event, table)),
    )
    db.session.add(kept)
    db.session.flush()
    return kept


def table_of(kept: GuestList, fields: Sequence[str] | None = None) -> Table:
    """Return what a kept list says, with these fields as its columns, or with those of before.

    Raises: ListImported, when the file is forgotten; Invalid about `field`.
    """
    if kept.content is None:
        raise ListImported
    if fields is None and "fields" in kept.preview:
        fields = [column["field"] for column in kept.preview["fields"]]
    return read_rows(kept.content, fields)


def choose_columns(event: Event, kept: GuestList, table: Table) -> None:
    """Note what importing a list would do, now that somebody has said what its columns hold.

    Raises: ImportUnderWay; ListImported; SignUpClosed.
    """
    hold(event)
    _check_not_begun(kept)
    kept.preview = _preview(table, plan_import(event, table))


def _preview(table: Table, plan: Plan) -> dict[str, Any]:
    shown = sorted(table.rows, key=lambda row: row.line)[:MOST_SHOWN]
    new = {row.line for row in plan.new}
    return {
        "encoding": table.encoding,
        "separator": table.separator,
        "tab": table.tab,
        "program": table.program,
        "fields": [asdict(column) for column in table.columns],
        "missing": table.missing,
        "new": len(plan.new),
        "known": len(plan.known),
        "repeated": len(plan.repeated),
        "regrouped": plan.regrouped,
        "rows": [
            {
                "line": row.line,
                "name": row.profile.name,
                "company": row.profile.company,
                "email": row.email,
                "group": row.group,
                "is_new": row.line in new,
                "same_as": plan.repeated.get(row.line),
            }
            for row in shown
        ],
        **_refusals(table.complaints),
    }


def _refusals(complaints: Sequence[Complaint]) -> dict[str, Any]:
    return {
        "refused": len(complaints),
        "complaints": [
            {**asdict(complaint), "reason": complaint.reason.value}
            for complaint in complaints[:MOST_SHOWN]
        ],
    }


def start_import(event: Event, kept: GuestList, *, write_letters: bool) -> Job:
    """Queue the import of a list, once; a second press finds the work of the first.

    Raises: ColumnsMissing.
    """
    hold(event)
    running = import_job(kept)
    if running is not None and running.state is not JobState.FAILED:
        return running
    if kept.preview.get("missing"):
        raise ColumnsMissing
    return enqueue(JOB, key=kept.id.hex, list_id=kept.id.hex, write_letters=write_letters)


def import_job(kept: GuestList) -> Job | None:
    """Return the work of importing this list, once it was asked for."""
    return newest_job(JOB, kept.id.hex)


def note_import(kept: GuestList, report: ImportReport, complaints: Sequence[Complaint]) -> None:
    """Keep the outcome of an import, and forget the file."""
    kept.report = asdict(report) | _refusals(complaints)
    kept.imported_at = clock.now()
    kept.content = None
    kept.preview = {}


def start_undo(event: Event, kept: GuestList) -> None:
    """Queue that the import is taken back, once. Raises: NothingImported; SignUpClosed."""
    hold(event)
    db.session.refresh(kept)
    if event.is_closed:
        raise SignUpClosed
    if kept.imported_at is None:
        raise NothingImported
    running = undo_job(kept)
    if running is None or running.state is JobState.FAILED:
        enqueue(UNDO_JOB, key=kept.id.hex, list_id=kept.id.hex)


def undo_job(kept: GuestList) -> Job | None:
    """Return the work of taking the import back, once it was asked for."""
    return newest_job(UNDO_JOB, kept.id.hex)


def note_undo(kept: GuestList, *, taken: int, stayed: int) -> None:
    """Keep what came of taking an import back."""
    kept.report = {**kept.report, "taken_back": taken, "stayed": stayed}


def discard_guest_list(event: Event, kept: GuestList) -> None:
    """Forget a list of which nobody was imported.

    Raises: ImportUnderWay; ListImported.
    """
    hold(event)
    _check_not_begun(kept)
    db.session.delete(kept)


def _check_not_begun(kept: GuestList) -> None:
    db.session.refresh(kept)
    if kept.imported_at is not None:
        raise ListImported
    running = import_job(kept)
    if running is not None and running.state in {JobState.QUEUED, JobState.RUNNING}:
        raise ImportUnderWay


def forget_old_lists() -> None:
    """Forget the lists that were sent more than a day ago."""
    db.session.execute(delete(GuestList).where(GuestList.created_at < clock.now() - KEPT_FOR))
