"""Who may scan: the browser that was paired as a device."""

from flask import current_app, g, request

from eventmatch import clock
from eventmatch.checkin.models import Device, DeviceRole
from eventmatch.checkin.queries import find_device
from eventmatch.codes import fingerprint
from eventmatch.errors import NotAllowed
from eventmatch.i18n import _l

COOKIE = "door"


class NotPaired(NotAllowed):
    """The browser is no device of the door, or no longer."""

    code = "not_paired"
    message = _l("This device is not paired with the door. Ask the organiser for a pairing link.")


def find_paired_device() -> Device | None:
    """Return the device that this browser is paired as, with its event, or None."""
    token = request.cookies.get(COOKIE)
    if not token:
        return None
    device = find_device(fingerprint(current_app.config["SECRET_KEY"], token))
    if device is None or not device.is_paired(clock.now()):
        return None
    g.event = device.event
    return device


def paired_device() -> Device:
    """Return the device that this browser is paired as, with its event.

    Raises: NotPaired.
    """
    device = find_paired_device()
    if device is None:
        raise NotPaired
    return device


def lead_device() -> Device:
    """Return the device of this browser, if the door lead holds it.

    Raises: NotPaired; NotAllowed for a steward's.
    """
    device = paired_device()
    if device.role is not DeviceRole.LEAD:
        raise NotAllowed
    return device


def known_device() -> Device:
    """Return the device of this browser, with its event, also one that may scan no more.

    Only for what it still holds: that is taken and stored aside. Raises: NotPaired.
    """
    token = request.cookies.get(COOKIE)
    device = find_device(fingerprint(current_app.config["SECRET_KEY"], token)) if token else None
    if device is None:
        raise NotPaired
    g.event = device.event
    return device


def device_key() -> str:
    """Return what the device's limits are counted by."""
    return fingerprint(current_app.config["SECRET_KEY"], request.cookies.get(COOKIE, ""))
