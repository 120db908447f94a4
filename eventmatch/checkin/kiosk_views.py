"""Pages of the kiosk: one guest after the other, and nobody else to be seen."""

from datetime import timedelta
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    g,
    make_response,
    redirect,
    render_template,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue

from eventmatch import clock
from eventmatch.badges.actions import issue_badge
from eventmatch.checkin import access
from eventmatch.checkin.access import (
    COOKIE,
    device_key,
    few_guesses_at_the_door,
    kiosk_of_staff,
    paired_device,
)
from eventmatch.checkin.actions import record_scan, revoke_device
from eventmatch.checkin.badge_printing import badge_on_paper, badge_to_look_at
from eventmatch.checkin.calls import call_staff
from eventmatch.checkin.devices import PinAnswer, try_pin
from eventmatch.checkin.forms import BadgeForm, PinForm, ScanForm, wrong_pin
from eventmatch.checkin.models import Device, DeviceRole, Scan
from eventmatch.checkin.queries import get_scan
from eventmatch.checkin.verdict import Verdict
from eventmatch.db import db
from eventmatch.errors import NotFound
from eventmatch.registration.access import secret
from eventmatch.registration.models import Badge, Registration
from eventmatch.registration.queries import current_badges, get_registration
from eventmatch.web.guesses import note_guesses
from eventmatch.web.limits import limiter

bp = Blueprint("kiosk", __name__, url_prefix="/door/kiosk")
bp.register_error_handler(access.PinNeeded, access.ask_for_pin)

BACK_AFTER = timedelta(seconds=15)
_SERVED_FOR = timedelta(minutes=3)  # so long the guest's own pages open after the scan
_WELCOME = (Verdict.ADMITTED, Verdict.ALREADY_IN)


_few_pins = limiter.limit("20/minute", key_func=device_key)


def _kiosk() -> Device:
    return paired_device(DeviceRole.KIOSK)


@bp.context_processor
def _start_address() -> dict[str, str]:
    """Let the next guest begin in the first language of the event."""
    languages = g.event.languages if "event" in g else []
    return {"start_url": url_for("kiosk.show_start", lang=(languages or [None])[0])}


@bp.get("")
def show_start() -> str:
    """Ask the next guest for their ticket."""
    access.lock()  # whoever of the staff was here has gone, and so has the guest
    session.pop("guest", None)
    return _start(_kiosk(), ScanForm(formdata=None))


def _start(device: Device, form: ScanForm) -> str:
    return render_template("checkin/kiosk/start.html", device=device, event=device.event, form=form)


@bp.post("/scans")
@few_guesses_at_the_door
def create_scan() -> ResponseReturnValue:
    """Let the guest in and show them their badge."""
    device, form, began = _kiosk(), ScanForm(), clock.now()
    if not form.validate_on_submit():
        return _start(device, form), 422
    scan = record_scan(
        device.event,
        scan_id=UUID(form.scan_id.data),
        code=form.code.data,
        device=device,
        secret=secret(),
    )
    db.session.commit()
    note_guesses([form.code.data] if scan.verdict is Verdict.UNKNOWN else [])
    is_sent_again = scan.received_at < began
    if is_sent_again and session.get("guest") != scan.id.hex:
        return redirect(url_for(".show_start"), 303)  # somebody went back to who was here before
    session["guest"] = scan.id.hex
    guest = scan.registration
    badge = current_badges([guest]).get(guest.id) if guest else None
    return render_template(
        "checkin/kiosk/guest.html",
        event=device.event,
        scan=scan,
        guest=guest if scan.verdict in _WELCOME else None,
        badge=badge,
        may_print=badge is not None and _may_print(scan, badge),
        back_after=BACK_AFTER,
    )


def _may_print(scan: Scan, badge: Badge) -> bool:
    """Tell whether the kiosk prints this: the first badge, or another for who holds the ticket.

    A badge's own code is public, and must not be enough to have the badge withdrawn.
    """
    if scan.verdict not in _WELCOME or scan.registration is None:
        return False
    is_ticket = scan.code_fingerprint == scan.registration.ticket_fingerprint
    return badge.printed_at is None or is_ticket


def _served(scan_id: UUID) -> tuple[Device, Scan, Registration]:
    """Return the guest who stands here: their code was the last that was read at this kiosk.

    Raises: NotFound, also once the start page was shown again.
    """
    device = _kiosk()
    scan = get_scan(scan_id)
    is_recent = scan.received_at > clock.now() - _SERVED_FOR
    is_here = is_recent and scan.device_id == device.id and session.get("guest") == scan.id.hex
    if not is_here or scan.registration is None or scan.verdict not in _WELCOME:
        raise NotFound
    return device, scan, get_registration(scan.registration.uid, device.event)


@bp.get("/<uuid:scan_id>/badge.png")
def show_badge(scan_id: UUID) -> Response:
    """Show the guest the badge that will be printed."""
    device, _scan, guest = _served(scan_id)
    return Response(badge_to_look_at(guest, device), mimetype="image/png")


@bp.post("/<uuid:scan_id>/badges")
def create_badge(scan_id: UUID) -> ResponseReturnValue:
    """Put the badge on paper."""
    _device, scan, guest = _served(scan_id)
    form, badge = BadgeForm(), current_badges([guest]).get(guest.id)
    if badge is None or not form.validate_on_submit():
        raise NotFound
    if form.replaced.data and not _may_print(scan, badge):
        raise access.NotForThisDevice
    issue_badge(guest, replaced=form.replaced.data, secret=secret())
    db.session.commit()
    return redirect(url_for(".print_badge", scan_id=scan_id), 303)


@bp.get("/<uuid:scan_id>/badge")
def print_badge(scan_id: UUID) -> str:
    """Show the page that prints itself, and then goes back to the start."""
    device, _scan, guest = _served(scan_id)
    return render_template(
        "checkin/print_badge.html",
        event=device.event,
        paper=device.paper,
        picture=url_for(".show_badge_on_paper", scan_id=scan_id),
        back=_start_address()["start_url"],
        name=guest.name,
        back_after=BACK_AFTER,
    )


@bp.get("/<uuid:scan_id>/badge.svg")
def show_badge_on_paper(scan_id: UUID) -> Response:
    """Send the badge for the page that is printed."""
    device, _scan, guest = _served(scan_id)
    return Response(badge_on_paper(guest, device), mimetype="image/svg+xml")


@bp.post("/<uuid:scan_id>/call")
def create_call(scan_id: UUID) -> str:
    """Call staff to this guest, whose name is wrong or who needs something else."""
    device, scan, _guest = _served(scan_id)
    call_staff(scan, device)
    db.session.commit()
    return render_template("checkin/kiosk/called.html", event=device.event, back_after=BACK_AFTER)


# Staff


@bp.get("/exit")
def show_exit() -> str:
    """Ask for the PIN with which staff leave the kiosk."""
    return _exit_page(_kiosk(), PinForm())


def _exit_page(device: Device, form: PinForm) -> str:
    return render_template(
        "checkin/kiosk/exit.html", event=device.event, form=form, back_after=BACK_AFTER
    )


@bp.post("/exit")
@_few_pins
def enter_pin() -> ResponseReturnValue:
    """Let staff out who know the PIN."""
    device, form = _kiosk(), PinForm()
    if not form.validate_on_submit():
        return _exit_page(device, form), 422
    answer = try_pin(device, form.pin.data, secret=secret())
    db.session.commit()
    if answer is not PinAnswer.RIGHT:
        form.pin.errors = [wrong_pin(answer)]
        return _exit_page(device, form), 409
    access.unlock(device)
    return redirect(url_for(".show_staff"), 303)


@bp.get("/staff")
def show_staff() -> str:
    """Show what staff can do here: check the device, or unpair it."""
    device = kiosk_of_staff()
    return render_template("checkin/kiosk/staff.html", device=device, event=device.event)


@bp.post("/leave")
def leave() -> ResponseReturnValue:
    """Unpair this browser: it is no kiosk any more."""
    revoke_device(kiosk_of_staff())
    db.session.commit()
    access.lock()
    response = make_response(redirect(url_for("checkin.show_door"), 303))
    response.delete_cookie(COOKIE)
    return response
