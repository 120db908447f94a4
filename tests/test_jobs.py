"""Work for later: nothing is lost, nothing is queued twice, one failure stops nobody."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from eventmatch import clock, jobs
from eventmatch.db import db
from eventmatch.jobs import (
    MOST_TRIES,
    SILENT_FOR,
    Job,
    JobState,
    enqueue,
    is_worker_alive,
    newest_job,
    report_progress,
    requeue_silent,
    run_due,
    show_sign_of_life,
)


@pytest.fixture
def done() -> Iterator[list[str]]:
    """What the kinds of work of these tests have done."""
    notes: list[str] = []

    def note(running: Job, *, what: str) -> None:
        notes.append(what)
        report_progress(running, 1, 2)

    def fail(running: Job) -> None:
        running.total = 99
        db.session.flush()
        raise ValueError("a secret that must not be stored")

    jobs._handlers.update(note=note, fail=fail)
    yield notes
    for kind in ("note", "fail"):
        del jobs._handlers[kind]


def _queue(kind: str, key: str = "1", **arguments: Any) -> Job:
    job = enqueue(kind, key=key, **arguments)
    db.session.commit()
    return job


def test_work_is_done_in_the_order_in_which_it_came(app: Flask, done: list[str]):
    first = _queue("note", "1", what="first")
    second = _queue("note", "2", what="second")

    assert run_due() == 2

    assert done == ["first", "second"]
    for job in (first, second):
        assert (job.state, job.done, job.total, job.error) == (JobState.DONE, 1, 2, "")
        assert job.finished_at is not None


def test_the_same_work_is_queued_once_and_again_after_it_began(app: Flask, done: list[str]):
    first = _queue("note", what="a")
    again = _queue("note", what="a")
    run_due()
    later = _queue("note", what="b")

    assert again.id == first.id
    assert later.id != first.id
    run_due()
    assert done == ["a", "b"]
    newest = newest_job("note", "1")
    assert newest is not None
    assert newest.id == later.id


def test_ten_who_ask_at_once_queue_one_job(either_app: Flask):
    barrier = Barrier(10)

    def ask(_number: int) -> str:
        barrier.wait()
        with either_app.app_context():
            return _queue("note", what="a").id.hex

    with ThreadPoolExecutor(10) as pool:
        ids = set(pool.map(ask, range(10)))

    assert len(ids) == 1
    assert len(db.session.scalars(select(Job)).all()) == 1


def test_two_workers_never_take_the_same_job(either_app: Flask, done: list[str]):
    for number in range(20):
        _queue("note", str(number), what=str(number))
    barrier = Barrier(4)

    def work(_number: int) -> int:
        barrier.wait()
        with either_app.app_context():
            return run_due()

    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(work, range(4)))

    assert sum(counts) == 20
    assert sorted(done, key=int) == [str(number) for number in range(20)]


def test_failing_work_leaves_a_row_that_says_so_and_the_next_is_done(
    either_app: Flask, done: list[str]
):
    failing = _queue("fail")
    _queue("note", what="after")

    run_due()

    db.session.refresh(failing)
    assert (failing.state, failing.error, failing.total) == (JobState.FAILED, "ValueError", 0)
    assert done == ["after"]


def test_work_of_an_unknown_kind_fails_and_stops_nobody(app: Flask, done: list[str]):
    unknown = _queue("no_such_kind")
    _queue("note", what="after")

    run_due()

    db.session.refresh(unknown)
    assert unknown.state is JobState.FAILED
    assert done == ["after"]


def test_what_a_dead_worker_left_is_done_by_the_next(app: Flask, done: list[str]):
    job = _queue("note", what="a")
    job.state, job.tries = JobState.RUNNING, 1
    job.heartbeat_at = clock.now()
    db.session.commit()

    assert requeue_silent() == 0  # it may only be slow
    with time_machine.travel(clock.now() + SILENT_FOR + timedelta(seconds=1), tick=False):
        assert requeue_silent() == 1
        assert requeue_silent() == 0
        run_due()

    assert done == ["a"]
    states = db.session.execute(select(Job.state, Job.tries).order_by(Job.created_at)).all()
    assert states == [(JobState.FAILED, 1), (JobState.DONE, 2)]


def test_work_that_kills_its_worker_is_given_up(app: Flask, done: list[str]):
    job = _queue("note", what="a")
    job.state, job.tries = JobState.RUNNING, MOST_TRIES
    job.heartbeat_at = clock.now() - SILENT_FOR - timedelta(seconds=1)
    db.session.commit()

    assert requeue_silent() == 0

    db.session.refresh(job)
    assert (job.state, job.error) == (JobState.FAILED, "gave up")
    run_due()
    assert done == []


def test_dead_work_that_was_asked_for_anew_is_done_once(app: Flask, done: list[str]):
    dead = _queue("note", what="a")
    dead.state, dead.tries = JobState.RUNNING, 1
    dead.heartbeat_at = clock.now() - SILENT_FOR - timedelta(seconds=1)
    db.session.commit()
    _queue("note", what="a")

    requeue_silent()
    run_due()

    assert done == ["a"]


def test_a_worker_shows_that_it_lives(app: Flask):
    assert not is_worker_alive()

    show_sign_of_life()

    assert is_worker_alive()
    with time_machine.travel(clock.now() + timedelta(seconds=31), tick=False):
        assert not is_worker_alive()


def test_a_failing_look_does_not_stop_the_worker(app: Flask, monkeypatch: pytest.MonkeyPatch):
    stop, looks = threading.Event(), []

    def look() -> None:
        looks.append(1)
        if len(looks) == 1:
            raise ValueError
        stop.set()

    monkeypatch.setattr(jobs, "_watchers", [(0.01, look)])
    worker = threading.Thread(target=jobs.work, args=(app, stop))
    worker.start()
    worker.join(timeout=10)

    assert not worker.is_alive()
    assert len(looks) == 2
