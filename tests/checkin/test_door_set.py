"""What a device may carry: enough to answer alone, and nothing to read."""

from base64 import b64decode

import pytest
from cryptography.exceptions import InvalidTag
from flask import Flask
from flask.testing import FlaskClient

from eventmatch.checkin import door_set, manifest
from eventmatch.checkin.actions import create_device
from eventmatch.checkin.door_set import build_door_set, read_door_set, refresh_door_set
from eventmatch.checkin.manifest import (
    BADGE_BYTES,
    door_key,
    hash_of,
    line_of,
    line_of_gone,
    opened,
    shown_name,
    tag,
)
from eventmatch.checkin.models import DoorPass, DoorSource
from eventmatch.checkin.verdict import Direction, Hour, Presence, Standing, Verdict, answers
from eventmatch.clock import now
from eventmatch.db import db
from eventmatch.events.models import Scope
from eventmatch.registration.actions import cancel, give_badge
from eventmatch.registration.models import Badge, Registration
from tests.checkin.conftest import a_token, door_browser, said
from tests.factories import SECRET, a_registration, an_event, badge_of

KEY = "cf29c8e0c0cf28b517f2b2580616d5b1dc4813895351a03614b915f06da3911a"
LINE = "cWQDwYx7OqsTHA8ov9ZndmNCoc7ySFLna45MRHTk9icwWolH12qb7510w4lmXnzDG7xN6dPvBjXPdBZNJ8xc="


def sealed_name(line: str) -> bytes:
    return b64decode(line[1:])[27:]


@pytest.mark.parametrize(
    ("name", "first_name", "shown"),
    [
        ("Anna Karenina", "", "Anna K."),
        ("Madonna", "", "Madonna"),
        ("Dr. Zoë von der Müller", "Zoë", "Zoë M."),
        ("Zoë Müller", "Zoë", "Zoë M."),
        ("李 小龍", "", "李 小."),
        ("", "", ""),
        ("Ana (guest)", "Ana", "Ana g."),
    ],
)
def test_of_a_surname_only_the_first_letter_goes_to_a_device(name, first_name, shown):
    assert shown_name(name, first_name) == shown


def test_the_line_that_scripts_read_is_the_one_that_is_written():
    """The same line is opened by tests/js/door.test.mjs."""
    key = door_key(SECRET, 1)

    assert key.hex() == KEY
    assert hash_of(LINE) == tag(key, "0123456789ABCDEFGHJKMNPQRS", 16)
    assert opened("0123456789ABCDEFGHJKMNPQRS", sealed_name(LINE)) == "Zoë M."
    with pytest.raises(InvalidTag):
        opened("0" * 26, sealed_name(LINE))


def test_the_answers_of_a_device_are_the_rules_own():
    found = answers(may_return=False)

    assert len(found) == len(Standing) * 2 * len(Presence) * len(Hour)
    assert found["confirmed in never_came open"] is Verdict.ADMITTED
    assert found["confirmed in left open"] is Verdict.ALREADY_IN
    assert answers(may_return=True)["confirmed in left open"] is Verdict.ADMITTED
    assert found["confirmed in never_came early"] is Verdict.TOO_EARLY
    assert found["waiting in never_came open"] is Verdict.WAITING
    assert found[f"confirmed {Direction.OUT} inside late"] is Verdict.GONE_OUT


def told_to_a_device(app: Flask) -> list[str]:
    """Return what of a guest can be read in all that a device is given."""
    guest = a_registration(
        name="Anna Karenina",
        email="anna@secret.example",
        phone="+49 170 1234567",
        company="Oblonsky",
    )
    door = door_browser(app, guest.event)

    text = door.get("/door/set").text + door.get("/door/shell").text + door.get("/door/about").text

    [line] = said(door.get("/door/set"))["passes"]
    text += b64decode(line[1:]).decode("latin1")
    return [
        secret
        for secret in ("Karenina", "secret.example", "1234567", "Oblonsky", "Anna")
        if secret in text
    ]


def test_a_device_gets_no_mail_phone_surname_or_company(app: Flask):
    assert told_to_a_device(app) == []


def test_planted_bug_that_seals_no_name_is_seen(app: Flask, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(manifest, "sealed", lambda _code, name: name.encode())

    assert told_to_a_device(app) == ["Anna"]


def test_the_name_of_a_line_opens_with_the_badge_alone(app: Flask):
    guest = a_registration(name="Anna Karenina")

    [line] = said(door_browser(app, guest.event).get("/door/set"))["passes"]

    assert opened(badge_of(guest), sealed_name(line)) == "Anna K."


def test_changes_come_as_deltas_and_nothing_comes_twice(app: Flask):
    event = an_event()
    guests = [a_registration(event) for _each in range(3)]
    first = refresh_door_set(event, secret=SECRET)
    assert refresh_door_set(event, secret=SECRET) == first
    assert len(read_door_set(event, since=0, secret=SECRET).lines) == 3
    assert read_door_set(event, since=first, secret=SECRET).lines == []

    cancel(guests[0])
    guests[1].name = "Ada Lovelace"
    db.session.flush()
    second = refresh_door_set(event, secret=SECRET)
    delta = read_door_set(event, since=first, secret=SECRET)

    assert second > first
    assert {line[0] for line in delta.lines} == {"x", "c"}
    assert delta.version == second
    assert len(delta.lines) == 2


def test_a_reprint_withdraws_the_old_code_and_a_deleted_guest_is_forgotten(app: Flask):
    event = an_event()
    guest, other = a_registration(event), a_registration(event)
    version = refresh_door_set(event, secret=SECRET)
    db.session.scalars(
        db.select(Badge).where(Badge.registration_id == guest.id)
    ).one().withdrawn_at = now()
    give_badge(guest, version=2, secret=SECRET)
    db.session.execute(db.delete(Registration).where(Registration.id == other.id))

    lines = read_door_set(event, since=version, secret=SECRET).lines

    assert len(db.session.scalars(db.select(DoorSource)).all()) == 1  # the name went with its badge
    assert sorted(line[0] for line in lines) == ["-", "c", "r"]
    [withdrawn] = [line for line in lines if line[0] == "r"]
    assert sealed_name(withdrawn) == b""
    assert refresh_door_set(event, secret=SECRET) > version
    assert sorted(line[0] for line in read_door_set(event, since=version, secret=SECRET).lines) == [
        "-",
        "c",
        "r",
    ]


def test_who_comes_after_a_deleted_guest_does_not_hide_that_they_are_gone(either_app: Flask):
    event = an_event()
    a_registration(event)
    gone = a_registration(event)
    version = refresh_door_set(event, secret=SECRET)
    of_badge = tag(door_key(SECRET, event.id), badge_of(gone), BADGE_BYTES)
    held = read_door_set(event, since=0, secret=SECRET).lines
    [line] = [one for one in held if hash_of(one) == of_badge]
    db.session.execute(db.delete(Registration).where(Registration.id == gone.id))
    a_registration(event)  # SQLite would give this badge the number that has become free

    lines = read_door_set(event, since=version, secret=SECRET).lines

    assert line_of_gone(line) in lines
    assert sorted(one[0] for one in lines) == ["-", "c"]


def test_of_many_who_are_gone_a_refresh_notes_some_and_all_are_told(
    app: Flask, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(door_set, "_AT_ONCE", 2)
    event = an_event()
    for _each in range(5):
        a_registration(event)
    build_door_set(event, secret=SECRET)
    version = refresh_door_set(event, secret=SECRET)
    db.session.execute(db.delete(Registration).where(Registration.event_id == event.id))

    noted = []
    for _turn in range(3):
        told = read_door_set(event, since=version, secret=SECRET).lines
        assert [line[0] for line in told] == ["-"] * 5
        refresh_door_set(event, secret=SECRET)
        standings = db.session.scalars(db.select(DoorPass.standing)).all()
        noted.append(standings.count(Standing.UNKNOWN))

    assert noted == [2, 4, 5]


def test_what_is_not_kept_yet_is_told_all_the_same_and_looking_writes_nothing(app: Flask):
    guest = a_registration()
    program = app.test_client()
    address = f"/api/v1/events/{guest.event.slug}/door"

    answer = program.get(address, headers=a_token(guest.event))

    assert answer.status_code == 200
    assert (len(said(answer)["passes"]), said(answer)["version"]) == (1, 0)
    assert said(answer)["answers"]["confirmed in never_came open"] == "admitted"


def test_the_set_of_an_event_is_for_its_own_devices_and_programs(app: Flask):
    event, other = an_event(), an_event()
    program, address = app.test_client(), f"/api/v1/events/{event.slug}/door"

    assert program.get(address).status_code == 401
    assert program.get(address, headers=a_token(other)).status_code == 404
    assert program.get(address, headers=a_token(event, Scope.READ)).status_code == 403
    assert program.get(f"{address}?since=x", headers=a_token(event)).status_code == 422
    assert program.get("/door/set").status_code == 403


def test_pairing_seals_the_first_set_before_anything_is_held(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
):
    event = an_event()
    for _each in range(3):
        a_registration(event)
    _device, code = create_device(event, name="device 3", gate="North", secret=SECRET)
    held: list[bool] = []

    def seal(*args, **more):
        held.append(not db.session.scalar(db.text("PRAGMA query_only")))
        return line_of(*args, **more)

    monkeypatch.setattr(door_set, "line_of", seal)
    client.post(f"/door/pair/{code}")

    assert held == [False] * 3
    assert len(db.session.scalars(db.select(DoorPass)).all()) == 3


def test_of_many_new_guests_a_refresh_keeps_some_and_all_are_told(
    app: Flask, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(door_set, "_AT_ONCE", 2)
    event = an_event()
    guests = [a_registration(event) for _each in range(5)]

    versions = [refresh_door_set(event, secret=SECRET)]
    assert len(read_door_set(event, since=0, secret=SECRET).lines) == 5
    cancel(guests[0])
    db.session.flush()
    while (newest := refresh_door_set(event, secret=SECRET)) > versions[-1]:
        versions.append(newest)

    assert len(versions) == 3
    [cancelled] = [
        line for line in read_door_set(event, since=0, secret=SECRET).lines if line[0] == "x"
    ]
    lines = read_door_set(event, since=versions[0], secret=SECRET).lines
    assert cancelled in lines
    assert len(lines) == 4


def test_a_set_that_is_built_by_two_at_once_is_kept_once(either_app: Flask):
    event = an_event()
    guests = [a_registration(event) for _each in range(3)]
    db.session.commit()

    build_door_set(event, secret=SECRET)
    build_door_set(event, secret=SECRET)
    first = refresh_door_set(event, secret=SECRET)

    assert len(read_door_set(event, since=0, secret=SECRET).lines) == len(guests)
    assert refresh_door_set(event, secret=SECRET) == first
