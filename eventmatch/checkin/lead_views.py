"""Pages of the door lead: finding guests, letting in who has not registered, badges, calls."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request
from flask import url_for as address_of
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from eventmatch import clock
from eventmatch.badges.actions import issue_badge
from eventmatch.checkin import access
from eventmatch.checkin.access import LOCKS_AFTER, device_key, paired_device, unlocked_lead
from eventmatch.checkin.answers import answer_of, reason
from eventmatch.checkin.badge_printing import badge_as_pdf, badge_on_paper
from eventmatch.checkin.calls import answer_call, open_calls
from eventmatch.checkin.desk import admit_guests, attendance_of, guests_named
from eventmatch.checkin.devices import PinAnswer, choose_pin, try_pin
from eventmatch.checkin.forms import (
    BadgeForm,
    PinForm,
    WalkInBody,
    WalkInForm,
    wrong_pin,
)
from eventmatch.checkin.listing import paper_lanes
from eventmatch.checkin.models import Device, DeviceRole, Scan
from eventmatch.checkin.paper import MOST_LANES
from eventmatch.checkin.picking import number_in, picked_in
from eventmatch.checkin.verdict import Verdict
from eventmatch.checkin.walk_ins import NoSeatLeft, admit_walk_in
from eventmatch.db import db
from eventmatch.errors import Invalid, NotFound
from eventmatch.events.models import Event
from eventmatch.i18n import _
from eventmatch.registration.access import secret
from eventmatch.registration.actions import correct_name
from eventmatch.registration.models import Registration
from eventmatch.registration.organiser_forms import NameForm
from eventmatch.registration.queries import current_badges, get_registration
from eventmatch.web.bodies import read_body
from eventmatch.web.filters import local_time
from eventmatch.web.limits import limiter

bp = Blueprint("lead", __name__, url_prefix="/door")
bp.register_error_handler(access.PinNeeded, access.ask_for_pin)

_few_pins = limiter.limit("20/minute", key_func=device_key)
_few_searches = limiter.limit("120/minute", key_func=device_key)
_few_walk_ins = limiter.limit("60/minute", key_func=device_key)


@bp.context_processor
def _lock() -> dict[str, timedelta]:
    """Let each page of the lead know when it must blank itself."""
    return {"locks_after": LOCKS_AFTER}


# The PIN


@bp.get("/pin")
def show_pin() -> ResponseReturnValue:
    """Ask for the PIN, or let the lead choose the first one."""
    return _pin_page(paired_device(DeviceRole.LEAD), PinForm())


def _pin_page(device: Device, form: PinForm) -> str:
    return render_template("checkin/lead/pin.html", device=device, event=device.event, form=form)


@bp.post("/pin")
@_few_pins
def enter_pin() -> ResponseReturnValue:
    """Open the lists to who knows the PIN; the first to enter one chooses it."""
    device = paired_device(DeviceRole.LEAD)
    form = PinForm()
    if not form.validate_on_submit():
        return _pin_page(device, form), 422
    has_chosen = choose_pin(device, form.pin.data, secret=secret())
    answer = PinAnswer.RIGHT if has_chosen else try_pin(device, form.pin.data, secret=secret())
    db.session.commit()
    if answer is not PinAnswer.RIGHT:
        form.pin.errors = [wrong_pin(answer)]
        return _pin_page(device, form), 409
    access.unlock(device)
    return redirect(address_of(".show_guests"), 303)


@bp.post("/lock")
def lock() -> ResponseReturnValue:
    """Close the lists now."""
    access.lock()
    return redirect(address_of(".show_pin"), 303)


# Finding guests


@bp.get("/guests")
@_few_searches
def show_guests() -> str:
    """Show whom a name may mean, and which kiosks call; to htmx only the list."""
    device = unlocked_lead()
    search = request.args.get("q", "").strip()[:200]
    part = "_" if _is_fragment() else ""
    return render_template(
        f"checkin/lead/{part}guests.html",
        desk="lead",
        device=device,
        event=device.event,
        search=search,
        found=guests_named(device.event, search),
        ticked=request.args.get("ticked", "")[:200],
        calls=[] if part else open_calls(device.event),
    )


def _is_fragment() -> bool:
    headers = request.headers
    return headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in headers


@bp.post("/guests")
def admit() -> ResponseReturnValue:
    """Let in everybody who was ticked, and show the answer for each."""
    device = unlocked_lead()
    picked = picked_in(request.form)
    if not picked:
        flash(_("Tick somebody first."))
        return redirect(address_of(".show_guests", q=request.form.get("q", "")[:200]), 303)
    scans = admit_guests(device.event, picked, device=device, secret=secret())
    db.session.commit()
    return _answers(scans, device)


def _answers(scans: list[Scan], device: Device) -> str:
    event = device.event
    return render_template(
        "checkin/lead/answers.html",
        desk="lead",
        device=device,
        event=event,
        answers=[(scan, reason(scan, event)) for scan in scans],
    )


# One guest: the name, the badge


@bp.get("/guests/<uuid:uid>")
def show_guest(uid: UUID) -> str:
    """Show one guest, and what can be done for them."""
    device, guest = _lead_and_guest(uid)
    return _guest_page(device, guest, NameForm(obj=guest))


def _lead_and_guest(uid: UUID) -> tuple[Device, Registration]:
    device = unlocked_lead()
    return device, get_registration(uid, device.event)


def _guest_page(device: Device, guest: Registration, form: NameForm) -> str:
    return render_template(
        "checkin/lead/guest.html",
        device=device,
        event=device.event,
        guest=guest,
        form=form,
        attendance=attendance_of(guest),
        badge=current_badges([guest]).get(guest.id),
    )


@bp.post("/guests/<uuid:uid>/name")
def change_name(uid: UUID) -> ResponseReturnValue:
    """Put right what the badge says."""
    device, guest = _lead_and_guest(uid)
    form = NameForm()
    if not form.validate_on_submit():
        return _guest_page(device, guest, form), 422
    correct_name(
        guest,
        name=form.name.data,
        first_name=form.first_name.data or "",
        company=form.company.data or "",
    )
    db.session.commit()
    flash(_("Saved. A badge that was printed before still says the old."), "success")
    return redirect(address_of(".show_guest", uid=uid), 303)


@bp.post("/guests/<uuid:uid>/badges")
def create_badge(uid: UUID) -> ResponseReturnValue:
    """Put the badge on paper; one that was printed before no longer opens the door."""
    _device, guest = _lead_and_guest(uid)
    form = BadgeForm()
    if not form.validate_on_submit():
        raise NotFound
    issue_badge(guest, replaced=form.replaced.data, secret=secret())
    db.session.commit()
    return redirect(address_of(".print_badge", uid=uid), 303)


@bp.get("/guests/<uuid:uid>/badge")
def print_badge(uid: UUID) -> str:
    """Show the page that prints itself."""
    device, guest = _lead_and_guest(uid)
    return render_template(
        "checkin/print_badge.html",
        event=device.event,
        paper=device.paper,
        picture=address_of(".show_badge", uid=uid),
        file=address_of(".download_badge", uid=uid),
        back=address_of(".show_guests"),
        name=guest.name,
    )


@bp.get("/guests/<uuid:uid>/badge.svg")
def show_badge(uid: UUID) -> Response:
    """Send one badge as a picture of lines, sharp at any size."""
    device, guest = _lead_and_guest(uid)
    return Response(badge_on_paper(guest, device), mimetype="image/svg+xml")


@bp.get("/guests/<uuid:uid>/badge.pdf")
def download_badge(uid: UUID) -> Response:
    """Hand out one badge as a PDF of the size of the paper."""
    device, guest = _lead_and_guest(uid)
    headers = {"Content-Disposition": "inline; filename=badge.pdf"}
    return Response(badge_as_pdf(guest, device), mimetype="application/pdf", headers=headers)


# Who has not registered


@bp.get("/walk-in")
def new_walk_in() -> str:
    """Show the form for somebody without a registration."""
    device = unlocked_lead()
    return _walk_in_page(device, WalkInForm.of(device.event))


def _walk_in_page(device: Device, form: WalkInForm, refusal: str = "") -> str:
    return render_template(
        "checkin/lead/walk_in.html", device=device, event=device.event, form=form, refusal=refusal
    )


@bp.post("/walk-in")
@_few_walk_ins
def create_walk_in() -> ResponseReturnValue:
    """Register somebody and let them in; then print their badge, if that was asked for."""
    device = unlocked_lead()
    form = WalkInForm.of(device.event)
    if not form.validate_on_submit():
        return _walk_in_page(device, form), 422
    walk_in = form.walk_in(walk_in_id=UUID(form.walk_in_id.data))
    try:
        scan = admit_walk_in(walk_in, device, secret=secret())
    except NoSeatLeft as refusal:
        db.session.rollback()
        return _walk_in_page(paired_device(DeviceRole.LEAD), form, str(refusal.message)), 409
    guest = scan.registration
    if "print" in request.form and guest is not None and scan.verdict is Verdict.ADMITTED:
        issue_badge(guest, replaced=0, secret=secret())
        db.session.commit()
        return redirect(address_of(".print_badge", uid=guest.uid), 303)
    db.session.commit()
    return _answers([scan], device)


@bp.put("/walk-ins/<uuid:walk_in_id>")
@_few_walk_ins
def put_walk_in(walk_in_id: UUID) -> dict[str, Any]:
    """Judge what a device kept while it was offline; its answer is that of a scan.

    It asks for no PIN, since it shows nobody: a queue goes on while the lists are closed.
    """
    device = paired_device(DeviceRole.LEAD)
    body = read_body(WalkInBody, request.get_json(silent=True))
    form = _checked(body, device.event)
    walk_in = form.walk_in(walk_in_id=walk_in_id, arrived_at=body.scanned_at)
    scan = admit_walk_in(walk_in, device, secret=secret())
    db.session.commit()
    at = local_time(scan.scanned_at, device.event.timezone)
    return answer_of(scan, device.event) | {"at": at}


def _checked(body: WalkInBody, event: Event) -> WalkInForm:
    """Return the body as the form that the page sends, with the same rules.

    Raises: Invalid naming the fields.
    """
    sent = body.model_dump(exclude={"scanned_at"})
    if sent["language"] not in event.languages:
        sent["language"] = ""  # a device without network does not know what the event speaks
    filled = {name: value for name, value in sent.items() if value}
    form = WalkInForm.of(event, formdata=MultiDict(filled), meta={"csrf": False})
    del form.walk_in_id  # it stands in the address
    if not form.validate():
        raise Invalid(form.errors)
    return form


# The list on paper


@bp.get("/paper")
def show_paper() -> str:
    """Show the list of guests for printing, divided among lanes."""
    device = unlocked_lead()
    lanes = number_in(request.args, "lanes", 1, least=1, most=MOST_LANES)
    return render_template(
        "checkin/paper.html",
        desk="lead",
        device=device,
        event=device.event,
        lanes=lanes,
        most_lanes=MOST_LANES,
        lists=paper_lanes(device.event, lanes),
        printed_at=clock.now(),
    )


# Calls from kiosks


@bp.get("/calls")
def show_calls() -> str:
    """Send the calls that are open now; a page that only looks stays locked, or will be."""
    device = paired_device(DeviceRole.LEAD)
    calls = open_calls(device.event) if access.is_unlocked(device) else []
    return render_template("checkin/lead/_calls.html", event=device.event, calls=calls)


@bp.post("/calls/<uuid:call_id>/answer")
def answer(call_id: UUID) -> ResponseReturnValue:
    """Note that somebody has come to the kiosk."""
    device = unlocked_lead()
    answer_call(call_id, device.event)
    db.session.commit()
    return redirect(address_of(".show_guests"), 303)
