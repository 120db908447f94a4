"""How long each page takes on a fair with many guests, served as `make run` serves it.

    .venv/bin/python bench/pages.py [--guests 2000] [--rounds 30]

Prints median and 95th percentile in milliseconds, over one connection, warm.
"""

import argparse
import http.client
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlencode

PORT = 8077
COMMAND = str(Path(sys.executable).parent / "eventmatch")


class Browser:
    """A connection that keeps its cookies."""

    def __init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, body: str = "") -> tuple[int, str, dict[str, str]]:
        """Return status, text and headers of the answer."""
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body or None, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode(errors="replace")
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.split(";")[0]
        return answer.status, text, {k.lower(): v for k, v in answer.getheaders()}

    def post(self, path: str, page: str, **fields: str) -> int:
        """Send the page's form and return the status."""
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert token, f"no form at {path}"
        return self.ask("POST", path, urlencode({"csrf_token": token[1], **fields}))[0]


def told(output: str, name: str) -> str:
    """Return what the command printed behind this name."""
    found = re.search(rf"{name}\s+(\S.*)", output)
    assert found, output
    return found[1]


def path_of(url: str) -> str:
    """Return the address without the host."""
    return re.sub(r"^https?://[^/]+", "", url.strip())


def measure(browser: Browser, path: str, rounds: int) -> tuple[int, list[float]]:
    """Return the status, and how many milliseconds each further round took."""
    browser.connection.close()  # the server has ended the one that was idle
    status = browser.ask("GET", path)[0]
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        browser.ask("GET", path)
        times.append((time.perf_counter() - began) * 1000)
    return status, times


def wait_until_up() -> None:
    """Wait at most half a minute until the server is ready."""
    for _ in range(300):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=2)
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise SystemExit("the server did not come up")


def the_pages(output: str) -> list[tuple[Browser, str]]:
    """Sign an organiser, a guest and a door device in, and return what each looks at."""
    organiser, guest, door, stranger = Browser(), Browser(), Browser(), Browser()
    address, password = re.split(r"\s+password: ", told(output, "sign in as"))
    status, page, _ = organiser.ask("GET", "/account/sign-in")
    assert organiser.post("/account/sign-in", page, email=address, password=password) < 400, status
    ticket = path_of(told(output, "Ticket of Lena"))
    assert guest.post(ticket, guest.ask("GET", ticket)[1]) < 400
    pairing = path_of(told(output, "Pair a door"))
    assert door.post(pairing, door.ask("GET", pairing)[1]) < 400
    event = path_of(told(output, "Sign-up page")).removeprefix("/e/")
    organise = f"/organise/events/{event}"
    return [
        (stranger, "/"),
        (stranger, f"/e/{event}"),
        (stranger, ticket),
        (guest, f"/my/{event}"),
        (guest, f"/my/{event}/profile"),
        (guest, f"/my/{event}/contacts"),
        (door, "/door"),
        (organiser, "/organise"),
        (organiser, organise),
        (organiser, f"{organise}/registrations"),
        (organiser, f"{organise}/registrations?q=m%C3%BCller"),
        (organiser, f"{organise}/import"),
        (organiser, f"{organise}/badges"),
        (organiser, f"{organise}/door"),
        (organiser, f"{organise}/door/lanes"),
        (organiser, f"{organise}/door/paper"),
        (organiser, f"{organise}/matching"),
        (organiser, f"{organise}/matching/rules"),
        (organiser, f"{organise}/rounds"),
        (organiser, f"{organise}/letters"),
        (organiser, f"{organise}/settings"),
    ]


def main() -> None:
    """Make a fair, serve it and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--guests", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=30)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as instance:
        environment = {
            **os.environ, "EVENTMATCH_INSTANCE": instance, "EVENTMATCH_LOG_LEVEL": "ERROR",
            "EVENTMATCH_BASE_URL": f"http://127.0.0.1:{PORT}", "PYTHONUNBUFFERED": "1",
        }  # fmt: skip
        began = time.perf_counter()
        subprocess.run(
            [COMMAND, "demo", "--guests", str(options.guests)],
            env=environment, check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        print(f"demo with {options.guests} guests: {time.perf_counter() - began:.1f} s")
        server = subprocess.Popen(
            [COMMAND, "run", "--port", str(PORT)],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            wait_until_up()
            assert server.stdout
            output = ""
            while "Ticket of Tom" not in output:
                output += server.stdout.readline()
            time.sleep(15)  # the worker makes the first suggestions meanwhile
            print("| page | status | median ms | 95 % ms |\n| --- | --- | --- | --- |")
            for browser, path in the_pages(output):
                status, times = measure(browser, path, options.rounds)
                shown = re.sub(r"/T/\w+", "/T/…", path)
                high = statistics.quantiles(times, n=20)[-1]
                print(f"| `{shown}` | {status} | {statistics.median(times):.0f} | {high:.0f} |")
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
