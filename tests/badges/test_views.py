"""Printing badges: from the organiser's page to a code that opens."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pikepdf
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from eventmatch.accounts.models import Account
from eventmatch.badges.actions import issue_badge
from eventmatch.badges.jobs import throw_away_old_sheets
from eventmatch.badges.printing import NobodyToPrint, design_of, print_badges
from eventmatch.badges.sheet import Layout
from eventmatch.clock import now
from eventmatch.codes import read_code
from eventmatch.db import db
from eventmatch.events.models import Event
from eventmatch.jobs import Job, run_due
from eventmatch.registration.actions import cancel, replace_badge
from eventmatch.registration.models import Badge, Registration
from eventmatch.registration.queries import find_badge
from tests.badges.paper import codes_on, photograph, words_on
from tests.factories import (
    SECRET,
    a_registration,
    an_account,
    an_event,
    badge_of,
    organiser_browser,
)


@pytest.fixture
def fair(app: Flask) -> Event:
    return an_event(an_account("olga@example.org"), title="Timber Fair")


@pytest.fixture
def olga(app: Flask, fair: Event) -> FlaskClient:
    return browser_of(app, "olga@example.org")


def browser_of(app: Flask, email: str) -> FlaskClient:
    return organiser_browser(
        app, db.session.scalars(select(Account).where(Account.email == email)).one()
    )


def printed(olga: FlaskClient, fair: Event, **form: str) -> bytes:
    page = olga.post(f"/organise/events/{fair.slug}/badges", data={"layout": "a6", **form})
    run_due()
    answer = olga.get(f"{page.location}.pdf")
    assert answer.status_code == 200
    return bytes(answer.data)


def test_a_printed_code_is_the_link_of_that_guests_badge(app, fair, olga):
    ada = a_registration(fair, name="Ada Lovelace")

    (page,) = photograph(printed(olga, fair))

    (link,) = codes_on(page)
    assert link == f"HTTP://LOCALHOST/B/{badge_of(ada)}"
    badge = find_badge(read_code(link), secret=SECRET)
    assert badge is not None
    assert badge.registration == ada


def test_everybody_with_a_seat_gets_a_badge_in_alphabetical_order(app, fair, olga):
    fair.capacity = 3
    for name in ("Zoe Young", "Ärne Öst", "Ben Gone", "Carl Last", "Waits Long"):
        a_registration(fair, name=name)
    gone = find_badge(badge_of_name(fair, "Ben Gone"), secret=SECRET)
    assert gone is not None
    cancel(gone.registration)
    db.session.commit()

    pdf = printed(olga, fair)

    pages = len(pikepdf.open(BytesIO(pdf)).pages)
    found = [" ".join(word.text for word in words_on(pdf, page + 1)) for page in range(pages)]
    assert [
        [name for name in ("Ärne", "Ben", "Carl", "Waits", "Zoe") if name in text] for text in found
    ] == [["Ärne"], ["Carl"], ["Zoe"]]


def badge_of_name(fair: Event, name: str) -> str:
    return badge_of(
        db.session.scalars(
            select(Registration).where(Registration.event_id == fair.id, Registration.name == name)
        ).one()
    )


def test_four_badges_fit_on_one_sheet_with_its_back(app, fair, olga):
    for _ in range(4):
        a_registration(fair)

    pages = photograph(printed(olga, fair, layout="a4-4", both_faces="y"))

    front, back = (codes_on(page) for page in pages)
    assert len(set(front)) == 4
    assert set(front) == set(back)


def test_the_file_is_named_and_kept_by_nobody(app, fair, olga):
    a_registration(fair)
    page = olga.post(f"/organise/events/{fair.slug}/badges", data={"layout": "a4-4"})
    waiting = olga.get(f"{page.location}.pdf")
    busy = olga.get(page.location, headers={"HX-Request": "true"}).text
    run_due()

    answer = olga.get(f"{page.location}.pdf")
    ready = olga.get(page.location, headers={"HX-Request": "true"}).text

    assert waiting.status_code == 404
    assert answer.mimetype == "application/pdf"
    assert f"badges-{fair.slug}-a4-4.pdf" in answer.headers["Content-Disposition"]
    assert "no-store" in answer.headers["Cache-Control"]
    assert ["hx-trigger" in busy, "hx-trigger" in ready] == [True, False]
    assert f"{page.location}.pdf" in ready


def test_without_guests_there_is_a_page_and_no_error(app, fair, olga):
    page = olga.get(f"/organise/events/{fair.slug}/badges")
    answer = olga.post(f"/organise/events/{fair.slug}/badges", data={"layout": "a6"})

    assert page.status_code == 200
    assert "There is no badge to print yet." in page.text
    assert answer.status_code == 409
    assert db.session.scalars(select(Job)).all() == []


def test_an_unknown_layout_is_refused(app, fair, olga):
    a_registration(fair)

    answer = olga.post(f"/organise/events/{fair.slug}/badges", data={"layout": "a0"})

    assert answer.status_code == 422


def test_a_reprint_has_a_new_code(app, fair, olga):
    ada = a_registration(fair)
    (before,) = codes_on(photograph(single(olga, ada))[0])

    replace_badge(ada, version=1, secret=SECRET)
    db.session.commit()

    (after,) = codes_on(photograph(single(olga, ada))[0])
    old, new = (find_badge(read_code(link), secret=SECRET) for link in (before, after))
    assert old is not None
    assert old.withdrawn_at is not None
    assert new is not None
    assert new.withdrawn_at is None


def single(olga: FlaskClient, guest) -> bytes:
    answer = olga.get(f"/organise/events/{guest.event.slug}/registrations/{guest.uid}/badge.pdf")
    assert answer.status_code == 200
    return bytes(answer.data)


def test_who_has_no_seat_has_no_badge(app, fair, olga):
    ada = a_registration(fair)
    cancel(ada)
    db.session.commit()
    here = f"/organise/events/{fair.slug}/registrations/{ada.uid}"

    answers = [olga.get(f"{here}/{file}").status_code for file in ("badge.pdf", "badge.png")]

    assert answers == [409, 409]


def test_the_preview_is_a_picture(app, fair, olga):
    ada = a_registration(fair)

    answer = olga.get(f"/organise/events/{fair.slug}/registrations/{ada.uid}/badge.png")

    assert answer.data.startswith(b"\x89PNG")


def test_badges_are_for_the_organisers_of_the_event(app, client, fair, olga):
    ada = a_registration(fair)
    an_account("other@example.org")
    sheet = olga.post(f"/organise/events/{fair.slug}/badges", data={"layout": "a6"}).location
    run_due()
    theirs = an_event(
        db.session.scalars(select(Account).where(Account.email == "other@example.org")).one()
    )
    addresses = [
        f"/organise/events/{fair.slug}/badges",
        sheet,
        f"{sheet}.pdf",
        f"/organise/events/{fair.slug}/registrations/{ada.uid}/badge.pdf",
        f"/organise/events/{fair.slug}/registrations/{ada.uid}/badge.png",
    ]
    stranger = browser_of(app, "other@example.org")

    foreign = [stranger.get(address).status_code for address in addresses]
    crossed = [
        stranger.get(address.replace(f"events/{fair.slug}", f"events/{theirs.slug}")).status_code
        for address in addresses[1:]
    ]
    signed_out = [client.get(address).status_code for address in addresses]

    assert foreign == [404] * 5
    assert crossed == [404] * 4
    assert signed_out == [302] * 5
    assert stranger.post(addresses[0], data={"layout": "a6"}).status_code == 404


def test_old_files_are_thrown_away(app, fair, olga):
    a_registration(fair)
    sheet = olga.post(f"/organise/events/{fair.slug}/badges", data={"layout": "a6"}).location
    run_due()
    throw_away_old_sheets()
    assert olga.get(f"{sheet}.pdf").status_code == 200

    with time_machine.travel(now() + timedelta(days=2)):
        throw_away_old_sheets()

    assert olga.get(f"{sheet}.pdf").status_code == 404
    assert "please print again" in olga.get(sheet).text.lower()


def test_more_guests_do_not_mean_more_queries(app, fair, count_queries):
    def print_all() -> None:
        print_badges(fair, Layout.A6, secret=SECRET, base_url="http://localhost")

    a_registration(fair)
    few = count_queries(print_all)
    for _ in range(3):
        a_registration(fair)

    assert count_queries(print_all) == few > 0


def test_the_command_line_is_told_when_there_is_nobody(app, fair):
    with pytest.raises(NobodyToPrint):
        print_badges(fair, Layout.A6, secret=SECRET, base_url="http://localhost")


@pytest.mark.parametrize(
    ("language", "dates"), [("de", "30. Juni – 1. Juli 2026"), ("en", "30 Jun – 1 Jul 2026")]
)
def test_the_dates_are_those_of_the_events_zone_and_language(app, language, dates):
    fair = an_event(
        starts_at=datetime(2026, 6, 29, 22, 30, tzinfo=UTC),
        ends_at=datetime(2026, 7, 1, 16, 0, tzinfo=UTC),
        languages=[language],
    )

    assert " ".join(design_of(fair).dates.split()) == dates  # the blanks may be thin ones


def test_badges_printed_beforehand_are_replaced_by_the_next_print_at_the_door(app, fair, olga):
    ada = a_registration(fair)
    printed(olga, fair)
    [badge] = db.session.scalars(select(Badge))
    on_paper = badge.printed_at
    late = a_registration(fair)

    first = issue_badge(late, replaced=0, secret=SECRET)
    again = issue_badge(ada, replaced=1, secret=SECRET)

    assert on_paper is not None
    assert (first.version, again.version) == (1, 2)
    assert badge.withdrawn_at is not None
