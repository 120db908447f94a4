"""A real browser in front of a real server: fixtures for tests that click."""

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask import Flask
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Playwright,
    ViewportSize,
    WebError,
    expect,
    sync_playwright,
)
from werkzeug.serving import make_server

from eventmatch.db import db
from eventmatch.jobs import work
from tests.conftest import make_app, missing

PHONE: ViewportSize = {"width": 360, "height": 800}
PATIENCE = 15_000  # milliseconds; a machine that tests much at once is slow
expect.set_options(timeout=PATIENCE)
LAPTOP: ViewportSize = {"width": 1280, "height": 800}
_ARGUMENTS = [
    "--no-sandbox",  # CI runs as root
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_MACOS = "/Applications/Chromium.app/Contents/MacOS/Chromium"


def until(page: Page, script: str, argument: Any = None) -> None:
    """Wait until the script says something true.

    Playwright's own waiting evaluates in the page from the second look on, which our policy for
    scripts forbids: on a slow machine the test would fail.
    """
    end = time.monotonic() + PATIENCE / 1000
    while not page.evaluate(script, argument):
        assert time.monotonic() < end, f"never true: {script}"
        page.wait_for_timeout(50)


def chromium() -> str:
    """Return where Chromium is, or skip."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None and Path(_MACOS).exists():
        found = _MACOS
    if found is None:
        missing("Chromium", "On Debian: apt install chromium")
    return str(found)


@contextmanager
def served(app: Flask, *, with_worker: bool = False) -> Iterator[str]:
    """Serve the app, and if wanted run its worker; yield its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    address = f"http://127.0.0.1:{server.server_port}"
    app.config["BASE_URL"] = address
    stop = threading.Event()
    threads = [threading.Thread(target=server.serve_forever)]
    if with_worker:
        threads.append(threading.Thread(target=work, args=(app, stop)))
    for thread in threads:
        thread.start()
    try:
        yield address
    finally:
        stop.set()
        server.shutdown()
        for thread in threads:
            thread.join()
        server.server_close()
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def live_app(tmp_path: Path) -> Flask:
    """An app of its own for one browser test, as strict as a real one."""
    app = make_app(tmp_path / "instance")
    app.config["WTF_CSRF_ENABLED"] = True
    return app


@pytest.fixture(scope="module")
def playwright_driver() -> Iterator[Playwright]:
    """Run one driver for each module that imports this: two cannot live at once."""
    chromium()
    with sync_playwright() as driver:
        yield driver


Opener = Callable[..., BrowserContext]


@pytest.fixture
def open_browser(playwright_driver: Playwright) -> Iterator[Opener]:
    """Return a function that opens a browser: `open_browser(PHONE, language="de", film=path)`.

    At the end no script of a page may have broken down, whatever else the test looks at; but
    where a bug is planted it may (`may_break`).
    """
    broken: list[str] = []

    def note(error: WebError) -> None:
        if error.error.name in {"TypeError", "ReferenceError", "SyntaxError"}:
            broken.append(f"{error.page and error.page.url}: {error.error.stack}")

    with ExitStack() as stack:

        def open_one(
            size: ViewportSize,
            *,
            language: str = "en",
            film: Path | None = None,
            may_break: bool = False,
            **options: Any,
        ) -> BrowserContext:
            camera = [
                "--use-fake-ui-for-media-stream",
                "--use-fake-device-for-media-stream",
                f"--use-file-for-fake-video-capture={film}",
            ]
            browser: Browser = playwright_driver.chromium.launch(
                executable_path=chromium(), args=_ARGUMENTS + (camera if film else [])
            )
            stack.callback(browser.close)
            context = browser.new_context(viewport=size, locale=language, **options)
            context.set_default_timeout(PATIENCE)
            if not may_break:
                context.on("weberror", note)
            return context

        yield open_one
    assert broken == []


def film(path: Path, picture: np.ndarray[Any, Any], *, frames: int = 10) -> Path:
    """Write what a camera sees that is held in front of a grey picture; it loops for ever.

    The picture is shown at its own size, in the middle of 640 × 480 points (YUV4MPEG2).
    """
    scene = np.full((480, 640), 128, np.uint8)
    height, width = min(picture.shape[0], 480), min(picture.shape[1], 640)
    top, left = (480 - height) // 2, (640 - width) // 2
    scene[top : top + height, left : left + width] = picture[:height, :width]
    colour = np.full(2 * 240 * 320, 128, np.uint8)
    frame = b"FRAME\n" + scene.tobytes() + colour.tobytes()
    path.write_bytes(b"YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420jpeg\n" + frame * frames)
    return path
