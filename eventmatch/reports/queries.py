"""What can be asked of reports."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from eventmatch.db import db
from eventmatch.errors import NotFound
from eventmatch.events.models import Event
from eventmatch.exchange.queries import find_block, find_exchange
from eventmatch.registration.models import Registration
from eventmatch.registration.queries import get_registration
from eventmatch.reports.models import Reason, Report, ReportStep


def reportable(uid: UUID, registration: Registration) -> Registration:
    """Return the guest of the same event whom this guest may report: they had to do with them.

    Raises: NotFound.
    """
    other = get_registration(uid, registration.event)
    if find_exchange(registration, other) is None and find_block(registration, other) is None:
        raise NotFound
    return other


def reports_of(event: Event, *, handled: bool) -> list[Report]:
    """Return the event's reports that are open, or those that are handled, the newest first."""
    is_handled = Report.handled_at.is_not(None)
    statement = (
        select(Report)
        .where(Report.event_id == event.id, is_handled if handled else ~is_handled)
        .options(joinedload(Report.reporter), joinedload(Report.other))
        .order_by(Report.made_at.desc(), Report.id.desc())
        .limit(200)
    )
    return list(db.session.scalars(statement))


def count_open(event: Event) -> int:
    """Count the reports that nobody has handled yet."""
    statement = select(func.count(Report.id)).where(
        Report.event_id == event.id, Report.handled_at.is_(None)
    )
    return db.session.scalar(statement) or 0


def find_open(
    registration: Registration, other: Registration, *, reason: Reason, text: str
) -> Report | None:
    """Return what this guest reported of the other in these words, if nobody has handled it."""
    return db.session.scalar(
        select(Report).where(
            Report.reporter_id == registration.id,
            Report.other_id == other.id,
            Report.reason == reason,
            Report.text == text,
            Report.handled_at.is_(None),
        )
    )


def count_since(registration: Registration, moment: datetime) -> int:
    """Count what this guest has reported since that moment."""
    statement = select(func.count(Report.id)).where(
        Report.reporter_id == registration.id, Report.made_at > moment
    )
    return db.session.scalar(statement) or 0


def get_report(uid: UUID, event: Event) -> Report:
    """Return the report with this public id, if it is one of the event's, with both guests.

    Raises: NotFound.
    """
    report = db.session.scalar(
        select(Report)
        .where(Report.uid == uid, Report.event_id == event.id)
        .options(joinedload(Report.reporter), joinedload(Report.other))
    )
    if report is None:
        raise NotFound
    return report


def steps_of(report: Report) -> list[ReportStep]:
    """Return what was done about it, in order."""
    statement = (
        select(ReportStep)
        .where(ReportStep.report_id == report.id)
        .options(joinedload(ReportStep.account))
        .order_by(ReportStep.id)
    )
    return list(db.session.scalars(statement))
