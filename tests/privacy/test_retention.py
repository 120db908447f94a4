"""What an event knows of its guests is deleted when it has been kept for long enough."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from eventmatch.checkin.queries import count_came
from eventmatch.clock import now
from eventmatch.db import db
from eventmatch.events.models import Event
from eventmatch.matching.models import Suggestion
from eventmatch.network.actions import close_event
from eventmatch.network.jobs import follow_up
from eventmatch.network.queries import contacts_of
from eventmatch.people.models import Person
from eventmatch.privacy import retention
from eventmatch.privacy.actions import empty_registration
from eventmatch.privacy.jobs import forget_old_events
from eventmatch.privacy.retention import events_to_forget, forget_event
from eventmatch.registration.models import Registration
from tests.exchange.pairs import made_mutual
from tests.factories import a_registration, an_account, an_event, organiser_browser
from tests.network.test_network_page import met, owner_of
from tests.privacy.test_deletion import bob_and_ada, traces_in_tables

LONG = timedelta(days=91)


def names(event: Event) -> list[str]:
    rows = db.session.scalars(
        select(Registration.name).where(Registration.event_id == event.id).order_by(Registration.id)
    )
    return list(rows)


def test_words_go_and_the_card_stays_where_contacts_were_exchanged(either_app: Flask):
    bob, ada = bob_and_ada()
    event = bob.event
    later = an_event(ends_at=now() + timedelta(days=200))
    alone = a_registration(later, name="Nobody's contact")
    before = count_came(event)

    with time_machine.travel(event.ends_at + LONG, tick=False):
        forget_old_events()
        again = forget_event(event.id)

    [contact] = contacts_of(owner_of(ada))
    assert (contact.card.name, contact.card.company) == ("Quorinbob Zell", "Quorincorp")
    assert (bob.offers, bob.tags, bob.group) == ("", [], "")
    assert "registration.offers" not in traces_in_tables()
    assert db.session.scalar(select(Suggestion)) is None
    assert count_came(event) == before
    assert again == (0, 2), "Nobody is deleted twice."
    assert alone.name == "Nobody's contact"


def test_who_met_nobody_is_deleted(app: Flask):
    event = an_event()
    ada, bob = a_registration(event, name="Ada"), a_registration(event, name="Bob")
    alone = a_registration(event, name="Alone", offers="mills")
    never_opened = a_registration(event, name="Imported", verified=False)
    elsewhere = a_registration(an_event(), email=alone.email, name="Alone elsewhere")
    met(ada, bob)

    with time_machine.travel(event.ends_at + LONG, tick=False):
        deleted = forget_event(event.id)

    assert deleted == (2, 2)
    assert names(event) == ["Ada", "Bob", "–", "–"]
    assert never_opened.email.endswith(".invalid")
    assert elsewhere.name == "Alone elsewhere"
    assert owner_of(elsewhere).email == elsewhere.email, "The person is still at another event."


def test_contacts_of_an_event_that_nobody_closed_are_kept(app: Flask):
    event = an_event()
    ada, bob = a_registration(event, name="Ada"), a_registration(event, name="Bob")
    made_mutual(ada, bob)
    db.session.commit()

    with time_machine.travel(event.ends_at + LONG, tick=False):
        assert forget_event(event.id) == (0, 2)
        close_event(event)
        db.session.commit()
        follow_up()

    assert [view.card.name for view in contacts_of(owner_of(ada))] == ["Bob"]


def test_whoever_was_nowhere_else_is_no_person_any_more(app: Flask):
    event = an_event()
    alone = a_registration(event, name="Alone", email="alone@example.org")
    owner_of(alone)

    with time_machine.travel(event.ends_at + LONG, tick=False):
        forget_event(event.id)

    assert not db.session.scalars(select(Person).where(Person.name == "Alone")).all()


@pytest.mark.parametrize(("days", "is_due"), [(89, False), (91, True)])
def test_only_events_whose_days_are_over(app: Flask, days: int, is_due: bool):
    event = an_event()
    a_registration(event)

    with time_machine.travel(event.ends_at + timedelta(days=days), tick=False):
        due = events_to_forget()

    assert due == ([event.id] if is_due else [])


def test_what_was_cut_short_goes_on(app: Flask, monkeypatch: pytest.MonkeyPatch):
    event = an_event()
    for number in range(5):
        a_registration(event, name=f"Guest {number}")
    monkeypatch.setattr(retention, "_AT_ONCE", 2)
    emptied: list[Registration] = []

    def cut_short(guest: Registration) -> None:
        if len(emptied) == 3:
            raise RuntimeError("the power went")
        emptied.append(guest)
        really(guest)

    really = empty_registration
    monkeypatch.setattr(retention, "empty_registration", cut_short)
    with pytest.raises(RuntimeError):
        forget_event(event.id)
    db.session.rollback()
    monkeypatch.setattr(retention, "empty_registration", really)

    assert names(event).count("–") == 2
    assert forget_event(event.id) == (3, 0)
    assert names(event) == ["–"] * 5


def test_the_organiser_says_for_how_long(app: Flask):
    owner = an_account()
    event = an_event(owner)
    browser = organiser_browser(app, owner)

    too_short = browser.post(f"/organise/events/{event.slug}/settings", data={"kept_days": "1"})
    closing = browser.get(f"/organise/events/{event.slug}/closing").text

    assert "from 30 to 730" in too_short.text
    assert "Profiles are kept until" in closing
