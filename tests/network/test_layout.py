"""Everybody in the picture has a place of their own, and keeps it when somebody comes."""

import math
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventmatch.network.layout import FRIEND, ME, PERSON, Layout, arranged

sizes = st.lists(st.integers(1, 25), min_size=1, max_size=12)


def distance(one: tuple[float, float], other: tuple[float, float]) -> float:
    return math.dist(one, other)


def people_of(layout: Layout) -> list[tuple[float, float]]:
    return [spot for flower in layout.flowers for spot in flower.people]


@given(sizes)
def test_nobody_stands_on_anybody(groups: list[int]):
    layout = arranged(groups)
    people = people_of(layout)

    assert len(people) == sum(groups)
    assert all(distance(one, other) > 2 * PERSON for one, other in combinations(people, 2))
    assert all(distance(spot, (0, 0)) > ME + PERSON - 1e-6 for spot in people)


@given(sizes)
def test_flowers_stand_side_by_side_and_hold_their_people(groups: list[int]):
    layout = arranged(groups)

    for one, other in combinations(layout.flowers, 2):
        assert distance((one.x, one.y), (other.x, other.y)) > one.radius + other.radius - 1
    for flower in layout.flowers:
        for spot in flower.people:
            assert distance(spot, (flower.x, flower.y)) <= flower.radius - PERSON


@given(sizes, st.floats(50, 400))
def test_titles_have_the_room_they_need(groups: list[int], room: float):
    layout = arranged(groups, titles=[room] * len(groups))

    for one, other in combinations(layout.flowers, 2):
        assert distance((one.x, one.y), (other.x, other.y)) > 2 * room - 1


@given(sizes)
def test_the_same_network_always_looks_the_same(groups: list[int]):
    assert arranged(groups) == arranged(groups)


@pytest.mark.parametrize("count", [3, 20, 200])
def test_one_more_moves_nobody_far(count: int):
    before, after = arranged([count, 30, 12]), arranged([count + 1, 30, 12])

    moved = [
        distance(one, other)
        for flower, again in zip(before.flowers, after.flowers, strict=True)
        for one, other in zip(flower.people, again.people, strict=False)
    ]
    assert max(moved) < 3 * PERSON


@given(st.lists(st.integers(1, 20), min_size=1, max_size=5), st.data())
def test_contacts_of_contacts_stand_on_the_rim_of_who_knows_them(groups: list[int], data):
    groups_and_places = st.integers(0, len(groups) - 1).flatmap(
        lambda group: st.tuples(st.just(group), st.integers(0, groups[group] - 1))
    )
    through = data.draw(st.lists(groups_and_places, max_size=8))

    layout = arranged(groups, friends=dict(enumerate(through)))

    assert set(layout.friends) == set(range(len(through)))
    for one, other in combinations(layout.friends.values(), 2):
        assert distance(one, other) > 2 * FRIEND
    for number, (group, _place) in enumerate(through):
        flower = layout.flowers[group]
        reach = distance(layout.friends[number], (flower.x, flower.y))
        assert reach == pytest.approx(flower.radius - FRIEND)


def test_the_box_holds_everything():
    layout = arranged([40, 3, 7, 12], friends={0: (1, 2)})
    left, top, right, bottom = layout.box

    for x, y in [*people_of(layout), *layout.friends.values(), (0.0, 0.0)]:
        assert left < x < right
        assert top < y < bottom


def test_nobody_at_all_is_a_picture_of_oneself():
    assert arranged([]).box == (-ME, -ME, ME, ME)
