"""What can be done with an event's rounds, and what is kept."""

import threading

import pytest
from flask import Flask

from eventmatch.db import db
from eventmatch.errors import NotFound
from eventmatch.events.actions import EventClosed
from eventmatch.events.models import Event, EventState
from eventmatch.exchange.actions import accept, ask, block
from eventmatch.jobs import Job, run_due
from eventmatch.matching.actions import set_aside
from eventmatch.matching.models import SetAside
from eventmatch.registration.actions import cancel, set_consents
from eventmatch.registration.models import Registration
from eventmatch.rounds import actions, planning
from eventmatch.rounds.actions import (
    LaterRoundOver,
    NothingLeft,
    NotItsTurn,
    finish_round,
    plan_rounds,
    reopen_round,
)
from eventmatch.rounds.jobs import enqueue_plan
from eventmatch.rounds.models import TakingPart
from eventmatch.rounds.planning import NobodyCanMeet, Seating, TooFewPeople
from eventmatch.rounds.queries import find_plan, finished_rounds, rounds_at, rounds_of, seating_of
from tests.factories import ALL_CONSENTS, a_registration, an_event
from tests.rounds.halls import a_hall, come_in, plan_for


def tables(event: Event) -> list[list[set[int]]]:
    """Return who sits with whom in each round."""
    return [
        [{guest.id for guest in people} for people in view.tables.values()]
        for view in seating_of(event)
    ]


def together(event: Event, one: Registration, other: Registration) -> int:
    """Return how often the two sit at one table."""
    return sum({one.id, other.id} <= table for tables_ in tables(event) for table in tables_)


def finish(event: Event, *numbers: int) -> None:
    for number in numbers:
        finish_round(event, number)
    db.session.commit()


def test_who_is_inside_and_agreed_is_seated_and_nobody_else(either_app: Flask):
    event = an_event()
    inside = a_hall(event, 4)
    a_registration(event, interests="timber")
    come_in(a_registration(event, interests="timber", consents={}))

    plan_for(event, rounds=3)

    assert {guest for tables_ in tables(event) for table in tables_ for guest in table} == {
        guest.id for guest in inside
    }
    assert [len(tables_) for tables_ in tables(event)] == [2, 2, 2]


def test_before_the_doors_open_rounds_are_planned_for_all_who_have_a_seat(app: Flask):
    event = an_event(capacity=2)
    guests = [a_registration(event, interests="timber") for _ in range(3)]

    plan_rounds(event, rounds=1, table_size=2, who=TakingPart.CONFIRMED)

    assert tables(event) == [[{guests[0].id, guests[1].id}]]  # the third waits for a seat


def test_a_finished_round_stays_as_it_was_when_the_rest_is_planned_anew(either_app: Flask):
    event = an_event()
    a_hall(event, 6)
    plan_for(event, rounds=4)
    finish(event, 1, 2)
    before = tables(event)[:2]
    come_in(*(a_registration(event, interests="timber") for _ in range(2)))

    plan_for(event, rounds=4)

    assert tables(event)[:2] == before
    assert [len(tables_) for tables_ in tables(event)] == [3, 3, 4, 4]
    assert [one.is_finished for one in rounds_at(event)] == [True, True, False, False]
    found = [frozenset(table) for tables_ in tables(event) for table in tables_]
    assert len(set(found)) == len(found)  # nobody meets twice


def test_who_left_is_not_seated_in_the_rounds_to_come(app: Flask):
    event = an_event()
    guests = a_hall(event, 6)
    plan_for(event, rounds=3)
    finish(event, 1)
    cancel(guests[0])
    db.session.commit()

    plan_for(event, rounds=3)

    later = [guest for tables_ in tables(event)[1:] for table in tables_ for guest in table]
    assert guests[0].id not in later
    assert len(later) == 2 * 4
    assert sum(len(view.pausing) for view in seating_of(event)[1:]) == 2


def test_who_takes_back_the_consent_is_named_to_nobody(app: Flask):
    event = an_event()
    one, other = a_hall(event, 2)
    plan_for(event, rounds=1)

    set_consents(one, {}, way="profile")
    db.session.commit()

    assert rounds_of(one) == []
    assert rounds_of(other)[0].others == []
    assert tables(event) == [[{other.id}]]


def test_people_keep_apart_whom_they_blocked_met_or_know(either_app: Flask):
    event = an_event()
    blocking, meeting, knowing, other = a_hall(event, 4)
    a_hall(event, 4)
    block(blocking, other)
    accept(ask(meeting, other), other)
    set_aside(knowing, other, SetAside.KNOWN)
    db.session.commit()

    plan_for(event, rounds=6)

    for one in (blocking, meeting, knowing):
        assert together(event, one, other) == 0


def test_of_five_each_pauses_once_in_five_rounds(app: Flask):
    event = an_event()
    guests = a_hall(event, 5)

    plan = plan_for(event, rounds=5)

    pausing = [guest.id for view in seating_of(event) for guest in view.pausing]
    assert sorted(pausing) == [guest.id for guest in guests]
    assert (plan.least_pauses, plan.most_pauses, plan.repeats) == (1, 1, 0)


def test_nobody_inside_is_said_and_leaves_what_was_planned(app: Flask):
    event = an_event()
    guests = a_hall(event, 2)
    plan_for(event, rounds=1)
    for guest in guests:
        cancel(guest)
    enqueue_plan(event, rounds=2, table_size=4, who=TakingPart.INSIDE)
    db.session.commit()

    run_due()

    plan = find_plan(event)
    assert plan is not None
    assert (plan.problem, plan.rounds, plan.table_size) == (TooFewPeople.code, 1, 2)
    assert len(rounds_at(event)) == 1


def test_colleagues_alone_cannot_be_seated(app: Flask):
    event = an_event()
    a_hall(event, 4, company="Mill")

    with pytest.raises(NobodyCanMeet):
        plan_for(event)


def test_as_many_rounds_as_are_over_leave_nothing_to_plan(app: Flask):
    event = an_event()
    a_hall(event, 4)
    plan_for(event, rounds=2)
    finish(event, 1, 2)

    with pytest.raises(NothingLeft):
        plan_for(event, rounds=2)


def test_rounds_end_one_after_the_other_and_a_second_press_changes_nothing(app: Flask):
    event = an_event()
    a_hall(event, 4)
    plan_for(event, rounds=3)

    with pytest.raises(NotItsTurn):
        finish_round(event, 2)
    finish(event, 1)
    ended = rounds_at(event)[0].finished_at
    finish(event, 1)

    assert rounds_at(event)[0].finished_at == ended
    assert len(finished_rounds(event)) == 1


def test_the_latest_round_can_be_taken_back_but_no_earlier_one(app: Flask):
    event = an_event()
    a_hall(event, 4)
    plan_for(event, rounds=3)
    finish(event, 1, 2)

    with pytest.raises(LaterRoundOver):
        reopen_round(event, 1)
    reopen_round(event, 2)
    reopen_round(event, 2)
    db.session.commit()

    assert [one.is_finished for one in rounds_at(event)] == [True, False, False]
    assert finished_rounds(event) == [
        Seating(tuple(sorted(tuple(map(str, sorted(table))) for table in tables(event)[0])))
    ]


def test_what_is_closed_is_not_changed(app: Flask):
    event = an_event()
    a_hall(event, 4)
    plan_for(event, rounds=2)
    finish(event, 1)
    event.state = EventState.CLOSED
    db.session.commit()

    with pytest.raises(EventClosed):
        plan_for(event)
    with pytest.raises(EventClosed):
        enqueue_plan(event, rounds=2, table_size=2, who=TakingPart.INSIDE)
    with pytest.raises(EventClosed):
        finish_round(event, 2)
    with pytest.raises(EventClosed):
        reopen_round(event, 1)


@pytest.mark.parametrize("number", [0, 4])
def test_a_round_that_is_none_cannot_end(app: Flask, number: int):
    event = an_event()
    a_hall(event, 4)
    plan_for(event, rounds=3)

    with pytest.raises(NotFound):
        finish_round(event, number)
    with pytest.raises(NotFound):
        reopen_round(event, number)


def test_asked_twice_it_is_planned_once_and_the_latest_wish_counts(app: Flask):
    event = an_event()
    a_hall(event, 4)

    first = enqueue_plan(event, rounds=2, table_size=2, who=TakingPart.INSIDE)
    again = enqueue_plan(event, rounds=2, table_size=2, who=TakingPart.INSIDE)
    other = enqueue_plan(event, rounds=3, table_size=2, who=TakingPart.INSIDE)
    db.session.commit()

    assert first is again is other
    assert run_due() == 1
    assert len(rounds_at(event)) == 3
    assert db.session.query(Job).count() == 1


def test_a_round_that_ends_while_we_think_is_kept(app: Flask, monkeypatch: pytest.MonkeyPatch):
    event = an_event()
    a_hall(event, 6)
    plan_for(event, rounds=3)
    think = planning.plan
    turns: list[int] = []

    def think_slowly(*args, **wanted):
        if not turns:  # the organiser presses the button meanwhile
            finish(event, 1)
        turns.append(wanted["rounds"])
        return think(*args, **wanted)

    monkeypatch.setattr(actions, "plan", think_slowly)
    before = tables(event)[0]

    plan_for(event, rounds=3)

    assert turns == [3, 2]
    assert tables(event)[0] == before
    assert len(rounds_at(event)) == 3


def test_who_is_deleted_while_we_think_is_left_out(app: Flask, monkeypatch: pytest.MonkeyPatch):
    event = an_event()
    guests = a_hall(event, 6)
    think = planning.plan

    def think_slowly(*args, **wanted):
        db.session.delete(guests[0])
        db.session.commit()
        return think(*args, **wanted)

    monkeypatch.setattr(actions, "plan", think_slowly)

    plan_for(event, rounds=1)

    assert sum(len(table) for table in tables(event)[0]) == 5


def test_two_plans_at_once_do_not_mix_their_rounds(either_app: Flask):
    event = an_event()
    a_hall(event, 8)
    problems: list[Exception] = []

    def plan_as_somebody_else(rounds: int) -> None:
        with either_app.app_context():
            try:
                plan_for(db.session.get_one(Event, event.id), rounds=rounds)
            except Exception as problem:
                problems.append(problem)

    threads = [threading.Thread(target=plan_as_somebody_else, args=(count,)) for count in (3, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()

    assert problems == []
    numbers = [one.number for one in rounds_at(event)]
    assert numbers in ([1, 2, 3], [1, 2, 3, 4, 5])
    assert [len(tables_) for tables_ in tables(event)] == [4] * len(numbers)


def test_a_guest_learns_table_and_neighbours_of_the_rounds_to_come(app: Flask):
    event = an_event()
    one, other = (
        a_registration(event, name=name, interests="timber", consents=ALL_CONSENTS)
        for name in ("Ada Lovelace", "Dr. Ben Okri")
    )
    come_in(one, other)
    plan_for(event, rounds=1)

    [mine] = rounds_of(one)

    assert (mine.number, mine.table, mine.others) == (1, 1, ["Ben"])


def test_a_round_that_is_over_is_no_longer_told(app: Flask):
    event = an_event()
    one, *_ = a_hall(event, 4)
    plan_for(event, rounds=3)
    finish(event, 1)

    assert [mine.number for mine in rounds_of(one)] == [2, 3]
