"""Pages of this room: the seating plan of an event's rounds, for its organiser."""

from functools import partial

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventmatch.db import db
from eventmatch.events.access import organised_event
from eventmatch.events.actions import EventClosed
from eventmatch.events.models import Event
from eventmatch.i18n import _, _l
from eventmatch.jobs import JobState, newest_job
from eventmatch.registration.models import Registration
from eventmatch.rounds import actions
from eventmatch.rounds.forms import PlanForm
from eventmatch.rounds.jobs import JOB, enqueue_plan, is_under_way
from eventmatch.rounds.models import Round, TakingPart
from eventmatch.rounds.planning import NobodyCanMeet, TooFewPeople, TooManyPeople
from eventmatch.rounds.queries import (
    count_company,
    find_plan,
    places_in,
    rounds_at,
    seating_of,
)
from eventmatch.spreadsheet import Cell
from eventmatch.web.downloads import csv_download

bp = Blueprint("rounds", __name__)

_ROUNDS = "/organise/events/<slug>/rounds"
_PROBLEMS = {
    actions.NothingLeft.code: actions.NothingLeft.message,
    TooFewPeople.code: _l("It takes at least two people to meet."),
    TooManyPeople.code: _l(
        "Rounds can be planned for up to 10,000 people in pairs, and for up to 3,000 at larger"
        " tables."
    ),
    NobodyCanMeet.code: _l(
        "No two of these people can be seated together: they all work for the same company, share"
        " a mail domain, or are kept apart by a rule."
    ),
}


@bp.get(_ROUNDS)
def show_rounds(slug: str) -> str:
    """Show who sits where in one round, the current one unless another is asked for, or in all."""
    event = organised_event(slug)
    return _page(event, None)


def _page(event: Event, form: PlanForm | None) -> str:
    rounds, plan = rounds_at(event), find_plan(event)
    finished = sum(one.is_finished for one in rounds)
    current = next((one for one in rounds if not one.is_finished), None)
    number = _asked_for(rounds, current)
    planning = newest_job(JOB, event.slug)
    return render_template(
        "rounds/rounds.html",
        event=event,
        form=form or _form(event, finished),
        rounds=rounds,
        current=current,
        shown=_tabs(event, rounds, number),
        finished=finished,
        seating=seating_of(event, number=number) if rounds else [],
        plan=plan,
        problem=_PROBLEMS.get(plan.problem, "") if plan else "",
        company=count_company(event),
        planning=planning if planning and is_under_way(planning) else None,
        has_failed=planning is not None and planning.state is JobState.FAILED,
    )


def _asked_for(rounds: list[Round], current: Round | None) -> int | None:
    """Return the number of the round to show, None for all."""
    asked = request.args.get("round", "")
    if asked == "all":
        return None
    known = {str(one.number): one.number for one in rounds}
    return known.get(asked) or (current.number if current else len(rounds))


def _tabs(event: Event, rounds: list[Round], number: int | None) -> list[tuple[str, str, bool]]:
    here = partial(url_for, ".show_rounds", slug=event.slug)
    entries = [
        (here(round=one.number), _("Round %(number)d", number=one.number), one.number == number)
        for one in rounds
    ]
    return [*entries, (here(round="all"), _("All rounds"), number is None)]


def _form(event: Event, finished: int) -> PlanForm:
    plan = find_plan(event)
    if plan is None:
        return PlanForm(finished=finished)
    return PlanForm(
        finished=finished,
        rounds=max(plan.rounds, finished + 1),
        table_size=plan.table_size,
        who=plan.taking_part.value,
    )


@bp.post(_ROUNDS)
def create_rounds(slug: str) -> ResponseReturnValue:
    """Have the rounds planned that are not over."""
    event = organised_event(slug)
    if event.is_closed:
        raise EventClosed
    form = PlanForm(finished=sum(one.is_finished for one in rounds_at(event)))
    if not form.validate_on_submit():
        return _page(event, form), 422
    enqueue_plan(
        event,
        rounds=form.rounds.data,
        table_size=form.table_size.data,
        who=TakingPart(form.who.data),
    )
    db.session.commit()
    return redirect(url_for(".show_rounds", slug=event.slug), 303)


@bp.post(f"{_ROUNDS}/<int:number>/end")
def finish_round(slug: str, number: int) -> ResponseReturnValue:
    """Say that a round is over."""
    event = organised_event(slug)
    actions.finish_round(event, number)
    db.session.commit()
    flash(_("Round %(number)d is over.", number=number), "success")
    return redirect(url_for(".show_rounds", slug=event.slug), 303)


@bp.post(f"{_ROUNDS}/<int:number>/end/removal")
def reopen_round(slug: str, number: int) -> ResponseReturnValue:
    """Take back that a round is over."""
    event = organised_event(slug)
    actions.reopen_round(event, number)
    db.session.commit()
    flash(_("Round %(number)d goes on.", number=number), "success")
    return redirect(url_for(".show_rounds", slug=event.slug), 303)


@bp.get(f"{_ROUNDS}/screen")
def show_screen(slug: str) -> str:
    """Show on a wall who sits where in the round that is next: by name, to be read from afar."""
    event = organised_event(slug)
    current = next((one for one in rounds_at(event) if not one.is_finished), None)
    return render_template(
        "rounds/screen.html",
        event=event,
        current=current,
        places=places_in(event, current.number) if current else [],
    )


@bp.get(f"{_ROUNDS}.csv")
def download(slug: str) -> Response:
    """Hand out who sits where as a table; who pauses has no table."""
    event = organised_event(slug)
    rows: list[tuple[Cell, ...]] = [("round", "table", "name", "company")]
    for view in seating_of(event):
        tables: list[tuple[Cell, list[Registration]]] = [*view.tables.items(), ("", view.pausing)]
        for table, people in tables:
            rows += [(view.round.number, table, one.name, one.company) for one in people]
    return csv_download(rows, name=f"rounds-{event.slug}.csv")
