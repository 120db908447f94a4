"""What the door tells of a scan: the same to programs and to pages, in the asker's language."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from eventmatch import clock
from eventmatch.checkin.models import Device, Scan
from eventmatch.checkin.verdict import Direction, Verdict
from eventmatch.events.models import Event
from eventmatch.i18n import _
from eventmatch.registration.queries import badge_code
from eventmatch.web.filters import local_moment, local_time

JUST_NOW = timedelta(seconds=15)


def answer_of(scan: Scan, event: Event) -> dict[str, Any]:
    """Return the answer to one scan, as plain values."""
    return {
        "scan": str(scan.id),
        "verdict": scan.verdict.value,
        "reason": reason(scan, event),
        "name": scan.registration.name if scan.registration else None,
        "registration": str(scan.registration.uid) if scan.registration else None,
        "direction": scan.direction.value,
        "gate": scan.gate,
        "scanned_at": scan.scanned_at.isoformat(),
        "first_entry": _first_entry(scan),
    }


TRIAL = "test"  # what the door answers to the test code; no verdict, since nothing is judged


def trial_answer(scan_id: UUID, device: Device) -> dict[str, Any]:
    """Return the answer to the test code, in the shape of any other."""
    return {
        "scan": str(scan_id),
        "verdict": TRIAL,
        "reason": str(_("The test code came through. It is not counted.")),
        "name": None,
        "registration": None,
        "direction": Direction.IN.value,
        "gate": device.gate,
        "scanned_at": clock.now().isoformat(),
        "first_entry": None,
        "at": local_time(clock.now(), device.event.timezone),
    }


def entry_of(scan: Scan, *, secret: str) -> dict[str, Any]:
    """Return one scan as the list of scans shows it; `code` never is the secret of a ticket."""
    known = scan.badge is not None and scan.registration is not None
    return {
        "id": str(scan.id),
        "code": badge_code(scan.registration, scan.badge.version, secret=secret)
        if known and scan.registration and scan.badge
        else scan.text,
        "verdict": scan.verdict.value,
        "direction": scan.direction.value,
        "scanned_at": scan.scanned_at.isoformat(),
        "received_at": scan.received_at.isoformat(),
        "gate": scan.gate,
        "device": scan.scanned_with,
        "name": scan.registration.name if scan.registration else None,
        "registration": str(scan.registration.uid) if scan.registration else None,
    }


def _first_entry(scan: Scan) -> dict[str, str] | None:
    entry = scan.first_entry
    if entry is None:
        return None
    return {
        "at": entry.scanned_at.isoformat(),
        "gate": entry.gate,
        "device": entry.scanned_with,
    }


def is_just_now(scan: Scan) -> bool:
    """Tell whether the person came in moments ago, at the very device that scanned again."""
    entry = scan.first_entry
    return (
        entry is not None
        and (entry.device_id, entry.token_id) == (scan.device_id, scan.token_id)
        and entry.gate == scan.gate
        and abs(scan.scanned_at - entry.scanned_at) < JUST_NOW
    )


def reason(scan: Scan, event: Event) -> str:
    """Return why the door answers so, in one sentence."""
    match scan.verdict:
        case Verdict.ADMITTED if scan.first_entry is None:
            return str(_("First entry."))
        case Verdict.ALREADY_IN if is_just_now(scan):
            return str(_("Here, just now."))
        case Verdict.ADMITTED | Verdict.ALREADY_IN:
            return _first_entry_sentence(scan, event)
        case Verdict.TOO_EARLY if event.doors_open_at:
            at = local_moment(event.doors_open_at, event.timezone)
            return str(_("The doors open on %(at)s.", at=at))
        case Verdict.GONE_OUT:
            return str(_("Out at %(at)s.", at=local_time(scan.scanned_at, event.timezone)))
    return _plain_reason(scan.verdict)


def _plain_reason(verdict: Verdict) -> str:
    sentences: dict[Verdict, str] = {
        Verdict.UNKNOWN: _("No badge and no ticket has this code."),
        Verdict.OTHER_EVENT: _("This code belongs to another event."),
        Verdict.CANCELLED: _("This registration was cancelled."),
        Verdict.WITHDRAWN: _("A newer badge was printed; this one no longer counts."),
        Verdict.WAITING: _("Still on the waiting list, without a seat."),
        Verdict.TOO_EARLY: _("The doors are not open yet."),
        Verdict.TOO_LATE: _("The doors are closed by now."),
        Verdict.FULL: _("No more people may come in."),
        Verdict.UNDONE: _("This scan was taken back."),
    }
    return sentences[verdict]


def _first_entry_sentence(scan: Scan, event: Event) -> str:
    entry = scan.first_entry
    if entry is None:
        return str(_("Inside already."))
    is_same_day = _day(entry, event) == _day(scan, event)
    at = (local_time if is_same_day else local_moment)(entry.scanned_at, event.timezone)
    gate, device = entry.gate, entry.scanned_with
    if not device:
        return str(_("First entry %(at)s, gate %(gate)s.", at=at, gate=gate))
    return str(_("First entry %(at)s, gate %(gate)s, %(device)s.", at=at, gate=gate, device=device))


def _day(scan: Scan, event: Event) -> date:
    return scan.scanned_at.astimezone(ZoneInfo(event.timezone)).date()
