"""What can be done with rounds."""

from collections.abc import Callable
from dataclasses import asdict

from sqlalchemy import delete, func, insert, select

from eventmatch import clock
from eventmatch.db import db, hold, only_reading
from eventmatch.errors import Conflict, NotFound
from eventmatch.events.actions import EventClosed
from eventmatch.events.models import Event
from eventmatch.i18n import _l
from eventmatch.matching.actions import profile_of
from eventmatch.matching.material import pairs_apart, rules_of
from eventmatch.registration.models import Registration
from eventmatch.rounds.models import Round, RoundPlan, RoundState, Seat, TakingPart
from eventmatch.rounds.planning import NoPlan, Plan, Seating, plan
from eventmatch.rounds.queries import find_plan, finished_rounds, taking_part


class NothingLeft(Conflict):
    """All the rounds that are wanted are over."""

    code = "nothing_left"
    message = _l("So many rounds are over already. Ask for more rounds to plan further ones.")


class NotItsTurn(Conflict):
    """An earlier round is not over."""

    code = "not_its_turn"
    message = _l("An earlier round is not over yet.")


class LaterRoundOver(Conflict):
    """Only the latest round can be taken back."""

    code = "later_round_over"
    message = _l("A later round is over already.")


def plan_rounds(
    event: Event,
    *,
    rounds: int,
    table_size: int,
    who: TakingPart,
    on_progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> RoundPlan:
    """Plan the event's rounds; those that are over stay as they were. Commits.

    The thinking takes place between two transactions: nobody waits for it. Raises: EventClosed,
    NothingLeft, NoPlan.
    """
    with only_reading():
        if event.is_closed:
            raise EventClosed
        earlier = finished_rounds(event)
        profiles = [profile_of(person) for person in taking_part(event, who)]
        apart = [frozenset((str(low), str(high))) for low, high in pairs_apart(event)]
        rules = rules_of(event)
    if rounds <= len(earlier):
        raise NothingLeft

    planned = plan(
        profiles,
        rounds=rounds - len(earlier),
        table_size=table_size,
        excluded=apart,
        closed=rules.closed,
        parameters=rules.parameters,
        earlier=earlier,
        on_progress=on_progress,
    )

    hold(event)  # two plans at once would mix their rounds
    if event.is_closed:
        raise EventClosed
    if _count_finished(event) != len(earlier):  # one ended while we were thinking
        db.session.rollback()
        return plan_rounds(
            event, rounds=rounds, table_size=table_size, who=who, on_progress=on_progress
        )
    _replace(event, planned, after=len(earlier))
    stored = _wanted(event, rounds=rounds, table_size=table_size, who=who)
    for name, value in asdict(planned.figures).items():
        setattr(stored, name, value)
    db.session.commit()
    return stored


def note_problem(
    event: Event, problem: NoPlan | NothingLeft, *, rounds: int, table_size: int, who: TakingPart
) -> None:
    """Keep why nothing could be planned, for the page; an earlier plan still stands."""
    stored = find_plan(event) or _wanted(event, rounds=rounds, table_size=table_size, who=who)
    stored.problem = problem.code


def _wanted(event: Event, *, rounds: int, table_size: int, who: TakingPart) -> RoundPlan:
    stored = find_plan(event) or RoundPlan(event_id=event.id)
    stored.rounds, stored.table_size, stored.taking_part = rounds, table_size, who
    stored.problem, stored.made_at = "", clock.now()
    db.session.add(stored)
    return stored


def _count_finished(event: Event) -> int:
    statement = select(func.count(Round.id)).where(
        Round.event_id == event.id, Round.state == RoundState.FINISHED
    )
    return db.session.scalar(statement) or 0


def _replace(event: Event, planned: Plan, *, after: int) -> None:
    db.session.execute(
        delete(Round).where(Round.event_id == event.id, Round.state == RoundState.PLANNED)
    )
    here = set(db.session.scalars(select(Registration.id).where(Registration.event_id == event.id)))
    rows = []
    for number, seating in enumerate(planned.rounds, start=after + 1):
        one = Round(event_id=event.id, number=number)
        db.session.add(one)
        db.session.flush()
        rows += [seat for seat in _seats(one, seating) if seat["registration_id"] in here]
    if rows:
        db.session.execute(insert(Seat), rows)


def _seats(one: Round, seating: Seating) -> list[dict[str, int | None]]:
    places = [(table, people) for table, people in enumerate(seating.tables, start=1)]
    return [
        {"round_id": one.id, "registration_id": int(person), "table_number": table}
        for table, people in [*places, (None, seating.pausing)]
        for person in people
    ]


def finish_round(event: Event, number: int) -> Round:
    """Say that a round is over: it is not planned anew. A second time changes nothing.

    Raises: EventClosed; NotFound; NotItsTurn while an earlier round is not over.
    """
    hold(event)
    if event.is_closed:
        raise EventClosed
    one = _get_round(event, number)
    if one.is_finished:
        return one
    if _count_finished(event) != number - 1:
        raise NotItsTurn
    one.state, one.finished_at = RoundState.FINISHED, clock.now()
    return one


def reopen_round(event: Event, number: int) -> Round:
    """Take back that a round is over; only of the latest. A second time changes nothing.

    Raises: EventClosed; NotFound; LaterRoundOver.
    """
    hold(event)
    if event.is_closed:
        raise EventClosed
    one = _get_round(event, number)
    if not one.is_finished:
        return one
    if _count_finished(event) != number:
        raise LaterRoundOver
    one.state, one.finished_at = RoundState.PLANNED, None
    return one


def _get_round(event: Event, number: int) -> Round:
    one = db.session.scalar(select(Round).where(Round.event_id == event.id, Round.number == number))
    if one is None:
        raise NotFound
    return one
