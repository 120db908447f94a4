"""Take the README's picture anew: the guest's page on a phone beside the organiser's dashboard.

    .venv/bin/python tools/picture.py        (needs Chromium, as the tests do)

It serves a fair of its own in a folder that it throws away.
"""

import base64
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser import chromium  # noqa: E402  (the tests know where Chromium is)

BASE = "http://127.0.0.1:8078"
SHEET = """
<body style="margin:0;padding:40px;display:flex;gap:40px;align-items:start;background:#e7e5e0">
<img src="{phone}" style="width:340px;border-radius:28px;border:8px solid #23211f">
<img src="{laptop}" style="width:1000px;border-radius:10px;border:1px solid #bbb">
</body>
"""


def told(output: str, name: str) -> str:
    """Return what the command printed behind this name."""
    found = re.search(rf"{name}\s+(\S.*)", output)
    assert found, output
    return found[1].strip()


def shot(browser: Browser, width: int, height: int, scale: float) -> Page:
    """Return a new page of this size."""
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale="en-GB", device_scale_factor=scale
    )
    return context.new_page()


def as_source(picture: bytes) -> str:
    """Return a picture as an address that needs no server."""
    return "data:image/png;base64," + base64.b64encode(picture).decode()


def take(browser: Browser, output: str) -> bytes:
    """Return the picture."""
    phone = shot(browser, 390, 760, 2)
    phone.goto(told(output, "Ticket of Lena"))
    phone.locator("main form button").first.click()
    phone.locator("#people").scroll_into_view_if_needed()
    phone.evaluate("document.getElementById('people').scrollIntoView()")
    laptop = shot(browser, 1200, 890, 2)
    address, password = re.split(r"\s+password: ", told(output, "sign in as"))
    laptop.goto(f"{BASE}/account/sign-in")
    laptop.locator("[name=email]").fill(address)
    laptop.locator("[name=password]").fill(password)
    laptop.locator("main form button").first.click()
    slug = told(output, "Sign-up page").rsplit("/", 1)[1]
    laptop.goto(f"{BASE}/organise/events/{slug}")
    sheet = shot(browser, 1480, 860, 1)
    sources = {"phone": as_source(phone.screenshot()), "laptop": as_source(laptop.screenshot())}
    sheet.set_content(SHEET.format(**sources))
    return sheet.screenshot()


def is_up() -> bool:
    """Tell whether the app answers."""
    try:
        return urlopen(f"{BASE}/readyz").status == 200
    except URLError:
        return False


def main() -> None:
    """Serve a fair, take the picture, and put it where the README looks for it."""
    with tempfile.TemporaryDirectory() as instance:
        server = subprocess.Popen(
            [Path(sys.executable).parent / "eventmatch", "run", "--port", "8078"],
            env={**os.environ, "EVENTMATCH_INSTANCE": instance, "EVENTMATCH_LOG_LEVEL": "ERROR",
                 "EVENTMATCH_BASE_URL": BASE, "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            text=True,
        )  # fmt: skip
        try:
            assert server.stdout
            output = ""
            while "Ticket of Tom" not in output:
                output += server.stdout.readline()
            while not is_up():
                time.sleep(0.2)
            time.sleep(10)  # the worker makes the first suggestions meanwhile
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"]
                )
                (ROOT / "docs" / "eventmatch.png").write_bytes(take(browser, output))
                browser.close()
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
