"""What the tests of the door share: tokens of programs, and paired devices."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventmatch.checkin.actions import create_device, pair_device
from eventmatch.checkin.models import Device, Scan
from eventmatch.db import db
from eventmatch.events.actions import create_token
from eventmatch.events.models import Event, Scope
from tests.conftest import a_browser
from tests.factories import SECRET


def a_token(event: Event, scope: Scope = Scope.DOOR, label: str = "turnstile") -> dict[str, str]:
    """Return the headers of a program that has this right."""
    token = create_token(event, scope, secret=SECRET, label=label)
    db.session.commit()
    return {"Authorization": f"Bearer {token}"}


def a_device(event: Event, *, name: str = "device 3", gate: str = "North") -> Device:
    """Return a paired device."""
    return a_device_with_token(event, name=name, gate=gate)[0]


def a_device_with_token(
    event: Event, *, name: str = "device 3", gate: str = "North"
) -> tuple[Device, str]:
    """Return a paired device and what is in its cookie."""
    _device, code = create_device(event, name=name, gate=gate, secret=SECRET)
    device, token = pair_device(code, secret=SECRET)
    db.session.commit()
    return device, token


def door_browser(app: Flask, event: Event, language: str = "en", **details: str) -> FlaskClient:
    """Return a browser that is paired as a device of this event."""
    _device, token = a_device_with_token(event, **details)
    browser = a_browser(app, language)
    browser.set_cookie("door", token, domain="localhost")
    return browser


@pytest.fixture
def put(app: Flask) -> Callable[..., Any]:
    """Send one scan through the API: put(event, headers, code, …) gives the response."""

    def send(
        event: Event,
        headers: dict[str, str],
        code: str,
        *,
        scan_id: UUID | str | None = None,
        **body: Any,
    ) -> Any:
        address = f"/api/v1/events/{event.slug}/scans/{scan_id or uuid4()}"
        return app.test_client().put(address, json={"code": code, **body}, headers=headers)

    return send


def all_scans() -> list[Scan]:
    """Return every stored scan in the order of arrival."""
    return list(db.session.scalars(db.select(Scan).order_by(Scan.number)))


def said(answer: Any) -> Any:
    """Return the JSON of an answer."""
    return answer.json
