"""The actions of devices beyond their first pairing: a PIN, and pairing again."""

import enum
from datetime import timedelta

from eventmatch import clock
from eventmatch.checkin.actions import PAIRING_VALID_FOR
from eventmatch.checkin.models import Device
from eventmatch.codes import fingerprint, fresh_code
from eventmatch.db import hold
from eventmatch.events.actions import EventClosed
from eventmatch.events.models import Event

MOST_MISSES = 5
LOCKED_FOR = timedelta(minutes=5)


class PinAnswer(enum.Enum):
    """What a try came to."""

    RIGHT = "right"
    WRONG = "wrong"
    LOCKED = "locked"


def set_pin(device: Device, pin: str, *, secret: str) -> None:
    """Give the device a PIN; lists that the old one opened are closed."""
    device.pin_fingerprint = _kept(device, pin, secret)
    device.pin_misses, device.pin_locked_until = 0, None


def choose_pin(device: Device, pin: str, *, secret: str) -> bool:
    """Set the first PIN; False when there is one by now, which only the organiser replaces."""
    hold(device)
    if device.pin_fingerprint is not None:
        return False
    set_pin(device, pin, secret=secret)
    return True


def try_pin(device: Device, pin: str, *, secret: str) -> PinAnswer:
    """Tell whether this is the PIN; after five wrong ones in a row none is right for a while."""
    hold(device)  # several tries at once are counted one by one
    now = clock.now()
    if device.pin_locked_until is not None and now < device.pin_locked_until:
        return PinAnswer.LOCKED
    if device.pin_fingerprint == _kept(device, pin, secret):
        device.pin_misses, device.pin_locked_until = 0, None
        return PinAnswer.RIGHT
    device.pin_misses += 1
    if device.pin_misses < MOST_MISSES:
        return PinAnswer.WRONG
    device.pin_misses, device.pin_locked_until = 0, now + LOCKED_FOR
    return PinAnswer.LOCKED


def _kept(device: Device, pin: str, secret: str) -> str:
    """Return the PIN's hash with the server's key: so few digits are found in any other."""
    return fingerprint(secret, f"{device.uid.hex}PIN{pin}")


def renew_pairing(
    device: Device, event: Event, *, secret: str, valid_for: timedelta = PAIRING_VALID_FOR
) -> str:
    """Return a new pairing code for a device, which is not kept; what it is paired with is void.

    A phone that was lost, or whose browser forgot, is replaced by another with name, gate and
    number of the old. Raises: EventClosed.
    """
    if event.is_closed:
        raise EventClosed
    hold(device)
    code = fresh_code()
    device.pairing_fingerprint = fingerprint(secret, code)
    device.pairing_expires_at = clock.now() + valid_for
    device.fingerprint = device.paired_at = device.revoked_at = None
    device.pin_misses, device.pin_locked_until = 0, None
    return code
