"""Planning in the background."""

from contextlib import suppress

from eventmatch.db import db
from eventmatch.errors import Conflict
from eventmatch.events.actions import EventClosed
from eventmatch.events.models import Event
from eventmatch.jobs import Job, JobState, enqueue, job, newest_job, report_progress
from eventmatch.rounds.actions import note_problem, plan_rounds
from eventmatch.rounds.models import TakingPart

JOB = "plan_rounds"


def enqueue_plan(event: Event, *, rounds: int, table_size: int, who: TakingPart) -> Job:
    """Queue the planning, or return the one that is under way. Raises: EventClosed."""
    if event.is_closed:
        raise EventClosed
    newest = newest_job(JOB, event.slug)
    if newest is not None and is_under_way(newest):
        return newest
    return enqueue(
        JOB,
        key=event.slug,
        event_id=event.id,
        rounds=rounds,
        table_size=table_size,
        who=who.value,
    )


def is_under_way(planning: Job) -> bool:
    """Tell whether it waits or runs."""
    return planning.state in {JobState.QUEUED, JobState.RUNNING}


@job(JOB)
def plan_on_request(running: Job, *, event_id: int, rounds: int, table_size: int, who: str) -> None:
    """Plan the rounds of an event; what cannot be planned is told on its page."""
    event = db.session.get(Event, event_id)
    if event is None:
        return
    wanted = {"rounds": rounds, "table_size": table_size}
    try:
        with suppress(EventClosed):
            plan_rounds(
                event,
                **wanted,
                who=TakingPart(who),
                on_progress=lambda done, total: report_progress(running, done, total),
            )
    except Conflict as problem:
        note_problem(event, problem, **wanted, who=TakingPart(who))
