"""How many lanes the door needs, from when guests arrive."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from eventmatch.checkin.lanes import (
    SLOT,
    arrivals_of,
    expected_arrivals,
    lanes_for,
    mean_wait,
)

NINE = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
TEN_SECONDS, A_MINUTE = timedelta(seconds=10), timedelta(minutes=1)


@pytest.mark.parametrize(
    ("load", "lanes", "waits"),
    # From tables of Erlang's C formula, in units of the time of service: C / (lanes - load).
    [(0.5, 1, 1.0), (0.9, 1, 9.0), (1.0, 2, 1 / 3), (2.0, 3, 4 / 9), (4.0, 5, 0.5541)],
)
def test_the_wait_is_that_of_the_textbook(load: float, lanes: int, waits: float):
    arrivals = load * (SLOT / TEN_SECONDS)

    assert mean_wait(arrivals, TEN_SECONDS, lanes) / TEN_SECONDS == pytest.approx(waits, abs=1e-4)


def test_the_wait_is_that_of_a_simulated_queue():
    """Guests one by one, at random, each to the lane that is free first."""
    chance = random.Random(7)
    arrivals, lanes = 150, 3  # 2.5 lanes are busy all the time
    free_at, now, waits = [0.0] * lanes, 0.0, []
    for _guest in range(200_000):
        now += chance.expovariate(arrivals / SLOT.total_seconds())
        free_at.sort()
        starts = max(now, free_at[0])
        free_at[0] = starts + chance.expovariate(1 / TEN_SECONDS.total_seconds())
        waits.append(starts - now)

    calculated = mean_wait(arrivals, TEN_SECONDS, lanes).total_seconds()

    assert sum(waits) / len(waits) == pytest.approx(calculated, rel=0.1)


def test_a_lane_more_never_makes_anybody_wait_longer():
    waits = [mean_wait(130, TEN_SECONDS, lanes) for lanes in range(1, 12)]

    assert waits[0] == waits[1] == timedelta.max  # 2.2 lanes are busy all the time
    assert waits == sorted(waits, reverse=True)
    assert mean_wait(0, TEN_SECONDS, 1) == timedelta(0)


def test_each_ten_minutes_get_the_fewest_lanes_that_suffice():
    slots = lanes_for(
        [(NINE, 0.0), (NINE + SLOT, 30.0), (NINE + 2 * SLOT, 200.0)],
        served_in=TEN_SECONDS,
        longest_wait=A_MINUTE,
    )

    assert [slot.lanes for slot in slots] == [0, 1, 4]
    assert all(slot.waits_for <= A_MINUTE for slot in slots)
    assert mean_wait(200, TEN_SECONDS, 3) > A_MINUTE


def test_more_guests_than_any_door_takes_end_at_ninety_nine_lanes():
    [slot] = lanes_for([(NINE, 1e6)], served_in=TEN_SECONDS, longest_wait=A_MINUTE)

    assert slot.lanes == 99


@pytest.mark.parametrize("opens_at", [None, NINE - timedelta(minutes=35), NINE, NINE + SLOT])
def test_everybody_who_is_expected_arrives_most_of_them_shortly_before_the_beginning(opens_at):
    arrivals = expected_arrivals(500, starts_at=NINE, opens_at=opens_at)

    assert sum(count for _at, count in arrivals) == pytest.approx(500)
    assert all(count >= 0 for _at, count in arrivals)
    busiest = max(arrivals, key=lambda slot: slot[1])[0]
    assert NINE - 3 * SLOT < busiest <= NINE


def test_another_event_is_taken_as_a_model_at_the_same_distance_from_the_beginning():
    last_year = NINE - timedelta(days=365)
    minutes = (-25, -5, -4, -1, 0, 12)
    entries = [last_year + timedelta(minutes=minute) for minute in minutes]

    arrivals = arrivals_of(entries, began_at=last_year, starts_at=NINE, guests=600)

    assert arrivals == [
        (NINE - 3 * SLOT, 100.0),
        (NINE - 2 * SLOT, 0.0),
        (NINE - SLOT, 300.0),
        (NINE, 100.0),
        (NINE + SLOT, 100.0),
    ]
    assert arrivals_of([], began_at=last_year, starts_at=NINE, guests=600) == []
