"""Rates hold for all processes of a house together."""

import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from limits import RateLimitItemPerMinute
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from eventmatch.config import read_settings
from eventmatch.web.counts import FileOfCounts

TEN = RateLimitItemPerMinute(10)


def _ask(uri: str, times: int) -> int:
    """Return how often somebody was let in."""
    limiter = FixedWindowRateLimiter(FileOfCounts(uri))
    return sum(limiter.hit(TEN, "somebody") for _ in range(times))


@pytest.fixture
def uri(tmp_path: Path) -> str:
    return f"counts://{tmp_path / 'rates.db'}"


def test_two_processes_let_in_together_as_many_as_one_would(uri: str):
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes:
        let_in = sum(processes.map(_ask, [uri, uri], [30, 30]))

    assert let_in == 10
    assert FixedWindowRateLimiter(FileOfCounts(uri)).hit(TEN, "somebody else")


def test_a_window_ends_and_another_begins(uri: str, monkeypatch: pytest.MonkeyPatch):
    assert _ask(uri, 11) == 10
    later = time.time() + 61

    monkeypatch.setattr("eventmatch.web.counts.time.time", lambda: later)

    assert _ask(uri, 11) == 10


def test_what_was_counted_can_be_asked_and_forgotten(uri: str):
    file = storage_from_string(uri)
    assert isinstance(file, FileOfCounts)

    assert file.check()
    assert (file.incr("a", 60), file.incr("a", 60), file.incr("b", 60)) == (1, 2, 1)
    assert file.get("a") == 2
    assert 0 < file.get_expiry("a") - time.time() <= 60
    file.clear("a")
    assert (file.get("a"), file.get("b")) == (0, 1)
    file.reset()
    assert file.get("b") == 0


def test_a_file_that_cannot_be_used_says_so(tmp_path: Path):
    assert not FileOfCounts(f"counts://{tmp_path / 'missing' / 'rates.db'}").check()


def test_counts_lie_in_the_instance_folder_unless_told(tmp_path: Path):
    settings = read_settings({"EVENTMATCH_INSTANCE": str(tmp_path)})

    assert settings["RATELIMIT_STORAGE_URI"] == f"counts://{tmp_path}/rates.db"
