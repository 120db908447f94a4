"""Who sits with whom: the promises that hold for every plan."""

import subprocess
import sys
from collections import Counter
from dataclasses import replace
from itertools import combinations
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eventmatch.matching.exclusions import employer
from eventmatch.matching.profile import Profile
from eventmatch.matching.ranking import gather
from eventmatch.rounds import planning
from eventmatch.rounds.planning import (
    NobodyCanMeet,
    Plan,
    Seating,
    TooFewPeople,
    TooManyPeople,
    plan,
)

TEXT = "Weinbau Winzerin Daten Pflege nursing KI Drohnen Vertrieb sales Medizin Klima 4.0"
WORDS = TEXT.split()

texts = st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join)
profiles = st.builds(
    Profile,
    id=st.just(""),
    interests=texts,
    offers=texts,
    seeks=texts,
    company=st.sampled_from(["", "", "", "Acme GmbH", "ACME", "Nordlicht AG"]),
    group=st.sampled_from(["", "buyer", "seller"]),
)
crowds = st.lists(profiles, min_size=2, max_size=11).map(
    lambda people: [replace(person, id=f"p{number}") for number, person in enumerate(people)]
)
sizes = st.integers(2, 8)
counts = st.integers(1, 3)
quickly = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def people(number: int, **fields: str) -> list[Profile]:
    """Return so many people who have two words of seven each."""
    words = [" ".join(two) for two in combinations(WORDS[:7], 2)]
    return [
        Profile(id=f"p{one}", interests=words[one % len(words)], **fields) for one in range(number)
    ]


def meetings(rounds) -> Counter[frozenset[str]]:
    """Return how often each two people sit at one table."""
    return Counter(
        frozenset(two)
        for seating in rounds
        for table in seating.tables
        for two in combinations(table, 2)
    )


def pauses(rounds) -> Counter[str]:
    return Counter(one for seating in rounds for one in seating.pausing)


def planned(crowd, **wanted) -> Plan | None:
    """Return the plan, or None where nobody can meet anybody."""
    try:
        return plan(crowd, **wanted)
    except NobodyCanMeet:
        return None


@quickly
@given(crowds, counts, sizes)
def test_everybody_has_one_place_in_each_round_at_a_table_or_pausing(crowd, rounds, size):
    made = planned(crowd, rounds=rounds, table_size=size)

    for seating in made.rounds if made else ():
        everybody = [*(one for table in seating.tables for one in table), *seating.pausing]
        assert sorted(everybody) == sorted(person.id for person in crowd)
        assert all(2 <= len(table) <= size for table in seating.tables)


@quickly
@given(crowds, counts, sizes, st.sets(st.tuples(st.integers(0, 10), st.integers(0, 10))))
def test_who_is_apart_never_shares_a_table(crowd, rounds, size, pairs):
    excluded = [frozenset((f"p{one}", f"p{other}")) for one, other in pairs if one != other]

    made = planned(
        crowd, rounds=rounds, table_size=size, excluded=excluded, closed=[("buyer", "seller")]
    )

    known = {person.id: person for person in crowd}
    for two in meetings(made.rounds) if made else ():
        one, other = (known[name] for name in two)
        assert two not in excluded
        assert not employer(one.company) or employer(one.company) != employer(other.company)
        assert {one.group, other.group} != {"buyer", "seller"}


@quickly
@given(crowds, counts, sizes)
def test_the_figures_are_those_of_the_plan(crowd, rounds, size):
    made = planned(crowd, rounds=rounds, table_size=size)

    if made:
        paused = [pauses(made.rounds)[person.id] for person in crowd]
        assert made.figures.people == len(crowd)
        assert made.figures.repeats == sum(n > 1 for n in meetings(made.rounds).values())
        assert (made.figures.least_pauses, made.figures.most_pauses) == (min(paused), max(paused))
        assert 0 <= made.figures.share <= 1 + 1e-9


@quickly
@given(crowds, counts, sizes, st.randoms(use_true_random=False))
def test_the_plan_does_not_depend_on_the_order_of_the_people(crowd, rounds, size, chance):
    shuffled = chance.sample(crowd, len(crowd))

    one, other = (planned(some, rounds=rounds, table_size=size) for some in (crowd, shuffled))

    assert one == other


@pytest.mark.parametrize("number", [2, 3, 4, 5, 6, 7, 8, 11, 14, 20])
def test_everybody_meets_everybody_once_in_the_fewest_rounds(number: int):
    made = plan(people(number), rounds=number - 1 + number % 2, table_size=2)

    assert meetings(made.rounds) == Counter(
        frozenset((f"p{one}", f"p{other}")) for one, other in combinations(range(number), 2)
    )
    assert set(pauses(made.rounds).values()) <= {1}  # of an odd number each pauses once


@pytest.mark.parametrize(
    ("number", "size", "rounds"),
    [
        (9, 3, 4),
        (14, 3, 7),
        (15, 3, 7),  # Kirkman's schoolgirls
        (16, 4, 5),
        (20, 4, 5),
        (25, 5, 6),
        (32, 4, 8),
        (36, 4, 9),
        (49, 7, 8),
    ],
)
def test_nobody_meets_twice_at_tables_where_mathematics_knows_a_way(number, size, rounds):
    made = plan(people(number), rounds=rounds, table_size=size)

    assert made.figures.repeats == 0
    assert all(len(seating.tables) == -(-number // size) for seating in made.rounds)
    assert not pauses(made.rounds)


def test_of_an_odd_number_one_pauses_in_each_round_and_another_each_time():
    made = plan(people(21), rounds=6, table_size=2)

    assert [len(seating.pausing) for seating in made.rounds] == [1] * 6
    assert set(pauses(made.rounds).values()) == {1}


def test_who_must_pause_takes_turns():
    crowd = people(6, company="Acme") + [
        replace(one, id=f"q{one.id}", company=f"Firm {one.id}") for one in people(3)
    ]

    made = plan(crowd, rounds=4, table_size=2)

    assert sorted(pauses(made.rounds).values()) == [2] * 6  # twelve pauses for the six colleagues


@pytest.mark.parametrize(
    ("number", "size", "tables"),
    [(5, 3, [2, 3]), (7, 3, [2, 2, 3]), (9, 8, [4, 5]), (11, 5, [3, 4, 4]), (13, 6, [4, 4, 5])],
)
def test_tables_are_as_even_as_they_can_be_and_none_is_too_full(number, size, tables):
    (seating,) = plan(people(number), rounds=1, table_size=size).rounds

    assert sorted(map(len, seating.tables)) == tables
    assert not seating.pausing


def best_of_one_round(crowd) -> float:
    """Return the best sum of scores that pairs of all these people can have, by trying all."""
    score, apart = gather(crowd).compared()

    def best(left: tuple[int, ...]) -> float:
        if len(left) < 2:
            return 0.0
        one, *others = left
        return max(
            float(score[one, other] * (not apart[one, other]))
            + best(tuple(person for person in others if person != other))
            for other in others
        )

    return best(tuple(range(len(crowd))))


@quickly
@given(st.lists(st.tuples(texts, texts, texts), min_size=8, max_size=8))
def test_pairs_are_the_best_of_all_and_the_bound_is_not_below_them(words):
    crowd = [
        Profile(id=f"p{number}", interests=one, offers=two, seeks=three)
        for number, (one, two, three) in enumerate(words)
    ]
    crowded = gather(crowd)
    score, _ = crowded.compared()
    place = {person.id: number for number, person in enumerate(crowded.profiles)}

    made = plan(crowd, rounds=1, table_size=2)

    reached = sum(score[place[one], place[other]] for one, other in made.rounds[0].tables)
    assert reached == pytest.approx(best_of_one_round(crowd), abs=1e-5)
    assert made.figures.share <= 1 + 1e-9


def a_fair(number: int) -> list[Profile]:
    """Return people with three of fifty words each in what they offer, seek and care about."""
    words = [f"{one}{two}" for one in "bdfghklmnp" for two in ("ako", "eli", "ira", "osu", "umen")]
    chance = Random(1)

    def three() -> str:
        return " ".join(chance.sample(words, 3))

    return [
        Profile(id=f"p{one}", interests=three(), offers=three(), seeks=three())
        for one in range(number)
    ]


def test_pairs_come_within_a_hundredth_of_the_bound():
    made = plan(a_fair(90), rounds=6, table_size=2)

    assert made.figures.share > 0.99
    assert made.figures.repeats == 0


@pytest.mark.parametrize("size", [2, 3])
def test_planning_again_keeps_what_is_over(size: int):
    crowd = people(12)
    first = plan(crowd, rounds=4, table_size=size)

    rest = plan(crowd, rounds=2, table_size=size, earlier=first.rounds[:2])

    assert len(rest.rounds) == 2
    assert max(meetings([*first.rounds[:2], *rest.rounds]).values()) == 1


@quickly
@given(crowds, sizes, st.integers(1, 3), st.integers(1, 3))
def test_an_earlier_round_counts_also_when_people_have_left_and_come(crowd, size, before, after):
    first = planned(crowd[1:], rounds=before, table_size=size) if len(crowd) > 2 else None
    here = crowd[:-1] if len(crowd) > 2 else crowd
    earlier = first.rounds if first else ()

    made = planned(here, rounds=after, table_size=size, earlier=earlier)

    if made:
        both = meetings(earlier) + meetings(made.rounds)
        names = {person.id for person in here}
        assert made.figures.repeats == sum(times > 1 for two, times in both.items() if two <= names)


def test_who_paused_before_sits_now():
    crowd = people(5)
    first = plan(crowd, rounds=1, table_size=2)

    second = plan(crowd, rounds=1, table_size=2, earlier=first.rounds)

    assert second.rounds[0].pausing != first.rounds[0].pausing


def test_the_same_people_and_seed_give_the_same_plan_in_every_process():
    script = (
        "from tests.rounds.test_planning import people, plan\n"
        "print(plan(people(31), rounds=3, table_size=2, seed=5).rounds)"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert said == {f"{plan(people(31), rounds=3, table_size=2, seed=5).rounds}\n"}


def test_another_seed_breaks_ties_otherwise():
    crowd = [Profile(id=f"p{number}", interests="Weinbau") for number in range(12)]

    one, other = (plan(crowd, rounds=2, table_size=2, seed=seed) for seed in (1, 2))

    assert one.rounds != other.rounds


def test_people_without_a_word_sit_somewhere_too():
    made = plan([Profile(id=f"p{number}") for number in range(8)], rounds=7, table_size=2)

    assert len(meetings(made.rounds)) == 28


def test_one_person_alone_is_refused():
    with pytest.raises(TooFewPeople):
        plan(people(1), rounds=1, table_size=2)


def test_colleagues_among_themselves_are_refused():
    with pytest.raises(NobodyCanMeet):
        plan(people(6, company="Acme"), rounds=1, table_size=4)


@pytest.mark.parametrize(("size", "most"), [(2, "MOST_IN_PAIRS"), (3, "MOST_AT_TABLES")])
def test_too_many_people_are_refused_before_anything_is_thought(monkeypatch, size: int, most: str):
    monkeypatch.setattr(planning, most, 20)

    with pytest.raises(TooManyPeople, match="up to"):
        plan(people(21), rounds=1, table_size=size)


@pytest.mark.parametrize(("rounds", "size"), [(0, 2), (31, 2), (1, 1), (1, 9)])
def test_a_plan_that_cannot_be_meant_is_an_error(rounds: int, size: int):
    with pytest.raises(ValueError, match=r"rounds|people"):
        plan(people(4), rounds=rounds, table_size=size)


@pytest.fixture
def as_for_many(monkeypatch):
    """Plan pairs as for thousands of people, who are not compared with everybody."""
    monkeypatch.setattr(planning, "_FEW", 0)


def test_of_many_people_each_has_one_partner_and_nobody_meets_twice(as_for_many):
    crowd = a_fair(120)

    made = plan(crowd, rounds=5, table_size=2)

    assert [len(seating.tables) for seating in made.rounds] == [60] * 5
    assert set(meetings(made.rounds).values()) == {1}
    assert made.figures.share > 0.98


def test_of_many_people_those_apart_stay_apart_and_finished_rounds_count(as_for_many):
    crowd = [
        replace(person, company=f"Firm {number % 30}", group="ab"[number % 2])
        for number, person in enumerate(a_fair(121))
    ]
    excluded = [frozenset(("p0", f"p{number}")) for number in range(1, 90)]
    first = plan(crowd, rounds=2, table_size=2, excluded=excluded, closed=[("a", "a")])

    rest = plan(
        crowd, rounds=3, table_size=2, excluded=excluded, closed=[("a", "a")], earlier=first.rounds
    )

    known = {person.id: person for person in crowd}
    found = meetings([*first.rounds, *rest.rounds])
    assert set(found.values()) == {1}
    assert max(pauses([*first.rounds, *rest.rounds]).values()) == 1
    for two in found:
        one, other = (known[name] for name in two)
        assert two not in excluded
        assert one.company != other.company
        assert (one.group, other.group) != ("a", "a")


def test_many_who_are_all_colleagues_are_refused(as_for_many):
    with pytest.raises(NobodyCanMeet):
        plan(people(40, company="Acme"), rounds=1, table_size=2)


def test_a_seating_names_who_pauses():
    (seating,) = plan(people(3), rounds=1, table_size=2).rounds

    assert isinstance(seating, Seating)
    assert len(seating.pausing) == 1
