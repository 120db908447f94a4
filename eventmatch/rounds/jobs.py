"""Planning in the background."""

from contextlib import suppress

from eventmatch.db import db, hold
from eventmatch.events.actions import EventClosed
from eventmatch.events.models import Event
from eventmatch.jobs import Job, JobState, enqueue, job, newest_job, report_progress
from eventmatch.rounds.actions import NothingLeft, note_problem, plan_rounds
from eventmatch.rounds.models import TakingPart
from eventmatch.rounds.planning import NoPlan

JOB = "plan_rounds"


def enqueue_plan(event: Event, *, rounds: int, table_size: int, who: TakingPart) -> Job:
    """Queue the planning; what is under way is not queued again, and the latest wish counts.

    Raises: EventClosed.
    """
    hold(event)  # a second press may come at the same moment
    if event.is_closed:
        raise EventClosed
    wanted = {
        "event_id": event.id,
        "rounds": rounds,
        "table_size": table_size,
        "who": who.value,
    }
    newest = newest_job(JOB, event.slug)
    if newest is not None and is_under_way(newest) and newest.arguments == wanted:
        return newest
    queued = enqueue(JOB, key=event.slug, **wanted)
    queued.arguments = wanted
    return queued


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
    except (NoPlan, NothingLeft) as problem:
        note_problem(event, problem, **wanted, who=TakingPart(who))
