"""Blocked is blocked everywhere, both ways, and without a trace."""

import re
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from eventmatch.db import db
from eventmatch.errors import NotFound
from eventmatch.events.models import Event
from eventmatch.exchange.actions import RequestGone, accept, ask, block, unblock, withdraw
from eventmatch.exchange.models import Block, Exchange, Standing
from eventmatch.exchange.queries import (
    asked_by,
    find_exchange,
    has_blocked,
    mutual_of,
    requests_for,
    standing_between,
)
from eventmatch.network.actions import move_contacts
from eventmatch.network.queries import contacts_of
from eventmatch.people.models import Person
from eventmatch.registration.models import Registration
from tests.exchange.pairs import a_pair, asked, made_mutual, without_tokens
from tests.factories import a_registration, an_event, badge_of, guest_browser, person_browser


def again_at(event: Event, one: Registration, **details: Any) -> Registration:
    """Return the same person's registration at another event."""
    return a_registration(event, name=one.name, email=one.email, **details)


def blocked(registration: Registration, other: Registration) -> None:
    block(registration, other)
    db.session.commit()


def test_a_contact_is_gone_from_both_sides_at_once(either_app: Flask):
    ada, bob = a_pair()
    made_mutual(ada, bob)

    blocked(ada, bob)

    assert mutual_of(ada) == mutual_of(bob) == []


def test_it_can_be_said_twice_and_is_one_block(either_app: Flask):
    ada, bob = a_pair()

    blocked(ada, bob)
    blocked(ada, bob)

    assert db.session.query(Block).count() == 1


def test_the_blocked_cannot_ask_as_if_the_other_had_opted_out(app: Flask):
    ada, bob = a_pair()
    blocked(ada, bob)

    with pytest.raises(NotFound):
        ask(bob, ada)


def test_who_blocked_learns_nothing_of_the_blocked_and_cannot_ask_them(app: Flask):
    ada, bob = a_pair()
    blocked(ada, bob)

    with pytest.raises(NotFound):
        ask(ada, bob)


def test_a_question_of_mine_is_taken_back_with_the_block(app: Flask):
    ada, bob = a_pair()
    asked(ada, bob)

    blocked(ada, bob)

    assert requests_for(bob) == []
    assert standing_between(ada, bob) is Standing.NOTHING


def test_a_scan_of_the_blocked_does_not_meet_an_old_question(app: Flask):
    ada, bob = a_pair()
    asked(ada, bob)
    blocked(ada, bob)

    with pytest.raises(NotFound):
        ask(bob, ada)

    assert requests_for(ada) == asked_by(bob) == []


def test_an_old_page_of_mine_cannot_agree_after_the_block(app: Flask):
    ada, bob = a_pair()
    exchange = asked(bob, ada)
    blocked(ada, bob)

    with pytest.raises(RequestGone):
        accept(exchange, ada)


def test_a_block_holds_for_the_person_at_later_events(either_app: Flask):
    ada, bob = a_pair()
    blocked(ada, bob)
    later = an_event()
    ada_later, bob_later = again_at(later, ada), again_at(later, bob)

    with pytest.raises(NotFound):
        ask(bob_later, ada_later)

    assert has_blocked(ada_later, bob_later)
    assert not has_blocked(bob_later, ada_later)


def test_strangers_without_a_person_are_not_taken_for_each_other(app: Flask):
    event = an_event()
    ada, bob = a_pair(event, verified=False)
    other = a_registration(event, verified=False)

    blocked(ada, bob)

    assert has_blocked(ada, bob)
    assert not has_blocked(ada, other)
    assert not has_blocked(other, bob)


def test_contacts_from_all_events_leave_both_networks(app: Flask):
    ada, bob = a_pair()
    made_mutual(ada, bob)
    move_contacts(ada.event)
    db.session.commit()
    later = an_event()
    ada_later, bob_later = again_at(later, ada), again_at(later, bob)
    ada_person, bob_person = (db.session.get_one(Person, one.person_id) for one in (ada, bob))
    assert len(contacts_of(ada_person)) == 1

    blocked(ada_later, bob_later)

    assert contacts_of(ada_person) == contacts_of(bob_person) == []
    for person in (ada_person, bob_person):
        cards = person_browser(app, person).get("/network/contacts.vcf").text
        assert "BEGIN:VCARD" not in cards


def test_to_the_blocked_it_looks_as_if_the_other_had_opted_out(app: Flask):
    event = an_event()
    ada, bob = a_pair(event)
    shy = a_registration(event, name="Ada Lovelace", company="Engines Ltd", role="Analyst")
    asked(bob, ada)
    cleo = a_registration(event, name="Bob Babbage", company="Mills")
    asked(cleo, shy)
    stranger = a_registration(event)

    blocked(ada, bob)
    shy.may_be_scanned = False
    db.session.commit()

    for path in ("/B/{badge}", "/my/{slug}", "/my/{slug}/news", "/my/{slug}/contacts"):
        by_blocked, by_opted_out = (
            seen(app, path, reader, other) for reader, other in ((bob, ada), (cleo, shy))
        )
        assert by_blocked == by_opted_out
        assert "Ada Lovelace" not in by_blocked
    assert "Ada Lovelace" in guest_browser(app, stranger).get(f"/B/{badge_of(ada)}").text


@pytest.mark.parametrize("asker", ["nobody", "reader", "other", "both"])
def test_whatever_the_blocked_sends_is_answered_as_by_who_opted_out(app: Flask, asker: str):
    event = an_event()
    answers = []
    for is_blocked in (True, False):
        name = f"rita{is_blocked}"
        reader = a_registration(event, name="Rita", email=f"{name}@example.org")
        other = a_registration(event, name="Olga", email=f"of-{name}@example.org")
        if asker in {"reader", "both"}:
            asked(reader, other)
        if asker in {"other", "both"}:
            asked(other, reader)
        exchange = find_exchange(reader, other)
        if is_blocked:
            block(other, reader)
        else:
            other.may_be_scanned = other.may_be_suggested = other.may_be_listed = False
            if exchange is not None and asker != "reader":
                withdraw(exchange, other)
        db.session.commit()
        answers.append(sent_by(app, reader, other, exchange))

    assert answers[0] == answers[1]


def sent_by(
    app: Flask, reader: Registration, other: Registration, exchange: Exchange | None
) -> list[tuple[int, str]]:
    """Return how everything is answered that the reader can send about the other."""
    my, person = f"/my/{reader.event.slug}", f"/my/{reader.event.slug}/people/{other.uid}"
    badge, scan_id, browser = badge_of(other), uuid4(), guest_browser(app, reader)
    sent: list[tuple[str, str, dict[str, str]]] = [
        ("POST", f"/B/{badge}", {}),
        ("PUT", f"{my}/scans/{scan_id}", {"code": badge}),
        ("POST", f"{my}/scans", {"code": badge, "scan_id": str(uuid4())}),
        ("GET", f"{my}/scan", {}),  # with what the last one said
        ("POST", f"{person}/introduction", {"text": "hello"}),
        ("POST", f"{person}/report", {"reason": "insult"}),
    ]
    if exchange is not None:
        page = f"{my}/exchanges/{exchange.uid}"
        for deed in ("remark", "acceptance", "refusal", "withdrawal"):
            sent.append(("POST", f"{page}/{deed}", {"text": "x"}))
    answers = [browser.open(path, method=method, data=form) for method, path, form in sent]
    own = [badge, scan_id, other.uid, reader.uid, exchange and exchange.uid, reader.email]
    return [(answer.status_code, neutral(answer.text, own)) for answer in answers]


def neutral(page: str, own: list[object]) -> str:
    """Return the page without what differs by nature: ids, and the form's tokens."""
    for word in own:
        page = page.replace(str(word), "OWN")
    return re.sub(r'value="[0-9a-f-]{36}"', "", without_tokens(page))


def seen(app: Flask, path: str, reader: Registration, other: Registration) -> str:
    """Return a page as the reader sees it, without what is the reader's own by nature."""
    address = path.format(badge=badge_of(other), slug=reader.event.slug)
    page = without_tokens(guest_browser(app, reader).get(address).text)
    page = re.sub(r"<svg.*?</svg>|data-csrf=\"[^\"]*\"|X-CSRFToken[^}]*", "", page, flags=re.DOTALL)
    page = re.sub(r"[0-9A-Z]{4}-[0-9A-Z]{4}", "SHORT", page)
    return re.sub(r"If-None-Match[^}]*", "", page).replace(badge_of(other), "BADGE")


def test_the_badge_of_the_blocked_shows_nothing_to_who_blocked(app: Flask):
    ada, bob = a_pair()
    blocked(ada, bob)
    browser = guest_browser(app, ada)

    page = browser.get(f"/B/{badge_of(bob)}")
    answer = browser.post(f"/B/{badge_of(bob)}")

    assert "Bob Babbage" not in page.text
    assert "Bob Babbage" not in answer.text
    assert find_exchange(ada, bob) is None


def test_a_block_can_be_taken_back_and_brings_no_contact_back(app: Flask):
    ada, bob = a_pair()
    made_mutual(ada, bob)
    blocked(ada, bob)

    unblock(ada, bob)
    unblock(ada, bob)
    db.session.commit()

    assert mutual_of(ada) == []
    made_mutual(bob, ada)
    assert [one.card.name for one in mutual_of(ada)] == ["Bob Babbage"]


@pytest.mark.parametrize("same_event", [True, False])
def test_only_another_guest_of_the_event_can_be_blocked(app: Flask, same_event: bool):
    ada, _bob = a_pair()
    other = ada if same_event else a_registration()

    with pytest.raises(NotFound):
        block(ada, other)
