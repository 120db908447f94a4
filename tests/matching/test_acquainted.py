"""Whoever is in a guest's own address book is not suggested to them as new, nor the other way."""

from typing import Any

import pytest
from flask import Flask

from eventmatch.db import db
from eventmatch.events.models import Event
from eventmatch.matching.actions import refresh_suggestions
from eventmatch.matching.material import events_to_refresh, pairs_apart
from eventmatch.matching.queries import suggestions_for
from eventmatch.people.imports import Line, forget_list, keep_list, take_in
from eventmatch.people.models import AcquaintanceList, Person
from eventmatch.registration.models import Registration
from tests.factories import a_registration, an_event

NEED: dict[str, Any] = {"offers": "hydraulic presses", "seeks": "sawdust briquettes"}
GIVE: dict[str, Any] = {"offers": "sawdust briquettes", "seeks": "hydraulic presses"}


def two_who_fit(event: Event) -> tuple[Registration, Registration]:
    return a_registration(event, **NEED), a_registration(event, **GIVE)


def brought(guest: Registration, *addresses: str) -> AcquaintanceList:
    """Let the guest bring an address book with these addresses."""
    person = db.session.get_one(Person, guest.person_id)
    lines = [Line(1, "Somebody", address, "new", is_wanted=True) for address in addresses]
    kept = keep_list(person, filename="x.csv", source="other", lines=lines)
    take_in(person, kept)
    db.session.commit()
    return kept


def suggested(guest: Registration) -> set[str]:
    return {view.other.name for view in suggestions_for(guest)}


@pytest.mark.parametrize("knows_first", [True, False])
def test_two_who_know_each_other_vanish_from_both_lists_at_once(app: Flask, knows_first: bool):
    event = an_event()
    ada, bob = two_who_fit(event)
    a_registration(event, **GIVE)
    refresh_suggestions(event)
    assert bob.name in suggested(ada)
    assert ada.name in suggested(bob)

    knowing, known = (ada, bob) if knows_first else (bob, ada)
    brought(knowing, known.email)

    assert bob.name not in suggested(ada)
    assert ada.name not in suggested(bob)


def test_they_are_not_suggested_anew_and_others_move_up(app: Flask):
    event = an_event()
    ada, bob = two_who_fit(event)
    cleo = a_registration(event, **GIVE)
    brought(ada, bob.email)

    refresh_suggestions(event)

    assert suggested(ada) == {cleo.name}
    assert pairs_apart(event) == [(ada.id, bob.id)]


def test_a_list_that_was_made_before_is_made_again(app: Flask):
    event = an_event()
    ada, bob = two_who_fit(event)
    refresh_suggestions(event)
    db.session.commit()
    assert events_to_refresh() == []

    brought(ada, "stranger@example.org")
    assert events_to_refresh() == []

    brought(ada, bob.email)
    assert events_to_refresh() == [event]


def test_it_holds_at_every_event_and_until_it_is_undone(app: Flask):
    first, second = an_event(), an_event()
    ada, bob = two_who_fit(first)
    kept = brought(ada, bob.email)
    ada_again = a_registration(second, email=ada.email, **NEED)
    bob_again = a_registration(second, email=bob.email, **GIVE)
    refresh_suggestions(second)
    assert suggested(ada_again) == set()

    forget_list(kept)
    db.session.commit()
    refresh_suggestions(second)

    assert suggested(ada_again) == {bob_again.name}
    assert pairs_apart(second) == []


def test_whoever_opened_no_ticket_has_neither_address_book_nor_list(app: Flask):
    event = an_event()
    ada, bob = two_who_fit(event)
    guest = a_registration(event, verified=False, **NEED)
    brought(bob, ada.email)
    refresh_suggestions(event)

    assert guest.person_id is None
    assert not suggested(guest)
