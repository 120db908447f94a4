"""What the page of the door asks for while it is open, with network and without."""

import hashlib
import json
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from eventmatch import clock
from eventmatch.checkin import actions
from eventmatch.checkin.access import few_guesses_at_the_door, known_device, paired_device
from eventmatch.checkin.answers import TRIAL
from eventmatch.checkin.batches import batch_results
from eventmatch.checkin.door_set import door_set_of, refresh_door_set, refused_since
from eventmatch.checkin.forms import (
    UNDO_REASONS,
    BatchedDeviceScanBody,
    DeliveriesBody,
    PresenceBody,
    ScanForm,
    UndoForm,
)
from eventmatch.checkin.models import Device, DeviceRole, Scan
from eventmatch.checkin.movements import UNDO_REACHES
from eventmatch.checkin.queries import get_scan_of, latest_scans, numbers_of
from eventmatch.checkin.recording import Recorded, record_scans
from eventmatch.checkin.sent import Sent
from eventmatch.checkin.verdict import Direction, Verdict
from eventmatch.db import db
from eventmatch.i18n import _
from eventmatch.paging import read_cursor
from eventmatch.web.assets import STATIC
from eventmatch.web.bodies import read_body
from eventmatch.web.guesses import note_guesses

bp = Blueprint("door", __name__, url_prefix="/door")

# What the page needs to open without network: never a page with anybody's name.
_SHELL = (
    "js/door/*.js",
    "js/elements/badge-*.js",
    "js/elements/show-verdict.js",
    "js/elements/walk-in-form.js",
    "js/app.js",
    "js/elements/theme-switch.js",
    "js/elements/copy-field.js",
    "vendor/barcode-detector.js",
    "vendor/zxing_reader.wasm",
    "vendor/idb.js",
    "vendor/htmx.min.js",
    "vendor/icons.svg",
    "vendor/figtree-*.woff2",
    "favicon.svg",
)


def _secret() -> str:
    key: str = current_app.config["SECRET_KEY"]
    return key


@bp.get("/worker.js")
def show_worker() -> Response:
    """Send the script that opens the door's page without network, with the list of its files."""
    text = (STATIC / "js" / "door" / "worker.js").read_text(encoding="utf-8")
    files = [url_for("styles")] + [
        url_for("static", filename=path.relative_to(STATIC).as_posix())
        for pattern in _SHELL
        for path in sorted(STATIC.glob(pattern))
    ]
    version = hashlib.sha256("".join(files).encode()).hexdigest()[:12]
    head = f"const VERSION = {json.dumps(version)};\nconst FILES = {json.dumps(files)};\n"
    response = Response(head + text, mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache, must-revalidate"
    response.headers["Service-Worker-Allowed"] = "/door"
    return response


@bp.get("/shell")
def show_shell() -> Response:
    """Send the page of the door as it opens without network: it knows no device and nobody."""
    response = make_response(
        render_template(
            "checkin/door.html",
            is_shell=True,
            device=None,
            event=None,
            form=ScanForm(formdata=None),
            numbers=None,
            verdicts=[*(verdict.value for verdict in Verdict), TRIAL],
            undo_reasons=UNDO_REASONS,
        )
    )
    response.headers["Cache-Control"] = "no-cache, must-revalidate"
    return response


@bp.get("/about")
def show_about() -> ResponseReturnValue:
    """Answer what the page must know of device and event, since its shell knows neither."""
    device = paired_device()
    return {
        "event": device.event.slug,
        "title": device.event.title,
        "zone": device.event.timezone,
        "device": device.name,
        "gate": device.gate,
        "is_lead": device.role is DeviceRole.LEAD,
        "csrf": generate_csrf(),
        "time": clock.now().isoformat(),
    }


@bp.get("/set")
def show_set() -> ResponseReturnValue:
    """Answer the door set, or what changed in it since a version."""
    event, since = paired_device().event, read_cursor(request.args.get("since", ""))
    return jsonify(door_set_of(event, since=since, secret=_secret()))


@bp.post("/deliveries")
@few_guesses_at_the_door
def create_deliveries() -> ResponseReturnValue:
    """Take what a device has scanned without us; what must not count is stored aside."""
    device = known_device()
    body = read_body(DeliveriesBody, request.get_json(silent=True))

    def record(sent: list[Sent]) -> list[Recorded]:
        sender = actions.sender_of(device=device)
        recorded = record_scans(device.event, sent, sender=sender, secret=_secret())
        note_guesses(
            scan.code
            for scan, one in zip(sent, recorded, strict=True)
            if one.scan is not None and one.scan.judged is Verdict.UNKNOWN
        )
        return recorded

    results = batch_results(
        body.scans, BatchedDeviceScanBody, record, event=device.event, in_detail=True
    )
    state = _note(device, body) if device.is_paired(clock.now()) else {}
    db.session.commit()
    return jsonify({"results": results, "time": clock.now().isoformat(), **state})


@bp.get("/scans/<uuid:scan_id>/undo")
def show_undo(scan_id: UUID) -> str:
    """Ask why a scan is taken back."""
    device = paired_device()
    return _undo_page(get_scan_of(device.event, scan_id), UndoForm())


def _undo_page(scan: Scan, form: UndoForm) -> str:
    return render_template("checkin/undo.html", scan=scan, event=g.event, form=form)


@bp.post("/scans/<uuid:scan_id>/undo")
def create_undo(scan_id: UUID) -> ResponseReturnValue:
    """Take a scan back: a steward one of the latest of the own device, the lead any."""
    device, form = paired_device(), UndoForm()
    scan = get_scan_of(device.event, scan_id)
    if not form.validate_on_submit():
        return _undo_page(scan, form), 422
    undo = Sent(
        id=UUID(form.undo_id.data),
        direction=Direction.UNDO,
        target=scan.id,
        note=form.note.data,
    )
    is_recent = scan.id in {one.id for one in latest_scans(device, limit=UNDO_REACHES)}
    sender = actions.sender_of(device=device)
    [recorded] = record_scans(
        device.event,
        [undo.checked()],
        sender=replace(sender, may_undo_all=sender.may_undo_all or is_recent),
        secret=_secret(),
    )
    db.session.commit()
    actions.stored(recorded)
    flash(_("Undone. The scan stays in the log; it just no longer counts."), "success")
    return redirect(url_for("checkin.show_door"), 303)


@bp.post("/presence")
def create_presence() -> ResponseReturnValue:
    """Note that the device is there, and how far it has counted."""
    device = paired_device()
    body = read_body(PresenceBody, request.get_json(silent=True))
    state = _note(device, body)
    db.session.commit()
    return {"time": clock.now().isoformat(), **state}


def _note(device: Device, body: PresenceBody) -> dict[str, Any]:
    actions.note_presence(
        device,
        unsent=body.unsent,
        unsent_since=body.unsent_since,
        epoch=body.epoch,
        seq=body.seq,
    )
    version = refresh_door_set(device.event, secret=_secret())
    known = body.set_version
    refused = refused_since(device.event, known) if known is not None and known < version else []
    return {"set_version": version, "refused": refused}


@bp.get("/numbers")
def show_numbers() -> ResponseReturnValue:
    """Answer how many are inside, in all and by gate; who has the numbers already gets none."""
    response = jsonify(numbers_of(paired_device().event))
    response.add_etag()
    response.headers["Cache-Control"] = "private, no-cache"
    return response.make_conditional(request)
