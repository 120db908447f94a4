"""Several people organise an event: invited by letter, each with a role, and removed again."""

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from eventmatch.accounts.models import Account
from eventmatch.clock import now
from eventmatch.db import db
from eventmatch.events.models import Event, Membership, Role, TeamInvitation
from eventmatch.mail import Letter, compose
from tests.conftest import a_browser
from tests.factories import an_account, an_event, organiser_browser

PASSWORD = {"name": "Mia", "password": "a long sentence", "password_again": "a long sentence"}


def asks(app: Flask, owner: Account, event: Event, email: str, role: str = "manager") -> str:
    """Let the owner ask somebody; return the path of the link in the letter."""
    answer = organiser_browser(app, owner).post(
        f"/organise/events/{event.slug}/team", data={"email": email, "role": role}
    )
    assert answer.status_code == 303
    statement = select(Letter).where(Letter.kind == "team").order_by(Letter.created_at.desc())
    letter = compose(db.session.scalars(statement).first() or pytest.fail("no letter"))
    assert letter is not None
    body = letter.get_body(("plain",))
    assert body is not None
    [path] = re.findall(r"/team/\S+", body.get_content())
    return str(path)


def roles(event: Event) -> dict[str, Role]:
    rows = db.session.scalars(
        select(Membership).where(Membership.event_id == event.id).order_by(Membership.id)
    )
    return {db.session.get_one(Account, one.account_id).email: one.role for one in rows}


@pytest.fixture
def fair(app: Flask) -> tuple[Account, Event]:
    owner = an_account()
    return owner, an_event(owner, title="Fair")


def test_who_has_an_account_joins_with_one_press_and_two_are_one(app: Flask, fair):
    owner, event = fair
    mia = an_account()
    path = asks(app, owner, event, mia.email)
    browser = organiser_browser(app, mia)

    before = browser.get(f"/organise/events/{event.slug}").status_code
    looked = browser.get(path)
    answers = [browser.post(path) for _press in range(2)]

    assert before == 404
    assert "Join the team" in looked.text
    assert {answer.status_code for answer in answers} == {303}
    assert roles(event) == {owner.email: Role.OWNER, mia.email: Role.MANAGER}
    assert browser.get(f"/organise/events/{event.slug}").status_code == 200


def test_who_has_none_makes_it_by_the_link(app: Flask, fair):
    owner, event = fair
    path = asks(app, owner, event, "new@example.org", "door_lead")
    browser = a_browser(app)

    refused = browser.post(path, data=PASSWORD | {"password": "short"})
    answer = browser.post(path, data=PASSWORD)

    assert refused.status_code == 422
    assert answer.status_code == 303
    assert roles(event)["new@example.org"] is Role.DOOR_LEAD
    assert browser.get(answer.location).status_code == 200
    assert browser.get(f"/organise/events/{event.slug}/registrations").status_code == 403
    assert "Registrations" not in browser.get(answer.location).text


def test_the_link_is_good_for_the_one_who_was_asked_alone(app: Flask, fair):
    owner, event = fair
    mia, eve = an_account(), an_account()
    path = asks(app, owner, event, mia.email)

    as_eve = organiser_browser(app, eve).post(path)
    as_nobody = a_browser(app).post(path, data=PASSWORD)

    assert as_eve.status_code == 403
    assert as_nobody.status_code == 302
    assert "sign-in" in as_nobody.location
    assert set(roles(event)) == {owner.email}


@pytest.mark.parametrize("way", ["taken back", "too old", "asked anew", "guessed"])
def test_a_link_that_is_no_longer_good_opens_nothing(app: Flask, fair, way: str):
    owner, event = fair
    mia = an_account()
    path = asks(app, owner, event, mia.email)
    moment = now()
    if way == "taken back":
        [invitation] = db.session.scalars(select(TeamInvitation))
        team = f"/organise/events/{event.slug}/team"
        organiser_browser(app, owner).post(f"{team}/invitations/{invitation.id}/removal")
    elif way == "too old":
        moment += timedelta(days=8)
    elif way == "asked anew":
        asks(app, owner, event, mia.email, "door_lead")
    else:
        path = "/team/" + "0" * 52

    with time_machine.travel(moment):
        browser = organiser_browser(app, mia)
        answers = [browser.get(path), browser.post(path)]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert set(roles(event)) == {owner.email}


def member(event: Event, role: Role) -> Account:
    account = an_account()
    db.session.add(Membership(event_id=event.id, account_id=account.id, role=role))
    db.session.commit()
    return account


def number_of(event: Event, account: Account) -> int:
    return db.session.scalars(
        select(Membership.id).where(
            Membership.event_id == event.id, Membership.account_id == account.id
        )
    ).one()


@pytest.mark.parametrize("role", [Role.MANAGER, Role.DOOR_LEAD, Role.STEWARD])
def test_only_owners_change_the_team(app: Flask, fair, role: Role):
    owner, event = fair
    other = member(event, role)
    browser: FlaskClient = organiser_browser(app, other)
    team = f"/organise/events/{event.slug}/team"
    number = number_of(event, owner)

    answers = [
        browser.post(team, data={"email": "x@example.org", "role": "owner"}),
        browser.post(f"{team}/{number}/role", data={"role": "manager"}),
        browser.post(f"{team}/{number_of(event, other)}/role", data={"role": "owner"}),
        browser.post(f"{team}/{number}/removal"),
        browser.post(f"{team}/invitations/1/removal"),
    ]

    assert {answer.status_code for answer in answers} == {403}
    assert roles(event) == {owner.email: Role.OWNER, other.email: role}


def test_a_removed_one_is_out_at_once_and_everybody_may_leave(app: Flask, fair):
    owner, event = fair
    mia, ben = member(event, Role.MANAGER), member(event, Role.DOOR_LEAD)
    team = f"/organise/events/{event.slug}/team"
    as_mia = organiser_browser(app, mia)
    assert as_mia.get(f"/organise/events/{event.slug}").status_code == 200

    for _press in range(2):
        organiser_browser(app, owner).post(f"{team}/{number_of_or_zero(event, mia)}/removal")
    left = organiser_browser(app, ben).post(f"{team}/{number_of(event, ben)}/removal")

    assert as_mia.get(f"/organise/events/{event.slug}").status_code == 404
    assert left.location == "/organise"
    assert roles(event) == {owner.email: Role.OWNER}


def number_of_or_zero(event: Event, account: Account) -> int:
    return number_of(event, account) if account.email in roles(event) else 0


def test_the_last_owner_stays(app: Flask, fair):
    owner, event = fair
    mia = member(event, Role.MANAGER)
    browser = organiser_browser(app, owner)
    team = f"/organise/events/{event.slug}/team"
    mine = number_of(event, owner)

    refused = [
        browser.post(f"{team}/{mine}/removal"),
        browser.post(f"{team}/{mine}/role", data={"role": "manager"}),
    ]
    browser.post(f"{team}/{number_of(event, mia)}/role", data={"role": "owner"})
    left = browser.post(f"{team}/{mine}/removal")

    assert {answer.status_code for answer in refused} == {409}
    assert left.status_code == 303
    assert roles(event) == {mia.email: Role.OWNER}


def test_an_invitation_raises_a_role_and_never_lowers_it(app: Flask, fair):
    owner, event = fair
    mia = member(event, Role.MANAGER)

    organiser_browser(app, mia).post(asks(app, owner, event, mia.email, "door_lead"))
    lower = roles(event)[mia.email]
    organiser_browser(app, mia).post(asks(app, owner, event, mia.email, "owner"))

    assert lower is Role.MANAGER
    assert roles(event)[mia.email] is Role.OWNER


def test_strangers_find_no_team(app: Flask, fair):
    owner, event = fair
    other = an_account()
    mine = an_event(other)
    browser = organiser_browser(app, other)

    removed = browser.post(f"/organise/events/{mine.slug}/team/{number_of(event, owner)}/removal")

    assert browser.get(f"/organise/events/{event.slug}/team").status_code == 404
    assert removed.status_code == 303
    assert roles(event) == {owner.email: Role.OWNER}
