"""How long printing badges takes, and how much memory: `python bench/badges.py 1000`.

Each layout runs in a process of its own, so that the peaks are its own. About a tenth of the
names are hard to set.
"""

import argparse
import resource
import subprocess
import sys
import time
from itertools import cycle, islice

from eventmatch.badges.sheet import Design, Face, Layout, draw_badges

NAMES = [
    *["Anna Schmidt", "Maximilian Müller", "Dr. Zoë Ångström", "João da Silva", "Jo Li"] * 4,
    "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewissenhaftschafers",
    "محمد بن عبد الله الأنصاري",
]
DESIGN = Design(
    event_title="Green Logistics Fair 2026",
    accent="#0b6e6e",
    place="Hall 4, Dortmund",
    dates="14–15 March 2026",
)


def _faces(count: int) -> list[Face]:
    return [
        Face(
            name=name,
            first_name="",
            company="Institute for Material Flow and Logistics",
            role="Head of Supply Chain Innovation",
            url=f"HTTPS://EVENTMATCH.EXAMPLE.ORG/B/{number:026d}",
            short_code=f"{number // 10_000:04d}-{number % 10_000:04d}",
        )
        for number, name in enumerate(islice(cycle(NAMES), count))
    ]


def _measure(count: int, layout: Layout) -> None:
    faces = _faces(count)
    started = time.perf_counter()
    pdf = draw_badges(faces, DESIGN, layout=layout)
    seconds = time.perf_counter() - started
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{layout:5} {count:6} badges {seconds:7.2f} s {1000 * seconds / count:6.1f} ms each "
        f"{peak_mb:5.0f} MB peak {len(pdf) / 1e6:6.2f} MB file"
    )


def main() -> None:
    """Measure one layout, or start a process for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("count", type=int, nargs="?", default=1000)
    parser.add_argument("--layout", type=Layout, choices=list(Layout))
    arguments = parser.parse_args()
    if arguments.layout:
        _measure(arguments.count, arguments.layout)
        return
    for layout in Layout:
        command = [sys.executable, __file__, str(arguments.count), "--layout", layout.value]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
