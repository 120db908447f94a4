"""Whatever phones bring late, twice or in whatever order, the networks are those of the model."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count, product
from uuid import UUID, uuid4

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from eventmatch import clock
from eventmatch.clock import now
from eventmatch.db import db
from eventmatch.exchange.queries import requests_for
from eventmatch.exchange.scanning import CODE_GOOD_FOR, record_scan, show_code
from eventmatch.network.actions import close_event
from eventmatch.network.queries import contacts_of
from eventmatch.people.models import Person
from tests.factories import NOON, SECRET, a_registration, an_event, badge_of
from tests.network.test_model import EVENTS, PEOPLE, Model, act, guests, mutual_names, watch

Guests = tuple[int, list[int]]
# Mostly the same two at the same event, so that much happens between them.
pairs = st.one_of(st.sampled_from([(0, [0, 1]), (0, [1, 0])]), guests)
_rounds = count(1)


@dataclass(frozen=True)
class Screen:
    """A code that a guest shows on their phone."""

    code: str
    event: int
    owner: int
    shown_at: datetime


@dataclass(frozen=True)
class Scan:
    """What a phone has read and keeps until it has network again."""

    id: UUID
    event: int
    one: int
    other: int
    scanned_at: datetime
    screen: Screen | None = None


class LateModel(Model):
    """The model, which also knows when each said no, and which scans have arrived."""

    def __init__(self) -> None:
        super().__init__()
        self.no_at: dict[tuple[int, int, int], datetime] = {}
        self.met: set[tuple[int, frozenset[int]]] = set()  # those who had to do with each other
        self.arrived: set[UUID] = set()
        self.takers: dict[str, int] = {}

    def ask(self, event: int, one: int, other: int) -> None:
        super().ask(event, one, other)
        if self.says(event, one, other):
            self.met.add((event, frozenset((one, other))))

    def askers(self, event: int, one: int) -> set[int]:
        """Return who waits for the person's answer, of those who were not told no."""
        return {
            other
            for other in PEOPLE
            if self.says(event, other, one)
            and self.says(event, one, other) is None
            and not self.are_apart(one, other)
        }

    def refuses(self, event: int, one: int, other: int) -> None:
        self.no_at[event, one, other] = clock.now()

    def decline(self, event: int, one: int, other: int) -> None:
        if self.says(event, other, one):
            self.refuses(event, one, other)
        super().decline(event, one, other)

    def withdraw(self, event: int, one: int, other: int) -> None:
        if self.says(event, one, other):
            self.refuses(event, one, other)
        super().withdraw(event, one, other)

    def block(self, event: int, one: int, other: int) -> None:
        for here in EVENTS:
            if (here, frozenset((one, other))) in self.met:
                self.refuses(here, one, other)
        super().block(event, one, other)

    def arrives(self, scan: Scan) -> None:
        event, one, other = scan.event, scan.one, scan.other
        if scan.id in self.arrived:
            return
        self.arrived.add(scan.id)
        if self.are_apart(one, other):
            return
        is_past = self.no_at.get((event, one, other), scan.scanned_at) > scan.scanned_at
        if is_past and not self.says(event, one, other):
            return
        if scan.screen is not None and self._agrees(scan.screen, one):
            if not self._is_mutual(event, one, other):
                self.met.add((event, frozenset((one, other))))
                self.meet(event, one, other)
            self.takers[scan.screen.code] = one
        else:
            self.ask(event, one, other)

    def _agrees(self, screen: Screen, guest: int) -> bool:
        """Tell whether the owner still says yes by what they show."""
        no_at = self.no_at.get((screen.event, screen.owner, guest), screen.shown_at)
        return (
            clock.now() < screen.shown_at + CODE_GOOD_FOR
            and self.takers.get(screen.code, guest) == guest
            and no_at <= screen.shown_at
        )


class LatePhones(RuleBasedStateMachine):
    """Three guests of two events, whose phones have network now and then."""

    scans, screens = Bundle("scans"), Bundle("screens")

    def __init__(self) -> None:
        super().__init__()
        number = next(_rounds)
        self.events = [an_event() for _ in EVENTS]
        self.sides = [
            [a_registration(event, email=f"late{one}-{number}@example.org") for one in range(3)]
            for event in self.events
        ]
        self.badges = [[badge_of(guest) for guest in side] for side in self.sides]
        self.model, self.closed = LateModel(), set[int]()
        self.touched: Guests = (0, [])

    @rule(target=scans, who=pairs)
    def read_badge(self, who: Guests) -> Scan:
        event, (one, other) = who
        return Scan(uuid4(), event, one, other, clock.now())

    @rule(target=screens, who=pairs)
    def show_screen(self, who: Guests) -> Screen:
        event, (owner, _other) = who
        shown_at = clock.now()
        with pytest.MonkeyPatch.context() as stopped:
            stopped.setattr(clock, "now", lambda: shown_at)
            code = show_code(self.sides[event][owner], secret=SECRET)
        return Screen(code, event, owner, shown_at)

    @rule(target=scans, screen=screens, shift=st.integers(1, 2))
    def read_screen(self, screen: Screen, shift: int) -> Scan:
        reader = (screen.owner + shift) % 3
        return Scan(uuid4(), screen.event, reader, screen.owner, clock.now(), screen)

    @rule(scan=scans)
    def deliver(self, scan: Scan) -> None:
        guest = self.sides[scan.event][scan.one]
        badge = self.badges[scan.event][scan.other]
        record_scan(
            guest,
            scan_id=scan.id,
            code=scan.screen.code if scan.screen else badge,
            scanned_at=scan.scanned_at,
            secret=SECRET,
        )
        self.model.arrives(scan)
        self.touched = (scan.event, [scan.one, scan.other])

    @rule(who=pairs, what=st.sampled_from(["accept", "decline", "withdraw", "block", "unblock"]))
    def say(self, who: Guests, what: str) -> None:
        event, (one, other) = who
        if what == "decline" and not self.model.says(event, other, one):
            return  # no page offers it
        act(what, self.sides[event][one], self.sides[event][other])
        getattr(self.model, what)(event, one, other)
        self.touched = who

    @rule()
    def wait(self) -> None:
        LatePhones.clock_stands_at += timedelta(minutes=1)

    @rule(event=st.sampled_from(EVENTS))
    def close(self, event: int) -> None:
        close_event(self.events[event])
        self.closed.add(event)
        watch()

    @invariant()
    def the_two_see_whom_the_model_sees(self) -> None:
        for one in self.touched[1]:
            self.check(self.touched[0], one)

    def check(self, event: int, one: int) -> None:
        guest, side = self.sides[event][one], self.sides[event]
        assert mutual_names(guest) == {
            side[other].name for other in self.model.contacts(one, {event})
        }
        assert {request.card.name for request in requests_for(guest)} == {
            side[other].name for other in self.model.askers(event, one)
        }

    def teardown(self) -> None:
        watch()
        for event, one in product(EVENTS, PEOPLE):
            self.check(event, one)
        for one, guest in enumerate(self.sides[0]):
            network = {
                view.card.email: {meeting.event_id for meeting in view.meetings}
                for view in contacts_of(db.session.get_one(Person, guest.person_id))
            }
            assert network == {
                self.sides[0][other].email: {self.events[event].id for event in at}
                for other, at in self.model.contacts(one, self.closed).items()
            }
        db.session.commit()

    clock_stands_at = NOON


def test_what_phones_bring_late_and_twice_makes_the_models_networks(
    app: Flask, monkeypatch: pytest.MonkeyPatch
):
    LatePhones.clock_stands_at = now()

    def tick() -> datetime:
        LatePhones.clock_stands_at += timedelta(milliseconds=1)
        return LatePhones.clock_stands_at

    monkeypatch.setattr(clock, "now", tick)
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much]

    run_state_machine_as_test(
        LatePhones,
        settings=settings(
            phases=[Phase.generate],
            max_examples=40,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=checks,
        ),
    )
