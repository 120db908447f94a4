"""Requests wait in hours in which people are awake."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from eventmatch.matching.waking import BEFORE_FOR, day_of, expiry, is_quiet

ZONE = "Europe/Berlin"
MONDAY_NINE = datetime(2027, 5, 3, 9, tzinfo=ZoneInfo(ZONE))


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Return a moment of May 2027 in Berlin; the event begins on Monday the 3rd at 9."""
    return datetime(2027, 5, day, hour, minute, tzinfo=ZoneInfo(ZONE))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (at(1, 8), at(3, 8)),  # 48 hours before
        (at(1, 12), at(3, 11)),  # not longer than if asked at the beginning
        (at(3, 8, 59), at(3, 11)),
        (at(3, 9), at(3, 11)),
        (at(3, 18, 30), at(3, 20, 30)),
        (at(3, 19), at(3, 21)),
        (at(3, 20, 30), at(4, 9, 30)),  # half an hour today, the rest tomorrow
        (at(3, 23), at(4, 10)),
        (at(4, 3), at(4, 10)),
    ],
)
def test_a_request_waits_two_days_before_and_two_waking_hours_during(
    asked: datetime, expected: datetime
):
    assert expiry(asked, starts_at=MONDAY_NINE, zone=ZONE) == expected


def test_an_event_that_begins_at_night_lets_people_sleep():
    assert expiry(at(3, 12), starts_at=at(3, 22), zone=ZONE) == at(4, 10)


def test_the_night_in_which_the_clocks_change_is_a_night():
    asked = datetime(2027, 3, 27, 20, 30, tzinfo=ZoneInfo(ZONE))

    expires = expiry(asked, starts_at=asked - timedelta(hours=1), zone=ZONE)

    assert expires == datetime(2027, 3, 28, 9, 30, tzinfo=ZoneInfo(ZONE))


@pytest.mark.parametrize(
    ("moment", "expected"),
    [(at(3, 20, 59), False), (at(3, 21), True), (at(4, 7, 59), True), (at(4, 8), False)],
)
def test_from_nine_to_eight_nobody_wants_a_letter(moment: datetime, expected: bool):
    assert is_quiet(moment, ZONE) is expected


def test_night_and_day_are_those_of_the_event():
    moment = at(3, 12)

    assert is_quiet(moment, "Asia/Tokyo") is False
    assert is_quiet(moment, "Pacific/Auckland") is True
    assert day_of(moment, "Pacific/Auckland").day == 3
    assert day_of(at(3, 23), "Asia/Tokyo").day == 4


_SOME_TIME = some.integers(0, 364 * 24 * 60).map(
    lambda minutes: datetime(2027, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(
    asked=_SOME_TIME,
    begins=_SOME_TIME,
    zone=some.sampled_from([ZONE, "UTC", "Asia/Kolkata", "America/Los_Angeles"]),
)
def test_nothing_ends_at_once_or_at_night_or_after_more_than_two_days(
    asked: datetime, begins: datetime, zone: str
):
    expires = expiry(asked, starts_at=begins, zone=zone)

    assert timedelta(hours=2) <= expires - asked <= BEFORE_FOR
    if asked >= begins:
        assert not is_quiet(expires - timedelta(seconds=1), zone)
