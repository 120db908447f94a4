"""Whatever happens in whatever order, the networks are those of a simple model."""

from contextlib import suppress
from itertools import count

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eventmatch.db import db
from eventmatch.errors import Refusal
from eventmatch.events.models import Event, EventState
from eventmatch.exchange import actions
from eventmatch.exchange.queries import find_exchange, mutual_of
from eventmatch.network.actions import close_event
from eventmatch.network.moving import events_with_news
from eventmatch.network.queries import contacts_of
from eventmatch.people.models import Person
from eventmatch.registration.models import Registration
from tests.factories import a_registration, an_event, move_contacts

PEOPLE, EVENTS = range(3), range(2)
DEEDS = ["ask", "accept", "decline", "withdraw", "meet", "block", "unblock"]
guests = st.tuples(st.sampled_from(EVENTS), st.permutations(PEOPLE).map(lambda order: order[:2]))
steps = st.lists(
    st.one_of(
        st.tuples(
            st.sampled_from(["ask", "accept", "decline", "withdraw", "meet", "block", "unblock"]),
            guests,
        ),
        st.tuples(st.just("close"), guests),
        st.tuples(st.just("watch"), guests),
    ),
    max_size=25,
)
_addresses = count(1)


class Model:
    """What each says of each other at each event, and nothing else: yes, no, or no word yet."""

    def __init__(self) -> None:
        self.said: dict[tuple[int, int, int], bool] = {}
        self.blocked: dict[tuple[int, int], set[int]] = {}  # at which events it was said

    def are_apart(self, one: int, other: int) -> bool:
        return bool(self.blocked.get((one, other)) or self.blocked.get((other, one)))

    def block(self, event: int, one: int, other: int) -> None:
        for here in EVENTS:
            if self._is_mutual(here, one, other) or self.says(here, one, other):
                self.withdraw(here, one, other)
            elif self.says(here, other, one):
                self.said[here, one, other] = False
        self.blocked.setdefault((one, other), set()).add(event)

    def unblock(self, event: int, one: int, other: int) -> None:
        self.blocked.get((one, other), set()).discard(event)

    def meet(self, event: int, one: int, other: int) -> None:
        if not self.are_apart(one, other):
            self.said[event, one, other] = self.said[event, other, one] = True

    def _is_mutual(self, event: int, one: int, other: int) -> bool:
        return self.says(event, one, other) is self.says(event, other, one) is True

    def says(self, event: int, one: int, other: int) -> bool | None:
        return self.said.get((event, one, other))

    def ask(self, event: int, one: int, other: int) -> None:
        if not self.are_apart(one, other):
            self.said[event, one, other] = True

    def accept(self, event: int, one: int, other: int) -> None:
        if self.says(event, other, one) and not self.are_apart(one, other):
            self.said[event, one, other] = True

    def decline(self, event: int, one: int, other: int) -> None:
        if self._is_mutual(event, one, other):
            self.withdraw(event, one, other)
        elif self.says(event, other, one):
            self.said[event, one, other] = False

    def withdraw(self, event: int, one: int, other: int) -> None:
        if self._is_mutual(event, one, other):
            self.said[event, one, other] = False
            self.said.pop((event, other, one))  # both must agree anew
        elif self.says(event, one, other):
            self.said.pop((event, one, other))

    def contacts(self, one: int, events: set[int]) -> dict[int, set[int]]:
        """Return the events at which the person and each other agree."""
        met = {
            other: {event for event in events if self._is_mutual(event, one, other)}
            for other in PEOPLE
            if other != one
        }
        return {other: at for other, at in met.items() if at}


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=steps)
def test_the_networks_equal_the_models(app: Flask, steps: list[tuple[str, tuple[int, list[int]]]]):
    round_number = next(_addresses)
    events = [an_event() for _ in EVENTS]
    sides = [
        [a_registration(event, email=f"p{one}-{round_number}@example.org") for one in PEOPLE]
        for event in events
    ]
    model, closed = Model(), set()

    for what, (event, (one, other)) in steps:
        if what == "close":
            close_event(events[event])
            closed.add(event)
        elif what == "watch":
            watch()
        else:
            act(what, sides[event][one], sides[event][other])
            getattr(model, what)(event, one, other)
        for here in EVENTS:
            assert [mutual_names(sides[here][who]) for who in PEOPLE] == [
                {sides[here][met].name for met in model.contacts(who, {here})} for who in PEOPLE
            ]
    watch()

    for one in PEOPLE:
        person = db.session.get_one(Person, sides[0][one].person_id)
        network = {
            view.card.email: {meeting.event_id for meeting in view.meetings}
            for view in contacts_of(person)
        }
        assert network == {
            sides[0][other].email: {events[event].id for event in at}
            for other, at in model.contacts(one, closed).items()
        }
    db.session.commit()


def act(what: str, one: Registration, other: Registration) -> None:
    """Let one do this to the other; what is refused changes nothing."""
    if what in {"ask", "block", "unblock"}:
        with suppress(Refusal):
            getattr(actions, what)(one, other)
        return
    if what == "meet":
        with suppress(Refusal):
            actions.meet(one, other, way="phone")
        return
    exchange = find_exchange(one, other)
    if exchange is None:
        return
    with suppress(Refusal):
        getattr(actions, what)(exchange, one)


def mutual_names(registration: Registration) -> set[str]:
    return {contact.card.name for contact in mutual_of(registration)}


def watch() -> None:
    for event in events_with_news():
        move_contacts(event)


def test_the_model_knows_closed_events_only(app: Flask):
    event: Event = an_event(state=EventState.CLOSED)

    assert event.is_closed
    assert Model().contacts(0, {0}) == {}
