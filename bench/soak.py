"""The door under faults that take long: what was acknowledged must be there afterwards.

    .venv/bin/python bench/soak.py [race|gates|locked|full|kill|power|postgres|browser|pace] …

Each prints one line with its figure, and then another one with a bug planted (`broken.py`), which
it must find. The status is 1 if something was lost, counted twice or answered otherwise, or if a
bug was not found.
"""

import argparse
import contextlib
import http.client
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import browsers
from house import COMMAND, Client, House, postgres

PORT = 8014
SILENCE = (OSError, http.client.HTTPException)


@contextlib.contextmanager
def a_house(guests: int, database: str = "", *, bug: str = "") -> Iterator[House]:
    """Serve a house with so many guests."""
    with tempfile.TemporaryDirectory() as folder:
        house = House(Path(folder), PORT, database, bug=bug)
        house.fill(guests)
        house.start()
        try:
            yield house
        finally:
            house.stop(signal.SIGKILL)


def until_answered(client: Client, scan_id: str, code: str) -> tuple[dict[str, Any], list[int]]:
    """Send one scan again and again under its id, as a device does; return answer and statuses."""
    statuses = []
    for _try in range(200):
        with contextlib.suppress(*SILENCE):
            status, answer = client.ask("PUT", f"/scans/{scan_id}", {"code": code})
            statuses.append(status)
            if status == 200:
                return answer, statuses
        time.sleep(0.2)
    raise SystemExit("no answer in forty seconds")


def check(house: House, heard: dict[str, dict[str, Any]]) -> dict[str, int]:
    """Compare what devices heard with what the house knows now."""
    client, stored, cursor = Client(house, timeout=30), {}, ""
    while True:
        status, page = client.ask("GET", f"/scans?limit=1000&after={cursor}")
        assert status == 200, page
        stored |= {item["id"]: item for item in page["items"]}
        if not page["next"]:
            break
        cursor = page["next"]
    admitted: dict[str, int] = {}
    for item in stored.values():
        admitted[item["code"]] = admitted.get(item["code"], 0) + (item["verdict"] == "admitted")
    return {
        "acknowledged": len(heard),
        "lost": sum(one not in stored for one in heard),
        "counted twice": sum(count > 1 for count in admitted.values()),
        "answers changed": sum(
            stored[one]["verdict"] != answer["verdict"]
            for one, answer in heard.items()
            if one in stored
        ),
    }


def verdict(name: str, figures: dict[str, Any], *, bad: int) -> bool:
    """Print one line, and tell whether all is well."""
    told = ", ".join(f"{value} {key}" for key, value in figures.items())
    print(f"{name}: {told}: {'good' if not bad else 'BAD'}", flush=True)
    return not bad


def faults_of(figures: dict[str, int]) -> int:
    """Return how many promises were broken."""
    return figures["lost"] + figures["counted twice"] + figures["answers changed"]


def kill(bug: str = "") -> bool:
    """Let eight devices scan for a minute while random processes are killed with -9."""
    seconds = 10 if bug else 60
    with a_house(8000, bug=bug) as house:
        stop, heard, statuses = threading.Event(), {}, []

        def device(part: int) -> None:
            client = Client(house, timeout=5)
            for code in house.badges[part::8]:
                if stop.is_set():
                    return
                for _gate in range(2):  # every badge is held out twice
                    scan_id = str(uuid4())
                    heard[scan_id], seen = until_answered(client, scan_id, code)
                    statuses.extend(seen)

        with ThreadPoolExecutor(8) as pool:
            done = [pool.submit(device, part) for part in range(8)]
            ends, kills = time.time() + seconds, 0
            while time.time() < ends:
                time.sleep(random.uniform(0.5, 2))
                kills += kill_one(house)
            stop.set()
            for one in done:
                one.result()
        figures = check(house, heard)
        wrong = sum(status >= 500 and status != 503 for status in statuses)
        return verdict(
            "kill -9", figures | {"kills": kills, "other failures": wrong},
            bad=faults_of(figures) + wrong,
        )  # fmt: skip


def kill_one(house: House) -> int:
    """Kill one of the server's processes, start it anew if all are gone; return how many."""
    pid = random.choice(house.processes())
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    if house.server is None or house.server.poll() is not None or not alive(house):
        house.stop(signal.SIGKILL)
        house.start()
    return 1


def alive(house: House) -> bool:
    """Tell whether the house answers."""
    with contextlib.suppress(*SILENCE):
        connection = http.client.HTTPConnection("127.0.0.1", house.port, timeout=5)
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    return False


def race(bug: str = "") -> bool:
    """Hold one badge to two gates within 20 ms, three hundred times."""
    rounds = 300
    with a_house(rounds, bug=bug) as house:
        gates = [Client(house), Client(house)]
        once, statuses = 0, []

        def scan(gate: Client, code: str, late: float) -> str:
            time.sleep(late)
            status, answer = gate.ask("PUT", f"/scans/{uuid4()}", {"code": code})
            statuses.append(status)
            return str(answer.get("verdict"))

        with ThreadPoolExecutor(2) as pool:
            for code in house.badges:
                late = [0.0, random.uniform(0, 0.02)]
                verdicts = list(pool.map(scan, gates, [code] * 2, late))
                once += sorted(verdicts) == ["admitted", "already_in"]
        wrong = sum(status != 200 for status in statuses)
        return verdict(
            "two gates within 20 ms",
            {f"of {rounds} admitted exactly once": once, "not 200": wrong},
            bad=rounds - once + wrong,
        )


def gates(bug: str = "") -> bool:
    """Let three gates work offline with overlaps, then deliver in random order, some twice."""
    from eventmatch.checkin.movements import Movement, whereabouts
    from eventmatch.checkin.verdict import Direction, Verdict
    from eventmatch.clock import now

    scans = 200
    with a_house(300, bug=bug) as house:
        from datetime import timedelta
        from uuid import UUID

        began, made = now() - timedelta(minutes=30), []
        for gate in range(3):
            for _scan in range(scans):
                code = random.choice(house.badges)
                out = random.random() < 0.25
                at = began + timedelta(seconds=random.uniform(0, 1500))
                made.append(
                    {
                        "id": str(uuid4()), "code": code, "gate": f"gate {gate}",
                        "direction": "out" if out else "in",
                        "shown": "gone_out" if out else "admitted", "scanned_at": at.isoformat(),
                    }
                )  # fmt: skip
        random.shuffle(made)
        parts = [made[start : start + 100] for start in range(0, len(made), 100)]
        parts += random.sample(parts, 2)
        heard = {}
        for part in parts:
            status, answer = Client(house).ask("POST", "/scans", {"scans": part})
            assert status == 200, answer
            heard |= {one["id"]: one for one in answer["results"]}
        expected: dict[str, list[Movement]] = {}
        from datetime import datetime

        for number, one in enumerate(made):
            expected.setdefault(str(one["code"]), []).append(
                Movement(
                    key=number, id=UUID(str(one["id"])), direction=Direction(one["direction"]),
                    at=datetime.fromisoformat(str(one["scanned_at"])),
                    happened=Verdict(one["shown"]),
                )
            )  # fmt: skip
        places = [whereabouts(moves) for moves in expected.values()]
        app = house.app()
        with app.app_context():
            from eventmatch.checkin.models import Attendance, Conflict
            from eventmatch.db import db

            rows = db.session.scalars(db.select(Attendance)).all()
            inside, entries = sum(row.is_inside for row in rows), sum(row.entries for row in rows)
            open_ = db.session.scalars(db.select(Conflict.id).where(Conflict.is_current)).all()
            db.session.remove()
            db.engine.dispose()
        figures = check(house, heard)
        model = (
            sum(place.is_inside for place in places),
            sum(place.entries for place in places),
            sum(len(place.doubles) for place in places),
        )
        differs = (inside, entries, len(open_)) != model
        return verdict(
            "three gates offline",
            {f"of {len(made)} stored": figures["acknowledged"] - figures["lost"],
             "inside, entries, conflicts": (inside, entries, len(open_)), "by the model": model},
            bad=figures["lost"] + differs + (figures["acknowledged"] != len(made)),
        )  # fmt: skip


def locked(bug: str = "") -> bool:
    """Hold SQLite's write lock for seven seconds."""
    seconds = 7
    with a_house(50, bug=bug) as house:
        database = sqlite3.connect(house.folder / "eventmatch.db", isolation_level=None)
        database.execute("BEGIN IMMEDIATE")
        statuses = []

        def let_go() -> None:
            time.sleep(seconds)

        waiter = threading.Thread(target=let_go)
        waiter.start()
        client, scan_id = Client(house, timeout=20), str(uuid4())
        status, answer = 0, None
        with contextlib.suppress(*SILENCE):
            status, answer = client.ask("PUT", f"/scans/{scan_id}", {"code": house.badges[0]})
        statuses.append(status)
        reason = (answer or {}).get("error", {}).get("message", "")
        waiter.join()
        database.rollback()
        freed = time.perf_counter()
        heard = {scan_id: until_answered(client, scan_id, house.badges[0])[0]}
        took = time.perf_counter() - freed
        figures = check(house, heard)
        return verdict(
            "write lock held for 7 s",
            {"first answered": statuses, "with the reason": repr(reason),
             "seconds until it was back": round(took, 1), "lost": figures["lost"]},
            bad=faults_of(figures) + (statuses != [503]) + (not reason) + (took > 5),
        )  # fmt: skip


def full(bug: str = "") -> bool:
    """Fill the disk (a small one in memory), then free it."""
    mount = Path(tempfile.mkdtemp())
    if os.system(f"mount -t tmpfs -o size=24m tmpfs {mount} 2>/dev/null"):
        print("disk full: skipped, this machine lets nobody mount a small disk")
        return True
    try:
        house = House(mount, PORT, bug=bug)
        house.fill(50)
        house.start()
        client, heard, statuses = Client(house), {}, []
        first = str(uuid4())
        heard[first] = until_answered(client, first, house.badges[0])[0]
        ballast = mount / "ballast"
        with contextlib.suppress(OSError), ballast.open("wb") as file:
            while True:
                file.write(bytes(4096))
                file.flush()
        waiting = {str(uuid4()): code for code in house.badges[1:11]}
        for scan_id, code in waiting.items():
            with contextlib.suppress(*SILENCE):
                status, answer = client.ask("PUT", f"/scans/{scan_id}", {"code": code})
                statuses.append(status)
                if status == 200:
                    heard[scan_id] = answer
        ballast.unlink()
        freed = time.perf_counter()
        for scan_id, code in waiting.items():
            heard[scan_id] = until_answered(client, scan_id, code)[0]
        took = time.perf_counter() - freed
        figures = check(house, heard)
        wrong = sum(status not in {200, 503} for status in statuses)
        house.stop(signal.SIGKILL)
        return verdict(
            "disk full",
            figures | {"answers meanwhile": sorted(set(statuses)), "s until back": round(took, 1)},
            bad=faults_of(figures) + wrong + (503 not in statuses) + (took > 5),
        )  # fmt: skip
    finally:
        os.system(f"umount -l {mount}")
        shutil.rmtree(mount, ignore_errors=True)


def postgres_killed(bug: str = "") -> bool:
    """Kill PostgreSQL five times while eight devices scan."""
    times = 5
    with postgres() as (url, crash), a_house(6000, url, bug=bug) as house:
        stop, heard, statuses = threading.Event(), {}, []

        def device(part: int) -> None:
            client = Client(house, timeout=10)
            for code in house.badges[part::8]:
                if stop.is_set():
                    return
                scan_id = str(uuid4())
                heard[scan_id], seen = until_answered(client, scan_id, code)
                statuses.extend(seen)

        longest = 0.0
        with ThreadPoolExecutor(8) as pool:
            done = [pool.submit(device, part) for part in range(8)]
            for _time in range(times):
                time.sleep(3)
                crash()
                back, before = time.perf_counter(), len(heard)
                while len(heard) == before and time.perf_counter() - back < 20:
                    time.sleep(0.02)
                longest = max(longest, time.perf_counter() - back)
            stop.set()
            for one in done:
                one.result()
        figures = check(house, heard)
        wrong = sum(status not in {200, 503} for status in statuses)
        return verdict(
            f"PostgreSQL killed {times} times",
            figures
            | {"503": statuses.count(503), "other": wrong, "s until back": round(longest, 1)},
            bad=faults_of(figures) + wrong + (longest > 5),
        )  # fmt: skip


def forgetful_disk(folder: Path) -> str:
    """Return the library that keeps of a database what was synced."""
    source = Path(__file__).parents[1] / "tests" / "checkin" / "unsynced.c"
    library = str(folder / "unsynced.so")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, str(source), "-ldl"], check=True)
    return library


def power(bug: str = "") -> bool:
    """Cut the power ten times while eight devices scan: what was not synced is gone."""
    cuts = 1 if bug else 10
    with tempfile.TemporaryDirectory() as name, a_house(8000, bug=bug) as house:
        house.stop(signal.SIGKILL)
        synced = Path(name) / "synced"
        synced.mkdir()
        database = sqlite3.connect(house.folder / "eventmatch.db")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()
        shutil.copy(house.folder / "eventmatch.db", synced)
        house.environment |= {"LD_PRELOAD": forgetful_disk(Path(name)), "SYNCED": str(synced)}
        codes, heard, statuses = iter(house.badges), {}, []  # type: ignore[var-annotated]
        for _cut in range(cuts):
            house.start()
            with ThreadPoolExecutor(8) as pool:
                for _device in range(8):
                    pool.submit(scan_while_it_answers, house, codes, heard, statuses)
                time.sleep(random.uniform(2, 4))
                house.stop(signal.SIGKILL)
            lose_what_was_not_synced(house, synced)
        house.start()
        figures = check(house, heard)
        wrong = sum(status not in {200, 503} for status in statuses)
        return verdict(
            f"power cut {cuts} times",
            figures | {"other failures": wrong},
            bad=faults_of(figures) + wrong + (not heard),
        )


def scan_while_it_answers(
    house: House, codes: Iterator[str], heard: dict[str, Any], statuses: list[int]
) -> None:
    """Be a device: scan one badge after the other, until nobody answers."""
    client = Client(house, timeout=5)
    with contextlib.suppress(*SILENCE):
        for code in codes:
            scan_id = str(uuid4())
            status, answer = client.ask("PUT", f"/scans/{scan_id}", {"code": code})
            statuses.append(status)
            if status == 200:
                heard[scan_id] = answer


def lose_what_was_not_synced(house: House, synced: Path) -> None:
    """Give the house the disk that is left after the power went."""
    for file in house.folder.glob("eventmatch.db*"):
        file.unlink()
    for file in synced.glob("eventmatch.db*"):
        if not file.name.endswith(".new"):
            shutil.copy(file, house.folder)


def browser(bug: str = "") -> bool:
    """Kill a browser a hundred times between the green answer and the upload."""
    times = 5 if bug else 100
    with a_house(times) as house:
        figures = browsers.killed(house, times, browsers.IN_MEMORY_ONLY if bug else "")
        return verdict("browser killed", figures, bad=figures["lost"])


def pace(bug: str = "") -> bool:
    """Scan once a second on one device, for ten minutes."""
    scans = 20 if bug else 600
    with a_house(scans) as house:
        figures = browsers.paced(house, scans, browsers.BUSY_FOR_TWO_SECONDS if bug else "")
        return verdict("60 scans a minute", figures, bad=figures["lost"] + figures["twice"])


Fault = Callable[[str], bool]
# Each with a bug that it must find.
ALL: dict[str, tuple[Fault, str]] = {
    "race": (race, "forget-who-came"),
    "gates": (gates, "take-late-scans-as-new"),
    "locked": (locked, "wait-for-ever"),
    "full": (full, "believe-that-it-was-stored"),
    "kill": (kill, "answer-before-storing"),
    "power": (power, "sync-later"),
    "postgres": (postgres_killed, "sync-later"),
    "browser": (browser, "kept in memory only"),
    "pace": (pace, "an answer blocks the next scan"),
}


def proved(name: str) -> bool:
    """Run one, then with its bug; tell whether it passed, and would have failed."""
    fault, bug = ALL[name]
    is_good = fault("")
    print(f"  now with a bug: {bug}", end=": ", flush=True)
    is_seen = not fault(bug)
    print("  the bug was seen" if is_seen else "  THE BUG WAS NOT SEEN", flush=True)
    return is_good and is_seen


def main() -> None:
    """Run those named, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("faults", nargs="*", metavar="fault", help=", ".join(ALL))
    names = parser.parse_args().faults or list(ALL)
    assert Path(COMMAND).exists()
    results = [proved(name) for name in names]
    sys.exit(not all(results))


if __name__ == "__main__":
    main()
