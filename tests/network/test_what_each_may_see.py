"""As Ada, through every address that opens to her: exactly what Bob has let her see, and no more.

The addresses are taken from the app itself, so that a new page is walked through, too.
"""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from itertools import product

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from eventmatch.db import db
from eventmatch.events.models import Event
from eventmatch.exchange.actions import accept, block, decline, withdraw
from eventmatch.exchange.models import Exchange
from eventmatch.exchange.queries import find_exchange
from eventmatch.exchange.scanning import show_code
from eventmatch.mail import Letter, compose
from eventmatch.matching.actions import refresh_suggestions
from eventmatch.network.actions import close_event
from eventmatch.network.introducing import agree_to_introduce
from eventmatch.network.jobs import follow_up
from eventmatch.network.models import Contact
from eventmatch.people.models import Person
from eventmatch.registration.models import Registration
from tests.exchange.pairs import asked, made_mutual
from tests.factories import (
    ALL_CONSENTS,
    SECRET,
    a_registration,
    an_event,
    badge_of,
    guest_browser,
    person_browser,
)
from tests.network.subscribing import Subscriber
from tests.network.test_closing import closed

BADGE = {"name", "company", "role"}
# Bob's words, none of which is anywhere else.
WORDS = {
    "name": "Quorinbob",
    "company": "Quorincorp",
    "role": "Quorinrole",
    "email": "quorinmail@example.org",
    "phone": "555 778899",
    "website": "https://quorinsite.example",
    "interests": "quorininterest",
    "offers": "quorinexpertise",
    "seeks": "quorinseeks",
    "tags": "quorintag",
}
SOME = {"email": "mutual", "phone": "nobody", "website": "suggested"}
MINE = {"/network/mine.json", "/network/mine.zip"}
HOME = {
    "/network/contacts.vcf", "/network/contacts-google.csv", "/network/contacts-outlook-de.csv",
    "/network/contacts-outlook-en.csv", "/network/contacts.json", "a phone's cards",
}  # fmt: skip
OPEN_TO_GUESTS = ("/my/", "/network", "/B/", "/P/")
NOT_READ = {"graph.download_painting"}  # a painting of what the drawing says


class Two:
    """Ada, who looks, and Bob, whose words she may find; at an event that may close."""

    def __init__(self, app: Flask, **bobs: bool) -> None:
        self.app = app
        self.event = an_event(title="Fair")
        self.ada = a_registration(
            self.event, name="Ada Lovelace", email="ada@example.org", seeks="turbines"
        )
        self.bob = a_registration(
            self.event,
            name=f"{WORDS['name']} Babbage",
            consents=ALL_CONSENTS | bobs,
            tags=[WORDS["tags"]],
            offers=f"turbines, {WORDS['offers']}",
            **{name: WORDS[name] for name in WORDS if name not in {"name", "tags", "offers"}},  # type: ignore[arg-type]
        )
        self.bob.visibility = dict(SOME)
        db.session.commit()

    def seen(self) -> dict[str, set[str]]:
        """Return which of Bob's fields each place shows to Ada, without places that show none."""
        shown = {
            place: {name for name, word in WORDS.items() if word.casefold() in text.casefold()}
            for place, text in self._texts()
        }
        return {place: found for place, found in shown.items() if found}

    def fields(self) -> set[str]:
        return set().union(*self.seen().values())

    def _texts(self) -> Iterator[tuple[str, str]]:
        browser = self._adas_browser()
        for rule in self.app.url_map.iter_rules():
            is_read = "GET" in (rule.methods or ()) and rule.endpoint not in NOT_READ
            if is_read and rule.rule.startswith(OPEN_TO_GUESTS):
                for path in self._paths(rule.rule):
                    yield path, re.sub(r"\r\n[ \t]", "", text_of(browser.get(path)))
        phone = Subscriber(self.app, self._person())
        yield "a phone's cards", phone.fetched(*phone.listed()).replace("\r\n ", "")
        for number, letter in enumerate(db.session.scalars(select(Letter))):
            message = compose(letter) if letter.address == self.ada.email else None
            parts = message.walk() if message is not None else ()
            texts = [part.get_content() for part in parts if part.get_content_maintype() == "text"]
            yield f"letter {number}: {letter.kind}", "".join(map(str, texts))

    def _person(self) -> Person:
        return db.session.get_one(Person, self.ada.person_id)

    def _adas_browser(self) -> FlaskClient:
        browser = guest_browser(self.app, self.ada)
        with browser.session_transaction() as session:
            session["person"] = [self._person().id, self._person().session_version]
        return browser

    def _paths(self, rule: str) -> Iterator[str]:
        """Yield all addresses of this kind that could lead to somebody."""
        others = select(Registration.uid).where(Registration.id != self.ada.id)
        uids = [
            *db.session.scalars(others),
            *db.session.scalars(select(Exchange.uid)),
            *db.session.scalars(select(Contact.uid)),
        ]
        badge = badge_of(self.bob)
        values: dict[str, list[str]] = {
            "slug": [self.event.slug],
            "code": [badge],
            "language": ["de", "en"],
        }
        names = re.findall(r"<(?:[^:>]+:)?(\w+)>", rule)
        for chosen in product(*(values.get(name, [str(uid) for uid in uids]) for name in names)):
            path = rule
            for value in chosen:
                path = re.sub(r"<[^>]+>", value, path, count=1)
            yield path

    def close(self) -> None:
        close_event(db.session.get_one(Event, self.event.id))
        db.session.commit()
        follow_up()

    def exchange(self) -> Exchange:
        found = find_exchange(self.ada, self.bob)
        assert found is not None
        return found

    def bob_presses(self, what: str, **form: str) -> None:
        """Let Bob send one form: it is all that he has to do."""
        browser = person_browser(self.app, db.session.get_one(Person, self.bob.person_id))
        contact = db.session.scalars(
            select(Contact).where(Contact.owner_id == self.bob.person_id)
        ).one()
        answer = browser.post(f"/network/{contact.uid}/upkeep", data={"what": what, **form})
        assert answer.status_code == 303


def text_of(answer: TestResponse) -> str:
    """Return what the answer says, also in the files of an archive."""
    if answer.content_type != "application/zip":
        return answer.text
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    return "".join(archive.read(name).decode() for name in archive.namelist())


def places(seen: dict[str, set[str]]) -> set[str]:
    """Return the kinds of places, without the ids in their addresses."""
    return {re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "…", place) for place in seen}


@pytest.mark.parametrize("may_be_scanned", [True, False])
def test_a_stranger_shows_the_badge_to_who_holds_it_and_nothing_elsewhere(
    app: Flask, may_be_scanned: bool
):
    two = Two(app, may_be_scanned=may_be_scanned)

    assert two.seen() == ({f"/B/{badge_of(two.bob)}": BADGE} if may_be_scanned else {})


def ada_asks(two: Two) -> None:
    asked(two.ada, two.bob)


def bob_asks(two: Two) -> None:
    asked(two.bob, two.ada)


def bob_says_no(two: Two) -> None:
    decline(asked(two.ada, two.bob), two.bob)


def both_agree(two: Two) -> None:
    accept(asked(two.ada, two.bob), two.bob)


@pytest.mark.parametrize("become", [ada_asks, bob_asks, bob_says_no])
def test_until_both_agree_there_is_the_badge_at_the_event_alone(
    app: Flask, become: Callable[[Two], None]
):
    two = Two(app)
    become(two)
    db.session.commit()

    seen = two.seen()

    assert set(map(frozenset, seen.values())) <= {frozenset(BADGE), frozenset({"name"})}
    assert two.fields() == BADGE
    assert all(place.startswith(("/my/", "/B/")) for place in set(seen) - MINE)


def test_a_no_shows_exactly_what_waiting_shows(app: Flask):
    two = Two(app)
    ada_asks(two)
    waiting = two.seen()

    decline(two.exchange(), two.bob)
    db.session.commit()

    assert two.seen() == waiting


@pytest.mark.parametrize(
    ("releases", "released", "is_closed"),
    [
        (SOME, {"email", "website"}, False),
        (SOME, {"email", "website"}, True),
        ({}, {"email", "phone", "website"}, True),
        (dict.fromkeys(SOME, "nobody"), set(), True),
    ],
)
def test_mutual_contacts_see_what_is_released_to_them(
    app: Flask, releases: dict[str, str], released: set[str], is_closed: bool
):
    two = Two(app)
    two.bob.visibility = releases
    both_agree(two)
    db.session.commit()
    if is_closed:
        two.close()

    seen = two.seen()

    assert two.fields() == BADGE | released
    if is_closed:
        assert {place: seen[place] for place in HOME} == dict.fromkeys(HOME, BADGE | released)
        assert {"/network", "/network/…", "/network/….vcf"} <= places(seen)
        assert {"/network/picture", "/network/picture.svg"} <= places(seen)
    else:
        at_home = [place for place in seen if place.startswith("/network")]
        assert set(at_home) == MINE, "All of the events, too, at which somebody was met."


def bob_withdraws(two: Two) -> None:
    two.bob_presses("withdraw")


def bob_blocks(two: Two) -> None:
    two.bob_presses("block")


def ada_withdraws(two: Two) -> None:
    withdraw(two.exchange(), two.ada)


@pytest.mark.parametrize(
    ("end", "may_be_scanned"),
    [(bob_withdraws, False), (bob_blocks, True), (ada_withdraws, True)],
)
def test_one_request_ends_it_in_every_place_at_once(
    app: Flask, end: Callable[[Two], None], may_be_scanned: bool
):
    two = Two(app)
    both_agree(two)
    two.bob.may_be_scanned = may_be_scanned
    db.session.commit()
    two.close()
    (contact,) = db.session.scalars(select(Contact).where(Contact.owner_id == two.ada.person_id))
    contact.note = "my own words"
    db.session.commit()
    assert set(two.seen()) >= HOME

    end(two)
    db.session.commit()

    shows_badge = may_be_scanned and end is not bob_blocks
    assert two.seen() == ({f"/B/{badge_of(two.bob)}": BADGE} if shows_badge else {})
    assert "my own words" in person_browser(app, two._person()).get("/network").text


def test_what_is_no_longer_released_is_gone_everywhere_at_once(app: Flask):
    two = Two(app)
    both_agree(two)
    db.session.commit()
    two.close()
    assert "email" in two.fields()
    browser = person_browser(app, db.session.get_one(Person, two.bob.person_id))

    card = {"name": two.bob.name, "company": WORDS["company"], "role": WORDS["role"], "shown": []}
    answer = browser.post("/network/me/card", data=card)

    assert answer.status_code == 303
    assert two.fields() == BADGE


@pytest.mark.parametrize(
    ("bob_agrees", "cleo_agrees"), [(True, True), (True, False), (False, True)]
)
def test_a_friend_of_a_friend_shows_the_badge_where_both_agreed(
    app: Flask, bob_agrees: bool, cleo_agrees: bool
):
    two = Two(app, may_be_found=bob_agrees)
    elsewhere = an_event()
    cleo = a_registration(elsewhere, name="Cleo", email="cleo@example.org")
    made_mutual(a_registration(elsewhere, name="Ada", email="ada@example.org"), cleo)
    made_mutual(a_registration(two.event, name="Cleo", email="cleo@example.org"), two.bob)
    agree_to_introduce(db.session.get_one(Person, cleo.person_id), agrees=cleo_agrees)
    closed(elsewhere)
    two.close()

    seen = two.seen()
    seen.pop(f"/B/{badge_of(two.bob)}")

    if not (bob_agrees and cleo_agrees):
        assert seen == {}
        return
    assert places(seen) == {
        "/network/introductions", "/network/introductions/to/…", "/network/picture",
    }  # fmt: skip
    assert set().union(*seen.values()) == BADGE


def test_a_suggestion_shows_what_is_released_to_those_suggested(app: Flask):
    two = Two(app)
    for number in range(3):
        a_registration(two.event, offers=f"gardens and trees {number}")
    refresh_suggestions(two.event)
    db.session.commit()

    seen = two.seen()
    seen.pop(f"/B/{badge_of(two.bob)}")

    assert places(seen) == MINE | {
        "/my/fair", "/my/fair/people/…/introduction", "/my/fair/data.json", "/my/fair/data.zip",
    }  # fmt: skip
    assert set().union(*seen.values()) == BADGE | {"offers", "website"}


@pytest.mark.parametrize("is_blocked", [False, True])
def test_a_code_on_a_screen_shows_the_badge_unless_one_is_blocked(app: Flask, is_blocked: bool):
    two = Two(app, may_be_scanned=False)
    if is_blocked:
        block(two.bob, two.ada)
    code = show_code(two.bob, secret=SECRET)
    db.session.commit()

    page = guest_browser(app, two.ada).get(f"/P/{code}").text

    assert {name for name, word in WORDS.items() if word in page} == (
        set() if is_blocked else BADGE
    )
