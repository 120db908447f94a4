"""What can be done about somebody who behaves badly."""

from datetime import timedelta

from eventmatch import clock
from eventmatch.db import db, hold
from eventmatch.errors import TooOften
from eventmatch.exchange.actions import block
from eventmatch.exchange.queries import card_for, find_exchange
from eventmatch.people.visibility import Relation
from eventmatch.registration.models import Registration
from eventmatch.reports.models import Reason, Report, ReportStep
from eventmatch.reports.queries import count_since, find_open

MOST_A_DAY = 10


def report_guest(
    registration: Registration,
    other: Registration,
    *,
    reason: Reason,
    text: str,
    and_block: bool,
) -> Report:
    """Tell the organiser of another guest, who learns nothing of it; the same twice is once.

    Raises: TooOften.
    """
    hold(registration)
    report = find_open(registration, other, reason=reason, text=text)
    if report is None:
        report = _new_report(registration, other, reason=reason, text=text)
    if and_block:
        block(registration, other)
    return report


def _new_report(
    registration: Registration, other: Registration, *, reason: Reason, text: str
) -> Report:
    if count_since(registration, clock.now() - timedelta(days=1)) >= MOST_A_DAY:
        raise TooOften
    report = Report(
        event_id=registration.event_id,
        reporter_id=registration.id,
        other_id=other.id,
        reason=reason,
        text=text,
        snapshot=_snapshot(registration, other),
    )
    db.session.add(report)
    db.session.flush()
    return report


def _snapshot(registration: Registration, other: Registration) -> dict[str, str]:
    """Return what stands on the other's badge, and how the two stand with each other."""
    card = card_for(other, Relation.AT_THE_EVENT)
    exchange = find_exchange(registration, other)
    known = {
        "name": card.name,
        "company": card.company,
        "role": card.role,
        "reporter": registration.name,
    }
    if exchange is None:
        return known
    who = "other" if exchange.asker_id == other.id else "reporter"
    return known | {
        "exchange": exchange.state.value,
        "asked_by": who,
        "asked_at": exchange.asked_at.isoformat(),
    }


def add_step(report: Report, account_id: int, *, text: str, closes: bool) -> None:
    """Note what was done; the last such note with `closes` handles the report, one without opens.

    The same note on a handled report twice is one.
    """
    hold(report)
    if closes and report.handled_at is not None and not text:
        return
    db.session.add(
        ReportStep(report_id=report.id, account_id=account_id, is_closing=closes, text=text)
    )
    report.handled_at = clock.now() if closes else None
    db.session.flush()
