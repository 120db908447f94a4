"""A network is kept alive: plans, signs of life, the letter of the week, one's own card."""

from datetime import timedelta
from email.message import EmailMessage
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from eventmatch.clock import now
from eventmatch.db import db
from eventmatch.mail import Letter, compose
from eventmatch.network.jobs import remind
from eventmatch.network.models import Contact, Meeting, Upkeep
from eventmatch.network.queries import contacts_of, view_of
from eventmatch.network.upkeep import read_tags, stop_code, today
from eventmatch.people.models import Person
from tests.exchange.pairs import a_pair
from tests.factories import SECRET, a_registration, an_event, person_browser
from tests.network.test_network_page import met, owner_of


def digests() -> list[EmailMessage | None]:
    letters = db.session.scalars(select(Letter).where(Letter.kind == "digest"))
    return [compose(letter) for letter in letters]


def due_contact(app: Flask) -> tuple[Person, Contact]:
    ada, bob = a_pair()
    contact = met(ada, bob)
    contact.follow_up_on = today()
    db.session.commit()
    return owner_of(ada), contact


def plans(app: Flask, person: Person, contact: Contact, **form: object) -> int:
    browser = person_browser(app, person)
    return browser.post(f"/network/{contact.uid}", data=form).status_code


def test_what_one_writes_and_plans_is_kept_and_found(app: Flask):
    ada, bob = a_pair()
    contact, person = met(ada, bob), owner_of(ada)
    day = today() + timedelta(days=5)

    plans(
        app, person, contact, note="knows mills", tags="#Mills, gears ,mills",
        chips=["meet_again", "nonsense"], follow_up_on=day.isoformat(), rhythm_days="90",
    )  # fmt: skip

    view = view_of(contact)
    assert (view.note, view.tags, view.chips) == (
        "knows mills",
        ("Mills", "gears"),
        ("meet_again",),
    )
    assert (view.follow_up_on, view.rhythm_days) == (day, 90)
    browser = person_browser(app, person)
    for query in ("tag=gears", "q=gears", "part=now"):
        assert "Bob Babbage" in browser.get(f"/network?{query}").text
    for query in ("tag=trees", "part=asleep", "part=archive"):
        assert "Bob Babbage" not in browser.get(f"/network?{query}").text
    assert plans(app, person, contact, rhythm_days="7") == 422
    assert plans(app, person, contact, follow_up_on="soon", rhythm_days="") == 422


def test_who_sleeps_and_who_was_put_away(app: Flask):
    ada, bob = a_pair()
    contact, person = met(ada, bob), owner_of(ada)
    db.session.query(Meeting).update({"met_at": now() - timedelta(days=400)})
    db.session.commit()
    browser = person_browser(app, person)

    asleep = browser.get("/network?part=asleep").text
    browser.post(f"/network/{contact.uid}/upkeep", data={"what": "archive"})
    put_away = [browser.get(f"/network?part={part}").text for part in ("archive", "all", "asleep")]
    cards = browser.get("/network/contacts.vcf").text
    browser.post(f"/network/{contact.uid}/upkeep", data={"what": "back"})

    assert "Bob Babbage" in asleep
    assert ["Bob Babbage" in page for page in put_away] == [True, False, False]
    assert "Bob Babbage" in cards, "who is put away stays in the address book"
    assert "Bob Babbage" in browser.get("/network").text


def test_a_sign_of_life_moves_the_plan_on_by_its_rhythm(app: Flask):
    person, contact = due_contact(app)
    contact.rhythm_days, contact.chips = 30, ["follow_up", "meet_again"]
    db.session.commit()
    browser = person_browser(app, person)
    before = browser.get("/network").text

    browser.post(f"/network/{contact.uid}/upkeep", data={"what": "touched"})

    assert "You wanted to be in touch" in before
    assert "You wanted to be in touch" not in browser.get("/network").text
    view = view_of(contact)
    assert view.follow_up_on == today() + timedelta(days=30)
    assert view.chips == ("meet_again",)


@pytest.mark.parametrize("what", ["touched", "later", "archive", "withdraw", "block"])
def test_nobody_else_does_anything_with_a_contact(app: Flask, what: str):
    person, contact = due_contact(app)
    stranger = owner_of(a_registration())
    address = f"/network/{contact.uid}/upkeep"

    assert person_browser(app, stranger).post(address, data={"what": what}).status_code == 404
    assert person_browser(app, person).post(address, data={"what": "?"}).status_code == 422
    assert person_browser(app, person).post(
        f"/network/{uuid4()}/upkeep", data={"what": what}
    ).status_code == 404  # fmt: skip
    assert len(contacts_of(person)) == 1


@pytest.mark.parametrize("what", ["withdraw", "block"])
def test_a_contact_ends_on_its_own_page_for_both_and_the_note_stays(app: Flask, what: str):
    ada, bob = a_pair()
    contact = met(ada, bob)
    contact.note = "knows mills"
    db.session.commit()

    person_browser(app, owner_of(ada)).post(f"/network/{contact.uid}/upkeep", data={"what": what})

    assert contacts_of(owner_of(ada)) == contacts_of(owner_of(bob)) == []
    assert "knows mills" in person_browser(app, owner_of(ada)).get("/network").text


def test_one_is_reminded_once_a_week_at_most(app: Flask):
    person, _contact = due_contact(app)

    remind()
    remind()
    sent = digests()
    db.session.query(Upkeep).update({"last_digest_at": now() - timedelta(days=8)})
    db.session.query(Letter).filter(Letter.kind == "digest").update({"key": "last week"})
    db.session.commit()
    remind()

    assert len(sent) == 1
    assert sent[0] is not None
    assert "Bob Babbage" in sent[0].as_string()
    assert sent[0]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert (
        f"/digest/{person.id}/{stop_code(person.id, secret=SECRET)}" in sent[0]["List-Unsubscribe"]
    )
    assert len(digests()) == 2


def test_who_has_nobody_due_or_pauses_gets_no_letter(app: Flask):
    person, contact = due_contact(app)
    browser = person_browser(app, person)
    until = (today() + timedelta(days=3)).isoformat()

    browser.post("/network/me/reminders", data={"wants_digest": "y", "paused_until": until})
    remind()
    paused = digests()
    browser.post("/network/me/reminders", data={"wants_digest": "y", "paused_until": ""})
    remind()
    contact.follow_up_on = None
    db.session.commit()

    assert paused == []
    assert digests() == [None], "what has lost its reason is not sent"


def test_one_press_stops_the_letters_also_by_a_mail_program(app: Flask):
    person, _contact = due_contact(app)
    address = f"/digest/{person.id}/{stop_code(person.id, secret=SECRET)}"
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        program = app.test_client()
        looked = program.get(address)
        remind()
        pressed = program.post(address, data={"List-Unsubscribe": "One-Click"})
        wrong = program.post(f"/digest/{person.id}/{'0' * 26}")
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    db.session.query(Upkeep).update({"last_digest_at": None})
    db.session.commit()
    remind()

    assert (looked.status_code, pressed.status_code, wrong.status_code) == (200, 200, 404)
    assert len(digests()) == 1, "looking stops nothing"


def test_ones_own_card_reaches_all_who_may_see_it(app: Flask):
    first, second = an_event(), an_event()
    pairs = [
        a_pair(event, email="bob@example.org", phone="+44 1", website="bob.example")
        for event in (first, second)
    ]
    for ada, bob in pairs:
        met(ada, bob)
    bob = pairs[0][1]
    browser = person_browser(app, owner_of(bob))

    answer = browser.post(
        "/network/me/card",
        data={
            "name": "Bob  Byron", "company": "New Mills", "phone": "+44 2", "shown": ["phone"],
        },
    )  # fmt: skip

    assert answer.status_code == 303
    for ada, _bob in pairs:
        (view,) = contacts_of(owner_of(ada))
        assert (view.card.company, view.card.phone) == ("New Mills", "+44 2")
        assert (view.card.email, view.card.website) == ("", "")
        assert view.card.name == "Bob Byron"
        cards = person_browser(app, owner_of(ada)).get("/network/contacts.vcf").text
        assert "FN:Bob Byron\r\n" in cards
    page = browser.get("/network/me").text
    assert "New Mills" in page
    assert 'value="Bob Byron"' in page
    assert bob.sort_key.startswith(("bob byron", "byron"))


@pytest.mark.parametrize("name", ["", "\x00 \u200b", "x" * 201])
def test_ones_card_needs_a_name(app: Flask, name: str):
    ada, bob = a_pair()
    met(ada, bob)

    answer = person_browser(app, owner_of(bob)).post("/network/me/card", data={"name": name})

    assert answer.status_code == 422
    assert bob.name == "Bob Babbage"


def test_a_first_name_goes_with_the_name_that_it_was_of(app: Flask):
    ada, bob = a_pair(name="Bob Babbage", first_name="Bob")
    met(ada, bob)
    browser = person_browser(app, owner_of(bob))

    browser.post("/network/me/card", data={"name": "Bob Byron"})
    kept = bob.first_name
    browser.post("/network/me/card", data={"name": "Bobby Byron"})

    assert (kept, bob.first_name) == ("Bob", "")


def test_before_any_event_is_over_there_is_no_card_to_change(app: Flask):
    browser = person_browser(app, owner_of(a_registration()))

    assert "As soon as an event" in browser.get("/network/me").text
    assert browser.post("/network/me/card", data={"name": "x"}).status_code == 404


def test_tags_are_read_as_people_write_them():
    assert read_tags(" #Mills,gears,, MILLS , " + "x" * 50) == ["Mills", "gears", "x" * 30]
    assert len(read_tags(",".join(map(str, range(30))))) == 12
