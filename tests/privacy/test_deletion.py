"""Who deletes themselves is gone: from all tables, the file and its log, and others' pages."""

import json
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select, text

from eventmatch.app import create_app
from eventmatch.badges.queries import faces_of, first_with_badge
from eventmatch.checkin.actions import record_scan
from eventmatch.checkin.queries import count_came, count_inside
from eventmatch.checkin.verdict import Verdict
from eventmatch.cli import main
from eventmatch.db import db
from eventmatch.events.models import Event
from eventmatch.exchange.remarks import write_remark
from eventmatch.mail import NOBODY, Letter, deliver_due, send_later
from eventmatch.matching.actions import refresh_suggestions
from eventmatch.network.introducing import agree_to_introduce
from eventmatch.network.queries import contacts_of, kept_notes
from eventmatch.people.models import Person
from eventmatch.privacy.actions import delete_person, repeat_deletions
from eventmatch.privacy.holdings import HOLDINGS
from eventmatch.privacy.jobs import empty_log
from eventmatch.registration.models import Registration
from eventmatch.registration.queries import newest_registrations
from tests.conftest import a_browser, make_app, settings_for
from tests.factories import (
    ALL_CONSENTS,
    SECRET,
    a_registration,
    an_event,
    badge_of,
    guest_browser,
    person_browser,
    ticket_of,
)
from tests.network.test_network_page import met, owner_of

# Words of the one who goes, none of which stands anywhere else.
WORDS: dict[str, Any] = {
    "name": "Quorinbob Zell",
    "first_name": "Quorinbob",
    "company": "Quorincorp",
    "role": "Quorinrole",
    "phone": "0555 778899",
    "website": "https://quorinsite.example",
    "interests": "quorininterest mills",
    "offers": "quorinoffers gears",
    "seeks": "quorinseeks wind",
    "tags": ["quorintag"],
}
EMAIL = "quorinmail@example.org"
TRACES = ("quorin", "778899")


def bob_and_ada() -> tuple[Registration, Registration]:
    """Bob has done at an event whatever one can; Ada has met him there."""
    event = an_event(capacity=10)
    bob = a_registration(event, email=EMAIL, consents=ALL_CONSENTS, group="press", **WORDS)
    ada = a_registration(event, name="Ada", offers="mills wind", seeks="gears mills")
    record_scan(event, scan_id=uuid4(), code=badge_of(bob), secret=SECRET)
    refresh_suggestions(event)
    write_remark(bob, ada, text="quorin says Ada knows mills", chips=["follow_up"])
    write_remark(ada, bob, text="knows wind", chips=[])
    met(ada, bob)
    agree_to_introduce(owner_of(bob), agrees=True)
    db.session.commit()
    deliver_due()
    return bob, ada


def traces_in_tables() -> list[str]:
    """Return the tables and columns in which a word of the one who went still stands."""
    found = []
    for table in db.metadata.sorted_tables:
        for row in db.session.execute(select(table)).mappings():
            for column, value in row.items():
                said = json.dumps(value, default=str, ensure_ascii=False).lower()
                if any(trace in said for trace in TRACES):
                    found.append(f"{table.name}.{column}")
    return sorted(set(found))


def test_every_table_that_names_somebody_is_thought_of():
    named = {
        (table.name, column.name)
        for table in db.metadata.sorted_tables
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name in {"person", "registration"}
    }

    assert {(one.table.__tablename__, one.column) for one in HOLDINGS} == named


def test_nothing_is_left_in_any_table_and_heads_are_still_counted(either_app: Flask):
    bob, _ada = bob_and_ada()
    event = bob.event
    assert {"registration.email", "letter.address", "person.email"} <= set(traces_in_tables())
    before = count_came(event), count_inside(event), event.seats_taken

    answer = person_browser(either_app, owner_of(bob)).post(
        "/network/mine/deletion", data={"is_sure": "y"}
    )

    assert answer.status_code == 303
    assert traces_in_tables() == []
    assert (count_came(event), count_inside(event), event.seats_taken) == before


def test_nothing_is_left_in_the_file_and_its_log(tmp_path: Path):
    app = make_app(tmp_path / "instance")
    with app.app_context():
        bob, _ada = bob_and_ada()
        files = [*(tmp_path / "instance").glob("eventmatch.db*")]
        person = owner_of(bob)

        def traces() -> list[str]:
            texts = {path.name: path.read_bytes().lower() for path in files if path.exists()}
            return [name for name, held in texts.items() for one in TRACES if one.encode() in held]

        before = traces()
        delete_person(person)
        db.session.commit()
        db.session.remove()
        with_log = traces()
        empty_log()

        assert before
        assert with_log, "Without emptying the log it would still be there."
        assert traces() == []
        # What went to Ada is hers; nothing that went to Bob lies there any more.
        sent_to = [message_from_bytes(path.read_bytes())["To"] for path in outbox(tmp_path)]
        assert sent_to
        assert not any(EMAIL in address for address in sent_to)
        db.engine.dispose()


def outbox(folder: Path) -> Iterator[Path]:
    return (folder / "instance" / "outbox").glob("*.eml")


def test_others_see_them_no_more_and_keep_their_own_words(app: Flask):
    bob, ada = bob_and_ada()
    assert [view.card.name for view in contacts_of(owner_of(ada))] == [WORDS["name"]]

    delete_person(owner_of(bob))
    db.session.commit()

    assert contacts_of(owner_of(ada)) == []
    assert [view.note for view in kept_notes(owner_of(ada))] == ["knows wind"]
    browser = person_browser(app, owner_of(ada))
    for path in ("", "/contacts.json", "/contacts.vcf", "/picture", "/mine.json"):
        assert "uorin" not in browser.get(f"/network{path}").text
    assert "uorin" not in guest_browser(app, ada).get(f"/my/{ada.event.slug}").text


def test_neither_ticket_nor_badge_nor_session_opens_anything(app: Flask):
    bob, _ada = bob_and_ada()
    ticket, badge, person = ticket_of(bob), badge_of(bob), owner_of(bob)
    at_event, at_home = guest_browser(app, bob), person_browser(app, person)

    delete_person(person)
    db.session.commit()

    assert at_event.get(f"/my/{bob.event.slug}").status_code == 404
    assert at_home.get("/network").status_code == 302
    assert a_browser(app).get(f"/T/{ticket}").status_code == 404
    scan = record_scan(bob.event, scan_id=uuid4(), code=badge, secret=SECRET)
    assert scan.verdict is Verdict.WITHDRAWN


def test_at_one_event_the_rest_of_the_network_stays(app: Flask):
    bob, _ada = bob_and_ada()
    elsewhere = a_registration(an_event(title="Elsewhere"), email=EMAIL, name="Bob")
    cleo = a_registration(elsewhere.event, name="Cleo")
    met(elsewhere, cleo)
    person = owner_of(elsewhere)

    answer = guest_browser(app, bob).post(
        f"/my/{bob.event.slug}/data/deletion", data={"is_sure": "y"}
    )

    assert answer.status_code == 303
    assert [view.card.name for view in contacts_of(person)] == ["Cleo"]
    assert person.email == EMAIL
    held = {one.email for one in db.session.scalars(select(Registration))}
    assert EMAIL in held


def test_the_seat_of_who_has_not_come_goes_to_the_next(app: Flask):
    event = an_event(capacity=1)
    first = a_registration(event)
    next_one = a_registration(event)
    assert event.seats_left == 0

    guest_browser(app, first).post(f"/my/{event.slug}/data/deletion", data={"is_sure": "y"})

    db.session.refresh(next_one)
    assert next_one.has_seat
    assert event.seats_taken == 1


def test_without_the_tick_nothing_is_deleted(app: Flask):
    bob, _ada = bob_and_ada()

    answers = [
        person_browser(app, owner_of(bob)).post("/network/mine/deletion"),
        guest_browser(app, bob).post(f"/my/{bob.event.slug}/data/deletion"),
    ]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert all("it cannot be undone" in answer.text for answer in answers)
    assert traces_in_tables() != []


def test_no_letter_goes_to_who_is_gone(app: Flask):
    to = {"address": f"x{NOBODY}", "name": "–", "language": "en"}

    assert send_later("ticket", **to) is None
    assert db.session.scalar(select(Letter).where(Letter.address == to["address"])) is None


def test_they_can_come_again_as_anybody(app: Flask):
    bob, _ada = bob_and_ada()
    delete_person(owner_of(bob))
    db.session.commit()

    again = a_registration(an_event(), email=EMAIL, name="Bob")

    assert contacts_of(owner_of(again)) == []
    assert again.name == "Bob"


def test_a_restored_backup_does_not_bring_them_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for name, value in settings_for(tmp_path / "instance").items():
        monkeypatch.setenv(name, value)
    CliRunner().invoke(main, ["migrate"])
    app = create_app()
    with app.app_context():
        bob = a_registration(an_event(), email=EMAIL, **WORDS)
        a_registration(bob.event, name="Ada")
        db.session.commit()
    backup = str(tmp_path / "x.backup")
    assert CliRunner().invoke(main, ["backup", backup]).exit_code == 0
    with app.app_context():
        delete_person(db.session.scalars(select(Person).where(Person.email == EMAIL)).one())
        db.session.commit()
        db.session.remove()
        db.engine.dispose()

    assert CliRunner().invoke(main, ["restore", backup]).exit_code == 0

    with app.app_context():
        assert traces_in_tables() == []
        assert [one.name for one in db.session.scalars(select(Registration))] == ["–", "Ada"]
        assert db.session.scalars(select(Event)).one().seats_taken == 1
        assert repeat_deletions() == 0
        db.session.remove()
        db.engine.dispose()


def test_pages_of_who_is_left_can_be_opened(app: Flask):
    """Whatever points to the empty rows is still shown without an error."""
    bob, ada = bob_and_ada()
    delete_person(owner_of(bob))
    db.session.commit()

    browser = guest_browser(app, ada)
    for path in ("", "/contacts", "/marks", "/feedback"):
        assert browser.get(f"/my/{ada.event.slug}{path}").status_code in {200, 404}
    assert db.session.scalar(text("SELECT count(*) FROM scan")) == 1


def test_organisers_print_and_list_only_those_who_are_there(app: Flask):
    bob, _ada = bob_and_ada()
    event = bob.event
    delete_person(owner_of(bob))
    db.session.commit()

    assert [one.name for one in newest_registrations(event).items] == ["Ada"]
    first = first_with_badge(event)
    assert first is not None
    assert first.name == "Ada"
    faces = faces_of(event, secret=SECRET, base_url="http://localhost")
    assert [face.name for face in faces] == ["Ada"]
