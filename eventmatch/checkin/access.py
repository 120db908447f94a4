"""Who may do what at the door: the browser that was paired as a device, in the role it was given.

A steward scans, a door lead does all that the door knows, a kiosk serves one guest after the other.
"""

from datetime import timedelta

from flask import Response, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from eventmatch import clock
from eventmatch.checkin.models import Device, DeviceRole
from eventmatch.checkin.queries import find_device
from eventmatch.codes import fingerprint
from eventmatch.errors import NotAllowed, NotSignedIn
from eventmatch.i18n import _l
from eventmatch.web.guesses import few_guesses

COOKIE = "door"
LOCKS_AFTER = timedelta(minutes=3)  # without anybody using what the PIN opened
_SCANNING = (DeviceRole.STEWARD, DeviceRole.LEAD)


class NotPaired(NotAllowed):
    """The browser is no device of the door, or no longer."""

    code = "not_paired"
    message = _l("This device is not paired with the door. Ask the organiser for a pairing link.")


class Revoked(NotPaired):
    """It was one, until somebody took the right back."""

    message = _l("This device was unpaired. Ask the organiser for a new pairing link.")


class NotForThisDevice(NotAllowed):
    """A device of another role may do this."""

    code = "not_for_this_device"
    message = _l("This device may not do that. Ask the door lead.")


class PinNeeded(NotSignedIn):
    """The lead's lists are closed; the PIN opens them."""

    code = "pin_needed"
    message = _l("Please enter the PIN first.")
    sign_in_endpoint = "lead.show_pin"


class KioskPinNeeded(PinNeeded):
    """A kiosk serves guests; the PIN lets staff out of it."""

    sign_in_endpoint = "kiosk.show_exit"


def find_paired_device() -> Device | None:
    """Return the device that this browser is paired as, with its event, or None."""
    device = _device_of_browser()
    if device is None or not device.is_paired(clock.now()):
        return None
    g.event = device.event
    return device


def _device_of_browser() -> Device | None:
    token = request.cookies.get(COOKIE)
    return find_device(fingerprint(current_app.config["SECRET_KEY"], token)) if token else None


def is_revoked_device() -> bool:
    """Tell whether this browser was a device until its right was taken back."""
    device = _device_of_browser()
    return device is not None and device.revoked_at is not None


def paired_device(*roles: DeviceRole) -> Device:
    """Return the device that this browser is paired as, with its event.

    Without roles: one that scans. Raises: NotPaired; NotForThisDevice.
    """
    device = find_paired_device()
    if device is None:
        raise Revoked if is_revoked_device() else NotPaired
    if device.role not in (roles or _SCANNING):
        raise NotForThisDevice
    return device


def lead_device() -> Device:
    """Return the device of this browser, if the door lead holds it; it need not be unlocked.

    Raises: NotPaired; NotForThisDevice.
    """
    return paired_device(DeviceRole.LEAD)


def known_device() -> Device:
    """Return the device of this browser, with its event, also one that may scan no more.

    Only for what it still holds: that is taken and stored aside. Raises: NotPaired.
    """
    device = _device_of_browser()
    if device is None:
        raise NotPaired
    g.event = device.event
    return device


def unlocked_lead() -> Device:
    """Return the door lead's device, whose lists are open; using them keeps them open.

    Raises: NotPaired; NotForThisDevice; PinNeeded.
    """
    return _unlocked_device(DeviceRole.LEAD, PinNeeded)


def kiosk_of_staff() -> Device:
    """Return the kiosk before which somebody of the staff stands, who has just entered its PIN.

    Raises: NotPaired; NotForThisDevice; KioskPinNeeded.
    """
    return _unlocked_device(DeviceRole.KIOSK, KioskPinNeeded)


def _unlocked_device(role: DeviceRole, needed: type[PinNeeded]) -> Device:
    device = paired_device(role)
    if not is_unlocked(device):
        raise needed
    unlock(device)
    return device


def unlock(device: Device) -> None:
    """Note in this browser that the PIN was entered; it holds for the next minutes."""
    session["unlocked"] = [*_key_of(device), int(clock.now().timestamp())]


def lock() -> None:
    """Ask for the PIN again from now on."""
    session.pop("unlocked", None)


def _key_of(device: Device) -> list[str]:
    """Return what must be the same as when the PIN was entered: a new PIN locks."""
    return [device.uid.hex, (device.pin_fingerprint or "")[:8]]


def is_unlocked(device: Device) -> bool:
    """Tell whether the PIN was entered here and is still good; asking does not keep it so."""
    *key, used_at = session.get("unlocked") or [0]
    if device.pin_fingerprint is None or key != _key_of(device):
        return False
    return bool(clock.now().timestamp() - used_at < LOCKS_AFTER.total_seconds())


def ask_for_pin(refusal: PinNeeded) -> ResponseReturnValue:
    """Lead to the PIN; the address does not keep what somebody was looking for."""
    address = url_for(refusal.sign_in_endpoint)
    if request.headers.get("HX-Request") == "true":  # only a part of the page was asked for
        return Response(headers={"HX-Redirect": address})
    return redirect(address, 303)


def device_key() -> str:
    """Return what the device's limits are counted by."""
    return fingerprint(current_app.config["SECRET_KEY"], request.cookies.get(COOKIE, ""))


few_guesses_at_the_door = few_guesses("30/minute", scope="guesses at the door", key=device_key)
