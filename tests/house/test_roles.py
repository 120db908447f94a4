"""Who may do what with an event: every address of organisers, as everybody who might try.

The addresses are taken from the app, so that a new page is tried, too. What a door lead may do is
listed here; all else is for owners and managers, and changing the team for owners alone.
"""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventmatch.db import db
from eventmatch.events.models import Event, Membership, Role
from tests.conftest import a_browser
from tests.factories import (
    a_registration,
    an_account,
    an_event,
    guest_browser,
    organiser_browser,
    person_browser,
)
from tests.network.test_network_page import owner_of

ORGANISING = "/organise/events/<slug>"
AT_THE_DOOR = {
    "door_plan.show_guests", "door_plan.admit", "door_conflicts.show_event_conflicts",
    "door_conflicts.create_event_tick",
}  # fmt: skip
FOR_MEMBERS = {"team.remove"}  # everybody may leave
FOR_OWNERS = {"team.create_invitation", "team.change", "team.remove_invitation"}
NOBODY = "00000000-0000-0000-0000-000000000000"


def addresses(app: Flask, event: Event) -> Iterator[tuple[str, str, str]]:
    """Yield endpoint, method and address, with ids of nothing that exists."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(ORGANISING):
            path = rule.rule.replace("<slug>", event.slug)
            path = re.sub(r"<int[^>]*>", "99999", re.sub(r"<uuid:[^>]+>", NOBODY, path))
            path = re.sub(r"<any\((\w+)[^>]*>", r"\1", path)
            path = re.sub(r"<[^>]+>", "nothing", path)
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule.endpoint, method, path


def answers(app: Flask, browser: FlaskClient, event: Event) -> dict[tuple[str, str], int]:
    return {
        (endpoint, method): browser.open(path, method=method).status_code
        for endpoint, method, path in addresses(app, event)
    }


def member(app: Flask, event: Event, role: Role) -> FlaskClient:
    account = an_account()
    db.session.add(Membership(event_id=event.id, account_id=account.id, role=role))
    db.session.commit()
    return organiser_browser(app, account)


@pytest.fixture
def event(app: Flask) -> Event:
    return an_event(an_account())


def test_strangers_are_asked_to_sign_in(app: Flask, event: Event):
    guest = a_registration(event)
    person = person_browser(app, owner_of(guest))
    for browser in (a_browser(app), guest_browser(app, guest), person):
        assert set(answers(app, browser, event).values()) == {302}


def test_other_organisers_learn_nothing_of_the_event(app: Flask, event: Event):
    other = an_account()
    an_event(other)

    found = answers(app, organiser_browser(app, other), event)

    assert set(found.values()) == {404}


@pytest.mark.parametrize("role", [Role.DOOR_LEAD, Role.STEWARD])
def test_helpers_do_what_their_role_says_and_no_more(app: Flask, event: Event, role: Role):
    found = answers(app, member(app, event, role), event)

    let_in = {endpoint for (endpoint, _method), status in found.items() if status != 403}
    allowed = AT_THE_DOOR if role is Role.DOOR_LEAD else set()
    assert let_in <= allowed | FOR_MEMBERS
    if role is Role.DOOR_LEAD:
        assert "door_plan.show_guests" in let_in


def test_managers_do_all_but_change_the_team(app: Flask, event: Event):
    found = answers(app, member(app, event, Role.MANAGER), event)

    refused = {endpoint for (endpoint, _method), status in found.items() if status == 403}
    assert refused >= FOR_OWNERS
    assert refused - FOR_OWNERS <= FOR_MEMBERS


def test_an_address_without_a_check_is_found(app: Flask, event: Event):
    """Plant a page that forgets to ask who comes."""
    unguarded = app.view_functions["registration.show_registrations"]
    app.view_functions["registration.show_registrations"] = lambda slug: f"all of {slug}"
    try:
        found = answers(app, a_browser(app), event)
    finally:
        app.view_functions["registration.show_registrations"] = unguarded

    assert found["registration.show_registrations", "GET"] == 200
