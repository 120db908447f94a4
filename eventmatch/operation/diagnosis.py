"""What a look at the instance shows: disk, database, clock, letters, worker, secrets."""

import enum
import os
import shutil
import smtplib
import stat
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from eventmatch import clock
from eventmatch.config import setting
from eventmatch.db import db, sqlite_module
from eventmatch.jobs import Heartbeat, Job, JobState, is_worker_alive
from eventmatch.mail import Letter, LetterState
from eventmatch.post import knock
from eventmatch.web.health import complaints

_TRIES = 20
_SLOW_DISK_MS = 20  # a scan waits for the disk once
_LITTLE_ROOM = 500 * 1024 * 1024
_SAFE_SQLITE = (3, 51, 3)
_LATE = timedelta(minutes=15)


class State(enum.Enum):
    """How bad it is."""

    GOOD = "good"
    ATTENTION = "look"  # works, but somebody should know
    BAD = "BAD"


@dataclass(frozen=True)
class Finding:
    """One line of the report."""

    state: State
    topic: str
    sentence: str


def diagnose() -> Iterator[Finding]:
    """Look at everything, one after the other; nothing is changed and no letter is sent."""
    is_migrated = True
    for look in _LOOKS:
        if look in _ON_TABLES and not is_migrated:
            continue
        topic = look.__name__.strip("_")
        try:
            finding = look()
        except SQLAlchemyError as problem:
            db.session.rollback()
            finding = Finding(State.BAD, topic, f"the database does not answer: {_cause(problem)}")
        is_migrated &= finding.state is not State.BAD or look is not _migrations
        yield finding


def _cause(problem: SQLAlchemyError) -> str:
    return str(getattr(problem, "orig", None) or problem).strip().splitlines()[0]


def _disk() -> Finding:
    milliseconds = statistics.median(_sync_times(setting("INSTANCE")))
    said = f"it keeps a write after {milliseconds:.1f} ms"
    if milliseconds > _SLOW_DISK_MS:
        return Finding(State.ATTENTION, "disk", f"{said}: each scan waits so long.")
    return Finding(State.GOOD, "disk", f"{said}.")


def _sync_times(folder: Path) -> Iterator[float]:
    path = folder / f".sync-{os.getpid()}"
    try:
        with path.open("wb", buffering=0) as file:
            for _ in range(_TRIES):
                began = time.perf_counter()
                file.write(b"0" * 4096)
                os.fsync(file.fileno())
                yield (time.perf_counter() - began) * 1000
    finally:
        path.unlink(missing_ok=True)


def _room() -> Finding:
    free = shutil.disk_usage(setting("INSTANCE")).free
    said = f"{free // 1024**2} MB are free."
    return Finding(State.GOOD if free > _LITTLE_ROOM else State.BAD, "room", said)


def _database() -> Finding:
    if db.engine.dialect.name == "postgresql":
        version = db.session.scalar(text("SHOW server_version"))
        is_kept = db.session.scalar(text("SHOW fsync")) == "on"
        said = f"PostgreSQL {version}, {'which syncs' if is_kept else 'with fsync off: not safe'}."
        return Finding(State.GOOD if is_kept else State.BAD, "database", said)
    version = sqlite_module().sqlite_version
    if tuple(map(int, version.split("."))) < _SAFE_SQLITE:
        said = f"SQLite {version}: before 3.51.3 a file can be damaged in rare cases."
        return Finding(State.ATTENTION, "database", said)
    return Finding(State.GOOD, "database", f"SQLite {version}.")


def _whole() -> Finding:
    if db.engine.dialect.name == "postgresql":
        return Finding(State.GOOD, "tables", "PostgreSQL looks after them itself.")
    answer = db.session.scalar(text("PRAGMA quick_check(1)"))
    state = State.GOOD if answer == "ok" else State.BAD
    return Finding(state, "tables", "all can be read." if answer == "ok" else str(answer))


def _migrations() -> Finding:
    missing = complaints()
    if "database" in missing:
        return Finding(State.BAD, "migrations", "the database does not say.")
    if "migrations" in missing:
        said = "the tables are of another version: run `eventmatch migrate`."
        return Finding(State.BAD, "migrations", said)
    return Finding(State.GOOD, "migrations", "the tables are up to date.")


def _clock() -> Finding:
    """Look for traces of the future: the clock of a server must not go back."""
    newest = db.session.scalar(select(func.max(Heartbeat.seen_at)))
    if newest and newest > clock.now() + timedelta(seconds=5):
        ahead = newest - clock.now()
        said = f"it is {clock.now():%Y-%m-%d %H:%M} UTC, but the worker was seen {ahead} later."
        return Finding(State.BAD, "clock", said)
    return Finding(State.GOOD, "clock", f"it is {clock.now():%Y-%m-%d %H:%M:%S} UTC.")


def _worker() -> Finding:
    failed = db.session.scalar(
        select(func.count()).where(
            Job.state == JobState.FAILED, Job.finished_at > clock.now() - timedelta(days=1)
        )
    )
    if not is_worker_alive():
        said = "none has been seen for 30 seconds: no letters, no matching."
        return Finding(State.ATTENTION, "worker", said)
    if failed:
        return Finding(State.ATTENTION, "worker", f"alive; {failed} jobs failed since yesterday.")
    return Finding(State.GOOD, "worker", "alive.")


def _mail() -> Finding:
    if not setting("MAIL_URL"):
        said = "letters become files in the instance folder; set EVENTMATCH_MAIL_URL to send them."
        return Finding(State.ATTENTION, "mail", said)
    try:
        knock()
    except (OSError, smtplib.SMTPException) as problem:
        return Finding(State.BAD, "mail", f"the server does not take us in: {problem}")
    return Finding(State.GOOD, "mail", "the server takes us in.")


def _letters() -> Finding:
    failed = _letters_that(Letter.state == LetterState.FAILED)
    late = _letters_that(
        (Letter.state == LetterState.WAITING) & (Letter.due_at < clock.now() - _LATE)
    )
    if failed or late:
        said = f"{failed} could not be sent, {late} wait for longer than 15 minutes."
        return Finding(State.ATTENTION, "letters", said)
    return Finding(State.GOOD, "letters", "none waits or failed.")


def _letters_that(condition: object) -> int:
    return db.session.scalar(select(func.count()).select_from(Letter).where(condition)) or 0  # type: ignore[arg-type]


def _secrets() -> Finding:
    folder: Path = setting("INSTANCE")
    for path in (folder / "secret_key", folder / "eventmatch.db"):
        can_enter = folder.stat().st_mode & stat.S_IXOTH
        if path.exists() and can_enter and path.stat().st_mode & stat.S_IROTH:
            said = f"others on this machine can read {path.name}: chmod 700 {folder}"
            return Finding(State.ATTENTION, "secrets", said)
    return Finding(State.GOOD, "secrets", "others on this machine can read none.")


def _address() -> Finding:
    address = setting("BASE_URL")
    if address.startswith("https://"):
        return Finding(State.GOOD, "address", f"guests see {address}.")
    said = f"guests see {address}: without https no phone's camera opens in the page."
    return Finding(State.ATTENTION, "address", said)


_LOOKS: tuple[Callable[[], Finding], ...] = (
    _disk, _room, _database, _migrations, _whole, _clock, _worker, _mail, _letters, _secrets,
    _address,
)  # fmt: skip
_ON_TABLES = frozenset({_clock, _worker, _letters})
