"""Who is not a mutual contact is nowhere to be found."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from eventmatch.db import db
from eventmatch.events.models import Event
from eventmatch.exchange.actions import block, decline, withdraw
from eventmatch.exchange.models import Exchange
from eventmatch.mail import Letter, compose
from eventmatch.network.actions import close_event
from eventmatch.network.jobs import follow_up
from eventmatch.network.models import Contact
from eventmatch.people.models import Person
from eventmatch.registration.models import Registration
from tests.exchange.pairs import asked, made_mutual
from tests.factories import a_registration, an_event, guest_browser, person_browser


def somebody(event: Event, mark: str) -> Registration:
    """Return a guest all of whose words carry a mark, as nobody else's do."""
    return a_registration(
        event,
        name=f"Name{mark} Family{mark}",
        email=f"mail-{mark}@example.org",
        first_name=f"Name{mark}",
        company=f"Company{mark}",
        role=f"Role{mark}",
        phone=f"+44 {ord(mark[0])} {mark}",
        website=f"https://{mark}.example",
        offers=f"offers{mark}",
        seeks=f"seeks{mark}",
        interests=f"interests{mark}",
        consents={"may_be_scanned": True, "may_be_listed": True},
    )


def strings_of(guest: Registration) -> list[str]:
    return [
        guest.name, guest.first_name, guest.email, guest.company, guest.role, guest.phone,
        guest.website, guest.offers, guest.seeks, guest.interests, guest.uid.hex, str(guest.uid),
    ]  # fmt: skip


def every_channel(app: Flask, ada: Registration) -> dict[str, str]:
    """Return all that reaches this guest, by where it is."""
    ada.event = event = db.session.get_one(Event, ada.event_id)
    guest = guest_browser(app, ada)
    person = person_browser(app, db.session.get_one(Person, ada.person_id))
    slug = event.slug
    channels = {
        path: guest.get(path).text
        for path in (f"/my/{slug}", f"/my/{slug}/news", f"/my/{slug}/contacts")
    }
    for path in (
        "/network", "/network?q=family", "/network?q=example", "/network/contacts.vcf",
        "/network?part=now", "/network?part=asleep", "/network?part=archive",
        "/network/introductions", "/network/me",
    ):  # fmt: skip
        channels[path] = person.get(path).text
    for path in ("/marks", "/feedback", "/scan", "/code", "/code/agreed", "/profile"):
        channels[path] = guest.get(f"/my/{slug}{path}").text
    channels |= pages_of_each(app, guest, person, ada)
    for number, letter in enumerate(letters_to(ada)):
        message = compose(letter)
        channels[f"letter {number}"] = (
            ""
            if message is None
            else "".join(
                part.get_content()
                for part in message.walk()
                if part.get_content_maintype() == "text"
            )
        )
    return channels


def pages_of_each(
    app: Flask, guest: FlaskClient, person: FlaskClient, ada: Registration
) -> dict[str, str]:
    """Return what every address about somebody says, of everybody there is."""
    slug, found = ada.event.slug, {}
    for exchange in db.session.scalars(select(Exchange)):
        path = f"/my/{slug}/exchanges/{exchange.uid}"
        found[path] = guest.get(path).text
    for other in db.session.scalars(select(Registration)):
        if other.id != ada.id:
            # The page repeats its own address, which who asks has brought along.
            report = f"/my/{slug}/people/{other.uid}/report"
            found[report] = guest.get(report).text.replace(str(other.uid), "")
            ask = f"/network/introductions/to/{other.uid}"
            found[ask] = person.get(ask).text.replace(str(other.uid), "")
    for contact in db.session.scalars(select(Contact)):
        for path in (f"/network/{contact.uid}", f"/network/{contact.uid}.vcf"):
            found[path] = person.get(path).text
    return found


def letters_to(guest: Registration) -> list[Letter]:
    return list(db.session.scalars(select(Letter).where(Letter.address == guest.email)))


def found(channels: dict[str, str], guest: Registration) -> set[str]:
    """Return where any word of this guest is found."""
    return {
        where
        for where, text in channels.items()
        for string in strings_of(guest)
        if string.casefold() in text.casefold()
    }


def test_who_is_not_mutual_never_appears(app: Flask):
    event = an_event()
    ada = somebody(event, "aaa")
    stranger, refused, took_back, gone, left, blocked, blocks = (
        somebody(event, mark) for mark in ("bbb", "ccc", "ddd", "eee", "fff", "kkk", "lll")
    )
    friend = somebody(event, "ggg")
    elsewhere = somebody(an_event(), "hhh")
    third = somebody(event, "iii")
    decline(asked(refused, ada), ada)
    withdraw(asked(took_back, ada), took_back)
    withdraw(made_mutual(ada, gone), ada)
    withdraw(made_mutual(ada, left), left)
    made_mutual(ada, blocks)
    block(blocks, ada)
    asked(ada, blocked)
    block(blocked, ada)
    made_mutual(third, friend)
    made_mutual(ada, friend)
    db.session.commit()

    open_ = every_channel(app, ada)
    close_event(event)
    db.session.commit()
    follow_up()
    closed = every_channel(app, ada)

    for channels in (open_, closed):
        for guest in (
            stranger, refused, took_back, gone, left, elsewhere, third, blocks, blocked,
        ):  # fmt: skip
            assert found(channels, guest) == set()
    assert {"/network", "/network/contacts.vcf", f"/my/{event.slug}"} <= found(closed, friend)
    assert len(letters_to(ada)) == 2, "the ticket and the contacts"


def test_who_was_asked_and_who_asks_show_their_badge_only(app: Flask):
    event = an_event()
    ada, asker, other = (somebody(event, mark) for mark in ("aaa", "bbb", "ccc"))
    asked(asker, ada)
    asked(ada, other)

    channels = every_channel(app, ada)

    for guest in (asker, other):
        hidden = (
            guest.email,
            guest.phone,
            guest.website,
            guest.offers,
            guest.seeks,
            guest.interests,
            guest.uid.hex,
        )
        assert not [text for text in hidden for page in channels.values() if text in page]
    places = found(channels, asker)
    assert places >= {f"/my/{event.slug}{path}" for path in ("", "/news", "/contacts")}
    assert all(f"/my/{event.slug}" in place for place in places)
    places = found(channels, other)
    assert f"/my/{event.slug}/contacts" in places
    assert all("/my/" in place for place in places)


def test_what_nobody_may_see_reaches_no_contact(app: Flask):
    event = an_event()
    ada, friend = somebody(event, "aaa"), somebody(event, "bbb")
    friend.visibility = dict.fromkeys(("email", "phone", "website"), "nobody")
    made_mutual(ada, friend)
    close_event(event)
    db.session.commit()
    follow_up()

    channels = every_channel(app, ada)

    for text in (friend.email, friend.phone, friend.website):
        assert not [where for where, page in channels.items() if text in page]
    assert "/network/contacts.vcf" in found(channels, friend)
