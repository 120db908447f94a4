"""Work for later: rows that are written with the change that wants them, and a worker.

The table is the whole truth: what is to be done, how far it is, and since when nobody has heard of
it. A room names its work with `@job` and looks for what is new with `@every`; each such look runs
in a thread of its own, so that a long run of matching never holds up the letters.
"""

import enum
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import structlog
from flask import Flask
from sqlalchemy import Index, String, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from eventmatch import clock
from eventmatch.db import Model, db, only_reading

log = structlog.get_logger()

MOST_TRIES = 3
SILENT_FOR = timedelta(minutes=2)  # after that a running job is taken to be dead

Handler = Callable[..., None]
Watcher = Callable[[], None]

_handlers: dict[str, Handler] = {}
_watchers: list[tuple[float, Watcher]] = []


class JobState(enum.Enum):
    """How far a job is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(Model):
    """One piece of work, with its progress for the page that waits for it."""

    __tablename__ = "job"
    __table_args__ = (
        # The same work is queued once, however often it is asked for.
        Index(
            "uq_job_queued",
            "kind",
            "key",
            unique=True,
            sqlite_where=text("state = 'queued'"),
            postgresql_where=text("state = 'queued'"),
        ),
        Index("ix_job_state", "state", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[str] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(String(80))
    arguments: Mapped[dict[str, Any]]
    state: Mapped[JobState] = mapped_column(default=JobState.QUEUED)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    heartbeat_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


def job(kind: str) -> Callable[[Handler], Handler]:
    """Name the function that does the work of this kind; it must bear being run twice."""

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        return handler

    return register


def every(seconds: float) -> Callable[[Watcher], Watcher]:
    """Let the worker call the function again and again, so many seconds after it last ended."""

    def register(watcher: Watcher) -> Watcher:
        _watchers.append((seconds, watcher))
        return watcher

    return register


def enqueue(kind: str, *, key: str, **arguments: Any) -> Job:
    """Queue the work, or return the same work that still waits in the queue."""
    waiting = db.session.scalar(
        select(Job).where(Job.kind == kind, Job.key == key, Job.state == JobState.QUEUED)
    )
    if waiting is not None:
        return waiting
    queued = Job(kind=kind, key=key, arguments=arguments)
    try:
        with db.session.begin_nested():
            db.session.add(queued)
    except IntegrityError:  # somebody else queued it in this very moment
        return enqueue(kind, key=key, **arguments)
    return queued


def newest_job(kind: str, key: str) -> Job | None:
    """Return the latest job of this kind and key, in whatever state."""
    return db.session.scalar(
        select(Job).where(Job.kind == kind, Job.key == key).order_by(Job.created_at.desc()).limit(1)
    )


def report_progress(running: Job, done: int, total: int) -> None:
    """Say how far the job is, which also shows that it lives. Commits."""
    running.done, running.total, running.heartbeat_at = done, total, clock.now()
    db.session.commit()


def run_due() -> int:
    """Run what waits in the queue, oldest first; return how many jobs were run."""
    count = 0
    while _is_waiting() and (running := _take_next()) is not None:
        _run(running)
        count += 1
    return count


def _is_waiting() -> bool:
    """Look without taking the write lock, since mostly there is nothing to do."""
    with only_reading():
        waiting = db.session.scalar(select(Job.id).where(Job.state == JobState.QUEUED).limit(1))
    return waiting is not None


def _take_next() -> Job | None:
    """Take the oldest waiting job, or None; two workers never take the same."""
    candidate = db.session.scalar(
        select(Job)
        .where(Job.state == JobState.QUEUED)
        .order_by(Job.created_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if candidate is None:
        db.session.commit()
        return None
    candidate.state = JobState.RUNNING
    candidate.heartbeat_at = clock.now()
    candidate.tries += 1
    db.session.commit()
    return candidate


def _run(running: Job) -> None:
    try:
        _handlers[running.kind](running, **running.arguments)
        db.session.commit()
    except Exception as failure:
        db.session.rollback()
        log.exception("job failed", kind=running.kind, job=running.id.hex[:8])
        running.error = type(failure).__name__
        running.state = JobState.FAILED
    else:
        running.state, running.error = JobState.DONE, ""
    running.finished_at = clock.now()
    db.session.commit()


def requeue_silent() -> int:
    """Queue again what was running when its worker died; give up after three tries."""
    silent = (Job.state == JobState.RUNNING) & (Job.heartbeat_at < clock.now() - SILENT_FOR)
    given_up = update(Job).where(silent, Job.tries >= MOST_TRIES)
    db.session.execute(given_up.values(state=JobState.FAILED, error="gave up"))
    count = 0
    for dead in db.session.scalars(select(Job).where(silent)):
        twin = enqueue(dead.kind, key=dead.key, **dead.arguments)
        twin.tries = dead.tries
        dead.state, dead.error = JobState.FAILED, "worker died"
        count += 1
    db.session.commit()
    return count


@every(0.5)
def run_queue() -> None:
    """Do the work that waits."""
    run_due()


@every(30)
def sweep() -> None:
    """Bring back what a dead worker left."""
    requeue_silent()


@every(5)
def show_sign_of_life() -> None:
    """Leave a heartbeat, so that others can tell that a worker lives."""
    heartbeat = db.session.get(Heartbeat, 1) or Heartbeat(id=1)
    heartbeat.seen_at = clock.now()
    db.session.add(heartbeat)
    db.session.commit()


class Heartbeat(Model):
    """When a worker was last alive; a single row."""

    __tablename__ = "heartbeat"

    id: Mapped[int] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime]


def is_worker_alive() -> bool:
    """Tell whether a worker has shown itself within the last 30 seconds."""
    heartbeat = db.session.get(Heartbeat, 1)
    return heartbeat is not None and heartbeat.seen_at > clock.now() - timedelta(seconds=30)


def work(app: Flask, stop: threading.Event) -> None:
    """Run all watchers until asked to stop."""
    threads = [
        threading.Thread(target=_watch, args=(app, stop, seconds, watcher), name=watcher.__name__)
        for seconds, watcher in _watchers
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _watch(app: Flask, stop: threading.Event, seconds: float, watcher: Watcher) -> None:
    pause = seconds
    while not stop.is_set():
        try:
            with app.app_context():
                watcher()
            pause = seconds
        except Exception:
            # The database may be away for a while; nothing is lost, the rows wait.
            log.exception("watcher failed", watcher=watcher.__name__)
            pause = min(60.0, pause * 2 + 1)
        stop.wait(pause)
