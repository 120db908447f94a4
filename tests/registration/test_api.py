"""The list of registrations for programs."""

import pytest
from flask import Flask
from sqlalchemy import Engine, event

from eventmatch.db import db
from eventmatch.events.actions import create_token
from eventmatch.events.models import Event, Scope
from eventmatch.registration.actions import cancel, replace_badge
from tests.factories import SECRET, a_registration, an_event, badge_of


def a_token(fair: Event, scope: Scope = Scope.ORGANISER) -> dict[str, str]:
    token = create_token(fair, scope, secret=SECRET)
    db.session.commit()
    return {"Authorization": f"Bearer {token}"}


def address_of(fair: Event) -> str:
    return f"/api/v1/events/{fair.slug}/registrations"


def test_an_organisers_program_gets_badge_codes_and_addresses(app: Flask, client):
    fair = an_event()
    ada = a_registration(fair, name="Ada", company="Engines", email="ada@example.org")

    answer = client.get(address_of(fair), headers=a_token(fair))

    (item,) = answer.json["items"]
    assert answer.json["next"] is None
    assert item.pop("registered_at").endswith("Z")
    assert item == {
        "id": str(ada.uid),
        "name": "Ada",
        "company": "Engines",
        "role": "",
        "group": "",
        "status": "confirmed",
        "email": "ada@example.org",
        "badge_code": badge_of(ada),
        "answers": {},
    }


@pytest.mark.parametrize(
    ("scope", "fields"),
    [
        (Scope.DOOR, {"id", "name", "status"}),
        (Scope.READ, {"id", "name", "status", "company", "role", "group", "registered_at"}),
    ],
)
def test_other_programs_get_what_their_scope_covers(app: Flask, client, scope, fields):
    fair = an_event()
    a_registration(fair)

    answer = client.get(address_of(fair), headers=a_token(fair, scope))

    assert set(answer.json["items"][0]) == fields


def test_a_replaced_badge_has_its_new_code(app: Flask, client):
    fair = an_event()
    ada = a_registration(fair)
    replace_badge(ada, version=1, secret=SECRET)
    db.session.commit()

    answer = client.get(address_of(fair), headers=a_token(fair))

    assert answer.json["items"][0]["badge_code"] == badge_of(ada, version=2)


def test_the_cursor_leads_to_everybody_once(app: Flask, client):
    fair = an_event()
    wanted = [str(a_registration(fair).uid) for _ in range(7)]
    a_registration(an_event())
    headers = a_token(fair)

    found, cursor = [], ""
    for _ in range(3):
        page = client.get(
            address_of(fair), query_string={"limit": 3, "cursor": cursor}, headers=headers
        ).json
        found += [item["id"] for item in page["items"]]
        cursor = page["next"]

    assert found == wanted
    assert cursor is None


def test_search_and_status_narrow_the_list(app: Flask, client):
    fair = an_event()
    a_registration(fair, name="Jürgen")
    gone = a_registration(fair, name="Jürg")
    cancel(gone)
    db.session.commit()
    headers = a_token(fair)

    found = [
        [
            item["name"]
            for item in client.get(address_of(fair) + query, headers=headers).json["items"]
        ]
        for query in ("?q=juerg", "?q=juerg&status=cancelled", "?q=nobody")
    ]

    assert found == [["Jürgen", "Jürg"], ["Jürg"], []]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=501", "limit"),
        ("limit=0", "limit"),
        ("limit=many", "limit"),
        ("cursor=x", "cursor"),
        ("status=gone", "status"),
        ("colour=red", "colour"),
        ("q=" + "x" * 201, "q"),
    ],
)
def test_a_wrong_query_is_refused_in_the_one_shape(app: Flask, client, query, field):
    fair = an_event()

    answer = client.get(f"{address_of(fair)}?{query}", headers=a_token(fair))

    assert answer.status_code == 422
    assert answer.json["error"]["code"] == "invalid"
    assert list(answer.json["error"]["fields"]) == [field]


def test_without_a_good_token_there_is_nothing(app: Flask, client):
    fair, other = an_event(), an_event()
    a_registration(fair)

    answers = [
        client.get(address_of(fair), headers=headers)
        for headers in ({}, {"Authorization": "Bearer WRONG"}, a_token(other))
    ]

    assert [answer.status_code for answer in answers] == [401, 401, 404]
    assert all(set(answer.json) == {"error"} for answer in answers)


def test_more_guests_do_not_mean_more_queries(app: Flask, client):
    fair = an_event()
    headers = a_token(fair)
    counts: list[int] = []

    def note(*_details):
        counts[-1] += 1

    for _ in range(2):
        for _ in range(15):
            a_registration(fair)
        counts.append(0)
        event.listen(Engine, "before_cursor_execute", note)
        client.get(address_of(fair), headers=headers)
        event.remove(Engine, "before_cursor_execute", note)

    assert counts[0] > 2
    assert counts[0] == counts[1]


def test_the_description_for_programs_names_it(app: Flask, client):
    described = client.get("/api/v1/openapi.json").json

    operation = described["paths"]["/api/v1/events/{slug}/registrations"]["get"]
    assert {parameter["name"] for parameter in operation["parameters"]} == {
        "slug",
        "q",
        "status",
        "cursor",
        "limit",
    }


def test_a_program_puts_guests_into_groups(app: Flask, client):
    fair = an_event()
    ada = a_registration(fair, name="Ada")
    here = f"{address_of(fair)}/{ada.uid}"

    answer = client.patch(here, json={"group": " Exhibitor "}, headers=a_token(fair))

    assert (answer.status_code, answer.json["group"]) == (200, "Exhibitor")
    db.session.refresh(ada)
    assert ada.group == "Exhibitor"
    for body in ({"group": "x" * 61}, {"group": None}, {}, {"group": "a", "name": "b"}):
        assert client.patch(here, json=body, headers=a_token(fair)).status_code == 422
    reading = a_token(fair, Scope.READ)
    assert client.patch(here, json={"group": "x"}, headers=reading).status_code == 403
    elsewhere = a_token(an_event())
    assert client.patch(here, json={"group": "x"}, headers=elsewhere).status_code == 404
