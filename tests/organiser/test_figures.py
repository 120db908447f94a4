"""How an event went, in counts: nobody can be made out, and every chart has its table."""

import csv
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from io import StringIO
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from eventmatch.checkin.actions import record_scan
from eventmatch.clock import now
from eventmatch.db import db
from eventmatch.events.models import Event
from eventmatch.exchange.actions import accept, ask
from eventmatch.organiser.figures import contacts_by_group, days_of, funnel_of
from eventmatch.registration.actions import cancel
from eventmatch.registration.models import Registration
from tests.factories import (
    SECRET,
    a_registration,
    an_account,
    badge_of,
    organiser_browser,
)

NOON = datetime(2027, 5, 3, 10, 4, tzinfo=UTC)  # 12:04 in Berlin


def came(guest: Registration, at: datetime, *, gate: str = "North") -> None:
    with time_machine.travel(at, tick=False):
        record_scan(guest.event, scan_id=uuid4(), code=badge_of(guest), secret=SECRET, gate=gate)


def met(event: Event, one: str, other: str, times: int) -> None:
    for _time in range(times):
        first, second = a_registration(event, group=one), a_registration(event, group=other)
        accept(ask(first, second), second)
    db.session.commit()


def test_arrivals_are_counted_by_ten_minutes_and_day_of_the_event(fair: Event):
    for minutes in (0, 3, 12, 24 * 60 - 5):
        came(a_registration(fair), NOON + timedelta(minutes=minutes))
    late = NOON.replace(hour=21, minute=55)  # five to midnight in Berlin
    came(a_registration(fair), late)
    came(a_registration(fair), late + timedelta(minutes=10))

    first, second = days_of(fair)

    assert [day.arrivals for day in (first, second)] == [4, 2]
    told = {at.strftime("%H:%M"): count for at, count in first.slots}
    assert (told["12:00"], told["12:10"], told["12:20"], told["23:50"]) == (2, 1, 0, 1)
    assert next(iter(told)) == "12:00"
    assert first.busiest[0].strftime("%H:%M") == "12:00"
    assert [at.strftime("%H:%M") for at, count in second.slots if count] == ["00:00", "11:50"]


def test_the_first_who_come_are_no_wall(fair: Event):
    came(a_registration(fair), NOON)

    (day,) = days_of(fair)

    assert len(day.slots) == 12
    assert [count for _at, count in day.slots] == [0] * 11 + [1]


def test_who_comes_back_has_arrived_once(fair: Event):
    guest = a_registration(fair)
    came(guest, NOON)
    came(guest, NOON + timedelta(hours=1))

    assert [day.arrivals for day in days_of(fair)] == [1]


def test_the_funnel_counts_guests_with_a_seat(fair: Event):
    silent = a_registration(fair, consents={})
    a_registration(fair, offers="glue")
    gone = a_registration(fair, seeks="glue")
    came(silent, NOON)
    cancel(gone)
    met(fair, "", "", 3)

    funnel = funnel_of(fair)

    assert (funnel.registered, funnel.with_profile, funnel.came) == (8, 1, 1)
    assert funnel.suggestible == 7
    assert funnel.missing == 7
    assert funnel.met == 6


@pytest.mark.parametrize(("pairs", "told"), [(0, 0), (1, None), (2, None), (3, 6)])
def test_how_many_met_is_told_from_five_on(fair: Event, pairs: int, told: int | None):
    met(fair, "", "", pairs)

    assert funnel_of(fair).met == told


@pytest.mark.parametrize(
    ("made", "told"),
    [
        ([("a", "b", 7)], [7]),
        ([("a", "b", 3), ("b", "a", 4)], [7]),
        ([("a", "b", 9), ("a", "a", 6), ("b", "b", 4)], [9, None, None]),
        ([("a", "b", 9), ("a", "a", 3), ("b", "b", 4)], [9, None, None]),
        ([("a", "b", 4)], [None]),
        ([], []),
    ],
    ids=["enough", "either way", "one too few", "two too few", "alone", "none"],
)
def test_contacts_of_few_are_not_told_nor_can_be_worked_out(
    fair: Event, made: Sequence[tuple[str, str, int]], told: list[int | None]
):
    for one, other, times in made:
        met(fair, one, other, times)

    assert [count for *_groups, count in contacts_by_group(fair)] == told


def test_the_page_shows_and_its_tables_come_as_csv(organiser: FlaskClient, fair: Event):
    came(a_registration(fair, group="=1+1"), now() - timedelta(minutes=20))
    met(fair, "=1+1", "Visitor", 5)
    here = f"/organise/events/{fair.slug}/figures"

    page = organiser.get(here).text
    tables = {
        name: list(csv.reader(StringIO(organiser.get(f"{here}/{name}.csv").text)))
        for name in ("arrivals", "funnel", "groups")
    }

    assert "1 person came, in the ten minutes from" in page
    assert 'class="bars"' in page
    assert "Arrivals as a table" in page
    assert [row[1] for row in tables["arrivals"][1:]] == ["0"] * 11 + ["1"]
    assert ["came", "1"] in tables["funnel"]
    assert tables["groups"][1] == ["'=1+1", "Visitor", "5"]


def test_a_page_without_guests_says_what_will_be_there(organiser: FlaskClient, fair: Event):
    page = organiser.get(f"/organise/events/{fair.slug}/figures").text

    assert "Nobody has come yet." in page
    assert "No contacts have been made yet." in page


def test_an_odd_day_is_the_newest_and_an_odd_table_is_not_there(
    organiser: FlaskClient, fair: Event
):
    came(a_registration(fair), NOON)
    here = f"/organise/events/{fair.slug}/figures"

    assert organiser.get(f"{here}?day=yesterday").status_code == 200
    assert organiser.get(f"{here}/people.csv").status_code == 404


def test_figures_are_for_the_event_s_own_organisers(app: Flask, fair: Event):
    stranger = organiser_browser(app, an_account())

    for page in ("figures", "figures/arrivals.csv", "figures/groups.csv"):
        assert stranger.get(f"/organise/events/{fair.slug}/{page}").status_code == 404
