"""The door in a real browser while things go wrong; beside each fault a bug that is to be seen."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from time import sleep

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect
from playwright.sync_api import Error as PlaywrightError

from eventmatch.app import create_app
from eventmatch.checkin.models import Attendance, Conflict, QuarantinedScan, QuarantineReason
from eventmatch.clock import now
from eventmatch.db import db
from tests.browser import live_app, open_browser, playwright_driver, served
from tests.checkin.conftest import all_scans
from tests.checkin.test_door_page import Bug, Door, offline, type_as_a_scanner, verdict
from tests.conftest import settings_for

__all__ = ["live_app", "open_browser", "playwright_driver"]

pytestmark = pytest.mark.browser

Opener = Callable[..., BrowserContext]

ANY_200_IS_AN_ANSWER = Bug("delivery.js", "(content?.scan ?? content?.id) === id", "true")
ONLY_IN_MEMORY = "IDBObjectStore.prototype.getAll = function () { return this.getAllKeys(''); };"
A_NEW_ID_EACH_TIME = Bug(
    "device.js",
    'this.#ask("PUT", entry.url, entry.body)',
    'this.#ask("PUT", entry.url.slice(0, -36) + newId(), entry.body)',
)
NO_OFFSET = Bug("talk.js", "this.offset = Math", "this.forgotten = Math")
ANSWERS_ARE_KEPT = Bug(
    "device.js",
    "const { answer } = found;",
    'const { answer } = found; this.store.set("last", answer);',
)
GOES_ON_WITHOUT_STORING = Bug(
    "queue.js",
    "const entry = await this.#store.record(make);",
    "const entry = await this.#store.record(make).catch(() => make({ epoch: null, seq: null }));",
)


@pytest.fixture
def door(live_app: Flask, open_browser: Opener) -> Iterator[Door]:
    with served(live_app) as address:
        yield Door(live_app, address, open_browser)


def cut_off(page: Page) -> None:
    """Let nothing that was scanned reach the server."""
    page.route("**/door/scans/*", lambda route: route.abort())
    page.route("**/door/deliveries", lambda route: route.abort())


def connected_again(page: Page) -> None:
    page.unroute("**/door/scans/*")
    page.unroute("**/door/deliveries")
    expect(page.locator("[data-unsent]")).to_be_hidden(timeout=20_000)


def test_planted_bug_that_takes_any_page_for_an_answer_is_seen(door: Door):
    page = door.opened(bug=ANY_200_IS_AN_ANSWER)
    page.route("**/door/scans/*", lambda route: route.fulfill(body="<h1>Welcome</h1>"))

    type_as_a_scanner(page, door.badge)

    expect(page.locator("[data-log] li")).to_have_count(0)
    page.wait_for_timeout(500)
    expect(page.locator("[data-unsent]")).to_be_hidden()
    assert door.stored() == []  # the device has forgotten what nobody has


def test_planted_bug_that_keeps_scans_in_memory_is_seen(door: Door):
    page = door.opened(script=ONLY_IN_MEMORY)
    cut_off(page)
    type_as_a_scanner(page, door.badge)
    expect(page.locator("[data-count]")).to_have_text("1")

    page.reload()

    expect(page.locator("badge-scanner[ready]")).to_be_attached()
    connected_again(page)
    assert door.stored() == []


def test_planted_bug_that_gives_a_scan_a_new_id_each_time_is_seen(door: Door):
    page = door.opened(bug=A_NEW_ID_EACH_TIME)

    type_as_a_scanner(page, door.badge)

    page.locator("[data-send]").dispatch_event("click")  # the verdict may lie over it
    expect(page.locator("[data-inside]")).to_have_text("1", timeout=8000)
    expect(page.locator("[data-unsent]")).to_be_hidden(timeout=20_000)
    assert len(door.stored()) == 1  # the number of the scan was taken: the database itself sees it
    with door.app.app_context():
        aside = db.session.scalars(db.select(QuarantinedScan)).all()
        assert {one.reason for one in aside} == {QuarantineReason.SEQ_REUSED}


def test_planted_bug_of_a_page_without_its_worker_is_seen(door: Door):
    page = door.opened()
    page.evaluate(
        "navigator.serviceWorker.getRegistrations()"
        ".then((all) => Promise.all(all.map((one) => one.unregister())))"
    )
    page.context.set_offline(True)

    with pytest.raises(PlaywrightError):
        page.reload()


def test_planted_bug_that_goes_on_without_storing_is_seen(door: Door):
    page = door.opened(bug=GOES_ON_WITHOUT_STORING)
    page.evaluate("() => { IDBObjectStore.prototype.put = () => { throw new Error('full'); }; }")

    type_as_a_scanner(page, door.badge)

    expect(verdict(page, "admitted")).to_be_visible()


def test_two_devices_without_network_let_one_badge_in_and_it_counts_once(door: Door):
    north, south = door.opened(), door.opened()
    for page in (north, south):
        expect(page.locator("[data-holds]")).to_be_visible()
        page.context.set_offline(True)
        type_as_a_scanner(page, door.badge)
        expect(offline(page, "admitted")).to_contain_text("Zoë M.")

    for page in (south, north):
        page.context.set_offline(False)
        expect(page.locator("[data-unsent]")).to_be_hidden(timeout=20_000)

    expect(north.locator("[data-log]")).to_contain_text("Does not fit with another gate")
    assert [kind for _id, kind in door.stored()] == ["admitted", "admitted"]
    with door.app.app_context():
        [place] = db.session.scalars(db.select(Attendance))
        earliest = min(all_scans(), key=lambda scan: scan.scanned_at)
        assert (place.is_inside, place.first_entry_id) == (True, earliest.number)
        assert len(db.session.scalars(db.select(Conflict)).all()) == 1


def skewed(hours: int) -> str:
    """Return the script that sets a device's clock wrong."""
    return f"""
        const rightly = Date;
        globalThis.Date = class extends rightly {{
          constructor(...when) {{ super(...(when.length ? when : [Date.now()])); }}
          static now() {{ return rightly.now() + {hours} * 3_600_000; }}
        }};"""


def scanned_with_a_wrong_clock(door: Door, hours: int, bug: Bug | None = None) -> bool:
    """Scan without network; return whether the moment is taken for right, which is asserted."""
    page = door.opened(script=skewed(hours), bug=bug)
    expect(page.locator("[data-holds]")).to_be_visible()
    cut_off(page)
    type_as_a_scanner(page, door.badge)
    expect(page.locator("[data-count]")).to_have_text("1")
    connected_again(page)
    with door.app.app_context():
        [scan] = all_scans()
        assert scan.device_time is not None
        assert abs(scan.device_time - scan.received_at) > timedelta(hours=2)
        assert abs(scan.scanned_at - now()) < timedelta(minutes=1)
        return not scan.clock_is_odd


@pytest.mark.parametrize("hours", [3, -3])
def test_a_device_with_a_wrong_clock_tells_the_right_time(door: Door, hours: int):
    assert scanned_with_a_wrong_clock(door, hours)


def test_planted_bug_that_believes_a_wrong_clock_is_seen(door: Door):
    assert not scanned_with_a_wrong_clock(door, 3, NO_OFFSET)


SECRETS = ("Müller", "zoe@secret.example", "7302915", "Neue Werft")
_ALL_THAT_IS_STORED = """async () => {
  const said = [JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.cookie];
  for (const { name } of await indexedDB.databases()) {
    const db = await new Promise((done) => {
      indexedDB.open(name).onsuccess = (event) => done(event.target.result);
    });
    for (const store of db.objectStoreNames) {
      const all = db.transaction(store).objectStore(store).getAll();
      const found = await new Promise((done) => (all.onsuccess = () => done(all.result)));
      said.push(JSON.stringify(found));
    }
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      said.push(await (await cache.match(request, { ignoreVary: true })).text());
    }
  }
  const lines = said.join("\\n").match(/"[a-z][A-Za-z0-9+/]{60,}=*"/g) ?? [];
  const sealed = lines.map((line) => {
    const bytes = Uint8Array.from(atob(line.slice(2, -1)), (sign) => sign.charCodeAt(0));
    return new TextDecoder().decode(bytes);
  });
  return [...said, ...sealed, `lines: ${lines.length}`].join("\\n");
}"""


def hits_in_storage(door: Door, bug: Bug | None = None) -> list[str]:
    """Scan with and without network, then search all that the browser keeps."""
    with door.app.app_context():
        guest = db.session.merge(door.guest)
        guest.email, guest.phone, guest.company = SECRETS[1], f"+49 170 {SECRETS[2]}", SECRETS[3]
        db.session.commit()
    page = door.opened(bug=bug)
    expect(page.locator("[data-holds]")).to_be_visible()
    type_as_a_scanner(page, door.badge)
    expect(page.locator("[data-log]")).to_contain_text("Zoë Müller")
    cut_off(page)
    page.wait_for_timeout(2100)
    type_as_a_scanner(page, door.badge)
    expect(page.locator("[data-count]")).to_have_text("1")
    kept = str(page.evaluate(_ALL_THAT_IS_STORED))
    assert "lines: 0" not in kept  # the sealed line was looked into
    assert door.badge in kept  # what waits to be delivered is found, so the search finds
    return [secret for secret in SECRETS if secret in kept]


def test_what_a_browser_keeps_names_nobody(door: Door):
    assert hits_in_storage(door) == []


def test_planted_bug_that_keeps_answers_is_seen(door: Door):
    assert hits_in_storage(door, ANSWERS_ARE_KEPT) == ["Müller"]


class House:
    """A server of its own, as `eventmatch run` starts it, to be killed."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.settings = settings_for(folder, BASE_URL=self.address)
        self.command = [str(Path(sys.executable).with_name("eventmatch"))]
        self._run = [*self.command, "run", "--no-demo", "--port", str(self.port), "--workers", "1"]
        self.environment = os.environ | self.settings

    def start(self) -> None:
        self.process = subprocess.Popen(
            self._run, env=self.environment, stdout=subprocess.DEVNULL, start_new_session=True
        )
        while not self.answers():
            sleep(0.1)

    def answers(self) -> bool:
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=5)) as connection:
            try:
                connection.request("GET", "/healthz")
                return connection.getresponse().status == 200
            except (OSError, HTTPException):
                return False

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path / "instance")
    subprocess.run([*house.command, "migrate"], env=house.environment, check=True)
    house.start()
    yield house
    house.kill()


def test_the_server_is_killed_under_an_open_door_and_nothing_is_lost(
    house: House, open_browser: Opener
):
    app = create_app(house.settings)
    door = Door(app, house.address, open_browser)
    others = [door.another_guest(name) for name in ("Ada Lovelace", "Ben Hur")]
    page = door.opened()
    expect(page.locator("[data-holds]")).to_be_visible()
    type_as_a_scanner(page, door.badge)
    expect(page.locator("[data-log]")).to_contain_text("Zoë Müller")

    house.kill()
    type_as_a_scanner(page, others[0])
    expect(offline(page, "admitted")).to_contain_text("Ada L.")
    type_as_a_scanner(page, others[1])
    expect(offline(page, "admitted")).to_contain_text("Ben H.")
    expect(page.locator("[data-offline]")).to_be_visible()
    house.start()

    expect(page.locator("[data-unsent]")).to_be_hidden(timeout=40_000)
    assert [kind for _id, kind in door.stored()] == ["admitted"] * 3
    with app.app_context():
        db.engine.dispose()
