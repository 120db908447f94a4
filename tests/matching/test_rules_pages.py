"""The organiser's page of rules, and the same for programs."""

import re
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy import event as sqlalchemy_event

from eventmatch.accounts.models import Account
from eventmatch.db import db
from eventmatch.events.actions import create_token
from eventmatch.events.models import Event, EventState, Scope
from eventmatch.jobs import run_due
from eventmatch.matching.actions import refresh_suggestions
from eventmatch.matching.material import matchable, rules_of
from eventmatch.matching.queries import suggestions_for
from eventmatch.matching.rules import Rules
from eventmatch.matching.ruling import keep_apart, kept_apart, set_rules, trial_of
from tests.factories import SECRET, a_registration, an_account, an_event, organiser_browser

TEXTS: dict[str, Any] = {"offers": "timber frames and joinery", "seeks": "timber frames and glue"}
SENT = {"apart_by_company": "y", "apart_by_domain": "y", "shown_at_most": "20"}


@pytest.fixture
def owner(app: Flask) -> Account:
    return an_account()


@pytest.fixture
def fair(owner: Account) -> Event:
    event = an_event(owner)
    for name, group in (("Eva", "Exhibitor"), ("Vera", "Visitor"), ("Otto", "")):
        a_registration(event, name=name, company=name, group=group, **TEXTS)
    refresh_suggestions(event)
    return event


@pytest.fixture
def organiser(app: Flask, owner: Account) -> FlaskClient:
    return organiser_browser(app, owner)


def page_of(event: Event) -> str:
    return f"/organise/events/{event.slug}/matching/rules"


def test_the_matrix_shows_the_groups_and_what_is_closed(organiser: FlaskClient, fair: Event):
    set_rules(fair, Rules(closed=frozenset({("Visitor", "Exhibitor")})))
    db.session.commit()

    page = organiser.get(page_of(fair)).text

    assert re.findall(r'name="groups" value="(.*?)"', page) == ["", "Exhibitor", "Visitor"]
    cells = dict(re.findall(r'name="open"\s+value="(\d-\d)"( checked)?', page))
    assert len(cells) == 9
    assert [cell for cell, ticked in cells.items() if not ticked] == ["2-1"]
    assert "No group" in page


def test_what_is_not_ticked_is_closed(organiser: FlaskClient, fair: Event):
    groups = ["", "Exhibitor", "Visitor"]
    cells = [f"{i}-{j}" for i in range(3) for j in range(3) if (i, j) != (1, 2)]

    answer = organiser.post(page_of(fair), data={**SENT, "groups": groups, "open": cells})

    assert answer.status_code == 303
    assert rules_of(fair) == Rules(closed=frozenset({("Exhibitor", "Visitor")}))
    run_due()
    eva = next(one for one in matchable(fair) if one.name == "Eva")
    assert [one.name for one in suggestions_for(eva)] == ["Otto"]


def test_the_number_comes_before_the_rules_hold(organiser: FlaskClient, fair: Event):
    groups = {"groups": ["", "Exhibitor", "Visitor"], "open": ["0-1", "0-2", "2-0", "2-1"]}

    organiser.post(page_of(fair), data={**SENT, **groups, "try": "1"})
    waiting = organiser.get(page_of(fair)).text
    run_due()
    page = organiser.get(page_of(fair)).text

    assert "hx-trigger" in waiting
    assert "These rules leave 1 person without a suggestion." in page
    assert "All who would fit are in groups that theirs is not shown." in page
    assert "hx-trigger" not in page
    assert rules_of(fair) == Rules()
    assert 'value="1-0"' in page
    assert 'value="1-0" checked' not in re.sub(r"\s+", " ", page), "the draft is what is shown"

    organiser.post(f"{page_of(fair)}/trial/removal")
    organiser.post(f"{page_of(fair)}/trial/removal")
    assert trial_of(fair) is None


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"shown_at_most": "0"}, "Please enter a number from 1 to 1000."),
        ({"shown_at_most": ""}, "Please enter a number."),
        ({"groups": ["a"], "open": ["0-7"]}, "The groups cannot be read."),
        ({"groups": ["a"], "open": ["<script>"]}, "The groups cannot be read."),
        ({"groups": [str(number) for number in range(21)]}, "The groups cannot be read."),
    ],
)
def test_what_makes_no_rules_is_refused_and_nothing_is_lost(
    organiser: FlaskClient, fair: Event, sent: dict[str, object], said: str
):
    answer = organiser.post(page_of(fair), data={**SENT, "apart_by_company": "", **sent})

    assert answer.status_code == 422
    assert said in answer.text
    assert rules_of(fair) == Rules()


def test_the_page_speaks_german(app: Flask, owner: Account, fair: Event):
    browser = organiser_browser(app, owner, language="de")

    page = browser.post(page_of(fair), data=SENT | {"shown_at_most": "0"}).text

    assert "Bitte geben Sie eine Zahl von 1 bis 1000 ein." in page
    assert "Regeln speichern" in page


def test_two_guests_are_kept_apart_and_let_meet(organiser: FlaskClient, fair: Event):
    pairs = f"{page_of(fair)}/pairs"

    answer = organiser.post(pairs, data={"one": "Eva", "other": "vera"}, follow_redirects=True)
    organiser.post(pairs, data={"one": "Vera", "other": "Eva"})

    assert "Eva and Vera are kept apart from now on." in answer.text
    (both,) = [f"{pair.low.uid}/{pair.high.uid}" for pair in kept_apart(fair)]
    for _press in range(2):
        assert organiser.post(f"{pairs}/{both}/removal").status_code == 303
    assert kept_apart(fair) == []


def test_a_name_is_found_in_any_spelling_and_only_as_a_whole(organiser: FlaskClient, fair: Event):
    a_registration(fair, name="Jörg Müller", company="Über GmbH")
    a_registration(fair, name="Jörg Müller-Lüdenscheidt")

    answer = organiser.post(
        f"{page_of(fair)}/pairs",
        data={"one": "JOERG  mueller", "other": "Eva"},
        follow_redirects=True,
    )

    assert "Jörg Müller and Eva are kept apart from now on." in answer.text


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"one": "", "other": "Eva"}, "Please enter a name or a mail address."),
        ({"one": "Eva", "other": "Ghost"}, "Nobody here has this name or mail address."),
        ({"one": "Eva", "other": "Eva"}, "These are one and the same guest."),
        ({"one": "x" * 300, "other": "Eva"}, "has room for 254 characters"),
    ],
)
def test_a_pair_that_is_none_is_refused(
    organiser: FlaskClient, fair: Event, sent: dict[str, str], said: str
):
    answer = organiser.post(f"{page_of(fair)}/pairs", data=sent)

    assert answer.status_code == 422
    assert said in answer.text
    assert sent["other"] in answer.text
    assert kept_apart(fair) == []


def test_rules_are_for_the_events_own_organisers(app: Flask, organiser: FlaskClient, fair: Event):
    other = an_event(an_account())
    one, two = (a_registration(other, name=name) for name in ("Xa", "Xb"))
    keep_apart(other, one, two)
    db.session.commit()
    foreign = f"/pairs/{one.uid}/{two.uid}/removal"

    assert organiser.post(page_of(fair) + foreign).status_code == 404

    assert len(kept_apart(other)) == 1
    for path in ("", "/pairs", "/trial/removal", foreign):
        assert organiser.post(page_of(other) + path, data=SENT).status_code == 404
        assert app.test_client().post(page_of(fair) + path).status_code in {302, 303, 401}


def test_a_closed_event_shows_its_rules_and_takes_no_others(organiser: FlaskClient, fair: Event):
    fair.state = EventState.CLOSED
    db.session.commit()

    assert "Save the rules" not in organiser.get(page_of(fair)).text
    assert organiser.post(page_of(fair), data=SENT | {"shown_at_most": "3"}).status_code == 409


def test_the_pages_ask_as_often_for_many_as_for_few(organiser: FlaskClient, fair: Event):
    def count(path: str) -> int:
        asked: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            asked.append(statement)

        sqlalchemy_event.listen(Engine, "before_cursor_execute", note)
        try:
            assert organiser.get(path).status_code == 200
        finally:
            sqlalchemy_event.remove(Engine, "before_cursor_execute", note)
        return len(asked)

    paths = (page_of(fair), page_of(fair).removesuffix("/rules"))
    before = [count(path) for path in paths]
    guests = [a_registration(fair, group=f"Group {number}", **TEXTS) for number in range(12)]
    for one, other in zip(guests[::2], guests[1::2], strict=True):
        keep_apart(fair, one, other)
    db.session.commit()
    run_due()

    assert [count(path) for path in paths] == before


def test_the_organiser_sees_how_evenly_and_why_not(organiser: FlaskClient, fair: Event):
    a_registration(fair, name="Nora")
    refresh_suggestions(fair)

    page = organiser.get(page_of(fair).removesuffix("/rules")).text

    assert "They have not written anything to match on." in page
    points = re.search(r'points="(.*?)"', page)
    assert points is not None
    assert points[1].split() == ["0.00,100.00", "100.00,0.00"], "three people shown twice each"


def bearer(event: Event, scope: Scope = Scope.ORGANISER) -> dict[str, str]:
    token = create_token(event, scope, secret=SECRET)
    db.session.commit()
    return {"Authorization": f"Bearer {token}"}


def test_programs_read_and_set_the_rules(client: FlaskClient, fair: Event):
    here, headers = f"/api/v1/events/{fair.slug}/matching/rules", bearer(fair)
    eva, vera, _otto = matchable(fair)
    rules = {
        "closed": [["", "Visitor"], ["Visitor", "Visitor"]],
        "apart_by_company": False,
        "apart_by_domain": True,
        "shown_at_most": 7,
        "apart": [[str(eva.uid), str(vera.uid)]],
    }

    set_once = client.put(here, json=rules, headers=headers)
    set_again = client.put(here, json=rules, headers=headers)

    assert (set_once.status_code, set_once.json) == (200, rules)
    assert set_again.json == rules
    assert client.get(here, headers=headers).json == rules
    assert client.put(here, json={}, headers=headers).get_json()["apart"] == []
    assert rules_of(fair) == Rules()


@pytest.mark.parametrize(
    "wrong",
    [
        {"shown_at_most": 0},
        {"shown_at_most": "x"},
        {"closed": [["a"]]},
        {"closed": [["a", "b" * 61]]},
        {"apart": [["x", "y"]]},
        {"apart": [[str(uuid4()), str(uuid4())]]},
        {"cap": 3},
        [],
    ],
)
def test_programs_learn_which_rule_is_wrong(client: FlaskClient, fair: Event, wrong: object):
    answer = client.put(
        f"/api/v1/events/{fair.slug}/matching/rules", json=wrong, headers=bearer(fair)
    )

    assert answer.status_code == 422
    assert rules_of(fair) == Rules()
    if isinstance(wrong, dict):
        assert any(
            name.startswith(next(iter(wrong))) for name in answer.get_json()["error"]["fields"]
        )


def test_reading_programs_see_no_rules(client: FlaskClient, fair: Event):
    here = f"/api/v1/events/{fair.slug}/matching/rules"

    for headers, refused in ((bearer(fair, Scope.READ), 403), (bearer(an_event()), 404)):
        assert client.get(here, headers=headers).status_code == refused
        assert client.put(here, json={}, headers=headers).status_code == refused
