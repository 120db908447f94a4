"""Two who brought each other's address become contacts, where both wanted that, and only there."""

import pytest
from flask import Flask

from eventmatch.db import db
from eventmatch.exchange.actions import block, unblock
from eventmatch.network.friends import friends_of_friends, mutual_pairs
from eventmatch.network.introducing import agree_to_introduce
from eventmatch.network.jobs import end_what_was_blocked
from eventmatch.network.queries import contacts_of
from eventmatch.people.models import Person
from eventmatch.registration.models import Registration
from tests.exchange.pairs import a_pair
from tests.factories import ALL_CONSENTS, a_registration, an_event, person_browser
from tests.network.test_known_pages import send
from tests.network.test_network_page import met, owner_of

PHONE = "+49 555 778899"


def brings(app: Flask, one: Registration, other: Registration, *, wants: bool = True) -> str:
    """Let one bring the other's address; return the address of the list."""
    browser = person_browser(app, owner_of(one))
    where = str(send(browser, f"name,email\nSomebody,{other.email}\n").location)
    data = {"become_contacts": "y"} if wants else {}
    page = browser.post(where, data=data, follow_redirects=True)
    assert page.status_code == 200
    return where


def names(of: Registration) -> set[str]:
    """Return whom they see as contacts, on the page and in every other place."""
    return {view.card.name for view in contacts_of(owner_of(of))}


@pytest.mark.parametrize(
    ("ada_wants", "bob_wants", "are_contacts"),
    [(True, True, True), (True, False, False), (False, True, False), (False, False, False)],
)
def test_both_must_bring_the_other_and_want_it(
    app: Flask, ada_wants: bool, bob_wants: bool, are_contacts: bool
):
    ada, bob = a_pair()
    owner_of(ada), owner_of(bob)

    brings(app, ada, bob, wants=ada_wants)
    alone = names(ada) | names(bob)
    brings(app, bob, ada, wants=bob_wants)

    assert alone == set()
    assert (names(ada), names(bob)) == (
        ({bob.name}, {ada.name}) if are_contacts else (set(), set())
    )
    home = person_browser(app, owner_of(ada)).get("/network/contacts.vcf").text
    assert (bob.name in home) is are_contacts


def test_the_one_who_comes_second_is_told_and_sees_what_is_released(app: Flask):
    event = an_event()
    ada = a_registration(event, name="Ada", phone=PHONE, website="https://a.example")
    bob = a_registration(event, name="Bob")
    ada.visibility = {"phone": "mutual", "website": "nobody"}
    brings(app, ada, bob)
    browser = person_browser(app, owner_of(bob))
    where = send(browser, f"name,email\nAda,{ada.email}\n").location

    said = browser.post(where, data={"become_contacts": "y"}, follow_redirects=True).text
    [contact] = contacts_of(owner_of(bob))
    page = browser.get(f"/network/{contact.uid}").text

    assert "1 of those you brought has brought you, too" in said
    assert "In each other&#39;s address books" in page or "In each other's" in page
    assert PHONE in page
    assert "a.example" not in page
    assert "Not met at an event" in browser.get("/network").text


def forgets_the_list(app: Flask, one: Registration, where: str, _uid: object) -> None:
    person_browser(app, owner_of(one)).post(f"{where}/removal")


def withdraws(app: Flask, one: Registration, _where: str, uid: object) -> None:
    person_browser(app, owner_of(one)).post(f"/network/{uid}/upkeep", data={"what": "withdraw"})


@pytest.mark.parametrize("end", [forgets_the_list, withdraws])
def test_either_ends_it_for_both_at_once(app: Flask, end):
    ada, bob = a_pair()
    brings(app, ada, bob)
    where = brings(app, bob, ada)
    [contact] = contacts_of(owner_of(bob))

    end(app, bob, where, contact.uid)

    assert names(ada) == names(bob) == set()
    ada_sees = person_browser(app, owner_of(ada))
    assert bob.name not in ada_sees.get("/network/contacts.json").text
    assert bob.name not in ada_sees.get("/network").text


def test_a_block_ends_it_also_when_it_is_taken_back(app: Flask):
    ada, bob = a_pair()
    brings(app, ada, bob)
    brings(app, bob, ada)

    block(bob, ada)
    db.session.commit()
    while_blocked = names(ada) | names(bob)
    end_what_was_blocked()
    unblock(bob, ada)
    db.session.commit()

    assert while_blocked == names(ada) == names(bob) == set()


def test_who_blocked_somebody_does_not_become_their_contact(app: Flask):
    ada, bob = a_pair()
    block(bob, ada)
    db.session.commit()

    brings(app, ada, bob)
    brings(app, bob, ada)

    assert names(ada) == names(bob) == set()


def test_an_acquaintance_may_introduce_a_contact_of_theirs(app: Flask):
    ada, cleo = a_pair()
    dan = a_registration(cleo.event, name="Dan", consents=ALL_CONSENTS)
    met(cleo, dan)
    brings(app, ada, cleo)
    brings(app, cleo, ada)
    agree_to_introduce(owner_of(cleo), agrees=True)
    db.session.commit()

    [friend] = friends_of_friends(owner_of(ada))

    assert (friend.card.name, [door.name for door in friend.doors]) == ("Dan", [cleo.name])
    assert len(mutual_pairs()) == 2


def test_meeting_them_later_makes_no_second_contact(app: Flask):
    ada, bob = a_pair()
    brings(app, ada, bob)
    brings(app, bob, ada)

    met(ada, bob)

    [contact] = contacts_of(owner_of(ada))
    assert contact.meetings
    assert contact.acquainted_at is not None


def test_nobody_learns_who_brought_them(app: Flask):
    """Whoever brings a thousand addresses learns only of those who brought them and want it."""
    ada, bob = a_pair()
    elsewhere = a_registration(an_event())
    owner_of(bob), owner_of(elsewhere)
    brings(app, bob, ada, wants=False)

    for other in (bob, elsewhere):
        brings(app, ada, other)

    assert db.session.query(Person).count() == 3
    assert names(ada) == set()
