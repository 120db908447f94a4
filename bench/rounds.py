"""Speed-networking rounds: how long the whole command takes, and how near to the bound it comes.

    .venv/bin/python bench/rounds.py [--rounds 6] [--people 200 201 1000 …] [--tables 2 4 8]

Plans for the 200 guests of the demo fair; beyond, each text mixes the words of two of them, since
no two people at a fair write the same. Each plan has a process of its own. Prints wall and
processor seconds, peak memory, and what the command says of its plan.
"""

import argparse
import csv
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from eventmatch.demo.guests import WRITTEN, guests

TEXTS = ("interests", "offers", "seeks")
COMMAND = str(Path(sys.executable).parent / "eventmatch")


def write_people(path: Path, number: int) -> None:
    """Write so many guests."""
    written = guests(WRITTEN)
    chance = random.Random(1)

    def mixed(field: str) -> str:
        words = [getattr(chance.choice(written), field).split() for _ in range(2)]
        return " ".join(
            word for some in words for word in chance.sample(some, (len(some) + 1) // 2)
        )

    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "company", *TEXTS))
        for place, guest in enumerate(guests(number), start=1):
            told = (
                [getattr(guest, field) for field in TEXTS]
                if place <= WRITTEN
                else map(mixed, TEXTS)
            )
            writer.writerow((place, guest.company, *told))


def measured(people: Path, output: Path, *, rounds: int, table_size: int) -> str:
    """Run the command once, and return its figures in a line."""
    sizes = ["--rounds", str(rounds), "--table-size", str(table_size)]
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    answer = subprocess.run(
        [COMMAND, "rounds", str(people), *sizes, "--output", str(output)],
        capture_output=True,
        text=True,
        check=True,
    )
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return f"{wall:7.1f} s {processor:7.1f} s   {answer.stderr.strip()}"


def main() -> None:
    """Print a line for each number of people and size of tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--people", type=int, nargs="+", default=[200, 201, 1000])
    parser.add_argument("--tables", type=int, nargs="+", default=[2, 4, 8])
    wanted = parser.parse_args()
    print("people tables      wall  processor")
    with tempfile.TemporaryDirectory() as folder:
        for number in wanted.people:
            people = Path(folder) / f"{number}.csv"
            write_people(people, number)
            for size in wanted.tables:
                line = measured(
                    people, Path(folder) / "plan.csv", rounds=wanted.rounds, table_size=size
                )
                print(f"{number:6} {size:6} {line}", flush=True)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(f"the most memory of one run: {peak / 1024:.0f} MB")


if __name__ == "__main__":
    main()
