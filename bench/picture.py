"""How fluid the picture of a large network is on a slow phone.

    .venv/bin/python bench/picture.py [--contacts 1000] [--slower 4]

A Chromium with the screen of a phone and its processor slowed so many times opens the picture,
comes nearer, moves it with a finger, and goes from person to person by keyboard. Prints the time
between frames: half of them, 95 of 100, and the longest.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from network import a_network  # noqa: E402
from playwright.sync_api import Page, sync_playwright  # noqa: E402

from eventmatch.app import create_app  # noqa: E402
from eventmatch.db import db  # noqa: E402
from tests.browser import PHONE, chromium, served  # noqa: E402

WATCH = """() => {
  window.frames_ = [];
  let last = 0;
  const note = (now) => {
    if (last) window.frames_.push(now - last);
    last = now;
    window.watching_ = requestAnimationFrame(note);
  };
  window.watching_ = requestAnimationFrame(note);
}"""
TAKE = "() => (cancelAnimationFrame(window.watching_), window.frames_)"
FINGER = """async ([steps, shift]) => {
  const frame = document.querySelector(".graph__frame");
  const { left, top, width, height } = frame.getBoundingClientRect();
  const at = (kind, part) => frame.dispatchEvent(new PointerEvent(kind, {
    pointerId: 7, pointerType: "touch", bubbles: true, button: 0,
    clientX: left + width / 2 + shift * part, clientY: top + height / 2 + shift * part / 2,
  }));
  frame.setPointerCapture = () => {};
  at("pointerdown", 0);
  for (let step = 1; step <= steps; step++) {
    at("pointermove", Math.sin((step / steps) * Math.PI * 2));
    await new Promise(requestAnimationFrame);
  }
  at("pointerup", 0);
}"""
NEARER = """async (steps) => {
  const frame = document.querySelector(".graph__frame");
  const { left, top, width, height } = frame.getBoundingClientRect();
  for (let step = 0; step < steps; step++) {
    frame.dispatchEvent(new WheelEvent("wheel", {
      ctrlKey: true, deltaY: -8, cancelable: true, bubbles: true,
      clientX: left + width / 2, clientY: top + height / 2,
    }));
    await new Promise(requestAnimationFrame);
  }
}"""


def told(name: str, frames: list[float]) -> None:
    """Print one line of the table."""
    ordered = sorted(frames)
    middle, most = ordered[len(ordered) // 2], ordered[int(0.95 * len(ordered))]
    print(f"| {name} | {len(frames)} | {middle:.0f} | {most:.0f} | {ordered[-1]:.0f} |")


def watched(page: Page, name: str, script: str, argument: object) -> None:
    """Run the script on the page and tell how its frames came."""
    page.evaluate(WATCH)
    page.evaluate(script, argument)
    told(name, page.evaluate(TAKE))
    page.wait_for_timeout(600)  # the drawing is made anew, sharp, once the finger rests


def by_keyboard(page: Page) -> None:
    """Go from one person to the next, and tell how the frames came."""
    page.locator('.graph__person[tabindex="0"]').focus()
    page.evaluate(WATCH)
    for _ in range(20):
        for key in ("ArrowRight", "ArrowDown"):
            page.keyboard.press(key)
    told("from person to person, 40 keys", page.evaluate(TAKE))


def main() -> None:
    """Serve a network, open its picture, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=1000)
    parser.add_argument("--slower", type=int, default=4)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as instance:
        environment = {
            **os.environ, "EVENTMATCH_INSTANCE": instance, "EVENTMATCH_LOG_LEVEL": "ERROR",
            "EVENTMATCH_BASE_URL": "http://localhost",
        }  # fmt: skip
        app = create_app(environment)
        with app.app_context():
            db.create_all()
            person = a_network(options.contacts)
            cookie = app.session_interface.get_signing_serializer(app).dumps(  # type: ignore[attr-defined]
                {"person": [person.id, person.session_version]}
            )
        with served(app) as address, sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
            context = browser.new_context(viewport=PHONE, device_scale_factor=2, has_touch=True)
            context.add_cookies([{"name": "session", "value": cookie, "url": address}])
            page = context.new_page()
            page.goto(f"{address}/network/picture")
            speed = context.new_cdp_session(page)
            speed.send("Emulation.setCPUThrottlingRate", {"rate": options.slower})
            page.reload(wait_until="load")
            ready = page.evaluate(
                "() => performance.getEntriesByType('navigation')[0]"
                ".domContentLoadedEventEnd - performance.getEntriesByType('navigation')[0]"
                ".responseEnd"
            )
            people = page.locator(".graph__person").count()
            page.wait_for_timeout(1500)
            print(f"{people} people, {options.slower} times slower; ready {ready:.0f} ms after")
            print("the page had come.\n")
            print("| what | frames | ms, half | ms, 95 of 100 | ms, longest |")
            print("| --- | --- | --- | --- | --- |")
            watched(page, "coming nearer", NEARER, 30)
            watched(page, "moving with a finger", FINGER, [90, 120])
            by_keyboard(page)
            browser.close()


if __name__ == "__main__":
    main()
