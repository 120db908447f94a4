"""How quickly the door answers: single scans by eight devices, batches, and the door set.

    .venv/bin/python bench/door.py [--guests 10000] [--scans 3000] [--database sqlite|postgresql]

Served as `make run` serves it: two processes of eight threads, SQLite with synchronous=FULL or a
PostgreSQL that syncs. The devices run in a process of their own on the same machine.
"""

import argparse
import contextlib
import os
import random
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

from house import Client, House, postgres

PORT = 8014


def single_scans(house: House, devices: int, scans: int, *, pause: float = 0) -> None:
    """Print how long single scans took, with all devices at once.

    Without a pause each device sends as soon as it is answered, which no steward does: so one
    learns what the house can take. With one it is how long a steward waits.
    """
    badges = house.badges[:scans]

    def run(part: int) -> list[tuple[int, float]]:
        client, taken = Client(house), []
        for code in badges[part::devices]:
            time.sleep(random.uniform(0, 2 * pause))
            began = time.perf_counter()
            status, answer = client.ask("PUT", f"/scans/{uuid4()}", {"code": code})
            taken.append((status, (time.perf_counter() - began) * 1000))
            assert status != 200 or answer["verdict"] == "admitted", answer
        return taken

    cpu, began = house.cpu_seconds(), time.perf_counter()
    with ThreadPoolExecutor(devices) as pool:
        taken = [one for part in pool.map(run, range(devices)) for one in part]
    seconds, cpu = time.perf_counter() - began, house.cpu_seconds() - cpu
    times = sorted(ms for _status, ms in taken)
    p50, p95, p99 = (times[int(len(times) * part) - 1] for part in (0.5, 0.95, 0.99))
    wrong = sum(status != 200 for status, _ms in taken)
    print(
        f"{devices} devices{f', a scan every {pause} s each' if pause else ''}, "
        f"{len(taken)} scans: {len(taken) / seconds:.0f} scans/s, "
        f"p50 {p50:.1f} ms, p95 {p95:.1f} ms, p99 {p99:.1f} ms, longest {times[-1]:.0f} ms, "
        f"{cpu / len(taken) * 1000:.1f} ms CPU a scan, {wrong} not answered with 200"
    )


def batches(house: House, badges: list[str]) -> None:
    """Print how many scans a second come in by batches of a hundred."""
    client, times, cpu = Client(house), [], house.cpu_seconds()
    for start in range(0, len(badges), 100):
        scans = [
            {"id": str(uuid4()), "code": code, "shown": "admitted"}
            for code in badges[start : start + 100]
        ]
        began = time.perf_counter()
        status, answer = client.ask("POST", "/scans", {"scans": scans})
        times.append(time.perf_counter() - began)
        assert status == 200, answer
        assert all(one["status"] == "ok" for one in answer["results"])
    cpu = house.cpu_seconds() - cpu
    print(
        f"batches of 100: {len(badges) / sum(times):.0f} scans/s, median of a batch "
        f"{statistics.median(times) * 1000:.0f} ms, {cpu / len(badges) * 1000:.2f} ms CPU a scan"
    )


def door_set(house: House) -> None:
    """Print size and time of the door set, all of it and a delta."""
    client = Client(house)
    for what, since in (("all", ""), ("delta", "9" * 15)):
        times = []
        for _round in range(5):
            began = time.perf_counter()
            assert client.connection is None or client.connection
            status, answer = client.ask("GET", f"/door?since={since}" if since else "/door")
            times.append(time.perf_counter() - began)
            assert status == 200
        import json

        size = len(json.dumps(answer, separators=(",", ":")))
        print(
            f"door set, {what}: {len(answer['passes'])} badges, {size / 1000:.0f} kB, "
            f"median {statistics.median(times) * 1000:.0f} ms"
        )
    print(f"first made in {house.set_took:.2f} s, once")


def main() -> None:
    """Measure on one database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--guests", type=int, default=10_000)
    parser.add_argument("--scans", type=int, default=3000)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        url = stack.enter_context(postgres())[0] if options.database == "postgresql" else ""
        house = House(Path(folder), PORT, url)
        house.fill(options.guests)
        house.start()
        try:
            print(f"{options.database}, {options.guests} guests, load {os.getloadavg()[0]:.1f}")
            single_scans(house, 1, 200)
            house.badges = house.badges[200:]
            single_scans(house, 8, options.scans)
            house.badges = house.badges[options.scans :]
            single_scans(house, 8, 1000, pause=0.2)
            batches(house, house.badges[1000:][:3000])
            door_set(house)
        finally:
            house.stop()


if __name__ == "__main__":
    main()
