"""Lead, kiosk and a device's check in a real browser."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect

from eventmatch.badges.printing import print_badges
from eventmatch.badges.sheet import Layout
from eventmatch.checkin.actions import create_device
from eventmatch.checkin.devices import set_pin
from eventmatch.checkin.models import DeviceRole
from eventmatch.checkin.trial import trial_code, trial_short_code
from eventmatch.db import db
from eventmatch.events.models import Event
from eventmatch.registration.models import Registration
from tests.badges.paper import codes_on, photograph
from tests.browser import PHONE, film, live_app, open_browser, playwright_driver, served, until
from tests.checkin.conftest import all_scans
from tests.checkin.desks import PIN
from tests.checkin.films import qr_picture
from tests.factories import SECRET, a_registration, ticket_of
from tests.journeys.test_accessibility import complaints

__all__ = ["live_app", "open_browser", "playwright_driver"]

pytestmark = pytest.mark.browser

TABLET: ViewportSize = {"width": 1024, "height": 768}
Opener = Callable[..., BrowserContext]


class Venue:
    """A served event with one guest, and devices in every role."""

    def __init__(self, app: Flask, address: str, open_browser: Opener) -> None:
        self.app, self.address, self._open_browser = app, address, open_browser
        with app.app_context():
            guest = a_registration(name="Zoë Müller", company="Neue Werft")
            self.event_id, self.slug = guest.event_id, guest.event.slug
            self.ticket = ticket_of(guest)

    def opened(self, role: DeviceRole, size: ViewportSize = PHONE, **options: Any) -> Page:
        """Return the page of a browser that was just paired in this role."""
        with self.app.app_context():
            event = db.session.get_one(Event, self.event_id)
            device, code = create_device(
                event, name="device 9", gate="North", role=role, secret=SECRET
            )
            set_pin(device, PIN, secret=SECRET)
            db.session.commit()
        page = self._open_browser(size, **options).new_page()
        page.goto(f"{self.address}/door/pair/{code}")
        page.get_by_role("button", name="Pair this device").click()
        page.wait_for_url("**/door/kiosk" if role is DeviceRole.KIOSK else "**/door")
        return page

    def unlocked(self, **options: Any) -> Page:
        """Return the search page of a lead who has entered the PIN."""
        page = self.opened(DeviceRole.LEAD, **options)
        page.get_by_role("link", name="Guests").click()
        page.get_by_label("PIN").fill(PIN)
        page.keyboard.press("Enter")
        expect(page.get_by_role("searchbox")).to_be_visible()
        return page

    def names(self) -> list[str]:
        """Return who is registered."""
        with self.app.app_context():
            return list(db.session.scalars(db.select(Registration.name).order_by(Registration.id)))

    def count_scans(self) -> int:
        with self.app.app_context():
            return len(all_scans())


@pytest.fixture
def venue(live_app: Flask, open_browser: Opener) -> Iterator[Venue]:
    with served(live_app) as address:
        yield Venue(live_app, address, open_browser)


def test_a_lead_types_a_name_and_lets_the_guest_in(venue: Venue):
    page = venue.unlocked()

    page.get_by_role("searchbox").press_sequentially("mulle", delay=20)
    page.get_by_role("button", name="Let in Zoë Müller").click()

    expect(page.locator('[data-verdict="admitted"]')).to_contain_text("Zoë Müller")
    assert venue.count_scans() == 1


def test_the_list_blanks_itself_when_nobody_touches_it(venue: Venue):
    page = venue.unlocked()
    page.clock.install()
    page.goto(f"{venue.address}/door/guests?q=muller")
    expect(page.get_by_text("Zoë Müller")).to_be_visible()

    page.clock.run_for(170_000)
    page.mouse.wheel(0, 10)
    page.keyboard.press("Shift")
    page.clock.run_for(170_000)
    expect(page.get_by_text("Zoë Müller")).to_be_visible()
    page.clock.run_for(15_000)

    page.wait_for_url("**/door/pin")
    expect(page.get_by_text("Zoë Müller")).to_have_count(0)
    page.go_back()
    expect(page.get_by_text("Zoë Müller")).to_have_count(0)


def test_without_network_the_list_is_blank_all_the_same(venue: Venue):
    page = venue.unlocked()
    page.clock.install()
    page.goto(f"{venue.address}/door/guests?q=muller")
    page.context.set_offline(True)

    page.clock.run_for(185_000)

    expect(page.get_by_text("Zoë Müller")).to_have_count(0)


def test_a_walk_in_without_network_is_let_in_and_registered_later(venue: Venue):
    page = venue.opened(DeviceRole.LEAD)
    expect(page.locator("badge-scanner[ready]")).to_be_attached()
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    page.context.set_offline(True)
    expect(page.locator("[data-offline]").first).to_be_visible(timeout=10_000)

    page.get_by_role("link", name="Walk-in").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Nora Späth")
    dialog.get_by_label("Mail address").fill("nora@example.org")
    dialog.get_by_role("button", name="Let in").click()
    answer = page.locator(".door__verdict [data-verdict='admitted']")
    expect(answer).to_contain_text("Nora Späth")
    expect(answer).to_contain_text("Kept on this device")
    assert venue.names() == ["Zoë Müller"]

    page.reload()  # what was kept survives the page, which opens without network
    expect(page.locator("[data-count]")).to_have_text("1")
    page.context.set_offline(False)

    expect(page.locator("[data-unsent]")).to_be_hidden(timeout=15_000)
    assert venue.names() == ["Zoë Müller", "Nora Späth"]
    assert venue.count_scans() == 1


def test_a_guest_shows_the_ticket_to_the_kiosk_prints_and_leaves(venue: Venue, tmp_path: Path):
    ticket = qr_picture(f"{venue.address}/T/{venue.ticket}".upper(), module=6)
    page = venue.opened(DeviceRole.KIOSK, TABLET, film=film(tmp_path / "ticket.y4m", ticket))

    expect(page.get_by_role("heading", name="Welcome, Zoë Müller!")).to_be_visible()
    picture = page.get_by_role("img", name="Your badge: Zoë Müller, Neue Werft")
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 300
    page.clock.install()
    page.add_init_script("window.print = () => sessionStorage.setItem('printed', 'yes')")
    page.get_by_role("button", name="Print my badge").click()

    expect(page.get_by_role("heading", name="Your badge is being printed")).to_be_visible()
    until(page, "sessionStorage.getItem('printed') === 'yes'")
    page.context.clear_permissions()  # or the camera would see the ticket again
    page.clock.run_for(16_000)
    page.wait_for_url("**/door/kiosk?lang=*", wait_until="commit")
    expect(page.get_by_text("Zoë")).to_have_count(0)
    assert venue.count_scans() == 1


def test_the_printed_page_is_the_label_and_nothing_else(venue: Venue):
    page = venue.unlocked()
    page.add_init_script("window.print = () => {}")
    page.goto(f"{venue.address}/door/guests?q=muller")
    page.get_by_role("link", name="Badge and name of Zoë Müller").click()
    page.get_by_role("button", name="Print the badge").click()
    page.wait_for_url("**/badge")
    page.locator("img").evaluate("image => image.decode()")

    pdf = page.pdf(prefer_css_page_size=True, print_background=True)

    [sheet] = photograph(pdf)
    height, width = sheet.shape
    assert [round(side / 150 * 25.4) for side in (width, height)] == [100, 62]
    with venue.app.app_context():
        event = db.session.get_one(Event, venue.event_id)
        drawn = print_badges(
            event, Layout.LABEL, secret=SECRET, base_url=venue.address, both_faces=False
        )
    assert codes_on(sheet) == codes_on(photograph(drawn)[0]) != []


def test_a_device_shows_that_it_is_ready_and_what_is_not(venue: Venue, tmp_path: Path):
    code = trial_code(SECRET, venue.slug)
    picture = qr_picture(f"{venue.address}/B/{code}".upper(), module=6)
    page = venue.opened(DeviceRole.STEWARD, film=film(tmp_path / "code.y4m", picture))
    expect(page.locator("badge-scanner[ready]")).to_be_attached()
    expect(page.locator("[data-holds]")).to_be_visible()
    page.goto(f"{venue.address}/door/check")  # the verdict on the film may lie over the link

    def line(name: str):
        return page.locator(f"[data-check='{name}']")

    for name in ("network", "clock", "offline", "set"):
        expect(line(name)).to_have_attribute("data-state", "good")
    for name in ("camera", "code"):
        expect(line(name)).to_have_attribute("data-state", "good")
    page.get_by_role("button", name="I have heard it").click()
    expect(line("sound")).to_have_attribute("data-state", "good")


def test_a_wrong_clock_is_noticed_and_a_typed_test_code_is_enough(venue: Venue):
    page = venue.opened(DeviceRole.STEWARD)
    page.clock.set_system_time("2031-01-01T00:00:00Z")
    page.goto(f"{venue.address}/door/check")

    clock = page.locator("[data-check='clock']")
    expect(clock).to_have_attribute("data-state", "bad")
    expect(clock).to_contain_text("wrong by more than a minute")
    page.get_by_label("Test code").fill(trial_short_code(SECRET, venue.slug))
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.locator("[data-check='code']")).to_have_attribute("data-state", "good")


def test_axe_finds_nothing_on_the_pages_of_lead_and_kiosk(venue: Venue):
    lead = venue.unlocked(bypass_csp=True, reduced_motion="reduce")
    found = []
    for path in ("guests?q=muller", "walk-in", "paper?lanes=2", "check"):
        lead.goto(f"{venue.address}/door/{path}")
        found += complaints(lead)
    lead.goto(f"{venue.address}/door/guests?q=muller")
    lead.get_by_role("link", name="Badge and name of Zoë Müller").click()
    found += complaints(lead)
    kiosk = venue.opened(DeviceRole.KIOSK, TABLET, bypass_csp=True, reduced_motion="reduce")
    found += complaints(kiosk)
    kiosk.get_by_label("Or type the code under it").fill(venue.ticket)
    kiosk.keyboard.press("Enter")
    expect(kiosk.get_by_role("heading", name="Welcome, Zoë Müller!")).to_be_visible()
    found += complaints(kiosk)
    kiosk.goto(f"{venue.address}/door/kiosk/exit")
    found += complaints(kiosk)

    assert found == []


def test_without_network_a_lead_lets_in_an_unknown_badge_with_a_note(venue: Venue):
    page = venue.opened(DeviceRole.LEAD)
    expect(page.locator("[data-holds]")).to_be_visible()
    page.context.set_offline(True)
    page.keyboard.type("0" * 26, delay=2)
    page.keyboard.press("Enter")
    expect(page.locator('.door__verdict [data-verdict="unknown"]')).to_be_visible()
    page.locator(".door__verdict").click()

    page.locator("[data-log]").get_by_role("button", name="Let in").click()
    page.get_by_label("Who is it, and why?").fill("Speaker, forgot the badge")
    page.get_by_role("dialog").get_by_role("button", name="Let in").click()

    answer = page.locator('.door__verdict [data-verdict="admitted"]')
    expect(answer).to_contain_text("Speaker, forgot the badge")
    assert venue.count_scans() == 0
    page.context.set_offline(False)
    expect(page.locator("[data-unsent]")).to_be_hidden(timeout=20_000)
    with venue.app.app_context():
        unknown, let_in = all_scans()
        assert (unknown.verdict.value, let_in.verdict.value) == ("unknown", "admitted")
        assert (let_in.judged.value, let_in.note) == ("unknown", "Speaker, forgot the badge")
    page.goto(f"{venue.address}/door/conflicts")
    page.get_by_label("PIN").fill(PIN)
    page.keyboard.press("Enter")
    expect(page.get_by_role("searchbox")).to_be_visible()
    page.goto(f"{venue.address}/door/conflicts")
    expect(page.get_by_text("Speaker, forgot the badge")).to_be_visible()


def test_a_steward_lets_in_no_unknown_badge(venue: Venue):
    page = venue.opened(DeviceRole.STEWARD)
    expect(page.locator("[data-holds]")).to_be_visible()
    page.context.set_offline(True)

    page.keyboard.type("0" * 26, delay=2)
    page.keyboard.press("Enter")

    expect(page.locator("[data-log] .scan--unknown")).to_be_visible()
    expect(page.locator("[data-log]").get_by_role("button", name="Let in")).to_have_count(0)
