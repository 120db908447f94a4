"""Warm introductions: everybody decides freely, and a no is never told."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from eventmatch.clock import now
from eventmatch.db import db
from eventmatch.exchange.actions import block, unblock, withdraw
from eventmatch.exchange.queries import find_exchange
from eventmatch.jobs import enqueue, run_due
from eventmatch.mail import Letter, compose
from eventmatch.network.bridges import bridges
from eventmatch.network.introducing import agree_to_introduce
from eventmatch.network.jobs import end_what_was_blocked
from eventmatch.network.models import Connector, WarmIntroduction
from eventmatch.network.queries import contacts_of
from eventmatch.people.models import Person
from eventmatch.registration.models import Registration
from tests.exchange.pairs import made_mutual, without_tokens
from tests.factories import ALL_CONSENTS, a_registration, an_event, person_browser
from tests.network.test_closing import closed
from tests.network.test_network_page import owner_of

PAGE = "/network/introductions"


class Three:
    """Ada knows Cleo, Cleo knows Dan, and Ada and Dan have never met: not even at one event."""

    def __init__(self, app: Flask, *, willing: bool = True, **dan: object) -> None:
        self.app = app
        first, second = an_event(), an_event()
        self.ada = a_registration(first, name="Ada", email="ada@example.org", phone="+44 1")
        self.cleo = a_registration(first, name="Cleo", email="cleo@example.org")
        details = {"consents": ALL_CONSENTS, "phone": "+49 2", **dan}
        self.dan = a_registration(second, name="Dan", email="dan@example.org", **details)  # type: ignore[arg-type]
        made_mutual(self.ada, self.cleo)
        made_mutual(a_registration(second, name="Cleo", email="cleo@example.org"), self.dan)
        closed(first)
        closed(second)
        agree_to_introduce(owner_of(self.cleo), agrees=willing)
        db.session.commit()

    def page(self, who: Registration) -> str:
        return person_browser(self.app, owner_of(who)).get(PAGE).text

    def press(self, who: Registration, what: str) -> int:
        wish = db.session.scalars(select(WarmIntroduction)).one()
        browser = person_browser(self.app, owner_of(who))
        return browser.post(f"{PAGE}/{wish.uid}/{what}").status_code

    def ask(self, text: str = "Your mills interest me.") -> int:
        (door,) = contacts_of(owner_of(self.ada))
        browser = person_browser(self.app, owner_of(self.ada))
        form = {"door": str(door.uid), "text": text}
        return browser.post(f"{PAGE}/to/{self.dan.uid}", data=form).status_code


def names(who: Registration) -> set[str]:
    return {view.card.name for view in contacts_of(owner_of(who))}


def letters(kind: str) -> list[str]:
    found = db.session.scalars(select(Letter).where(Letter.kind == kind).order_by(Letter.address))
    return [message.as_string() for one in found if (message := compose(one)) is not None]


def test_with_three_yeses_both_see_each_other(app: Flask):
    three = Three(app)

    before = three.page(three.ada)
    asked = three.ask()
    at_cleos = three.page(three.cleo)
    passed = three.press(three.cleo, "passing")
    at_dans = three.page(three.dan)
    accepted = three.press(three.dan, "acceptance")

    assert "1 shared contact may introduce you" in before
    assert "+49 2" not in before
    assert "Ada would like to meet Dan." in at_cleos
    assert "Your mills interest me." in at_cleos
    assert "Cleo introduces you." in at_dans
    assert "+44 1" not in at_dans
    assert (asked, passed, accepted) == (303, 303, 303)
    assert names(three.ada) == {"Cleo", "Dan"}
    assert names(three.dan) == {"Cleo", "Ada"}
    assert [len(letters(kind)) for kind in ("introduction_wish", "introduction_offer")] == [0, 0]
    assert len(letters("introduced")) == 2
    network = person_browser(app, owner_of(three.ada)).get("/network").text
    assert "Not met at an event" in network
    cards = person_browser(app, owner_of(three.ada)).get("/network/contacts.vcf").text
    assert "+49 2" in cards


@pytest.mark.parametrize(
    "missing", ["connector's yes", "target's consent", "latest word", "contact", "block"]
)
def test_nobody_is_shown_where_one_has_not_agreed(app: Flask, missing: str):
    three = Three(app, willing=missing != "connector's yes")
    if missing == "target's consent":
        three.dan.may_be_found = False
    elif missing == "latest word":
        a_registration(name="Dan", email="dan@example.org", consents={"may_be_found": False})
    elif missing == "contact":
        exchange = find_exchange(three.ada, three.cleo)
        assert exchange is not None
        withdraw(exchange, three.cleo)
    elif missing == "block":
        elsewhere = an_event()
        there = a_registration(elsewhere, name="Ada", email="ada@example.org")
        block(a_registration(elsewhere, name="Dan", email="dan@example.org"), there)
    db.session.commit()

    assert "Dan" not in three.page(three.ada)
    if missing != "contact":
        assert three.ask() == 404


@pytest.mark.parametrize("who_says_no", ["connector", "target", "nobody yet", "target later"])
def test_the_asker_cannot_tell_who_said_no_or_whether_anybody_did(app: Flask, who_says_no: str):
    three = Three(app)
    three.ask()
    before = [without_tokens(three.page(three.ada)), names(three.ada)]

    if who_says_no == "connector":
        three.press(three.cleo, "keeping")
    elif who_says_no == "target":
        three.press(three.cleo, "passing")
        three.press(three.dan, "refusal")
    elif who_says_no == "target later":
        three.press(three.cleo, "passing")

    assert [without_tokens(three.page(three.ada)), names(three.ada)] == before
    assert letters("introduced") == []
    to_ada = db.session.scalars(
        select(Letter.kind).where(Letter.address == "ada@example.org", Letter.kind.like("intro%"))
    )
    assert list(to_ada) == []


def test_who_refused_is_not_asked_again_and_it_looks_the_same(app: Flask):
    three = Three(app)
    three.ask()
    three.press(three.cleo, "passing")
    three.press(three.dan, "refusal")
    db.session.query(WarmIntroduction).update({"asked_at": now() - timedelta(days=31)})
    db.session.commit()

    again = three.ask("Once more")

    assert again == 303
    assert "Asked on" in three.page(three.ada)
    assert "Once more" not in three.page(three.cleo)
    assert "Once more" not in three.page(three.dan)


@pytest.mark.parametrize("what", ["passing", "keeping", "acceptance", "refusal"])
def test_only_whose_turn_it_is_decides(app: Flask, what: str):
    three = Three(app)
    three.ask()
    stranger = a_registration()
    decides = {"passing": three.cleo, "keeping": three.cleo}.get(what)

    for who in (three.ada, three.cleo, three.dan, stranger):
        if who is not decides:
            assert three.press(who, what) == 404
    assert names(three.ada) == {"Cleo"}


def test_asking_twice_is_asking_once_and_taking_back_is_no_way_to_pester(app: Flask):
    three = Three(app)

    assert [three.ask(), three.ask()] == [303, 303]
    assert len(letters("introduction_wish")) == 1
    browser = person_browser(app, owner_of(three.ada))
    assert browser.post(f"{PAGE}/to/{three.dan.uid}/withdrawal").status_code == 303
    assert "would like to meet" not in three.page(three.cleo)
    assert three.ask() == 429
    assert three.ask("") == 422


def test_a_connector_is_asked_so_many_times_a_month_and_not_more(
    app: Flask, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(app.config, "INTRODUCTIONS_PER_MONTH", 1)
    three = Three(app)
    event = an_event()
    here = a_registration(event, name="Eve")
    made_mutual(here, a_registration(event, name="Cleo", email="cleo@example.org"))
    closed(event)
    before = three.page(here)

    three.ask()

    assert "Dan" in before
    assert "Dan" not in three.page(here)


def test_what_one_has_asked_stays_in_sight_when_the_connector_is_asked_enough(
    app: Flask, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(app.config, "INTRODUCTIONS_PER_MONTH", 1)
    three = Three(app)
    event = an_event()
    eve = a_registration(event, name="Eve", consents=ALL_CONSENTS)
    made_mutual(eve, a_registration(event, name="Cleo", email="cleo@example.org"))
    closed(event)
    three.ask()
    (door,) = contacts_of(owner_of(three.ada))
    browser = person_browser(app, owner_of(three.ada))

    one_more = browser.post(f"{PAGE}/to/{eve.uid}", data={"door": str(door.uid), "text": "Eve?"})
    page = three.page(three.ada)
    taken_back = browser.post(f"{PAGE}/to/{three.dan.uid}/withdrawal")

    assert one_more.status_code == 429
    assert "Asked on" in page
    assert taken_back.status_code == 303
    assert db.session.query(WarmIntroduction).count() == 1


def test_answering_twice_is_answering_once_and_tells_the_connector_nothing(app: Flask):
    three = Three(app)
    three.ask()

    passed = [three.press(three.cleo, "passing") for _press in range(2)]
    refused = [three.press(three.dan, "refusal") for _press in range(2)]
    passed += [three.press(three.cleo, "passing")]
    otherwise = [three.press(three.cleo, "keeping"), three.press(three.dan, "acceptance")]

    assert passed == [303] * 3
    assert refused == [303] * 2
    assert otherwise == [404] * 2
    db.session.query(WarmIntroduction).update({"state": "asked", "is_refused": False})
    db.session.commit()
    three.press(three.cleo, "passing")
    assert [three.press(three.dan, "acceptance") for _press in range(2)] == [303] * 2
    assert len(letters("introduced")) == 2


def test_who_has_met_meanwhile_is_not_asked_whether_they_would_like_to_meet(app: Flask):
    three = Three(app)
    three.ask()
    three.press(three.cleo, "passing")
    event = an_event()
    dan, ada = (
        a_registration(event, email=one.email, name=one.name) for one in (three.dan, three.ada)
    )
    made_mutual(dan, ada)
    closed(event)

    assert "would like to meet" not in three.page(three.dan)
    assert "introduces you" not in three.page(three.dan)


def test_an_introduced_contact_can_be_withdrawn_by_either(app: Flask):
    three = Three(app)
    three.ask()
    three.press(three.cleo, "passing")
    three.press(three.dan, "acceptance")
    contact = next(view for view in contacts_of(owner_of(three.dan)) if view.card.name == "Ada")

    person_browser(app, owner_of(three.dan)).post(
        f"/network/{contact.uid}/upkeep", data={"what": "withdraw"}
    )

    assert names(three.ada) == names(three.dan) == {"Cleo"}


def test_a_block_ends_an_introduction_also_when_it_is_taken_back(app: Flask):
    three = Three(app)
    three.ask()
    three.press(three.cleo, "passing")
    three.press(three.dan, "acceptance")
    elsewhere = an_event()
    dan, ada = (
        a_registration(elsewhere, email=one.email, name=one.name) for one in (three.dan, three.ada)
    )

    block(dan, ada)
    db.session.commit()
    while_blocked = names(three.ada)
    end_what_was_blocked()
    unblock(dan, ada)
    db.session.commit()

    assert while_blocked == names(three.ada) == {"Cleo"}
    assert names(three.dan) == {"Cleo"}


def test_who_bridges_groups_is_asked_and_becomes_a_connector_by_saying_yes(app: Flask):
    event = an_event()
    hub = a_registration(event, name="Hub")
    for _group in range(2):
        circle = [a_registration(event) for _ in range(3)]
        for number, one in enumerate(circle):
            made_mutual(hub, one)
            for other in circle[number + 1 :]:
                made_mutual(one, other)
    closed(event)
    enqueue("find_connectors", key="all")
    db.session.commit()

    run_due()

    (connector,) = db.session.scalars(select(Connector))
    assert (connector.person_id, connector.groups) == (hub.person_id, 2)
    assert not connector.is_willing
    browser = person_browser(app, owner_of(hub))
    assert "In you meet 2 circles" in browser.get("/network/me").text
    browser.post("/network/me/introductions", data={"is_willing": "y"})
    assert db.session.scalar(select(Connector.is_willing))
    assert "In you meet" not in browser.get("/network/me").text


def test_the_sampled_ways_order_people_as_all_ways_do(monkeypatch: pytest.MonkeyPatch):
    from eventmatch.network import bridges as room

    # Six circles of six around one person each, and the six know the first of the next circle.
    pairs = []
    for circle in range(6):
        members = [circle * 10 + number for number in range(6)]
        pairs += [(one, other) for one in members for other in members if one < other]
        pairs.append((circle * 10, ((circle + 1) % 6) * 10 + 1))
        pairs.append((circle * 10, ((circle + 2) % 6) * 10 + 2))
    monkeypatch.setattr(room, "SHARE", 1.0)
    exact = {bridge.person: bridge.between for bridge in bridges(pairs)}
    monkeypatch.setattr(room, "EXACT_UP_TO", 0)
    monkeypatch.setattr(room, "SAMPLE", 36)
    sampled = {bridge.person: bridge.between for bridge in bridges(pairs)}

    assert len(exact) >= 6
    assert sampled == pytest.approx({one: way * 34 / 36 for one, way in exact.items()})
    assert bridges([]) == []


def test_a_person_of_one_circle_is_no_bridge():
    circle = [(one, other) for one in range(6) for other in range(one + 1, 6)]

    assert bridges(circle) == []


def test_without_a_person_there_is_no_page(app: Flask):
    assert app.test_client().get(PAGE).status_code == 302
    assert db.session.query(Person).count() == 0
