"""When an event closes, its mutual contacts move into both people's networks."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count as count_from
from pathlib import Path
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select

from eventmatch.clock import now
from eventmatch.db import db
from eventmatch.events.models import Event, EventState
from eventmatch.exchange.actions import accept, decline, withdraw
from eventmatch.exchange.remarks import write_remark
from eventmatch.guest.letters import worth_following_up
from eventmatch.jobs import Job, JobState, newest_job, requeue_silent, run_due
from eventmatch.mail import Letter, compose
from eventmatch.matching.actions import refresh_suggestions
from eventmatch.network.actions import change_note, close_event, move_some_contacts
from eventmatch.network.jobs import follow_up
from eventmatch.network.models import Contact, Meeting
from eventmatch.network.queries import contacts_of, view_of
from eventmatch.people.models import Person
from eventmatch.registration.models import Registration
from tests.browser import live_app
from tests.conftest import settings_for
from tests.exchange.pairs import a_pair, asked, made_mutual
from tests.factories import a_registration, an_event, move_contacts

__all__ = ["live_app"]


def closed(event: Event) -> None:
    """Close the event and do what follows from it."""
    close_event(event)
    db.session.commit()
    run_due()


def person_of(registration: Registration) -> Person:
    return db.session.get_one(Person, registration.person_id)


def names_in_network(registration: Registration) -> list[str]:
    return [view.card.name for view in contacts_of(person_of(registration))]


def letters() -> list[Letter]:
    statement = select(Letter).where(Letter.kind == "contacts").order_by(Letter.address)
    return list(db.session.scalars(statement))


def count(table: type[Contact | Meeting]) -> int:
    return db.session.scalar(select(func.count(table.id))) or 0


def test_mutual_contacts_are_in_both_networks_and_only_these(app: Flask):
    event = an_event()
    ada, bob, cleo, dan, eve = (
        a_registration(event, name=name) for name in ("Ada", "Bob", "Cleo", "Dan", "Eve")
    )
    made_mutual(ada, bob)
    asked(ada, cleo)
    decline(asked(dan, ada), ada)
    withdraw(made_mutual(ada, eve), eve)
    db.session.commit()

    closed(event)

    assert names_in_network(ada) == ["Bob"]
    assert names_in_network(bob) == ["Ada"]
    assert [names_in_network(other) for other in (cleo, dan, eve)] == [[], [], []]


def test_closing_says_so_and_shows_its_progress(app: Flask):
    event = an_event()
    for _ in range(3):
        made_mutual(a_registration(event), a_registration(event))

    closed(event)

    job = newest_job("close_event", event.slug)
    assert job is not None
    assert (job.state, job.done, job.total) == (JobState.DONE, 3, 3)
    assert event.state is EventState.CLOSED
    assert event.closed_at is not None


def test_closing_twice_is_closing_once(app: Flask):
    event = an_event()
    made_mutual(a_registration(event), a_registration(event))

    closed(event)
    first_closed_at = event.closed_at
    closed(event)
    move_contacts(event)
    db.session.commit()

    assert event.closed_at == first_closed_at
    assert db.session.scalar(select(func.count(Job.id))) == 1
    assert (count(Contact), count(Meeting), len(letters())) == (2, 2, 2)


def test_a_move_that_broke_off_is_brought_to_its_end(app: Flask):
    event = an_event()
    for _ in range(5):
        made_mutual(a_registration(event), a_registration(event))
    close_event(event)
    db.session.commit()
    move_some_contacts(event, limit=2)
    db.session.commit()
    half_way = count(Meeting)
    move_some_contacts(event, limit=2)
    db.session.rollback()  # here the power went

    run_due()

    assert half_way == 4
    assert (count(Contact), count(Meeting), len(letters())) == (10, 10, 10)


def test_a_failed_job_is_made_good_by_the_next_look(app: Flask, monkeypatch: pytest.MonkeyPatch):
    event = an_event()
    made_mutual(a_registration(event), a_registration(event))

    def break_down(*_arguments: object) -> int:
        raise OSError("the disk is full")

    monkeypatch.setattr("eventmatch.network.jobs.move_some_contacts", break_down)
    closed(event)
    monkeypatch.undo()
    follow_up()

    job = newest_job("close_event", event.slug)
    assert job is not None
    assert job.state is JobState.FAILED
    assert count(Contact) == 2


def test_the_watcher_moves_some_at_a_time_too_and_the_progress_counts_what_it_moved(
    app: Flask, monkeypatch: pytest.MonkeyPatch
):
    event = an_event()
    for _ in range(4):
        made_mutual(a_registration(event), a_registration(event))
    close_event(event)
    db.session.commit()
    done: list[int] = []
    calls = count_from(1)

    def move_one(event: Event) -> int:
        if next(calls) == 3:
            raise OSError("the disk is full")
        return move_some_contacts(event, limit=1)

    def report(_job: Job, moved: int, _total: int) -> None:
        done.append(moved)

    monkeypatch.setattr("eventmatch.network.jobs.move_some_contacts", move_one)
    monkeypatch.setattr("eventmatch.network.jobs.report_progress", report)
    with pytest.raises(OSError, match="full"):
        follow_up()
    db.session.rollback()
    moved_by_watcher = count(Meeting)
    run_due()

    assert moved_by_watcher == 4
    assert done == [0, 3, 4, 4]


def test_a_contact_agreed_on_after_the_closing_follows_by_itself(app: Flask):
    ada, bob = a_pair()
    exchange = asked(ada, bob)
    closed(ada.event)
    before = names_in_network(ada)

    accept(exchange, bob)
    db.session.commit()
    follow_up()
    follow_up()

    assert before == []
    assert names_in_network(ada) == ["Bob Babbage"]
    assert names_in_network(bob) == ["Ada Lovelace"]
    assert len(letters()) == 2


def test_an_open_event_moves_nobody(app: Flask):
    ada, bob = a_pair()
    made_mutual(ada, bob)

    follow_up()

    assert count(Contact) == 0


def test_the_same_two_at_two_events_are_one_contact_with_two_meetings(app: Flask):
    first, second = an_event(title="Spring fair"), an_event(title="Autumn fair")
    ada = a_registration(first, email="ada@example.org", name="Ada")
    bob = a_registration(first, email="bob@example.org", name="Bob", phone="+1 old")
    made_mutual(ada, bob)
    closed(first)
    uid = contacts_of(person_of(ada))[0].uid
    again = a_registration(second, email="ada@example.org", name="Ada")
    bob_again = a_registration(second, email="bob@example.org", name="Bob B.", phone="+1 new")
    made_mutual(again, bob_again)

    closed(second)

    (view,) = contacts_of(person_of(ada))
    assert view.uid == uid
    assert [meeting.title for meeting in view.meetings] == ["Autumn fair", "Spring fair"]
    assert (view.card.name, view.card.phone) == ("Bob B.", "+1 new")


def test_what_is_withdrawn_at_one_event_leaves_what_is_agreed_at_another(app: Flask):
    first, second = an_event(title="Spring fair"), an_event(title="Autumn fair")
    exchanges = []
    for event in (first, second):
        ada = a_registration(event, email="ada@example.org")
        bob = a_registration(event, email="bob@example.org", phone=f"+1 {event.title}")
        exchanges.append(made_mutual(ada, bob))
        closed(event)

    withdraw(exchanges[1], exchanges[1].low)
    db.session.commit()

    (view,) = contacts_of(person_of(ada))
    assert view.card.phone == "+1 Spring fair"
    assert [meeting.title for meeting in view.meetings] == ["Spring fair"]


def test_a_withdrawn_contact_is_gone_but_ones_own_note_stays(app: Flask):
    ada, bob = a_pair()
    exchange = made_mutual(ada, bob)
    closed(ada.event)
    contact = db.session.scalars(select(Contact).where(Contact.owner_id == ada.person_id)).one()
    change_note(contact, "knows mills")
    db.session.commit()

    withdraw(exchange, bob)
    db.session.commit()
    without_bob = view_of(contact)
    asked(ada, bob)
    asked(bob, ada)

    assert contacts_of(person_of(bob)) != []
    assert (without_bob.card.name, without_bob.is_shared) == ("", False)
    assert without_bob.note == "knows mills"
    assert [(view.card.name, view.note) for view in contacts_of(person_of(ada))] == [
        ("Bob Babbage", "knows mills")
    ]


def test_each_gets_one_letter_in_their_language(app: Flask):
    event = an_event(title="Energy fair")
    ada = a_registration(event, name="Ada", email="a@example.org", phone="+44 999")
    bob = a_registration(event, name="Bob", email="b@example.org", language="de", company="Mills")
    a_registration(event, name="Cleo", email="c@example.org")
    made_mutual(ada, bob)

    closed(event)

    to_ada, to_bob = letters()
    assert (to_ada.address, to_bob.address) == ("a@example.org", "b@example.org")
    assert (to_ada.language, to_bob.language) == ("en", "de")
    message = compose(to_ada)
    assert message is not None
    assert message["Subject"] == "Your contacts from Energy fair"
    for kind in ("plain", "html"):
        body = message.get_body((kind,))
        assert body is not None
        text = body.get_content()
        assert "Bob" in text
        assert "Mills" in text
        assert "http://localhost/network" in text
        assert "b@example.org" not in text
    about_ada = compose(to_bob)
    assert about_ada is not None
    assert "+44 999" not in about_ada.as_string()


def test_a_withdrawal_during_the_closing_costs_nobody_the_letter(app: Flask):
    event = an_event()
    ada, bob, cleo = (a_registration(event, email=f"{name}@example.org") for name in "abc")
    made_mutual(ada, bob)
    late = made_mutual(ada, cleo)
    close_event(event)
    move_some_contacts(event, limit=1)
    db.session.commit()

    withdraw(late, cleo)
    db.session.commit()
    run_due()

    assert [letter.address for letter in letters()] == ["a@example.org", "b@example.org"]


def test_a_letter_without_a_contact_is_not_sent(app: Flask):
    ada, bob = a_pair()
    exchange = made_mutual(ada, bob)
    closed(ada.event)

    withdraw(exchange, bob)
    db.session.commit()

    assert [compose(letter) for letter in letters()] == [None, None]


def chosen_for(registration: Registration) -> list[str]:
    contacts = contacts_of(person_of(registration))
    return [
        view.card.name
        for view, _met in worth_following_up([(view, view.meetings[0]) for view in contacts])
    ]


def test_of_many_at_most_three_are_named_first(app: Flask):
    event = an_event()
    ada = a_registration(event)
    hidden = {"email": "nobody", "phone": "nobody"}
    for number in range(3):
        made_mutual(ada, a_registration(event, name=f"Scanned {number}"))
    for number in range(3):
        tapped = asked(ada, a_registration(event, name=f"Tapped {number}"))
        accept(tapped, tapped.high)
    shy = a_registration(event, name="Shy")
    shy.visibility = hidden
    made_mutual(ada, shy)
    closed(event)

    assert chosen_for(ada) == ["Scanned 2", "Scanned 1", "Scanned 0"]


def test_what_one_meant_to_do_and_wrote_comes_first(app: Flask):
    event = an_event()
    ada = a_registration(event)
    others = {
        name: a_registration(event, name=name)
        for name in ("Hello", "Again", "Noted", "Plain", "Promised")
    }
    for other in others.values():
        made_mutual(ada, other)
    write_remark(ada, others["Hello"], text="", chips=["just_hello"])
    write_remark(ada, others["Again"], text="", chips=["meet_again"])
    write_remark(ada, others["Noted"], text="knows mills", chips=[])
    write_remark(ada, others["Promised"], text="", chips=["send_info"])
    closed(event)

    assert chosen_for(ada) == ["Promised", "Again", "Noted"]


def test_the_letter_leads_to_each_contact_and_prepares_a_sentence(app: Flask):
    event = an_event(title="Energy fair")
    ada = a_registration(event, name="Ada Lovelace", email="a@example.org", seeks="steam engines")
    bob = a_registration(
        event, name="Bob Babbage", email="b@example.org", language="de", offers="steam engines"
    )
    a_registration(event, offers="gardens and trees")
    refresh_suggestions(event)
    made_mutual(ada, bob)
    write_remark(ada, bob, text="knows <mills>", chips=["meet_again"])
    db.session.commit()
    refresh_suggestions(event)  # who has met is no longer on the lists, but known to have fitted

    closed(event)

    to_ada, to_bob = (text_of(letter) for letter in letters())
    contact = db.session.scalars(select(Contact).where(Contact.owner_id == ada.person_id)).one()
    assert f"http://localhost/network/{contact.uid}" in to_ada
    assert "You noted: “knows <mills>”" in to_ada
    assert "Hello Bob, it was good to meet you at Energy fair." in to_ada
    assert "go on about “steam engines”?" in to_ada
    assert "mills" not in to_bob, "notes are for their writer alone"
    assert "„steam engines“" in to_bob


def text_of(letter: Letter) -> str:
    message = compose(letter)
    assert message is not None
    body = message.get_body(("plain",))
    assert body is not None
    return " ".join(str(body.get_content()).split())


def test_notes_and_chips_move_with_the_contact_and_once(app: Flask):
    ada, bob = a_pair()
    made_mutual(ada, bob)
    write_remark(ada, bob, text="knows mills", chips=["follow_up"])
    closed(ada.event)
    follow_up()
    (view,) = contacts_of(person_of(ada))
    (from_bob,) = contacts_of(person_of(bob))

    write_remark(ada, bob, text="and gears", chips=["meet_again"])
    db.session.commit()
    follow_up()
    follow_up()

    assert (view.note, view.chips) == ("knows mills", ("follow_up",))
    assert (from_bob.note, from_bob.chips) == ("", ())
    (later,) = contacts_of(person_of(ada))
    assert (later.note, later.chips) == ("knows mills\nand gears", ("follow_up", "meet_again"))


PLANTED_DEATH = """
import os, sys
from eventmatch.app import create_app
from eventmatch.jobs import run_due
from eventmatch.network import actions, jobs

moved = 0

def move_and_die(event, *, limit=actions.CHUNK):
    global moved
    moved += 1
    done = actions.move_some_contacts(event, limit=3)
    if moved == 3:
        os.kill(os.getpid(), 9)  # in the middle of a transaction, with two committed
    return done

jobs.move_some_contacts = move_and_die
with create_app().app_context():
    run_due()
"""


def test_a_worker_that_is_killed_in_the_middle_loses_and_doubles_nothing(
    live_app: Flask, tmp_path: Path
):
    app = live_app
    with app.app_context():
        event = an_event()
        hub = a_registration(event)
        for _ in range(10):
            made_mutual(hub, a_registration(event))
        close_event(event)
        db.session.commit()
        settings = settings_for(app.config["INSTANCE"])
        killed = subprocess.run(
            [sys.executable, "-c", PLANTED_DEATH], env={**os.environ, **settings}, check=False
        )
        half = count(Meeting)
        job = newest_job("close_event", event.slug)
        assert job is not None
        db.session.refresh(job)
        seen_by_organiser = (job.state, job.done, job.total)
        job.heartbeat_at = now() - timedelta(minutes=3)
        db.session.commit()

        requeue_silent()
        run_due()

        assert killed.returncode == -9
        assert half == 12
        assert seen_by_organiser == (JobState.RUNNING, 6, 10)
        assert (count(Contact), count(Meeting), len(letters())) == (20, 20, 11)
        db.session.remove()
        db.engine.dispose()


def test_job_and_watcher_at_once_make_each_entry_once(either_app: Flask):
    event = an_event()
    for _ in range(25):
        made_mutual(a_registration(event), a_registration(event))
    event.state, event.closed_at = EventState.CLOSED, now()
    db.session.commit()
    barrier = Barrier(4)

    def move(_number: int) -> None:
        barrier.wait()
        with either_app.app_context():
            mine = db.session.get_one(Event, event.id)
            while move_some_contacts(mine, limit=4):
                db.session.commit()
            db.session.commit()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(move, range(4)))

    assert (count(Contact), count(Meeting), len(letters())) == (50, 50, 50)


def test_two_events_that_close_at_once_make_one_contact_of_one_pair(either_app: Flask):
    events = [an_event(), an_event()]
    for event in events:
        for number in range(10):
            made_mutual(
                a_registration(event, email=f"left{number}@example.org"),
                a_registration(event, email=f"right{number}@example.org"),
            )
    barrier = Barrier(2)

    def move(event_id: int) -> None:
        barrier.wait()
        with either_app.app_context():
            move_contacts(db.session.get_one(Event, event_id))
            db.session.commit()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(move, [event.id for event in events]))

    assert (count(Contact), count(Meeting)) == (20, 40)
