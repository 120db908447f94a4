"""The page on which a device shows that it is ready, before the doors open."""

from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request

from eventmatch import clock
from eventmatch.checkin.access import device_key, paired_device
from eventmatch.checkin.answers import trial_answer
from eventmatch.checkin.forms import ScanBody
from eventmatch.checkin.models import DeviceRole
from eventmatch.checkin.trial import is_trial
from eventmatch.errors import NotFound
from eventmatch.i18n import _l
from eventmatch.registration.access import secret
from eventmatch.web.bodies import read_body
from eventmatch.web.limits import limiter

bp = Blueprint("preflight", __name__, url_prefix="/door")


class NoTestCode(NotFound):
    """Something else than the test code was read."""

    code = "no_test_code"
    message = _l("This is not the test code of this event.")


@bp.get("/check")
def show_check() -> str:
    """Show what is checked, and how to mend what is not right."""
    device = paired_device(*DeviceRole)
    return render_template("checkin/check.html", device=device, event=device.event)


@bp.get("/time")
def show_time() -> dict[str, str]:
    """Say what time it is, for a device to compare its clock with."""
    paired_device(*DeviceRole)
    return {"now": clock.now().isoformat()}


@bp.put("/trials/<uuid:scan_id>")
@limiter.limit("60/minute", key_func=device_key)
def put_trial(scan_id: UUID) -> dict[str, Any]:
    """Answer a scan of the test code, which is stored nowhere.

    Raises: NoTestCode.
    """
    device = paired_device(*DeviceRole)
    body = read_body(ScanBody, request.get_json(silent=True))
    if not is_trial(body.code, secret(), device.event.slug):
        raise NoTestCode
    return trial_answer(scan_id, device)
