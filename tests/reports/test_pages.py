"""Somebody is reported, and the organiser looks into it."""

import pytest
from flask import Flask

from eventmatch.db import db
from eventmatch.exchange.actions import block, decline
from eventmatch.exchange.queries import are_apart
from eventmatch.registration.models import Registration
from eventmatch.reports.models import Report
from tests.exchange.pairs import a_pair, asked, made_mutual
from tests.factories import (
    a_registration,
    an_account,
    an_event,
    guest_browser,
    organiser_browser,
)


def report(app: Flask, guest: Registration, other: Registration, **words: str) -> int:
    form = {"reason": "insult", "text": "shouted at me", **words}
    return (
        guest_browser(app, guest)
        .post(f"/my/{guest.event.slug}/people/{other.uid}/report", data=form)
        .status_code
    )


def test_a_report_reaches_the_organiser_with_a_snapshot_and_blocks(app: Flask):
    owner = an_account()
    event = an_event(owner)
    ada, bob = a_pair(event)
    decline(asked(bob, ada), ada)
    db.session.commit()

    status = report(app, ada, bob, also_block="y")
    bob.name = "Somebody Else"
    db.session.commit()

    office = organiser_browser(app, owner)
    queue = office.get(f"/organise/events/{event.slug}/reports").text
    page = office.get(f"/organise/events/{event.slug}/reports/{db.session.query(Report).one().uid}")
    assert status == 303
    assert "Bob Babbage" in queue
    assert "Somebody Else" not in queue
    for words in ("shouted at me", "Ada Lovelace", "Insult, threat or harassment", "declined"):
        assert words in page.text
    assert are_apart(bob, ada)


def test_one_can_report_without_blocking(app: Flask):
    ada, bob = a_pair()
    made_mutual(ada, bob)

    report(app, ada, bob)

    assert not are_apart(ada, bob)
    assert "Reports" not in guest_browser(app, bob).get(f"/my/{ada.event.slug}").text


def test_what_was_done_is_noted_with_who_did_it_and_can_be_opened_again(app: Flask):
    owner = an_account(name="Olga Organiser")
    event = an_event(owner)
    ada, bob = a_pair(event)
    made_mutual(ada, bob)
    report(app, ada, bob)
    office = organiser_browser(app, owner)
    queue = f"/organise/events/{event.slug}/reports"
    page = f"{queue}/{db.session.query(Report).one().uid}"

    office.post(page, data={"text": "spoke with both", "closes": "y"})
    settled = office.get(f"{queue}?state=handled").text
    empty = office.get(queue).text
    office.post(page, data={"text": "again"})

    assert "Bob Babbage" in settled
    assert "No open reports" in empty
    assert "Bob Babbage" in office.get(queue).text
    trace = office.get(page).text
    assert trace.index("spoke with both") < trace.index("again")
    assert trace.count("Olga Organiser") >= 2


def test_who_asked_or_is_blocked_can_be_reported_from_where_they_stand(app: Flask):
    ada, bob = a_pair()
    exchange = asked(bob, ada)
    browser, my = guest_browser(app, ada), f"/my/{ada.event.slug}"
    form = f"{my}/people/{bob.uid}/report"

    lists = [browser.get(page).text for page in (my, f"{my}/contacts")]
    page = browser.get(f"{my}/exchanges/{exchange.uid}").text
    block(ada, bob)
    db.session.commit()
    set_aside = browser.get(f"{my}/marks").text

    assert all(f"{my}/exchanges/{exchange.uid}" in one for one in lists)
    assert form in page
    assert form in set_aside
    assert browser.get(form).status_code == 200


def test_a_stranger_cannot_be_reported_and_no_other_organiser_reads_it(app: Flask):
    owner, stranger = an_account(), an_account()
    event = an_event(owner)
    an_event(stranger)
    ada, bob = a_pair(event)
    cleo = a_registration(event)
    made_mutual(ada, bob)
    report(app, ada, bob)
    page = f"/organise/events/{event.slug}/reports/{db.session.query(Report).one().uid}"

    assert report(app, ada, cleo) == 404
    assert report(app, ada, a_registration()) == 404
    assert organiser_browser(app, stranger).get(page).status_code == 404
    assert organiser_browser(app, stranger).post(page).status_code == 404


def test_a_report_without_a_reason_is_refused_with_a_word(app: Flask):
    ada, bob = a_pair()
    made_mutual(ada, bob)

    assert report(app, ada, bob, reason="") == 422
    assert report(app, ada, bob, reason="nonsense") == 422
    assert db.session.query(Report).count() == 0


def test_only_ten_reports_a_day(app: Flask):
    ada, bob = a_pair()
    made_mutual(ada, bob)

    statuses = [report(app, ada, bob, text=f"shouted {number} times") for number in range(11)]

    assert statuses == [303] * 10 + [429]


def test_a_report_that_is_sent_twice_is_one(app: Flask):
    ada, bob = a_pair()
    made_mutual(ada, bob)

    for _ in range(2):
        report(app, ada, bob)
    report(app, ada, bob, also_block="y")

    assert db.session.query(Report).count() == 1
    assert are_apart(ada, bob)


@pytest.mark.parametrize("path", ["reports", "reports?state=handled"])
def test_an_empty_queue_says_so(app: Flask, path: str):
    owner = an_account()
    event = an_event(owner)

    page = organiser_browser(app, owner, "de").get(f"/organise/events/{event.slug}/{path}")

    assert page.status_code == 200
