"""The one function that decides what one person may see of another."""

from dataclasses import asdict, fields
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventmatch.people.visibility import RELEASABLE, Card, Relation, Release, visible

FULL = Card(
    name="Ada",
    company="Engines",
    role="Analyst",
    email="ada@example.org",
    phone="+44 1",
    website="https://ada.example",
    interests="weaving",
    offers="programs",
    seeks="engines",
    tags=("mathematics",),
)
ON_THE_BADGE = {"name", "company", "role"}
PROFILE = {"interests", "offers", "seeks", "tags"}

relations = st.sampled_from(Relation)
releases = st.dictionaries(
    st.sampled_from([*RELEASABLE, "name", "offers", "nonsense"]),
    st.sampled_from([*(release.value for release in Release), "", "everybody", None]),
)


def shown(relation: Relation, **released: str) -> set[str]:
    card = visible(FULL, relation=relation, releases=released)
    return {name for name, value in asdict(card).items() if value}


@pytest.mark.parametrize(
    ("relation", "expected"),
    [
        (Relation.NOBODY, set()),
        (Relation.FINDABLE, ON_THE_BADGE),
        (Relation.AT_THE_EVENT, ON_THE_BADGE),
        (Relation.SUGGESTED, ON_THE_BADGE | PROFILE),
        (Relation.MUTUAL, ON_THE_BADGE | PROFILE | set(RELEASABLE)),
    ],
)
def test_the_closer_two_are_the_more_they_see(relation: Relation, expected: set[str]):
    assert shown(relation) == expected


@pytest.mark.parametrize("field", RELEASABLE)
@pytest.mark.parametrize(
    ("release", "seen_by"),
    [
        ("nobody", set()),
        ("suggested", {Relation.SUGGESTED, Relation.MUTUAL}),
        ("mutual", {Relation.MUTUAL}),
        ("", {Relation.MUTUAL}),
        ("everybody", {Relation.MUTUAL}),
    ],
)
def test_a_field_is_seen_by_those_to_whom_it_is_released(
    field: str, release: str, seen_by: set[Relation]
):
    seers = {relation for relation in Relation if field in shown(relation, **{field: release})}

    assert seers == seen_by


def test_fields_that_nobody_can_release_stay_as_they_are():
    everything = dict.fromkeys((field.name for field in fields(Card)), "suggested")

    assert shown(Relation.AT_THE_EVENT, **everything) == ON_THE_BADGE
    assert shown(Relation.NOBODY, **everything) == set()


@given(relation=relations, released=releases)
def test_nothing_is_shown_that_is_not_on_the_card_and_nothing_is_changed(
    relation: Relation, released: dict[str, str]
):
    card = asdict(visible(FULL, relation=relation, releases=released))

    assert all(
        value in (asdict(FULL)[name], Card.__dataclass_fields__[name].default)
        for name, value in card.items()
    )


@given(released=releases)
def test_a_closer_relation_never_hides_what_a_farther_one_shows(released: dict[str, str]):
    seen = [shown(relation, **released) for relation in Relation]

    assert all(farther <= closer for farther, closer in pairwise(seen))


def test_an_empty_card_stays_empty():
    assert visible(Card(), relation=Relation.MUTUAL, releases={}) == Card()
