"""An organiser asks, guests answer, and each answer goes only where it was meant to."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from eventmatch.badges.queries import faces_of
from eventmatch.clock import now
from eventmatch.db import db
from eventmatch.events.actions import create_token
from eventmatch.events.models import Event, Scope
from eventmatch.questions.actions import add_question
from eventmatch.questions.models import Kind, Purpose, Question
from eventmatch.questions.queries import questions_of
from eventmatch.registration.answers import forget_old_answers
from eventmatch.registration.models import Registration
from tests.conftest import a_browser
from tests.factories import (
    SECRET,
    a_registration,
    an_account,
    an_event,
    guest_browser,
    organiser_browser,
    person_browser,
)
from tests.network.test_network_page import owner_of

FORM = {"kind": "text", "purpose": "logistics", "kept_days": "90"}


def a_question(event: Event, text: str = "Which train?", **details: Any) -> Question:
    made = {
        "kind": Kind.TEXT, "purpose": Purpose.LOGISTICS, "kept_days": 90, "choices": [],
        "makes_group": False, "text": text,
    }  # fmt: skip
    question = add_question(event, **(made | details))
    db.session.commit()
    return question


def signs_up(app: Flask, event: Event, expected: int = 303, /, **answers: Any) -> str:
    form = {"name": "Ada", "email": "ada@example.org", **answers}
    answer = a_browser(app).post(f"/e/{event.slug}", data=form)
    assert answer.status_code == expected
    return answer.text


def ada() -> Registration:
    with_event = joinedload(Registration.event)
    return db.session.scalars(select(Registration).options(with_event)).one()


def test_the_page_shows_what_must_be_answered_and_when(app: Flask):
    event = an_event()
    how = a_question(event, "How?", kind=Kind.CHOICE, choices=["car", "train"], is_required=True)
    a_question(event, "Plate", is_required=True, asked_if_id=how.id, asked_if_value="car")
    a_question(event, "Diet?", purpose=Purpose.PRIVATE, kept_days=7)

    page = a_browser(app).get(f"/e/{event.slug}").text

    plate = page[page.index("Only if “How?” was answered with “car”.") : page.index("Diet?")]
    assert "Plate" in plate
    assert "optional" not in plate
    assert "it is deleted 7 days after the event" in page


@pytest.fixture
def organiser(app: Flask) -> tuple[FlaskClient, Event]:
    owner = an_account()
    event = an_event(owner, title="Fair")
    return organiser_browser(app, owner), event


def test_an_organiser_asks_and_a_guest_answers(app: Flask, organiser: tuple[FlaskClient, Event]):
    browser, event = organiser
    pages = f"/organise/events/{event.slug}"

    made = browser.post(f"{pages}/questions", data=FORM | {"text": "Which train?"})
    [question] = questions_of(event)
    signs_up(app, event, **{f"answer_{question.key}": "ICE 517"})

    assert made.status_code == 303
    assert "Which train?" in a_browser(app).get(f"/e/{event.slug}").text
    page = browser.get(f"{pages}/registrations/{ada().uid}").text
    assert "Which train?" in page
    assert "ICE 517" in page
    profile = guest_browser(app, ada()).get(f"/my/{event.slug}/profile").text
    assert "ICE 517" in profile


@pytest.mark.parametrize(
    ("details", "good", "kept", "bad"),
    [
        ({"kind": Kind.TEXT}, "mills", "mills", "x" * 501),
        ({"kind": Kind.CHOICE, "choices": ["car", "train"]}, "car", "car", "horse"),
        ({"kind": Kind.SEVERAL, "choices": ["a", "b", "c"]}, ["a", "c"], ["a", "c"], ["a", "z"]),
        ({"kind": Kind.NUMBER}, "0", 0, "many"),
        ({"kind": Kind.NUMBER}, "7", 7, "99999999999"),
        ({"kind": Kind.DATE}, "2027-05-03", "2027-05-03", "0001-01-01"),
        ({"kind": Kind.AGREEMENT}, "y", True, None),
    ],
)
def test_every_kind_is_kept_as_it_was_meant_and_refused_otherwise(
    app: Flask, details: dict[str, Any], good: Any, kept: Any, bad: Any
):
    event = an_event()
    question = a_question(event, is_required=True, **details)
    name = f"answer_{question.key}"

    missing = signs_up(app, event, 422)
    if bad is not None:
        signs_up(app, event, 422, **{name: bad})
    signs_up(app, event, **{name: good})

    assert "Which train?" in missing
    assert ada().answers == {question.key: kept}


def test_a_question_that_depends_is_asked_only_then(app: Flask):
    event = an_event()
    how = a_question(event, "How do you come?", kind=Kind.CHOICE, choices=["car", "train"])
    plate = a_question(
        event, "Number plate", is_required=True, asked_if_id=how.id, asked_if_value="car"
    )
    by_car = {f"answer_{how.key}": "car"}

    refused = signs_up(app, event, 422, **by_car)
    signs_up(app, event, **{f"answer_{how.key}": "train", f"answer_{plate.key}": "B-XY 1"})

    assert "Please answer “Number plate”." in refused
    assert ada().answers == {how.key: "train"}, "What was not asked is not kept."


def test_answers_go_where_their_purpose_says_and_nowhere_else(app: Flask):
    owner = an_account()
    event = an_event(owner)
    asked = {
        purpose: a_question(event, f"About {purpose.value}", purpose=purpose) for purpose in Purpose
    }
    said = {purpose: f"word{purpose.value}" for purpose in Purpose}
    signs_up(app, event, **{f"answer_{asked[one].key}": said[one] for one in Purpose})
    browser, guest = organiser_browser(app, owner), ada()
    listed = f"/organise/events/{event.slug}/registrations.csv"
    token = create_token(event, Scope.ORGANISER, secret=SECRET)
    reader = create_token(event, Scope.READ, secret=SECRET)
    db.session.commit()
    api = f"/api/v1/events/{event.slug}/registrations"

    [face] = faces_of(event, secret=SECRET, base_url="http://localhost")
    table = browser.get(listed).text
    with_private = browser.get(f"{listed}?private=1").text
    program = a_browser(app).get(api, headers={"Authorization": f"Bearer {token}"}).text
    read = a_browser(app).get(api, headers={"Authorization": f"Bearer {reader}"}).text

    assert face.role == said[Purpose.BADGE]
    assert guest.tags == [said[Purpose.MATCHING]]
    for text, is_private_there in ((table, False), (with_private, True), (program, False)):
        assert all(said[one] in text for one in Purpose if one is not Purpose.PRIVATE)
        assert (said[Purpose.PRIVATE] in text) is is_private_there
    assert not any(word in read for word in said.values())


def test_topics_follow_the_answer_and_leave_the_guests_own_alone(app: Flask):
    event = an_event()
    question = a_question(
        event, kind=Kind.SEVERAL, choices=["mills", "gears"], purpose=Purpose.MATCHING
    )
    guest = a_registration(event, tags=["wind"])
    browser = guest_browser(app, guest)
    form = {"name": guest.name, "language": "en", **{
        f"{field}_release": "mutual" for field in ("email", "phone", "website")
    }}  # fmt: skip
    name = f"answer_{question.key}"

    browser.post(f"/my/{event.slug}/profile", data={**form, "tags": "wind", name: "mills"})
    first = list(guest.tags)
    browser.post(f"/my/{event.slug}/profile", data={**form, "tags": "wind, mills", name: "gears"})

    assert first == ["wind", "mills"]
    assert guest.tags == ["wind", "gears"]


def test_an_answer_can_be_the_group(app: Flask):
    event = an_event()
    question = a_question(event, kind=Kind.CHOICE, choices=["visitor", "press"], makes_group=True)

    signs_up(app, event, **{f"answer_{question.key}": "press"})

    assert ada().group == "press"


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"text": ""}, "Please write the question."),
        ({"kind": "choice", "choices": "one"}, "at least two answers"),
        ({"kind": "text", "makes_group": "y"}, "Only a question with one choice"),
        ({"kept_days": "0"}, "between 1 and 3650"),
        ({"asked_if": "00000000-0000-0000-0000-000000000000 x"}, "Not a valid choice"),
        ({"kind": "poem"}, "Not a valid choice"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_with_a_word(
    organiser: tuple[FlaskClient, Event], change: dict[str, str], word: str
):
    browser, event = organiser

    answer = browser.post(
        f"/organise/events/{event.slug}/questions", data=FORM | {"text": "Which?"} | change
    )

    assert answer.status_code == 422
    assert word in answer.text
    assert questions_of(event) == []


def test_questions_are_changed_moved_and_taken_out(organiser: tuple[FlaskClient, Event]):
    browser, event = organiser
    one, two = a_question(event, "One"), a_question(event, "Two")
    guest = a_registration(event)
    guest.answers = {one.key: "said"}
    db.session.commit()
    pages = f"/organise/events/{event.slug}/questions"

    browser.post(f"{pages}/{two.uid}/move", data={"up": "1"})
    moved = [question.text for question in questions_of(event)]
    browser.post(f"{pages}/{two.uid}", data=FORM | {"text": "Second", "kind": "number"})
    for _press in range(2):
        browser.post(f"{pages}/{one.uid}/removal")

    assert moved == ["Two", "One"]
    [left] = questions_of(event)
    assert (left.text, left.kind) == ("Second", Kind.TEXT), "How it is answered stays."
    shown = browser.get(f"/organise/events/{event.slug}/registrations/{guest.uid}").text
    assert "said" in shown, "What was answered stays until its time is over."


def test_another_events_questions_are_taken_over_but_not_a_strangers(app: Flask):
    owner = an_account()
    model, event, strange = an_event(owner), an_event(owner), an_event(an_account())
    how = a_question(model, "How?", kind=Kind.CHOICE, choices=["car", "train"])
    a_question(model, "Plate", asked_if_id=how.id, asked_if_value="car")
    a_question(strange, "Secret?")
    browser = organiser_browser(app, owner)
    pages = f"/organise/events/{event.slug}/questions"

    refused = browser.post(f"{pages}/copies", data={"like": strange.slug})
    browser.post(f"{pages}/copies", data={"like": model.slug})

    assert refused.status_code == 404
    first, second = questions_of(event)
    assert (first.text, second.text) == ("How?", "Plate")
    assert second.asked_if_id == first.id


def test_a_stranger_changes_nothing(app: Flask, organiser: tuple[FlaskClient, Event]):
    _browser, event = organiser
    question = a_question(event)
    other = an_account()
    an_event(other)
    browser = organiser_browser(app, other)
    pages = f"/organise/events/{event.slug}/questions"

    answers = [
        browser.get(pages),
        browser.post(pages, data=FORM | {"text": "Mine"}),
        browser.post(f"{pages}/{question.uid}/removal"),
        browser.get(f"/organise/events/{event.slug}/registrations.csv"),
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert [one.text for one in questions_of(event)] == ["Which train?"]


def test_answers_are_deleted_when_their_time_is_over(app: Flask):
    event = an_event()
    private = a_question(event, "Diet?", purpose=Purpose.PRIVATE, kept_days=7)
    other = a_question(event, "Train?")
    guests = [a_registration(event) for _ in range(3)]
    for guest in guests:
        guest.answers = {private.key: "vegan", other.key: "ICE"}
    db.session.commit()

    early = forget_old_answers()
    with time_machine.travel(event.ends_at + timedelta(days=8), tick=False):
        due, again = forget_old_answers(), forget_old_answers()

    assert (early, due, again) == (0, 1, 0)
    for guest in guests:
        db.session.refresh(guest)
        assert guest.answers == {other.key: "ICE"}


def test_no_formula_leaves_in_the_list(organiser: tuple[FlaskClient, Event]):
    browser, event = organiser
    question = a_question(event, "=Which?")
    guest = a_registration(event, name="Ada")
    guest.answers = {question.key: "=1+1"}
    db.session.commit()

    text = browser.get(f"/organise/events/{event.slug}/registrations.csv").text
    [row] = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))

    assert row["'=Which?"] == "'=1+1"
    assert row["name"] == "Ada"


def test_answers_are_in_the_file_of_everything_of_mine(app: Flask):
    event = an_event()
    question = a_question(event, purpose=Purpose.PRIVATE)
    guest = a_registration(event)
    guest.answers = {question.key: "ICE 517"}
    db.session.commit()

    mine = person_browser(app, owner_of(guest)).get("/network/mine.json").json

    assert mine is not None
    assert mine["events"][0]["answers"] == {"Which train?": "ICE 517"}
    assert now() < event.ends_at
