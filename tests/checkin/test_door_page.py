"""The door in a real browser: camera, handheld scanner, typing, and a network that goes away."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, Playwright, Route, expect
from playwright.sync_api import Error as PlaywrightError

from eventmatch.checkin.actions import create_device, revoke_device
from eventmatch.checkin.models import Device, QuarantinedScan, QuarantineReason
from eventmatch.db import db
from eventmatch.events.models import Event
from eventmatch.registration.models import Registration
from eventmatch.registration.queries import badge_short_code
from tests.browser import (
    PHONE,
    chromium,
    film,
    live_app,
    open_browser,
    playwright_driver,
    served,
    until,
)
from tests.checkin.conftest import all_scans
from tests.checkin.films import qr_picture
from tests.factories import SECRET, a_registration, badge_of

__all__ = ["live_app", "open_browser", "playwright_driver"]

pytestmark = pytest.mark.browser

Opener = Callable[..., BrowserContext]


class Bug(NamedTuple):
    """A line of a script of the door as it should not be, for a test to see."""

    file: str
    line: str
    instead: str

    def plant(self, route: Route) -> None:
        answer = route.fetch()
        text = answer.text()
        assert self.line in text
        route.fulfill(response=answer, body=text.replace(self.line, self.instead))


class Door:
    """A served event with one guest, and a way to open its door."""

    def __init__(self, app: Flask, address: str, open_browser: Opener) -> None:
        self.app, self.address, self._open_browser = app, address, open_browser
        with app.app_context():
            self.guest = a_registration(name="Zoë Müller")
            self.event: Event = self.guest.event
            self.badge = badge_of(self.guest)
            self.short_code = badge_short_code(self.guest, 1, secret=SECRET)

    def another_guest(self, name: str) -> str:
        """Return the badge of one more guest."""
        with self.app.app_context():
            guest: Registration = a_registration(
                db.session.get_one(Event, self.event.id), name=name
            )
            return badge_of(guest)

    def opened(self, *, script: str = "", bug: Bug | None = None, **options: object) -> Page:
        """Return the page of a browser that was just paired by its link.

        `script` runs before those of the page; `bug` changes a line of one of them.
        """
        with self.app.app_context():
            event = db.session.get_one(Event, self.event.id)
            _device, code = create_device(event, name="device 3", gate="North", secret=SECRET)
            db.session.commit()
        page = self._open_browser(PHONE, may_break=bug is not None, **options).new_page()
        if script:
            page.add_init_script(script)
        if bug:
            page.route(f"**/js/door/{bug.file}", lambda route: bug.plant(route))
        page.goto(f"{self.address}/door/pair/{code}")
        page.get_by_role("button", name="Pair this device").click()
        has_scripts = options.get("java_script_enabled", True)
        ready = "badge-scanner[ready]" if has_scripts else "badge-scanner"
        expect(page.locator(ready)).to_be_attached()
        if has_scripts:  # what it keeps for offline use is there: keys are not held up by it
            until(page, "navigator.serviceWorker.ready.then(() => true)")
        return page

    def stored(self) -> list[tuple[UUID, str]]:
        """Return id and verdict of every scan in the database."""
        with self.app.app_context():
            return [(scan.id, scan.verdict.value) for scan in all_scans()]


@pytest.fixture
def door(live_app: Flask, open_browser: Opener) -> Iterator[Door]:
    with served(live_app) as address:
        yield Door(live_app, address, open_browser)


def verdict(page: Page, kind: str):
    return page.locator(f'.door__verdict [data-verdict="{kind}"]')


def type_as_a_scanner(page: Page, code: str, *, enter: bool = True) -> None:
    page.keyboard.type(code, delay=2)
    if enter:
        page.keyboard.press("Enter")


def type_as_a_person(page: Page, code: str) -> None:
    page.keyboard.type(code, delay=120)
    page.keyboard.press("Enter")


def test_a_badge_before_the_camera_is_answered_with_the_name(door: Door, tmp_path: Path):
    picture = qr_picture(f"HTTP://LOCALHOST/B/{door.badge}")
    page = door.opened(film=film(tmp_path / "camera.y4m", picture))
    blocked: list[str] = []
    page.on("console", lambda message: blocked.append(message.text))

    # The camera was allowed before, so it starts by itself.
    expect(verdict(page, "admitted")).to_contain_text("Zoë M")
    expect(page.locator("[data-log] .scan-line__name").first).to_have_text(
        "Zoë Müller", timeout=20_000
    )
    page.wait_for_timeout(3000)
    expect(page.locator("[data-unsent]")).to_be_hidden(timeout=20_000)
    assert [kind for _id, kind in door.stored()] == ["admitted"]  # held still, it is one scan
    assert [text for text in blocked if "Content Security Policy" in text] == []


@pytest.mark.parametrize("enter", [True, False])
def test_a_handheld_scanner_is_heard_without_the_focus(door: Door, enter: bool):
    page = door.opened()

    type_as_a_scanner(page, f"HTTP://LOCALHOST/B/{door.badge}", enter=enter)

    expect(verdict(page, "admitted")).to_contain_text("Zoë M")
    expect(page.locator("[data-unsent]")).to_be_hidden(timeout=20_000)
    assert len(door.stored()) == 1


def test_a_handheld_scanner_that_types_into_the_field_scans_once(door: Door):
    page = door.opened()
    field = page.get_by_label("Code under the QR code")
    field.focus()

    type_as_a_scanner(page, door.badge)

    expect(verdict(page, "admitted")).to_contain_text("Zoë M")
    expect(field).to_have_value("")
    page.wait_for_timeout(300)
    expect(page.locator("[data-unsent]")).to_be_hidden(timeout=20_000)
    assert len(door.stored()) == 1


def test_a_person_types_the_short_code(door: Door):
    page = door.opened()
    page.get_by_label("Code under the QR code").focus()

    type_as_a_person(page, f"{door.short_code[:4]}-{door.short_code[4:]}".lower())

    expect(verdict(page, "admitted")).to_contain_text("Zoë M")


def test_an_answer_goes_away_by_itself_or_by_a_tap_and_never_blocks_the_next(door: Door):
    other = door.another_guest("Ada Lovelace")
    page = door.opened()

    type_as_a_scanner(page, door.badge)
    expect(verdict(page, "admitted")).to_contain_text("Zoë M")
    type_as_a_scanner(page, other)
    expect(verdict(page, "admitted")).to_contain_text("Ada L")
    page.locator(".door__verdict").click()
    expect(page.locator(".door__verdict")).to_be_empty()
    type_as_a_scanner(page, "NOTHING OF OURS")
    expect(verdict(page, "unknown")).to_be_visible()
    expect(page.locator(".door__verdict")).to_be_empty(timeout=4000)


def test_out_is_out_and_the_number_of_people_inside_follows(door: Door):
    page = door.opened()

    type_as_a_scanner(page, door.badge)
    expect(page.locator("[data-inside]")).to_have_text("1", timeout=8000)
    page.wait_for_timeout(2100)
    page.get_by_label("Out").check(force=True)
    type_as_a_scanner(page, door.badge)

    expect(verdict(page, "gone_out")).to_contain_text("Zoë M")
    expect(page.locator("[data-inside]")).to_have_text("0", timeout=8000)


def offline(page: Page, kind: str):
    return verdict(page, kind).filter(has=page.locator(".scan__offline:visible"))


def test_without_the_network_the_device_answers_by_itself_and_nothing_is_lost(door: Door):
    other = door.another_guest("Ada Lovelace")
    page = door.opened()
    page.context.set_offline(True)

    type_as_a_scanner(page, door.badge)
    expect(offline(page, "admitted")).to_contain_text("Zoë M.")
    type_as_a_scanner(page, other)
    expect(offline(page, "admitted")).to_contain_text("Ada L.")
    page.wait_for_timeout(2100)
    type_as_a_scanner(page, door.badge)
    expect(offline(page, "already_in")).to_contain_text("Here, just now.")
    type_as_a_scanner(page, "0" * 26)
    expect(offline(page, "unknown")).to_be_visible()
    expect(page.locator("[data-count]")).to_have_text("4")
    expect(page.locator("[data-offline]")).to_be_visible()
    assert door.stored() == []

    page.context.set_offline(False)

    expect(page.locator("[data-unsent]")).to_be_hidden(timeout=20_000)
    expect(page.locator("[data-online]")).to_be_visible()
    expect(page.locator("[data-log]")).to_contain_text("Ada Lovelace")
    assert sorted(kind for _id, kind in door.stored()) == [
        "admitted", "admitted", "already_in", "unknown",
    ]  # fmt: skip


def test_the_page_opens_without_network_and_still_scans(door: Door):
    page = door.opened()
    until(
        page,
        "caches.keys().then(async (names) => names.length && "
        "(await (await caches.open(names[0])).match('/door/shell')) !== undefined)",
    )
    expect(page.locator("[data-holds]")).to_be_visible()
    page.context.set_offline(True)

    page.reload()

    expect(page.locator("badge-scanner[ready]")).to_be_attached()
    expect(page.locator("[data-gate]")).to_have_text("North")
    type_as_a_scanner(page, door.badge)
    expect(offline(page, "admitted")).to_contain_text("Zoë M.")
    expect(page.locator("[data-count]")).to_have_text("1")
    kept = page.evaluate(
        "caches.keys().then(async (names) => { let text = ''; for (const name of names) {"
        " const store = await caches.open(name); for (const request of await store.keys())"
        " text += await (await store.match(request, {ignoreVary: true})).text(); } return text; })"
    )
    assert "Zoë" not in kept
    assert "csrf_token" not in kept

    page.context.set_offline(False)
    expect(page.locator("[data-unsent]")).to_be_hidden(timeout=20_000)
    assert [kind for _id, kind in door.stored()] == ["admitted"]


def test_a_scan_whose_answer_was_lost_is_sent_again_under_the_same_id(door: Door):
    page = door.opened()
    asked: list[str] = []

    def lose_the_first_answer(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) == 1:
            route.fetch()  # the server has it, the device never hears so
            route.abort()
        else:
            route.continue_()

    page.route("**/door/scans/*", lose_the_first_answer)
    type_as_a_scanner(page, door.badge)

    expect(offline(page, "admitted")).to_be_visible()
    expect(page.locator("[data-log]")).to_contain_text("Zoë Müller", timeout=20_000)
    assert len(set(asked)) == 1
    assert len(asked) >= 2
    expect(page.locator("[data-unsent]")).to_be_hidden(timeout=20_000)
    assert [kind for _id, kind in door.stored()] == ["admitted"]


@pytest.mark.parametrize(
    "answer",
    [
        {"body": "<h1>Welcome, guest</h1>", "content_type": "text/html"},
        {"status": 302, "headers": {"Location": "/elsewhere"}},
        {"body": '{"scan": "cut'},
    ],
    ids=["a page", "a redirect", "a cut answer"],
)
def test_a_login_page_of_the_halls_network_is_no_answer(door: Door, answer: dict[str, str]):
    page = door.opened()
    page.route("**/door/*/*", lambda route: route.fulfill(**answer))
    page.route("**/door/deliveries", lambda route: route.fulfill(**answer))

    type_as_a_scanner(page, door.badge)
    expect(offline(page, "admitted")).to_be_visible()
    expect(page.locator("[data-count]")).to_have_text("1")
    expect(page.locator("[data-offline]")).to_be_visible()
    page.unroute("**/door/*/*")
    page.unroute("**/door/deliveries")

    expect(page.locator("[data-unsent]")).to_be_hidden(timeout=20_000)
    assert [kind for _id, kind in door.stored()] == ["admitted"]


def test_what_was_not_sent_survives_a_reload(door: Door):
    page = door.opened()
    page.route("**/door/scans/*", lambda route: route.abort())
    type_as_a_scanner(page, door.badge)
    expect(page.locator("[data-count]")).to_have_text("1")
    page.unroute("**/door/scans/*")

    page.reload()

    expect(page.locator("[data-log]")).to_contain_text("Zoë Müller", timeout=20_000)
    expect(page.locator("[data-unsent]")).to_be_hidden(timeout=20_000)
    assert [kind for _id, kind in door.stored()] == ["admitted"]


def test_what_a_revoked_device_scans_lets_nobody_in_and_is_kept_aside(door: Door):
    page = door.opened()
    with door.app.app_context():
        revoke_device(db.session.scalars(db.select(Device)).one())
        db.session.commit()

    type_as_a_scanner(page, door.badge)

    expect(page.locator("[data-is-unpaired]")).to_be_visible()
    expect(verdict(page, "admitted")).to_have_count(0)
    expect(page.locator("[data-unsent]")).to_be_hidden()
    assert door.stored() == []
    with door.app.app_context():
        [aside] = db.session.scalars(db.select(QuarantinedScan))
        assert aside.reason is QuarantineReason.REVOKED


def test_a_device_that_cannot_store_lets_nobody_in(door: Door):
    page = door.opened()
    page.evaluate(
        "() => { IDBObjectStore.prototype.put ="
        " () => { throw new DOMException('full', 'QuotaExceededError'); }; }"
    )

    type_as_a_scanner(page, door.badge)

    expect(page.locator("[data-not-stored]")).to_be_visible()
    expect(verdict(page, "admitted")).to_have_count(0)
    assert door.stored() == []


def test_a_second_tab_says_that_the_door_is_open_elsewhere_and_can_take_over(door: Door):
    page = door.opened()
    second = page.context.new_page()
    second.goto(f"{door.address}/door")

    expect(second.locator("[data-elsewhere]")).to_be_visible()
    second.get_by_role("button", name="Scan here instead").click()

    expect(second.locator("badge-scanner[ready]")).to_be_attached()
    expect(page.locator("[data-elsewhere]")).to_be_visible()
    type_as_a_scanner(second, door.badge)
    expect(verdict(second, "admitted")).to_be_visible()


def test_a_badge_that_the_phones_own_camera_opens_is_a_scan_on_a_paired_device(door: Door):
    page = door.opened()

    page.goto(f"{door.address}/B/{door.badge}")

    expect(verdict(page, "admitted")).to_contain_text("Zoë M")
    expect(page).to_have_url(f"{door.address}/door")
    expect(page.locator("[data-unsent]")).to_be_hidden(timeout=20_000)
    assert [kind for _id, kind in door.stored()] == ["admitted"]


def test_a_scan_is_taken_back_with_a_reason_and_the_guest_may_come_again(door: Door):
    page = door.opened()
    type_as_a_scanner(page, door.badge)
    expect(verdict(page, "admitted")).to_be_visible()
    page.locator(".door__verdict").click()

    page.locator("[data-log] [data-undo]").first.click()
    page.get_by_role("button", name="Scanned by mistake").click()

    expect(page.locator("[data-log] [data-undone]")).to_be_visible()
    expect(page.locator("[data-inside]")).to_have_text("0", timeout=8000)
    page.wait_for_timeout(2100)
    type_as_a_scanner(page, door.badge)
    expect(verdict(page, "admitted")).to_be_visible()
    expect(page.locator("[data-unsent]")).to_be_hidden(timeout=20_000)
    assert [kind for _id, kind in door.stored()] == ["admitted", "undone", "admitted"]


def test_another_gates_entry_is_known_within_five_seconds(door: Door):
    north, south = door.opened(), door.opened()
    type_as_a_scanner(north, door.badge)
    expect(verdict(north, "admitted")).to_be_visible()

    expect(south.locator("[data-inside]")).to_have_text("1", timeout=5000)
    type_as_a_scanner(south, door.badge)
    expect(verdict(south, "already_in")).to_contain_text("gate North, device 3")


def test_a_browser_that_is_killed_right_after_the_answer_loses_nothing(
    door: Door, playwright_driver: Playwright, tmp_path: Path
):
    def pair(page: Page) -> None:
        with door.app.app_context():
            event = db.session.get_one(Event, door.event.id)
            _device, code = create_device(event, name="device 3", gate="North", secret=SECRET)
            db.session.commit()
        page.goto(f"{door.address}/door/pair/{code}")
        page.get_by_role("button", name="Pair this device").click()

    def start() -> BrowserContext:
        return playwright_driver.chromium.launch_persistent_context(
            tmp_path / "profile", executable_path=chromium(), args=["--no-sandbox"]
        )

    context = start()
    page = context.pages[0]
    pair(page)
    expect(page.locator("[data-holds]")).to_be_visible()
    page.wait_for_timeout(500)
    page.route("**/door/scans/*", lambda route: route.abort())
    page.route("**/door/deliveries", lambda route: route.abort())
    type_as_a_scanner(page, door.badge)
    expect(offline(page, "admitted")).to_be_visible()
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if str(tmp_path / "profile").encode() in process.read_bytes():
                os.kill(int(process.parent.name), signal.SIGKILL)
    with suppress(PlaywrightError):
        context.close()
    (tmp_path / "profile" / "SingletonLock").unlink(missing_ok=True)

    again = start()
    pair(again.pages[0])  # the browser writes cookies every half minute only

    expect(again.pages[0].locator("[data-log]")).to_contain_text("Zoë Müller", timeout=20_000)
    again.close()
    assert [kind for _id, kind in door.stored()] == ["admitted"]


def test_a_camera_that_is_refused_is_explained(door: Door):
    page = door.opened()

    page.get_by_role("button", name="Start the camera").click()

    expect(page.locator("[data-problem]:visible")).to_contain_text("the code under the QR code")


def test_without_scripts_a_code_is_typed_and_answered(door: Door):
    page = door.opened(java_script_enabled=False)

    page.get_by_label("Code under the QR code").fill(door.short_code)
    page.get_by_role("button", name="Check").click()

    expect(page.locator('[data-verdict="admitted"]')).to_contain_text("Zoë Müller")
    page.get_by_role("link", name="Back to the camera").click()
    expect(page.locator("[data-log]")).to_contain_text("Zoë Müller")
