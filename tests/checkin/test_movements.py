"""Who is inside follows from the scans alone: in any order; planted bugs are seen."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventmatch.checkin import movements as module
from eventmatch.checkin.movements import Movement, Whereabouts, whereabouts
from eventmatch.checkin.verdict import Direction, Verdict
from tests.factories import NOON

EPOCH = UUID(int=99)


def moved(number: int, minute: int, what: str = "in", **more) -> Movement:
    direction = Direction(what)
    happened = {
        Direction.IN: Verdict.ADMITTED,
        Direction.OUT: Verdict.GONE_OUT,
        Direction.UNDO: Verdict.UNDONE,
    }[direction]
    facts: dict[str, Any] = {"device": 1, "epoch": EPOCH, "seq": number, "happened": happened}
    at = NOON + timedelta(minutes=minute)
    facts |= more
    return Movement(key=number, id=UUID(int=number), at=at, direction=direction, **facts)


def undo(number: int, minute: int, target: int, **more) -> Movement:
    return moved(number, minute, "undo", target=UUID(int=target), **more)


def test_an_entry_is_an_entry_and_an_exit_ends_it():
    assert whereabouts([moved(1, 0)]).is_inside
    after = whereabouts([moved(1, 0), moved(2, 5, "out")])
    assert (after.is_inside, after.entries, after.first_entry) == (False, 1, 1)


def test_two_gates_that_let_one_in_offline_are_one_visit_and_a_conflict():
    place = whereabouts([moved(7, 10, device=2, gate="South"), moved(3, 2, gate="North")])

    assert (place.is_inside, place.first_entry, place.gate) == (True, 3, "North")
    assert place.doubles == {7: 3}


def test_where_nobody_may_return_a_return_is_a_conflict():
    scans = [moved(1, 0), moved(2, 5, "out"), moved(3, 9)]

    assert whereabouts(scans).doubles == {}
    assert whereabouts(scans, may_return=False).doubles == {3: 1}


def test_an_undone_entry_never_was_and_twice_is_once():
    scans = [moved(1, 0), moved(2, 5), undo(3, 6, 1), undo(4, 7, 1)]

    place = whereabouts(scans)

    assert (place.entries, place.first_entry, place.doubles) == (1, 2, {})


def test_an_undone_exit_leaves_the_person_inside():
    assert whereabouts([moved(1, 0), moved(2, 5, "out"), undo(3, 6, 2)]).is_inside


@pytest.mark.parametrize(
    ("more", "counts"),
    [
        ({}, True),
        ({"seq": 11}, True),
        ({"seq": 12}, False),
        ({"device": 2}, False),
        ({"device": 2, "reaches_all": True}, True),
        ({"epoch": UUID(int=5)}, False),
        ({"seq": None}, False),
    ],
)
def test_a_steward_takes_back_the_latest_of_the_own_device_and_the_lead_any(more, counts):
    place = whereabouts([moved(1, 0), undo(2, 9, 1, **more)])

    assert place.is_inside is not counts


def test_what_a_device_refused_moves_nobody():
    assert not whereabouts([moved(1, 0, happened=Verdict.UNKNOWN)]).is_inside


def a_day() -> list[Movement]:
    """Return a person's tangled day: three devices, skewed order, undos before and after."""
    scans = [
        moved(1, 0), moved(2, 3, device=2, seq=1), moved(3, 8, "out"), moved(4, 9, device=3, seq=1),
        undo(5, 9, 4, reaches_all=True), moved(6, 12, device=2, seq=2), undo(7, 14, 3),
        moved(8, 14, "out", device=3, seq=2), moved(9, 14, device=2, seq=3),
    ]  # fmt: skip
    return [*scans, undo(10, 20, 9, device=3, seq=3), moved(11, 20, happened=Verdict.CANCELLED)]


def different_states(fold: Callable[..., Whereabouts]) -> int:
    scans, seen = a_day(), set()
    for number in range(1000):
        random.Random(number).shuffle(scans)
        place = fold(scans)
        seen.add((place.is_inside, place.entries, place.first_entry, str(sorted(place.doubles))))
    return len(seen)


def test_a_thousand_orders_of_arrival_give_one_state():
    assert different_states(whereabouts) == 1


def test_planted_bug_a_state_in_the_order_of_arrival_is_seen(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "sorted", lambda these, **_key: list(these), raising=False)

    assert different_states(whereabouts) > 1


def test_planted_bug_an_undo_that_may_not_come_first_is_seen(monkeypatch: pytest.MonkeyPatch):
    def only_backwards(scans, **_more):
        known: set[UUID] = set()
        kept = []
        for one in scans:
            if one.direction is not Direction.UNDO or one.target in known:
                kept.append(one)
            known.add(one.id)
        return whereabouts(kept)

    assert different_states(only_backwards) > 1


@given(st.permutations(a_day()), st.booleans())
def test_any_order_gives_the_same_state(scans, may_return):
    assert whereabouts(scans, may_return=may_return) == whereabouts(a_day(), may_return=may_return)
