"""Door devices in a real browser under what takes long: killed a hundred times, an hour's pace."""

import contextlib
import os
import random
import re
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from house import Client, House
from playwright.sync_api import BrowserContext, Page, Playwright, sync_playwright
from playwright.sync_api import Error as PlaywrightError

CHROMIUM = next(filter(None, map(shutil.which, ["chromium", "chromium-browser"])), "")
# The bug: what waits is kept in memory only.
IN_MEMORY_ONLY = """
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (value, ...rest) {
      return this.name === "queue" ? this.count() : put.call(this, value, ...rest);
    };"""
# The bug: an answer stays, and what comes meanwhile is dropped.
BUSY_FOR_TWO_SECONDS = """
    customElements.whenDefined("badge-scanner").then(() => {
      const door = customElements.get("badge-scanner").prototype;
      const scan = door.scan;
      let free = 0;
      door.scan = function (code) {
        if (performance.now() < free) return;
        free = performance.now() + 2000;
        return scan.call(this, code);
      };
    });"""


def pairing_link(house: House) -> str:
    """Return the link that pairs one more device."""
    from eventmatch.checkin.actions import create_device
    from eventmatch.db import db, set_reading
    from eventmatch.events.models import Event

    app = house.app()
    with app.app_context():
        set_reading(reading=False)
        event = db.session.scalars(db.select(Event)).one()
        secret = app.config["SECRET_KEY"]
        _device, code = create_device(event, name="device", gate="North", secret=secret)
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return f"http://127.0.0.1:{house.port}/door/pair/{code}"


class Profile:
    """One browser with its folder, which outlives it."""

    def __init__(self, driver: Playwright, folder: Path, script: str) -> None:
        self.driver, self.folder, self.script = driver, folder, script

    def start(self) -> tuple[BrowserContext, Page]:
        """Start it, with the page that it opens."""
        (self.folder / "SingletonLock").unlink(missing_ok=True)
        context = self.driver.chromium.launch_persistent_context(
            self.folder, executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        if self.script:
            context.add_init_script(self.script)
        return context, context.pages[0]

    def kill(self, context: BrowserContext) -> None:
        """Kill all of its processes at once."""
        for process in Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):
                if str(self.folder).encode() in process.read_bytes():
                    os.kill(int(process.parent.name), signal.SIGKILL)
        with contextlib.suppress(PlaywrightError):
            context.close()


@contextlib.contextmanager
def a_profile(house: House, script: str = "") -> Iterator[Profile]:
    """Return a browser that is paired; its cookies have had time to be written."""
    folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
    with folder as name, sync_playwright() as driver:
        profile = Profile(driver, Path(name), script)
        context, page = profile.start()
        page.goto(pairing_link(house))
        page.get_by_role("button", name="Pair this device").click()
        page.locator("[data-holds]:not([hidden])").wait_for()
        context.close()  # in good order, so that it keeps its cookies
        yield profile


def scan(page: Page, code: str) -> None:
    """Scan as a handheld scanner does, and wait for the answer."""
    page.keyboard.type(code, delay=1)
    page.keyboard.press("Enter")


def scan_by_camera(page: Page, code: str) -> None:
    """Scan as the camera does; keys that a busy machine holds up would be a person's."""
    page.evaluate(
        "(code) => document.querySelector('badge-camera').dispatchEvent("
        "new CustomEvent('badge-read', { bubbles: true, detail: { code } }))", code,
    )  # fmt: skip


def killed(house: House, times: int, script: str = "") -> dict[str, int]:
    """Kill the browser between answer and upload; return how many scans were lost on the way."""
    shown = 0
    with a_profile(house, script) as profile:
        for code in house.badges[:times]:
            context, page = profile.start()
            page.goto(f"http://127.0.0.1:{house.port}/door")
            page.locator("badge-scanner[ready]").wait_for(state="attached")
            page.route("**/door/scans/*", lambda route: route.abort())
            page.route("**/door/deliveries", lambda route: route.abort())
            scan(page, code)
            page.locator('.door__verdict [data-verdict="admitted"]').wait_for()
            shown += 1
            profile.kill(context)
        context, page = profile.start()
        page.goto(f"http://127.0.0.1:{house.port}/door")
        with contextlib.suppress(PlaywrightError):
            page.locator("[data-unsent]").wait_for(state="hidden", timeout=60_000)
        time.sleep(2)
        context.close()
    stored = {item["code"] for item in all_scans(house)}
    return {f"of {times} shown": shown, "lost": sum(c not in stored for c in house.badges[:times])}


def paced(house: House, scans: int, script: str = "") -> dict[str, Any]:
    """Scan once a second, as a full hour does; return what became of the scans."""
    slow, longest = 0, 0.0
    with a_profile(house, script) as profile:
        context, page = profile.start()
        page.goto(f"http://127.0.0.1:{house.port}/door")
        page.locator("badge-scanner[ready]").wait_for(state="attached")
        began = time.perf_counter()
        for number, code in enumerate(house.badges[:scans]):
            time.sleep(max(0, began + number + random.uniform(-0.2, 0.2) - time.perf_counter()))
            at = time.perf_counter()
            scan_by_camera(page, code)
            with contextlib.suppress(PlaywrightError):
                name = f"Musterfrau{number}"
                line = page.locator("[data-log] .scan-line__name").first
                line.filter(has_text=re.compile(rf"{name}$")).wait_for(timeout=900)
            took = time.perf_counter() - at
            slow, longest = slow + (took > 1), max(longest, took)
        page.locator("[data-unsent]").wait_for(state="hidden", timeout=60_000)
        heap = page.evaluate("performance.memory.usedJSHeapSize") / 1e6
        context.close()
    stored = [item["code"] for item in all_scans(house)]
    return {
        "scans": scans, "lost": sum(code not in stored for code in house.badges[:scans]),
        "twice": len(stored) - len(set(stored)), "s the longest": round(longest, 2),
        "MB of scripts' memory": round(heap),
    }  # fmt: skip


def all_scans(house: House) -> list[dict[str, Any]]:
    """Return every scan that the house has stored."""
    client, items, cursor = Client(house, timeout=30), [], ""
    while True:
        _status, page = client.ask("GET", f"/scans?limit=1000&after={cursor}")
        items += page["items"]
        if not page["next"]:
            return items
        cursor = page["next"]
