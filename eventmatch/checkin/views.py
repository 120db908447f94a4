"""Pages of the door: for the one who scans, and for the organiser who pairs devices."""

from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue

from eventmatch import clock, qr
from eventmatch.checkin import actions
from eventmatch.checkin.access import (
    COOKIE,
    NotForThisDevice,
    few_guesses_at_the_door,
    find_paired_device,
    is_revoked_device,
    paired_device,
)
from eventmatch.checkin.answers import TRIAL, answer_of, reason, trial_answer
from eventmatch.checkin.conflict_queries import count_open, missing_scans
from eventmatch.checkin.devices import set_pin
from eventmatch.checkin.door_set import build_door_set
from eventmatch.checkin.forms import (
    UNDO_REASONS,
    DeviceForm,
    DeviceScanBody,
    ScanForm,
)
from eventmatch.checkin.models import Device, DeviceRole, Scan
from eventmatch.checkin.queries import (
    count_came,
    count_inside,
    devices_of,
    find_pairing,
    get_device,
    latest_scans,
    numbers_of,
    undone_of,
)
from eventmatch.checkin.recording import Recorded, record_scans
from eventmatch.checkin.sent import Sent
from eventmatch.checkin.trial import is_trial
from eventmatch.checkin.verdict import Direction, Verdict
from eventmatch.codes import fingerprint
from eventmatch.db import db, only_reading
from eventmatch.events.access import organised_event
from eventmatch.events.models import Event
from eventmatch.i18n import _
from eventmatch.web.bodies import read_body
from eventmatch.web.filters import local_time
from eventmatch.web.guesses import note_guesses
from eventmatch.web.limits import limiter

bp = Blueprint("checkin", __name__)


def _secret() -> str:
    key: str = current_app.config["SECRET_KEY"]
    return key


# The organiser


@bp.get("/organise/events/<slug>/door")
def show_devices(slug: str) -> str:
    """Show the devices of the door, and a new one's pairing link this once."""
    event = organised_event(slug)
    pairing = session.pop("pairing", {})
    link = pairing.get("link") if pairing.get("event") == event.slug else None
    return _devices_page(
        event,
        DeviceForm(),
        link=link,
        link_for=pairing.get("name"),
        link_qr=qr.svg(link) if link else None,
    )


def _devices_page(event: Event, form: DeviceForm, **pairing: Any) -> str:
    return render_template(
        "checkin/devices.html",
        event=event,
        devices=devices_of(event),
        form=form,
        missing={one.device.id: one.count for one in missing_scans(event)},
        inside=count_inside(event),
        came=count_came(event),
        open_points=count_open(event),
        **pairing,
    )


@bp.post("/organise/events/<slug>/door")
def create_device(slug: str) -> ResponseReturnValue:
    """Make a device, and lead to the page that shows its pairing link once."""
    event = organised_event(slug)
    form = DeviceForm()
    if not form.validate_on_submit():
        return _devices_page(event, form), 422
    device, code = actions.create_device(
        event,
        name=form.name.data,
        gate=form.gate.data,
        role=DeviceRole(form.role.data),
        secret=_secret(),
    )
    device.paper = form.paper.data
    if form.pin.data and device.role is not DeviceRole.STEWARD:
        set_pin(device, form.pin.data, secret=_secret())
    db.session.commit()
    link = current_app.config["BASE_URL"] + url_for("checkin.show_pairing", code=code)
    session["pairing"] = {"event": event.slug, "name": device.name, "link": link}
    return redirect(url_for("checkin.show_devices", slug=event.slug), 303)


@bp.post("/organise/events/<slug>/door/<uid>/revocation")
def revoke_device(slug: str, uid: str) -> ResponseReturnValue:
    """Take a device's right to scan back."""
    device = get_device(uid, organised_event(slug))
    actions.revoke_device(device)
    db.session.commit()
    flash(_("%(name)s can no longer scan.", name=device.name), "success")
    return redirect(url_for("checkin.show_devices", slug=slug), 303)


# Pairing


@bp.get("/door/pair/<code>")
@limiter.limit("30/minute")
def show_pairing(code: str) -> ResponseReturnValue:
    """Ask whether this browser shall scan; only the button pairs it."""
    device = find_pairing(fingerprint(_secret(), code), now=clock.now())
    if device is None:
        return _refuse_pairing()
    g.event = device.event
    return render_template("checkin/pairing.html", device=device, code=code)


@bp.post("/door/pair/<code>")
@limiter.limit("30/minute")
def pair(code: str) -> ResponseReturnValue:
    """Trade the pairing code for this browser's own token."""
    try:
        device, token = actions.pair_device(code, secret=_secret())
    except actions.PairingVoid:
        db.session.rollback()
        return _refuse_pairing()
    db.session.commit()
    build_door_set(device.event, secret=_secret())
    response = make_response(redirect(url_for("checkin.show_door"), 303))
    response.set_cookie(
        COOKIE,
        token,
        expires=device.expires_at,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure or current_app.config["SESSION_COOKIE_SECURE"],
    )
    return response


def _refuse_pairing() -> ResponseReturnValue:
    return render_template("checkin/pairing.html", device=None), 409


# The door


@bp.get("/door")
def show_door() -> ResponseReturnValue:
    """Show the page that scans, or how a browser becomes a device."""
    device = find_paired_device()
    if device is None:
        page = render_template("checkin/unpaired.html", is_revoked=is_revoked_device())
        return page, 403, {"Door": "closed"}
    if device.role is DeviceRole.KIOSK:
        return redirect(url_for("kiosk.show_start"), 303)
    return _door(device, ScanForm(formdata=None, code=request.args.get("code", "")[:200]))


@bp.before_app_request
def lead_to_the_door() -> ResponseReturnValue | None:
    """Let a badge that a door device reads with its own camera be a scan, not an exchange."""
    if request.endpoint != "exchange.show_badge" or COOKIE not in request.cookies:
        return None
    if find_paired_device() is None:
        return None
    code = (request.view_args or {}).get("code", "")
    return redirect(url_for("checkin.show_door", code=code))


def _door(device: Device, form: ScanForm) -> Response:
    scans = latest_scans(device)
    page = render_template(
        "checkin/door.html",
        device=device,
        event=device.event,
        form=form,
        numbers=numbers_of(device.event),
        scans=scans,
        undone=undone_of(scans),
        verdicts=[*(verdict.value for verdict in Verdict), TRIAL],
        undo_reasons=UNDO_REASONS,
    )
    response = make_response(page)
    response.headers["Door"] = "open"  # no login page of the hall's network says that
    return response


@bp.put("/door/scans/<uuid:scan_id>")
@few_guesses_at_the_door
def put_scan(scan_id: UUID) -> ResponseReturnValue:
    """Judge what the page has read, and answer in its language."""
    with only_reading():  # what is asked for every scan holds up nobody
        device = paired_device()
    body = read_body(DeviceScanBody, request.get_json(silent=True))
    [recorded] = _record(device, [body.sent(scan_id)])
    db.session.commit()  # also what was stored aside
    if is_trial(body.code, _secret(), device.event.slug):
        return trial_answer(scan_id, device)  # stored, or the device's count would have a gap
    answer = _page_answer(actions.stored(recorded), device, code=body.code)
    return answer | {"conflict": recorded.has_conflict}


def _record(device: Device, sent: list[Sent]) -> list[Recorded]:
    return record_scans(
        device.event, sent, sender=actions.sender_of(device=device), secret=_secret()
    )


def _note_guess(scan: Scan, code: str) -> None:
    note_guesses([code] if scan.verdict is Verdict.UNKNOWN else [])


def _page_answer(scan: Scan, device: Device, *, code: str = "") -> dict[str, Any]:
    _note_guess(scan, code)
    at = local_time(scan.scanned_at, device.event.timezone)
    return answer_of(scan, device.event) | {"at": at}


@bp.post("/door/scans")
@few_guesses_at_the_door
def create_scan() -> ResponseReturnValue:
    """Judge a typed code and show the answer as a page of its own."""
    device = paired_device()
    form = ScanForm()
    if not form.validate_on_submit():
        return _door(device, form), 422
    if is_trial(form.code.data, _secret(), device.event.slug):
        flash(_("The test code came through. It is not counted."), "success")
        return redirect(url_for(".show_door"), 303)
    scan = actions.record_scan(
        device.event,
        scan_id=UUID(form.scan_id.data),
        code=form.code.data,
        direction=Direction(form.direction.data),
        device=device,
        secret=_secret(),
    )
    db.session.commit()
    _note_guess(scan, form.code.data)
    return render_template(
        "checkin/answer.html",
        scan=scan,
        event=device.event,
        reason=reason(scan, device.event),
        form=ScanForm(formdata=None, direction=scan.direction.value),
    )


@bp.post("/door/leave")
def leave() -> ResponseReturnValue:
    """Unpair this browser: its token is worth nothing from now on."""
    device = find_paired_device()
    if device is not None and device.role is DeviceRole.KIOSK:
        raise NotForThisDevice  # staff unpair it, with the PIN
    if device is not None:
        actions.revoke_device(device)
        db.session.commit()
    response = make_response(redirect(url_for("checkin.show_door"), 303))
    response.delete_cookie(COOKIE)
    return response
