"""The organiser's list of registrations, and one of them."""

import re
from html import unescape
from re import search

import pytest
from sqlalchemy import func, select

from eventmatch.db import db
from eventmatch.mail import Letter
from eventmatch.registration.actions import cancel
from eventmatch.registration.models import Badge, Status
from eventmatch.registration.queries import current_badges, find_badge
from tests.factories import (
    SECRET,
    a_registration,
    an_account,
    an_event,
    badge_of,
)
from tests.registration.conftest import browser_of

PAGES = ("registrations", "import", "registrations/{uid}")


@pytest.mark.parametrize("page", PAGES)
def test_who_is_not_signed_in_is_asked_to_sign_in(app, client, fair, page):
    guest = a_registration(fair)

    answer = client.get(f"/organise/events/{fair.slug}/{page.format(uid=guest.uid)}")

    assert answer.status_code == 302
    assert "/account/sign-in" in answer.location


@pytest.mark.parametrize("page", PAGES)
def test_other_organisers_find_nothing(app, fair, page):
    guest = a_registration(fair)
    an_account("other@example.org")

    answer = browser_of(app, "other@example.org").get(
        f"/organise/events/{fair.slug}/{page.format(uid=guest.uid)}"
    )

    assert answer.status_code == 404


def test_a_guest_of_another_event_is_not_found(app, fair, olga):
    elsewhere = a_registration(an_event())

    answers = [
        olga.get(f"/organise/events/{fair.slug}/registrations/{uid}").status_code
        for uid in (elsewhere.uid, "nonsense")
    ]

    assert answers == [404, 404]


def test_an_event_without_guests_says_how_to_get_some(app, fair, olga):
    page = olga.get(f"/organise/events/{fair.slug}/registrations").text

    assert f"http://localhost/e/{fair.slug}" in page
    assert f"/organise/events/{fair.slug}/import" in page


def test_search_finds_names_companies_and_addresses_in_any_spelling(app, fair, olga):
    a_registration(fair, name="Jürgen Groß", company="Holz & Co")
    a_registration(fair, name="Ann Other", email="ann@timber.example.org")
    list_url = f"/organise/events/{fair.slug}/registrations"

    found = {
        search: ["Ann Other" in page, "Jürgen Groß" in page]
        for search in ("juergen gross", "holz", "timber", "xyz", "%")
        if (page := olga.get(list_url, query_string={"q": search}).text)
    }

    assert found == {
        "juergen gross": [False, True],
        "holz": [False, True],
        "timber": [True, False],
        "xyz": [False, False],
        "%": [False, False],
    }


def test_the_list_shows_one_status_at_a_time(app, olga, fair):
    fair.capacity = 2
    a_registration(fair, name="Seated")
    gone = a_registration(fair, name="Gone")
    a_registration(fair, name="Moved up")
    a_registration(fair, name="Patient")
    cancel(gone)
    db.session.commit()
    list_url = f"/organise/events/{fair.slug}/registrations"

    pages = {status.value: olga.get(f"{list_url}?status={status.value}").text for status in Status}

    names = ("Seated", "Moved up", "Patient", "Gone")
    assert {status: [n for n in names if n in page] for status, page in pages.items()} == {
        "confirmed": ["Seated", "Moved up"],
        "waiting": ["Patient"],
        "cancelled": ["Gone"],
    }
    assert "Confirmed (2)" in pages["waiting"]


def test_pages_lead_forth_and_back(app, fair, olga):
    for number in range(120):
        a_registration(fair, name=f"Visitor {number:03}", verified=False)
    address = f"/organise/events/{fair.slug}/registrations?q=visitor"

    forth = []
    while address:
        forth.append(olga.get(address).text)
        address = link_of(forth[-1], "next")
    back = olga.get(link_of(forth[-1], "prev")).text

    assert ["Visitor 119" in forth[0], "Visitor 070" in forth[0]] == [True, True]
    assert ["Visitor 069" in forth[1], "Visitor 020" in forth[1]] == [True, True]
    assert ["Visitor 019" in forth[2], "Visitor 000" in forth[2]] == [True, True]
    assert len(forth) == 3
    assert all(f"Visitor {number:03}" in back for number in range(20, 70))
    assert "Visitor 070" not in back


def link_of(page: str, rel: str) -> str:
    found = search(rf'href="([^"]+)"\s+rel="{rel}"', page)
    return unescape(found[1]) if found else ""


def test_a_cursor_that_is_not_ours_is_refused(app, fair, olga):
    answer = olga.get(f"/organise/events/{fair.slug}/registrations?before=Robert")

    assert answer.status_code == 422


def test_htmx_gets_the_list_alone(app, fair, olga):
    a_registration(fair, name="Somebody")

    part = olga.get(
        f"/organise/events/{fair.slug}/registrations?q=some", headers={"HX-Request": "true"}
    ).text

    assert part.lstrip().startswith('<div class="stack" id="registrations">')
    assert "Somebody" in part
    assert "<html" not in part


def test_more_guests_do_not_mean_more_queries(app, fair, olga, count_queries):
    list_url = f"/organise/events/{fair.slug}/registrations"
    a_registration(fair)
    few = count_queries(lambda: olga.get(list_url))
    for _ in range(40):
        a_registration(fair, verified=False)
    db.session.remove()

    assert few > 2
    assert count_queries(lambda: olga.get(list_url)) == few


def test_one_registration_shows_what_the_organiser_needs(app, fair, olga):
    guest = a_registration(fair, name="Ada Lovelace", company="Engines", offers="Algorithms")

    page = olga.get(f"/organise/events/{fair.slug}/registrations/{guest.uid}").text

    for text in ("Ada Lovelace", "Engines", "Algorithms", guest.email, "Waiting to be sent"):
        assert text in page


def test_the_organiser_cancels_for_a_guest_and_the_next_moves_up(app, fair, olga):
    fair.capacity = 1
    first, second = a_registration(fair), a_registration(fair)
    address = f"/organise/events/{fair.slug}/registrations/{first.uid}/cancellation"

    answers = [olga.post(address).status_code for _ in range(2)]

    db.session.refresh(first)
    db.session.refresh(second)
    assert answers == [303, 303]
    assert [first.status, second.status] == [Status.CANCELLED, Status.CONFIRMED]


def test_the_ticket_is_sent_again_but_not_to_who_cancelled(app, fair, olga):
    guest, gone = a_registration(fair), a_registration(fair)
    cancel(gone)
    db.session.commit()
    tickets = select(func.count(Letter.id)).where(Letter.kind == "ticket")
    before = db.session.execute(tickets).scalar_one()

    answers = [
        olga.post(f"/organise/events/{fair.slug}/registrations/{uid}/tickets").status_code
        for uid in (guest.uid, gone.uid)
    ]

    assert answers == [303, 409]
    assert db.session.scalar(tickets) == before + 1


def test_a_replaced_badge_withdraws_the_old_code_and_a_second_press_changes_nothing(
    app, fair, olga
):
    guest = a_registration(fair)
    here = f"/organise/events/{fair.slug}/registrations/{guest.uid}"
    replaced = dict(re.findall(r'name="(replaced)" value="(\d+)"', olga.get(here).text))

    once, twice = (
        olga.post(f"{here}/badges", data=replaced, follow_redirects=True).text for _ in range(2)
    )

    assert "The old badge no longer works." in once
    assert "This badge has been replaced already." in twice
    assert 'name="replaced" value="2"' in twice
    assert len(db.session.scalars(select(Badge)).all()) == 2

    old, new = (find_badge(badge_of(guest, version), secret=SECRET) for version in (1, 2))
    assert old is not None
    assert old.withdrawn_at is not None
    assert new is not None
    assert new.withdrawn_at is None
    assert current_badges([guest]) == {guest.id: new}


def test_a_name_is_corrected_and_the_profile_stays(app, fair, olga):
    guest = a_registration(fair, name="Jürgn", company="Hlz", offers="Timber", tags=["wood"])
    address = f"/organise/events/{fair.slug}/registrations/{guest.uid}/name"

    answer = olga.post(address, data={"name": "Jürgen", "first_name": "Jürgi", "company": "Holz"})
    wrong = olga.post(address, data={"name": "  ", "company": "Nobody"})

    db.session.refresh(guest)
    assert (answer.status_code, wrong.status_code) == (303, 422)
    assert (guest.name, guest.first_name, guest.company) == ("Jürgen", "Jürgi", "Holz")
    assert (guest.offers, guest.tags) == ("Timber", ["wood"])
    assert "Jürgen" in olga.get(f"/organise/events/{fair.slug}/registrations?q=jurgen+holz").text


def test_a_look_changes_nothing(app, fair, olga):
    guest = a_registration(fair)
    here = f"/organise/events/{fair.slug}/registrations/{guest.uid}"

    answers = [
        olga.get(f"{here}/{thing}").status_code
        for thing in ("name", "cancellation", "tickets", "badges")
    ]

    assert set(answers) <= {404, 405}


def test_german_organisers_read_german(app, fair):
    page = browser_of(app, "olga@example.org", "de").get(
        f"/organise/events/{fair.slug}/registrations"
    )

    assert '<html lang="de"' in page.text
