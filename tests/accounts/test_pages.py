import re
import unicodedata
from datetime import timedelta

import pytest
import time_machine
from flask_security import recoverable, utils
from sqlalchemy import select

from eventmatch.accounts.actions import AccountExists, invite
from eventmatch.accounts.models import Account, Invitation
from eventmatch.accounts.queries import find_account
from eventmatch.clock import now
from eventmatch.codes import read_code
from eventmatch.db import db, sqlite_module
from eventmatch.mail import Letter, LetterState, compose
from tests.conftest import a_browser
from tests.factories import SECRET, an_account, an_event, organiser_browser

PASSWORD = "a rather long sentence"
ACCEPTANCE = {"name": "Anna Neu", "password": PASSWORD, "password_again": PASSWORD}


def an_invitation(email: str = "anna@example.org") -> str:
    code = invite(email, secret=SECRET)
    db.session.commit()
    return f"/invitations/{code}"


def count_accounts() -> int:
    return db.session.query(Account).count()


def sign_in(browser, email: str, password: str = PASSWORD, **query: str):
    return browser.post(
        "/account/sign-in", data={"email": email, "password": password}, query_string=query
    )


def anna(browser) -> Account:
    browser.post(an_invitation(), data=ACCEPTANCE)
    browser.post("/account/sign-out")
    browser.get("/account/sign-in")  # says once that she is signed out
    account = find_account("anna@example.org")
    assert account is not None
    return account


def letter_of(kind: str) -> str:
    written = db.session.query(Letter).filter_by(kind=kind).one()
    message = compose(written)
    assert message is not None
    text = message.get_body(("plain",))
    assert text is not None
    content: str = text.get_content()
    return content


def link_in(text: str, beginning: str) -> str:
    return next(line for line in text.splitlines() if line.startswith("http") and beginning in line)


# --- invitations


def test_looking_at_an_invitation_does_not_accept_it(client):
    link = an_invitation()

    page = client.get(link)

    assert page.status_code == 200
    assert "anna@example.org" in page.text
    assert count_accounts() == 0


def test_accepting_an_invitation_makes_an_account_and_signs_in(client):
    answer = client.post(an_invitation(), data=ACCEPTANCE)

    assert answer.status_code == 303
    assert answer.location == "/organise"
    assert client.get("/organise").status_code == 200
    assert "Anna Neu" in client.get("/organise").text


def test_a_second_click_from_the_same_hands_signs_in_as_well(app, client):
    link = an_invitation()
    client.post(link, data=ACCEPTANCE)
    as_it_was_before_the_first_answer = a_browser(app)

    second = as_it_was_before_the_first_answer.post(link, data=ACCEPTANCE)

    assert second.location == "/organise"
    assert count_accounts() == 1


def test_a_used_invitation_lets_nobody_else_in(app, client):
    link = an_invitation()
    client.post(link, data=ACCEPTANCE)
    stranger = a_browser(app)
    other = {
        "name": "Eve",
        "password": "another long sentence",
        "password_again": "another long sentence",
    }

    answer = stranger.post(link, data=other)

    assert answer.status_code == 404
    assert stranger.get(link).status_code == 404
    assert stranger.get("/organise").status_code == 302
    assert count_accounts() == 1


def test_an_old_invitation_and_an_invented_one_look_the_same(client):
    link = an_invitation()
    invitation = db.session.query(Invitation).one()
    invitation.expires_at = now() - timedelta(seconds=1)
    db.session.commit()

    old, invented = client.get(link), client.get("/invitations/ABC")

    assert old.status_code == invented.status_code == 404
    assert "no longer good" in old.text
    assert old.text.replace(link, "") == invented.text.replace("/invitations/ABC", "")


@pytest.mark.parametrize(
    "wrong",
    [{"password": "short", "password_again": "short"}, {"password_again": "not the same one"}],
)
def test_a_password_that_does_not_do_leaves_the_name_as_typed(client, wrong):
    answer = client.post(an_invitation(), data=ACCEPTANCE | wrong)

    assert answer.status_code == 422
    assert 'value="Anna Neu"' in answer.text
    assert count_accounts() == 0


def test_an_organiser_invites_by_letter_and_the_letter_opens_the_account(app):
    organiser = an_account(name="Olga Organiser")
    browser = organiser_browser(app, organiser)

    answer = browser.post("/organise/invitations", data={"email": "New@Example.org"})
    text = letter_of("invitation")

    assert answer.status_code == 303
    link = link_in(text, "/invitations/")
    assert "Olga Organiser" in text
    assert a_browser(app).get(link).status_code == 200
    code = read_code(link)
    assert code not in str(db.session.query(Letter).one().arguments)
    assert code not in browser.get("/organise/invitations").text
    assert "new@example.org" in browser.get("/organise/invitations").text


def test_the_letter_of_an_invitation_is_in_the_language_of_who_invites(app):
    browser = organiser_browser(app, an_account(), language="de")

    browser.post("/organise/invitations", data={"email": "neu@example.org"})

    assert db.session.query(Letter).one().language == "de"


def test_an_accepted_invitation_needs_no_letter_any_more(client):
    account = an_account()
    code = invite("anna@example.org", secret=SECRET, by=account)
    db.session.commit()

    client.post(f"/invitations/{code}", data=ACCEPTANCE)

    assert compose(db.session.query(Letter).one()) is None


@pytest.mark.parametrize("email", ["nobody", "", "a@b@c"])
def test_an_address_that_cannot_be_one_is_not_invited(app, email):
    browser = organiser_browser(app, an_account())

    answer = browser.post("/organise/invitations", data={"email": email})

    assert answer.status_code == 422
    assert db.session.query(Invitation).count() == 0


def test_the_command_line_says_who_has_an_account(app):
    account = an_account()

    with pytest.raises(AccountExists):
        invite(account.email.upper(), secret=SECRET)


def test_only_organisers_invite(client):
    for answer in (client.get("/organise/invitations"), client.post("/organise/invitations")):
        assert answer.status_code == 302
        assert answer.location.startswith("/account/sign-in")


# --- signing in and out


def test_signing_in_leads_to_my_events_and_signing_out_away_from_them(client):
    anna(client)

    answer = sign_in(client, "Anna@Example.org")

    assert answer.location == "/organise"
    assert "Anna Neu" in client.get("/organise").text
    assert client.post("/account/sign-out").status_code == 302
    assert client.get("/organise").status_code == 302
    assert client.get("/account/sign-out").status_code == 405


def test_who_was_sent_to_sign_in_comes_back_to_the_page_they_wanted(client):
    event = an_event(owner=anna(client))
    wanted = f"/organise/events/{event.slug}/settings"

    sent = client.get(wanted)
    answer = client.post(sent.location, data={"email": "anna@example.org", "password": PASSWORD})

    assert answer.location == wanted


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "///evil.example",
        "javascript:alert(1)",
    ],
)
def test_signing_in_never_leads_to_another_site(client, elsewhere):
    anna(client)

    by_address = sign_in(client, "anna@example.org", next=elsewhere)
    client.post("/account/sign-out")
    by_form = client.post(
        "/account/sign-in",
        data={"email": "anna@example.org", "password": PASSWORD, "next": elsewhere},
    )

    on_our_site = re.compile(r"/(?![/\\])")
    assert on_our_site.match(by_address.location)
    assert on_our_site.match(by_form.location)


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(client):
    anna(client)

    wrong = sign_in(client, "anna@example.org", "not her password")
    unknown = sign_in(client, "stranger@example.org", "not her password")

    assert "do not belong together" in wrong.text
    assert wrong.text.replace("anna@", "stranger@") == unknown.text
    assert 'value="anna@example.org"' in wrong.text


def test_the_sign_in_page_speaks_german(app):
    page = a_browser(app, "de").get("/account/sign-in")

    assert page.status_code == 200
    assert '<html lang="de"' in page.text


# --- sessions


def with_cookie_of(app, browser):
    """Return a browser that holds a copy of this browser's session cookie."""
    thief = a_browser(app)
    thief.set_cookie("session", browser.get_cookie("session").value)
    return thief


def test_after_signing_out_a_kept_cookie_is_worth_nothing(app, client):
    anna(client)
    sign_in(client, "anna@example.org")
    thief = with_cookie_of(app, client)
    assert thief.get("/organise").status_code == 200

    client.post("/account/sign-out")

    assert thief.get("/organise").status_code == 302
    assert "You are signed out on all your devices." in client.get("/account/sign-in").text


def test_a_new_password_signs_out_every_other_device(app, client):
    anna(client)
    phone = a_browser(app)
    sign_in(client, "anna@example.org")
    sign_in(phone, "anna@example.org")
    thief = with_cookie_of(app, client)
    new = {"new_password": "an entirely new one", "new_password_confirm": "an entirely new one"}

    client.post("/account/password", data={"password": PASSWORD, **new})

    assert client.get("/organise").status_code == 200
    assert phone.get("/organise").status_code == 302
    assert thief.get("/organise").status_code == 302


def test_an_organiser_gives_the_password_again_after_twelve_hours(client):
    anna(client)
    with time_machine.travel(now(), tick=False) as clock:
        sign_in(client, "anna@example.org")
        clock.shift(timedelta(hours=11, minutes=59))
        in_time = client.get("/organise")
        clock.shift(timedelta(minutes=2))
        late = client.get("/organise")

    assert in_time.status_code == 200
    assert late.status_code == 302
    assert late.location.startswith("/account/sign-in")


def test_no_cookie_signs_in_again_by_itself(client):
    anna(client)

    answer = client.post(
        "/account/sign-in",
        data={"email": "anna@example.org", "password": PASSWORD, "remember": "y"},
    )

    assert answer.location == "/organise"
    assert [cookie.split("=")[0] for cookie in answer.headers.getlist("Set-Cookie")] == ["session"]


def test_nobody_waits_for_the_database_while_a_password_is_hashed(app, client, monkeypatch):
    anna(client)
    hashed = []

    def while_free(work):
        def worked(*words, **more):
            other = sqlite_module().connect(app.config["INSTANCE"] / "eventmatch.db", timeout=0)
            other.execute("BEGIN IMMEDIATE")  # raises while anybody else may write
            other.close()
            hashed.append(work.__name__)
            return work(*words, **more)

        return worked

    hasher = type(app.extensions["security"].pwd_context)
    monkeypatch.setattr(hasher, "verify", while_free(hasher.verify))
    monkeypatch.setattr(hasher, "hash", while_free(hasher.hash))
    new = {"new_password": "an entirely new one", "new_password_confirm": "an entirely new one"}

    sign_in(client, "stranger@example.org")
    sign_in(client, "anna@example.org", "not her password")
    sign_in(client, "anna@example.org")
    client.post("/account/password", data={"password": PASSWORD, **new})

    assert hashed == ["hash", "verify", "verify", "verify", "hash"]


# --- passwords


def test_a_forgotten_password_is_replaced_by_the_link_in_the_letter_once(app, client):
    anna(client)

    client.post("/account/reset", data={"email": "anna@example.org"})
    link = link_in(letter_of("reset_instructions"), "/account/reset/")
    new = {"password": "an entirely new one", "password_confirm": "an entirely new one"}
    page, done, again = client.get(link), client.post(link, data=new), client.post(link, data=new)

    assert page.status_code == 200
    assert done.location == "/account/sign-in"
    assert again.location == "/account/reset"
    assert sign_in(client, "anna@example.org").status_code == 200
    assert sign_in(client, "anna@example.org", "an entirely new one").location == "/organise"


def test_the_outbox_keeps_no_link_for_a_new_password(client):
    anna(client)

    client.post("/account/reset", data={"email": "anna@example.org"})

    written = db.session.query(Letter).one()
    assert set(written.arguments) == {"account_id"}


def test_asking_for_a_new_password_tells_nobody_who_has_an_account(client):
    anna(client)

    known = client.post("/account/reset", data={"email": "anna@example.org"})
    unknown = client.post("/account/reset", data={"email": "stranger@example.org"})

    assert "If this address belongs to an account" in known.text
    assert known.text.replace("anna@", "stranger@") == unknown.text
    letters = db.session.execute(select(Letter.address, Letter.state)).all()
    assert sorted(letters) == [
        ("", LetterState.DROPPED),
        ("anna@example.org", LetterState.WAITING),
    ]


def test_asking_for_a_new_password_is_as_much_work_for_nobodys_address(client, monkeypatch):
    anna(client)
    work: list[int] = []

    def hash_data(text: str) -> str:
        work.append(len(text))
        return utils.hash_data(text)

    monkeypatch.setattr(recoverable, "hash_data", hash_data)

    for email in ("anna@example.org", "nobody@example.org"):
        client.post("/account/reset", data={"email": email})

    hashed_for_anna, hashed_for_nobody = work
    assert hashed_for_anna == hashed_for_nobody


def test_a_switched_off_account_gets_no_letter_for_a_new_password(client):
    anna(client).active = False
    db.session.commit()

    answer = client.post("/account/reset", data={"email": "anna@example.org"})

    assert "If this address belongs to an account" in answer.text
    assert db.session.scalars(select(Letter.state)).all() == [LetterState.DROPPED]


def test_changing_the_password_needs_the_present_one(client):
    anna(client)
    sign_in(client, "anna@example.org")
    new = {"new_password": "an entirely new one", "new_password_confirm": "an entirely new one"}

    refused = client.post("/account/password", data={"password": "not this one at all", **new})
    done = client.post("/account/password", data={"password": PASSWORD, **new})

    assert "This is not your password." in refused.text
    assert done.location == "/organise"
    client.post("/account/sign-out")
    assert sign_in(client, "anna@example.org", "an entirely new one").location == "/organise"


def test_a_password_is_the_same_on_every_keyboard(client):
    composed = unicodedata.normalize("NFC", "Käsebrötchen am Morgen")
    decomposed = unicodedata.normalize("NFD", composed)
    client.post(
        an_invitation(),
        data={"name": "Anna", "password": decomposed, "password_again": decomposed},
    )
    client.post("/account/sign-out")

    assert sign_in(client, "anna@example.org", composed).location == "/organise"


def test_inviting_somebody_does_not_tell_whether_they_have_an_account(app):
    browser = organiser_browser(app, an_account())
    an_account("known@example.org")

    answers = [
        browser.post(
            "/organise/invitations", data={"email": address}, follow_redirects=True
        ).text.replace(address, "")
        for address in ("known@example.org", "stranger@example.org")
    ]
    letters = db.session.scalars(select(Letter.address)).all()

    assert "If  has no account yet, an invitation is on its way." in answers[1]
    assert answers[0].count("an invitation is on its way") == 1
    assert letters == ["stranger@example.org"]
