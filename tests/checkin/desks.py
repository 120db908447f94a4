"""Browsers that are paired as a door lead's device, a steward's, or as a kiosk."""

import re

from flask import Flask
from flask.testing import FlaskClient

from eventmatch.checkin.actions import create_device, pair_device
from eventmatch.checkin.devices import set_pin
from eventmatch.checkin.models import Device, DeviceRole
from eventmatch.db import db
from eventmatch.events.models import Event
from tests.conftest import a_browser
from tests.factories import SECRET

PIN = "2468"


def a_paired_browser(
    app: Flask,
    event: Event,
    role: DeviceRole,
    *,
    pin: str | None = PIN,
    language: str = "en",
    name: str = "device 9",
) -> FlaskClient:
    """Return a browser that is a device of this role."""
    _device, code = create_device(event, name=name, gate="North", role=role, secret=SECRET)
    device, token = pair_device(code, secret=SECRET)
    if pin:
        set_pin(device, pin, secret=SECRET)
    db.session.commit()
    browser = a_browser(app, language)
    browser.set_cookie("door", token, domain="localhost")
    return browser


def lead_browser(app: Flask, event: Event, language: str = "en") -> FlaskClient:
    """Return a door lead's browser in which the PIN was just entered."""
    browser = a_paired_browser(app, event, DeviceRole.LEAD, language=language, name="lead")
    assert browser.post("/door/pin", data={"pin": PIN}).status_code == 303
    return browser


def kiosk_browser(app: Flask, event: Event, language: str = "en") -> FlaskClient:
    """Return the browser of a kiosk."""
    return a_paired_browser(app, event, DeviceRole.KIOSK, language=language, name="kiosk 1")


def device_of(event: Event) -> Device:
    """Return the newest device of the event."""
    statement = db.select(Device).where(Device.event_id == event.id).order_by(Device.id.desc())
    newest: Device = db.session.scalars(statement.limit(1)).one()
    return newest


def fields_of(page: str) -> dict[str, str]:
    """Return the hidden fields of a page."""
    found = re.findall(r'<input[^>]*type="hidden"[^>]*>', page)
    pairs = [
        (re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)) for tag in found
    ]
    return {name[1]: value[1] for name, value in pairs if name and value}
