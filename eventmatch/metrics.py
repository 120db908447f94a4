"""What each process counts for Prometheus: requests and scans.

The processes of one instance count into files of one folder, and whichever is asked adds them up.
prometheus-client reads the folder's name when it is imported, so that this file comes first.
"""

import os
from pathlib import Path

from eventmatch.config import instance_folder

FOLDER = Path(os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(instance_folder() / "metrics")))
FOLDER.mkdir(parents=True, exist_ok=True)

from prometheus_client import Counter, Histogram  # noqa: E402

_STEPS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)

REQUESTS = Histogram(
    "eventmatch_request_seconds",
    "How long requests took, by page or call and by the first digit of their status.",
    ["endpoint", "status"],
    buckets=_STEPS,
)
SCANS = Counter("eventmatch_scans", "Scans that were judged for the first time.", ["verdict"])


def forget_earlier() -> None:
    """Delete what processes have counted that do not run any more."""
    for left in FOLDER.glob("*_*.db"):
        number = left.stem.rpartition("_")[2]
        if not number.isdecimal() or not _is_running(int(number)):
            left.unlink(missing_ok=True)


def _is_running(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # it runs, and is somebody else's
        pass
    return True
