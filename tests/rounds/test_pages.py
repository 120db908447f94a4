"""The organiser's page of rounds, the wall, and what guests see of it."""

import csv
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventmatch.db import db
from eventmatch.events.models import Event, EventState, Membership, Role
from eventmatch.jobs import JobState, newest_job, run_due
from eventmatch.rounds.actions import finish_round
from eventmatch.rounds.jobs import JOB
from eventmatch.rounds.queries import rounds_at
from tests.conftest import a_browser
from tests.factories import (
    ALL_CONSENTS,
    a_registration,
    an_account,
    an_event,
    guest_browser,
    organiser_browser,
)
from tests.rounds.halls import a_hall, come_in, plan_for

WANTED = {"rounds": "3", "table_size": "2", "who": "inside"}


@pytest.fixture
def owner(app):
    return an_account()


@pytest.fixture
def event(owner) -> Event:
    return an_event(owner)


@pytest.fixture
def organiser(app, owner) -> FlaskClient:
    return organiser_browser(app, owner)


def page_of(browser: FlaskClient, event: Event, query: str = "") -> str:
    answer = browser.get(f"/organise/events/{event.slug}/rounds{query}")
    assert answer.status_code == 200
    return answer.text


def post(browser: FlaskClient, event: Event, path: str = "", **fields: str):
    return browser.post(f"/organise/events/{event.slug}/rounds{path}", data=fields)


def words(page: str) -> str:
    """Return the text of a page in one line."""
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def test_before_the_first_plan_the_page_says_what_to_do(organiser, event):
    a_hall(event, 3)
    come_in(a_registration(event, consents={}))

    page = words(page_of(organiser, event))

    assert "No rounds yet" in page
    assert "3 guests are inside and agreed to be suggested." in page
    assert "1 more is inside, but did not agree." in page


def test_planning_shows_progress_and_then_who_sits_where(organiser, event):
    guests = a_hall(event, 5)

    answer = post(organiser, event, **WANTED)
    waiting = page_of(organiser, event)
    run_due()
    page = page_of(organiser, event)

    assert answer.status_code == 303
    assert 'hx-trigger="every 1s"' in waiting
    assert "The rounds are being planned" in waiting
    assert "hx-trigger" not in page
    assert all(guest.name in page for guest in guests)
    assert "Pause:" in page
    assert "next" in page


def test_a_second_press_plans_once(organiser, event):
    a_hall(event, 4)

    post(organiser, event, **WANTED)
    post(organiser, event, **WANTED)

    assert run_due() == 1
    assert len(rounds_at(event)) == 3


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("rounds", "0", "Enter a number from 1 to 30."),
        ("rounds", "31", "Enter a number from 1 to 30."),
        ("rounds", "", "Enter a number from 1 to 30."),
        ("table_size", "1", "Enter a number from 2 to 8."),
        ("table_size", "nine", "Enter a number from 2 to 8."),
        ("who", "everybody", "Not a valid choice"),
    ],
)
def test_what_cannot_be_planned_is_said_beside_the_field(
    organiser, event, field: str, value: str, sentence: str
):
    answer = post(organiser, event, **{**WANTED, field: value})

    assert answer.status_code == 422
    assert sentence in answer.text
    assert newest_job(JOB, event.slug) is None


def test_as_many_rounds_as_are_over_are_refused_beside_the_field(organiser, event):
    a_hall(event, 4)
    plan_for(event, rounds=2)
    finish_round(event, 1)
    db.session.commit()

    answer = post(organiser, event, **{**WANTED, "rounds": "1"})

    assert answer.status_code == 422
    assert "1 are over already. Enter a higher number." in answer.text


@pytest.mark.parametrize(
    ("people", "company", "sentence"),
    [
        (0, "", "It takes at least two people to meet."),
        (1, "", "It takes at least two people to meet."),
        (3, "Mill", "No two of these people can be seated together"),
    ],
)
def test_who_cannot_be_seated_is_explained(organiser, event, people, company, sentence):
    a_hall(event, people, company=company)
    post(organiser, event, **WANTED)
    run_due()

    page = page_of(organiser, event)

    assert sentence in page
    assert "No rounds yet" not in page


def test_when_planning_breaks_down_the_page_says_so(organiser, event):
    post(organiser, event, **WANTED)
    job = newest_job(JOB, event.slug)
    assert job is not None
    job.state = JobState.FAILED
    db.session.commit()

    assert "The planning has stopped. Please plan again." in page_of(organiser, event)


def test_a_round_is_ended_and_taken_back_by_a_button(organiser, event):
    a_hall(event, 6)
    plan_for(event, rounds=3)

    answer = post(organiser, event, "/1/end")
    again = post(organiser, event, "/1/end")
    ended = page_of(organiser, event)
    back = post(organiser, event, "/1/end/removal")
    page = page_of(organiser, event)

    assert {answer.status_code, again.status_code, back.status_code} == {303}
    assert "Round 2 is over" in ended
    assert "Plan the rest anew for those who are here" in ended
    assert "Round 1 is over" in page
    assert "is not over" not in words(page).replace("Round 1 goes on.", "")


def test_a_round_out_of_turn_is_refused_in_a_sentence(organiser, event):
    a_hall(event, 4)
    plan_for(event, rounds=3)

    answer = post(organiser, event, "/2/end")

    assert answer.status_code == 409
    assert "An earlier round is not over yet." in answer.text


def test_all_rounds_or_one_are_shown(organiser, event):
    a_hall(event, 4)
    plan_for(event, rounds=3)

    current, second, everything, nonsense = (
        page_of(organiser, event, query)
        for query in ("", "?round=2", "?round=all", "?round=%00\N{BOMB}")
    )

    assert 'id="round-1"' in current
    assert 'id="round-2"' not in current
    assert 'id="round-2"' in second
    assert 'id="round-1"' not in second
    assert all(f'id="round-{number}"' in everything for number in (1, 2, 3))
    assert 'id="round-1"' in nonsense


def test_when_all_rounds_are_over_nothing_is_left_to_end(organiser, event):
    a_hall(event, 4)
    plan_for(event, rounds=1)
    post(organiser, event, "/1/end")

    page = page_of(organiser, event)
    wall = organiser.get(f"/organise/events/{event.slug}/rounds/screen").text

    assert "Round 2" not in page
    assert "/rounds/screen" not in page
    assert "No round is to come" in wall


def test_a_closed_event_shows_its_rounds_and_changes_nothing(organiser, event):
    a_hall(event, 4)
    plan_for(event, rounds=2)
    event.state = EventState.CLOSED
    db.session.commit()

    page = page_of(organiser, event)
    refused = [post(organiser, event, path, **WANTED).status_code for path in ("", "/1/end")]

    assert 'id="round-1"' in page
    assert "<form" not in page.split('id="main"')[1]
    assert refused == [409, 409]
    assert len(rounds_at(event)) == 2


PATHS = ["", ".csv", "/screen"]


@pytest.mark.parametrize("path", PATHS)
def test_rounds_are_for_the_events_own_organisers(app: Flask, event: Event, path: str):
    stranger = organiser_browser(app, an_account())
    steward = an_account()
    db.session.add(Membership(event_id=event.id, account_id=steward.id, role=Role.STEWARD))
    db.session.commit()
    address = f"/organise/events/{event.slug}/rounds{path}"

    answers = [
        browser.get(address).status_code
        for browser in (a_browser(app), stranger, organiser_browser(app, steward))
    ]

    assert answers == [302, 404, 403]


@pytest.mark.parametrize("path", ["", "/1/end", "/1/end/removal"])
def test_nobody_else_plans_or_ends_a_round(app: Flask, event: Event, path: str):
    a_hall(event, 4)
    plan_for(event, rounds=2)
    stranger = organiser_browser(app, an_account())

    answer = post(stranger, event, path, **WANTED)

    assert answer.status_code == 404
    assert not any(one.is_finished for one in rounds_at(event))
    assert run_due() == 0


def test_the_table_goes_home_as_csv_that_no_spreadsheet_calculates(organiser, event):
    come_in(
        a_registration(event, name="=1+1", interests="timber"),
        a_registration(event, name="Ben, B.", interests="timber", company="Mill"),
        a_registration(event, name="Zoë", interests="timber"),
    )
    plan_for(event, rounds=1)

    answer = organiser.get(f"/organise/events/{event.slug}/rounds.csv")

    lines = list(csv.reader(answer.data.decode("utf-8-sig").splitlines()))
    assert lines[0] == ["round", "table", "name", "company"]
    assert len(lines) == 4
    assert any(cell.startswith("'=1+1") for line in lines for cell in line)
    assert sum(line[:2] == ["1", ""] for line in lines) == 1  # one pauses


def test_the_wall_names_in_full_only_who_agreed_to_be_listed(organiser, event):
    come_in(
        a_registration(event, name="Ada Lovelace", interests="timber", consents=ALL_CONSENTS),
        a_registration(
            event,
            name="Dr. Ben van Okri",
            interests="timber",
            consents={"may_be_suggested": True},
        ),
        a_registration(event, name="Cher", interests="timber", consents={"may_be_suggested": True}),
    )
    plan_for(event, rounds=1)

    page = words(organiser.get(f"/organise/events/{event.slug}/rounds/screen").text)

    assert "Ada Lovelace" in page
    assert "Ben O." in page
    assert "Okri" not in page
    assert "Cher" in page
    assert page.count("break") == 1


def test_a_guest_reads_on_their_page_where_to_sit(app: Flask, event: Event):
    one, other, third = (
        a_registration(event, name=name, interests="timber") for name in ("Ada", "Ben", "Cleo")
    )
    come_in(one, other, third)
    plan_for(event, rounds=3)
    browser = guest_browser(app, one)

    page = words(browser.get(f"/my/{event.slug}").text)

    assert "Where you sit next" in page
    assert page.count("with Ben") == page.count("with Cleo") == 1
    assert len(re.findall(r"[Yy]ou have a break", page)) == 1
    assert len(re.findall(r"Round [123]", page)) == 3


def test_the_phone_learns_of_a_new_plan_by_itself(app: Flask, event: Event):
    one, _other = a_hall(event, 2)
    browser = guest_browser(app, one)
    before = browser.get(f"/my/{event.slug}/news")
    plan_for(event, rounds=1)

    after = browser.get(f"/my/{event.slug}/news", headers={"If-None-Match": before.headers["ETag"]})
    again = browser.get(f"/my/{event.slug}/news", headers={"If-None-Match": after.headers["ETag"]})

    assert "Where you sit next" not in before.text
    assert "Where you sit next" in after.text
    assert again.status_code == 304


def test_after_the_event_nobody_is_told_where_to_sit(app: Flask, event: Event):
    one, _other = a_hall(event, 2)
    plan_for(event, rounds=1)
    event.state = EventState.CLOSED
    db.session.commit()

    assert "Where you sit next" not in guest_browser(app, one).get(f"/my/{event.slug}").text


def test_more_people_and_rounds_do_not_ask_the_database_more_often(
    app: Flask, owner, organiser, event, count_queries
):
    a_hall(event, 4)
    plan_for(event, rounds=1)
    pages = [f"/organise/events/{event.slug}/rounds{path}" for path in ("", "?round=all", *PATHS)]
    few = [count_queries(lambda page=page: organiser.get(page)) for page in pages]
    a_hall(event, 16)
    plan_for(event, rounds=5)

    many = [count_queries(lambda page=page: organiser.get(page)) for page in pages]

    assert many == few
    assert max(many) <= 12
