"""A served event with many guests, for what is measured and what is broken on purpose."""

import contextlib
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

COMMAND = str(Path(sys.executable).parent / "eventmatch")
SECRET = "a key for measurements, long enough to be taken"


class House:
    """An instance of its own: its folder, its environment, its guests' badges."""

    def __init__(self, folder: Path, port: int, database: str = "", *, bug: str = "") -> None:
        self.folder, self.port = folder, port
        broken = str(Path(__file__).with_name("broken.py"))
        self.command = [sys.executable, broken, bug] if bug else [COMMAND]
        self.environment = {
            **os.environ,
            "EVENTMATCH_INSTANCE": str(folder),
            "EVENTMATCH_SECRET_KEY": SECRET,
            "EVENTMATCH_LOG_LEVEL": "ERROR",
            "EVENTMATCH_BASE_URL": f"http://127.0.0.1:{port}",
            "EVENTMATCH_DATABASE_URL": database,
            "PYTHONUNBUFFERED": "1",
        }
        self.badges: list[str] = []
        self.slug = self.token = ""
        self.server: subprocess.Popen[bytes] | None = None

    def app(self) -> Any:
        """Return the app in this process."""
        from eventmatch.app import create_app

        return create_app({k: v for k, v in self.environment.items() if k.startswith("EVENTMATCH")})

    def fill(self, guests: int) -> None:
        """Make an event with so many confirmed guests."""
        from datetime import timedelta

        from eventmatch.checkin.door_set import build_door_set
        from eventmatch.clock import now
        from eventmatch.codes import fingerprint
        from eventmatch.db import db, set_reading
        from eventmatch.events.actions import create_event, create_token, open_event
        from eventmatch.events.models import Scope
        from eventmatch.registration.actions import give_badge
        from eventmatch.registration.models import Registration, Status
        from eventmatch.registration.queries import badge_code, ticket_code

        subprocess.run([COMMAND, "migrate"], env=self.environment, check=True, capture_output=True)
        set_reading(reading=False)
        app = self.app()
        with app.app_context():
            event = create_event(
                title="Bench", starts_at=now() - timedelta(hours=1),
                ends_at=now() + timedelta(hours=9), timezone="Europe/Berlin", capacity=guests,
            )  # fmt: skip
            open_event(event)
            event.seats_taken = guests
            db.session.flush()
            rows = []
            for number in range(guests):
                name = f"Katharina{number % 97} Musterfrau{number}"
                row = Registration(
                    uid=uuid4(), event_id=event.id, email=f"g{number}@example.org", name=name,
                    sort_key=name.lower(), status=Status.CONFIRMED, language="de",
                    ticket_version=1, visibility={}, ticket_fingerprint="", session_version=1,
                )  # fmt: skip
                row.ticket_fingerprint = fingerprint(SECRET, ticket_code(row, secret=SECRET))
                rows.append(row)
            db.session.add_all(rows)
            db.session.flush()
            for row in rows:
                give_badge(row, version=1, secret=SECRET)
            self.token = create_token(event, Scope.DOOR, secret=SECRET, label="bench")
            db.session.commit()
            began = time.perf_counter()
            build_door_set(event, secret=SECRET)
            self.set_took = time.perf_counter() - began
            db.session.commit()
            self.slug = event.slug
            self.badges = [badge_code(row, 1, secret=SECRET) for row in rows]
            db.session.remove()
            db.engine.dispose()

    def start(self, *, workers: int = 2, threads: int = 8) -> None:
        """Serve, and wait until it answers."""
        self.server = subprocess.Popen(
            [*self.command, "run", "--no-demo", "--port", str(self.port), "--workers", str(workers),
             "--threads", str(threads)],
            env=self.environment, stdout=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        self.wait_until_up()

    def wait_until_up(self, seconds: float = 60) -> float:
        """Return after how many seconds it answered."""
        began = time.perf_counter()
        while time.perf_counter() - began < seconds:
            with contextlib.suppress(OSError, http.client.HTTPException):
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
                connection.request("GET", "/healthz")
                if connection.getresponse().status == 200:
                    return time.perf_counter() - began
            time.sleep(0.1)
        raise SystemExit("the server did not come up")

    def stop(self, number: int = signal.SIGTERM) -> None:
        """Stop the server and all its processes."""
        if self.server is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.server.pid, number)
        self.server.wait()
        self.server = None

    def processes(self) -> list[int]:
        """Return the ids of the server's processes, the first one left out."""
        assert self.server
        listed = subprocess.run(
            ["ps", "-o", "pid=", "-s", str(self.server.pid)], capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        return [pid for pid in map(int, listed.stdout.split()) if pid != self.server.pid]

    def cpu_seconds(self) -> float:
        """Return how many seconds of CPU the server's processes have used."""
        assert self.server
        total = 0
        for pid in [self.server.pid, *self.processes()]:
            with contextlib.suppress(OSError):
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                total += int(fields[11]) + int(fields[12])
        return total / os.sysconf("SC_CLK_TCK")


class Client:
    """One device: a connection that is kept."""

    def __init__(self, house: House, timeout: float = 10) -> None:
        self.house, self.timeout = house, timeout
        self.connection: http.client.HTTPConnection | None = None
        self.path = f"/api/v1/events/{house.slug}"

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Return status and content; raises OSError or HTTPException when there is no answer."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection(
                "127.0.0.1", self.house.port, timeout=self.timeout
            )
        headers = {"Authorization": f"Bearer {self.house.token}"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            content = json.dumps(body) if body is not None else None
            self.connection.request(method, self.path + path, content, headers)
            answer = self.connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            self.connection = None
            raise
        try:
            return answer.status, json.loads(text)
        except ValueError:
            return answer.status, None


@contextlib.contextmanager
def postgres() -> Iterator[tuple[str, Any]]:
    """Run a PostgreSQL server of its own, which syncs; yield its address and a way to kill it."""
    initdb = max(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    data = Path(tempfile.mkdtemp(prefix="eventmatch-postgres-"))
    data.chmod(0o777)
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    run = [*as_user, str(initdb.parent / "pg_ctl"), "-D", str(data / "db"), "-s", "-w"]
    options = f"-c listen_addresses='' -c max_connections=100 -k {data}"
    start = [*run, "-o", options, "-l", str(data / "log"), "start"]
    subprocess.run(
        [*as_user, str(initdb), "-D", str(data / "db"), "-A", "trust", "-U", "eventmatch",
         "-E", "UTF8"],
        check=True, capture_output=True,
    )  # fmt: skip
    subprocess.run(start, check=True)

    def crash() -> None:
        subprocess.run([*run, "-m", "immediate", "stop"], check=True)
        subprocess.run(start, check=True)

    try:
        yield f"postgresql://eventmatch@/postgres?host={data}", crash
    finally:
        subprocess.run([*run, "-m", "immediate", "stop"], check=False)
        shutil.rmtree(data, ignore_errors=True)
