"""What Prometheus is told: what the processes counted, and what the database says now."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import func, select

from eventmatch import clock, metrics
from eventmatch.checkin.queries import count_came, count_inside
from eventmatch.db import db
from eventmatch.events.models import Event, EventState
from eventmatch.jobs import Heartbeat, Job, JobState
from eventmatch.mail import Letter, LetterState
from eventmatch.matching.figures import gini, times_shown
from eventmatch.matching.models import MatchRun
from eventmatch.registration.models import Registration, Status

_MOST_EVENTS = 50  # those that end last; each costs some milliseconds


def exposition() -> bytes:
    """Return everything in Prometheus's text format."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(metrics.FOLDER))  # type: ignore[no-untyped-call]
    registry.register(_Stored())
    return generate_latest(registry)


class _Stored(Collector):
    """What is counted in the database when somebody asks."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Give the gauges one by one."""
        yield from _work()
        yield from _events()


def _gauge(name: str, said: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"eventmatch_{name}", said, labels=labels)


def _work() -> Iterator[GaugeMetricFamily]:
    now = clock.now()
    jobs = _gauge("jobs", "Background jobs that wait, run, or failed.", "state")
    found = _counted(select(Job.state, func.count()).group_by(Job.state))
    for state in (JobState.QUEUED, JobState.RUNNING, JobState.FAILED):
        jobs.add_metric([state.value], found.get(state, 0))
    yield jobs
    oldest = db.session.scalar(select(func.min(Job.created_at)).where(Job.state == JobState.QUEUED))
    waits = _gauge("oldest_job_seconds", "How long the first of the queue has waited.")
    waits.add_metric([], (now - oldest).total_seconds() if oldest else 0)
    yield waits
    letters = _gauge("letters", "Letters that wait, or could not be sent.", "state")
    told = _counted(select(Letter.state, func.count()).group_by(Letter.state))
    for one in (LetterState.WAITING, LetterState.FAILED):
        letters.add_metric([one.value], told.get(one, 0))
    yield letters
    seen = db.session.scalar(select(func.max(Heartbeat.seen_at)))
    if seen:
        worker = _gauge("worker_seen_seconds", "How long ago a worker was alive.")
        worker.add_metric([], (now - seen).total_seconds())
        yield worker


def _events() -> Iterator[GaugeMetricFamily]:
    guests = _gauge("guests", "Registrations of an event.", "event", "status")
    came = _gauge("came", "Guests who have come in at least once.", "event")
    inside = _gauge("inside", "Guests who are inside.", "event")
    seconds = _gauge("matching_seconds", "How long the last matching run took.", "event")
    age = _gauge("matching_age_seconds", "How long ago the last matching run ended.", "event")
    exposure = _gauge(
        "exposure_gini", "How unevenly guests are shown: 0 all alike, 1 only one.", "event"
    )
    for event in _current_events():
        slug = event.slug
        found = _counted(
            select(Registration.status, func.count())
            .where(Registration.event_id == event.id)
            .group_by(Registration.status)
        )
        for status in Status:
            guests.add_metric([slug, status.value], found.get(status, 0))
        came.add_metric([slug], count_came(event))
        inside.add_metric([slug], count_inside(event))
        run = db.session.get(MatchRun, event.id)
        if run is not None:
            seconds.add_metric([slug], run.seconds)
            age.add_metric([slug], (clock.now() - run.finished_at).total_seconds())
            exposure.add_metric([slug], gini(times_shown(event)))
    yield from (guests, came, inside, seconds, age, exposure)


def _current_events() -> list[Event]:
    statement = (
        select(Event)
        .where(Event.state == EventState.OPEN, Event.ends_at > clock.now())
        .order_by(Event.ends_at)
        .limit(_MOST_EVENTS)
    )
    return list(db.session.scalars(statement))


def _counted(statement: object) -> dict[object, int]:
    return {row[0]: row[1] for row in db.session.execute(statement)}  # type: ignore[call-overload]
