"""Groups of guests: from a list, from the organiser's page, seen by nobody else."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from eventmatch.db import db
from eventmatch.events.models import Event, EventState
from eventmatch.jobs import run_due
from eventmatch.registration.groups import group_sizes
from eventmatch.registration.importing import Reason, read_rows
from eventmatch.registration.models import Registration
from tests.factories import a_registration, guest_browser
from tests.registration.test_imports import import_all, upload

LIST = "name,email,group\nAda,ada@example.org,Exhibitor\nBen,ben@example.org, Visitor \n"


def groups(event: Event) -> dict[str, str]:
    rows = db.session.scalars(select(Registration).where(Registration.event_id == event.id))
    return {row.name: row.group for row in rows}


def test_a_list_brings_groups_and_changes_them_when_it_comes_again(
    app: Flask, fair: Event, olga: FlaskClient
):
    import_all(olga, fair, LIST.encode())
    assert groups(fair) == {"Ada": "Exhibitor", "Ben": "Visitor"}

    changed = LIST.replace("Exhibitor", "Speaker").replace(" Visitor ", "").encode()
    address = upload(olga, fair, changed).location
    preview = olga.get(address).text
    assert "of them come to another group" in preview
    assert "Take over the groups" in preview
    olga.post(address, data={"csrf_token": ""})
    run_due()

    assert groups(fair) == {"Ada": "Speaker", "Ben": "Visitor"}, "an empty cell says nothing"
    assert "of them came to another group" in olga.get(address).text
    assert group_sizes(fair) == {"Speaker": 1, "Visitor": 1}
    assert (
        "There is nobody new in this file." in olga.get(upload(olga, fair, changed).location).text
    )


def test_a_group_that_is_too_long_is_named():
    table = read_rows(f"name,email,group\nAda,ada@example.org,{'x' * 61}\n".encode())

    assert [(one.line, one.field, one.reason) for one in table.complaints] == [
        (2, "group", Reason.TOO_LONG)
    ]


def test_the_organiser_puts_one_guest_into_a_group(app: Flask, fair: Event, olga: FlaskClient):
    ada = a_registration(fair, name="Ada")
    a_registration(fair, name="Ben", group="Exhibitor & <Co>")
    page = f"/organise/events/{fair.slug}/registrations/{ada.uid}"
    before = ada.profile_changed_at

    assert '<option value="Exhibitor &amp; &lt;Co&gt;">' in olga.get(page).text
    olga.post(f"{page}/name", data={"name": "Ada", "group": " Speaker\u0000 "})

    db.session.refresh(ada)
    assert ada.group == "Speaker"
    assert ada.profile_changed_at > before, "the lists follow"
    refused = olga.post(f"{page}/name", data={"name": "Ada", "group": "x" * 61})
    assert refused.status_code == 422
    assert "“Group” has room for 60 characters" in refused.text


@pytest.mark.parametrize("page", ["", "/profile", "/ticket"])
def test_guests_do_not_see_their_group(app: Flask, fair: Event, page: str):
    ada = a_registration(fair, name="Ada", group="Difficult customer")

    answer = guest_browser(app, ada).get(f"/my/{fair.slug}{page}", follow_redirects=True)

    assert "Difficult" not in answer.text


def test_a_closed_event_keeps_its_groups(app: Flask, fair: Event, olga: FlaskClient):
    ada = a_registration(fair, name="Ada", group="Speaker")
    fair.state = EventState.CLOSED
    db.session.commit()

    page = f"/organise/events/{fair.slug}/registrations/{ada.uid}/name"
    assert olga.post(page, data={"name": "Ada", "group": "Visitor"}).status_code == 409
    db.session.refresh(ada)
    assert ada.group == "Speaker"
