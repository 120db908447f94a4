"""Matching against plain scikit-learn: quality, evenness, time and memory in one run.

python bench/matching.py [PEOPLE.csv …] [--people 10000] [--top 10] [--experiment]

The files, if any, are in the format of `eventmatch suggest`; the event is cut from their rows, each
field from another person, or made up from our own texts. Plain scikit-learn is `TfidfVectorizer()`
as it comes over all texts of a person, `cosine_similarity` and `argsort`. Everything is seeded;
only the times change from run to run.
"""

import argparse
import csv
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from eventmatch.matching.parameters import DEFAULT
from eventmatch.matching.profile import Profile
from eventmatch.matching.table import COLUMNS, run_suggest

RUNS = 3


def plain(people: Path, output: Path, top: int) -> None:
    """Do what one writes in ten lines with scikit-learn."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.metrics.pairwise import cosine_similarity

    with people.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    texts = [" ".join(row[name] for name in COLUMNS[4:9]) for row in rows]
    score = cosine_similarity(TfidfVectorizer().fit_transform(texts))
    np.fill_diagonal(score, -1)
    best = np.argsort(-score, axis=1)[:, :top]
    with output.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        for one, shown in enumerate(best):
            writer.writerows(
                (rows[one]["id"], rows[other]["id"], rank, score[one, other])
                for rank, other in enumerate(shown, start=1)
            )


def ours(people: Path, output: Path, top: int) -> None:
    """Do what `eventmatch suggest` does."""
    run_suggest(people, output, top=top)


def ours_capped(people: Path, output: Path, top: int) -> None:
    """Do what `eventmatch suggest --cap` does."""
    run_suggest(people, output, top=top, cap=top + 2)


WAYS = {"plain": plain, "ours": ours, "capped": ours_capped}


def measured(way: str, people: Path, top: int) -> tuple[float, float]:
    """Return seconds and gigabytes of a whole command, from starting Python to the written file."""
    command = [sys.executable, __file__, str(people), "--way", way, "--top", str(top)]
    started = time.perf_counter()
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return time.perf_counter() - started, float(said)


def run_alone(way: str, people: Path, top: int) -> None:
    """Do the work of one command and print the memory it took."""
    WAYS[way](people, people.with_suffix(".out"), top)
    print(_most_memory())


def _most_memory() -> float:
    """Return the gigabytes that this process held at most.

    On Linux `getrusage` also counts what the process held that started this one.
    """
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e9  # bytes, on macOS
    lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
    return int(lines["VmHWM"].split()[0]) / 1e6


def print_speed(path: Path, people: int, top: int) -> None:
    """Print time and memory beside plain scikit-learn's: medians of runs that take turns."""
    print(f"\nTop {top} of {people} people   seconds  ratio    GB  ratio")
    ways = [way for way in WAYS if way != "plain" or people <= 20_000]  # it needs people² numbers
    runs = [{way: measured(way, path, top) for way in ways} for _ in range(RUNS)]
    for way in ways:
        seconds, size = (statistics.median(run[way][part] for run in runs) for part in (0, 1))
        print(f"{way:24} {seconds:9.2f} {_ratio(runs, way, 0)} {size:5.2f} {_ratio(runs, way, 1)}")


def _ratio(runs: list[dict[str, tuple[float, float]]], way: str, part: int) -> str:
    """Return the median ratio to plain scikit-learn in the same turn, as six signs."""
    if "plain" not in runs[0]:
        return "     –"
    return f"{statistics.median(run[way][part] / run['plain'][part] for run in runs):6.2f}"


def print_product(profiles: Sequence[Profile]) -> None:
    """Print how long everybody's best take beside the bare sparse products they are made of."""
    from eventmatch.matching.crowd import Crowd

    crowd = Crowd(profiles, seed=0, parameters=DEFAULT)
    people, rows = len(profiles), crowd._texts.matrix
    common, seeks, offers = rows[:people], rows[people : 2 * people], rows[2 * people :]
    ratios = []
    for _run in range(RUNS):
        started = time.perf_counter()
        for begin in range(0, people, 1_000):
            some = slice(begin, begin + 1_000)
            common[some] @ common.T, seeks[some] @ offers.T, offers[some] @ seeks.T
        bare = time.perf_counter() - started
        started = time.perf_counter()
        crowd.closest(10)
        ratios.append((time.perf_counter() - started) / bare)
    print(f"\nEverybody's best, in times of scipy's bare products  {statistics.median(ratios):.2f}")


def print_late_guest(profiles: Sequence[Profile], late: Sequence[Profile]) -> None:
    """Print how long the list of one late guest takes, from the row to the stored list."""
    from fair import fair, row_of
    from sqlalchemy import insert

    from eventmatch.db import db
    from eventmatch.matching.actions import give_late_lists, refresh_suggestions
    from eventmatch.registration.models import Registration

    with fair(profiles) as event:
        refresh_suggestions(event)
        times = []
        for one in late:
            db.session.execute(insert(Registration), [row_of(event, one, is_late=True)])
            db.session.commit()
            started = time.perf_counter()
            given = give_late_lists(event)
            times.append(time.perf_counter() - started)
            assert given == 1
    said = f"{1000 * statistics.median(times):.0f} ms"
    print(f"\nA late guest among {len(profiles)}, with the database: {said}")


def main() -> None:
    """Run everything."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("files", nargs="*", type=Path)
    options.add_argument("--people", type=int, default=10_000)
    options.add_argument("--top", type=int, default=10)
    options.add_argument("--experiment", action="store_true", help="also try other parameters")
    options.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.way:
        run_alone(asked.way, asked.files[0], asked.top)
        return
    # Only here: the commands that are measured are whole processes, and need none of this.
    from evenness import print_evenness
    from people import write_people
    from quality import print_experiment, print_quality

    print_quality(asked.files)
    if asked.experiment:
        print_experiment(asked.files)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people.csv"
        print_evenness(write_people(asked.files, 400, path))
        profiles = write_people(asked.files, asked.people + 20, path)
        print_late_guest(profiles[: asked.people], profiles[asked.people :])
        print_product(profiles)
        print_speed(path, asked.people, asked.top)


if __name__ == "__main__":
    main()
