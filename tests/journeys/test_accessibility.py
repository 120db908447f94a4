"""No page shuts anybody out: axe finds nothing, in light and dark, on a phone and on a laptop."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from eventmatch.accounts.models import Account
from eventmatch.checkin.actions import record_scan
from eventmatch.clock import now
from eventmatch.config import ROOT
from eventmatch.db import db
from eventmatch.events.models import Event
from eventmatch.exchange.actions import accept, ask
from eventmatch.mail import Letter, LetterState, deliver_due
from eventmatch.matching.actions import refresh_suggestions
from eventmatch.matching.rules import Rules
from eventmatch.matching.ruling import find_out, keep_apart, try_rules
from eventmatch.people.models import Person
from eventmatch.registration.models import Registration
from tests.browser import LAPTOP, PHONE, live_app, open_browser, playwright_driver, served
from tests.checkin.conftest import a_device, a_device_with_token
from tests.conftest import missing
from tests.factories import (
    SECRET,
    a_registration,
    an_account,
    an_event,
    badge_of,
    move_contacts,
    ticket_of,
)

__all__ = ["live_app", "open_browser", "playwright_driver"]

pytestmark = pytest.mark.browser

Opener = Callable[..., BrowserContext]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LOOK = """async (rules) => {
  const options = { runOnly: { type: "tag", values: rules }, resultTypes: ["violations"] };
  return (await axe.run(document, options)).violations;
}"""


@pytest.fixture
def look(open_browser: Opener) -> Callable[..., Page]:
    """Return a function that opens a browser in which scripts of ours may be added to a page."""
    if not AXE.exists():
        missing("axe-core", "`make setup-dev` fetches it.")

    def open_page(cookies: dict[str, str] | None = None, *, address: str) -> Page:
        context = open_browser(LAPTOP, bypass_csp=True, reduced_motion="reduce")
        for name, value in (cookies or {}).items():
            context.add_cookies([{"name": name, "value": value, "url": address}])
        return context.new_page()

    return open_page


def complaints(page: Page) -> list[str]:
    """Return what axe finds in every look of the page: the rule, where, and why."""
    page.evaluate(AXE.read_text())
    found: list[str] = []
    for size in (PHONE, LAPTOP):
        page.set_viewport_size(size)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            violations: list[dict[str, Any]] = page.evaluate(LOOK, RULES)
            found += [
                f"{page.url} {scheme} {size['width']}: {rule['id']}: {node['html']}"
                f" {node['failureSummary']}"
                for rule in violations
                for node in rule["nodes"]
            ]
    return found


@dataclass(frozen=True)
class Fair:
    """A fair in full swing, on whose pages everything is to be seen that they can show."""

    owner: Account
    event: Event
    guest: Registration
    pairing: str


def a_fair() -> Fair:
    owner = an_account()
    event = an_event(owner, title="Fair", description="Bring a cup.", capacity=7)
    guest = a_registration(
        event, name="Ada Lovelace", group="Miller", offers="hydraulic presses", seeks="sawdust"
    )
    others = [
        a_registration(
            event, name=f"Guest {number}", company="Mill", offers="sawdust", seeks="presses"
        )
        for number in range(6)
    ]
    a_registration(event, name="Wanda Waits")
    accept(ask(others[0], guest), guest)
    ask(others[1], guest)
    ask(guest, others[2])
    keep_apart(event, others[3], others[4])
    try_rules(event, Rules(closed=frozenset({("", "Miller")})))
    db.session.commit()
    find_out(event)
    a_device(event)
    move_contacts(event)
    db.session.commit()
    refresh_suggestions(event)
    deliver_due()
    failed = db.session.query(Letter).where(Letter.address == guest.email).first()
    assert failed is not None
    failed.state = LetterState.FAILED
    device, pairing = a_device_with_token(event, name="Phone at the door")
    for scanned in (others[0], others[0], guest):
        record_scan(event, scan_id=uuid4(), code=badge_of(scanned), secret=SECRET, device=device)
    db.session.commit()
    return Fair(owner, event, guest, pairing)


def keys_of(app: Flask, fair: Fair) -> dict[str, str]:
    """Return the cookies of one who is guest, organiser and steward at once."""
    browser = app.test_client()
    person = db.session.get_one(Person, fair.guest.person_id)
    with browser.session_transaction() as session:
        guest = fair.guest
        opened = [guest.uid.hex, guest.ticket_version, guest.session_version]
        session["tickets"] = {fair.event.slug: opened}
        session["person"] = [person.id, person.session_version]
        session["_user_id"] = fair.owner.fs_uniquifier
        session["_fresh"] = True
        session["fs_cc"] = "set"
        session["fs_paa"] = now().timestamp()
    cookie = browser.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    return {cookie.key: cookie.value, "door": fair.pairing}


def test_no_page_shuts_anybody_out(live_app: Flask, look: Callable[..., Page]):
    with live_app.app_context():
        fair = a_fair()
        keys = keys_of(live_app, fair)
        ticket, badge = ticket_of(fair.guest), badge_of(fair.guest)
    organise = "/organise/events/fair"
    public = ["/", "/e/fair", f"/T/{ticket}", f"/B/{badge}", "/sign-in", "/account/sign-in", "/no"]
    private = [
        "/my/fair", "/my/fair/profile", "/my/fair/contacts", "/network", "/door", "/organise",
        "/network/home", "/network/devices", "/network/known", "/network/picture",
        "/network/mine", "/my/fair/data",
        *(organise + page for page in (
            "", "/registrations", "/import", "/badges", "/matching", "/matching/rules", "/figures",
            "/letters",
            "/settings", "/questions", "/team",
            "/door", "/tokens", "/closing", "/door/guests?q=guest", "/door/lanes",
            "/door/paper?lanes=2", "/door/test-code",
        )),
    ]  # fmt: skip

    found = []
    with served(live_app) as address:
        for cookies, paths in (({}, public), (keys, private)):
            page = look(cookies, address=address)
            for path in paths:
                answer = page.goto(address + path)
                assert answer is not None
                assert answer.status == (404 if path == "/no" else 200), path
                assert page.url == address + path
                found += complaints(page)
        page.goto(f"{address}{organise}/door")
        page.get_by_role("button", name="Make a pairing link").click()
        expect(page.get_by_text("Give the device a name.").first).to_be_visible()
        found += complaints(page)

    assert found == []


def test_the_check_sees_what_shuts_people_out(live_app: Flask, look: Callable[..., Page]):
    with served(live_app) as address:
        page = look(address=address)
        page.goto(address)
        page.evaluate(
            """document.querySelector("main").innerHTML +=
              '<img src="/static/favicon.svg"><p style="color: #222">Black on dark</p>'"""
        )
        found = complaints(page)

    looks = {
        rule: {each.split(": ")[0].removeprefix(f"{address}/ ") for each in found if rule in each}
        for rule in (": image-alt: ", ": color-contrast: ")
    }
    assert looks == {
        ": image-alt: ": {"light 360", "dark 360", "light 1280", "dark 1280"},
        ": color-contrast: ": {"dark 360", "dark 1280"},
    }
