from datetime import timedelta
from typing import Any

import pytest

from eventmatch.checkin.verdict import Direction, Presence, Standing, Verdict, judge
from tests.factories import NOON

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("facts", "answer"),
    [
        ({}, Verdict.ADMITTED),
        ({"presence": Presence.INSIDE}, Verdict.ALREADY_IN),
        ({"direction": Direction.OUT}, Verdict.GONE_OUT),
        ({"direction": Direction.OUT, "presence": Presence.INSIDE}, Verdict.GONE_OUT),
        ({"standing": Standing.UNKNOWN}, Verdict.UNKNOWN),
        ({"standing": Standing.OTHER_EVENT}, Verdict.OTHER_EVENT),
        ({"standing": Standing.WITHDRAWN}, Verdict.WITHDRAWN),
        ({"standing": Standing.CANCELLED}, Verdict.CANCELLED),
        ({"standing": Standing.WAITING}, Verdict.WAITING),
        ({"opens_at": NOON + HOUR}, Verdict.TOO_EARLY),
        ({"opens_at": NOON}, Verdict.ADMITTED),
        ({"closes_at": NOON - HOUR}, Verdict.TOO_LATE),
        ({"closes_at": NOON}, Verdict.ADMITTED),
        ({"opens_at": NOON - HOUR, "closes_at": NOON + HOUR}, Verdict.ADMITTED),
        # The first reason wins, as a steward would explain it.
        ({"standing": Standing.CANCELLED, "presence": Presence.INSIDE}, Verdict.CANCELLED),
        ({"standing": Standing.CANCELLED, "direction": Direction.OUT}, Verdict.CANCELLED),
        ({"presence": Presence.INSIDE, "closes_at": NOON - HOUR}, Verdict.ALREADY_IN),
        # Nobody is kept inside by the clock.
        ({"direction": Direction.OUT, "closes_at": NOON - HOUR}, Verdict.GONE_OUT),
    ],
)
def test_the_door_answers(facts: dict[str, Any], answer: Verdict):
    dull: dict[str, Any] = {
        "standing": Standing.CONFIRMED,
        "direction": Direction.IN,
        "presence": Presence.NEVER_CAME,
        "scanned_at": NOON,
        "opens_at": None,
        "closes_at": None,
    }

    assert judge(**(dull | facts)) is answer
