"""The picture of a network: well-formed whatever people are called, with everybody in it once."""

import xml.etree.ElementTree as ET
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventmatch.network.drawing import DENSE, drawn
from eventmatch.network.painting import painted
from eventmatch.network.picture import Group, Node, Picture, Words, circles
from tests.network.entries import HOSTILE, texts

SVG = "{http://www.w3.org/2000/svg}"
WORDS = Words(title="My network", me="Me")


def a_picture(*sizes: int, name: str = "Ada Lovelace", title: str = "Fair") -> Picture:
    nodes: list[Node] = []
    groups: list[Group] = []
    for size in sizes:
        numbers = range(len(nodes), len(nodes) + size)
        nodes += [Node(name, name.split(" ")[0], "Analyst", f"/network/{n}") for n in numbers]
        groups.append(Group(title, "1 May", numbers))
    ties = [(one, one + 1) for one in range(0, len(nodes) - 1, 2)]
    return Picture(nodes, groups, ties)


def read(picture: Picture, *, with_links: bool = True) -> ET.Element:
    return ET.fromstring(drawn(picture, WORDS, with_links=with_links))


def of_class(root: ET.Element, kind: str) -> list[ET.Element]:
    return [one for one in root.iter() if kind in one.get("class", "").split()]


def test_everybody_is_a_link_that_says_who_they_are():
    root = read(a_picture(3, 2))

    people = of_class(root, "graph__person")
    assert [one.tag for one in people] == [f"{SVG}a"] * 5
    assert [one.get("href") for one in people] == [f"/network/{number}" for number in range(5)]
    assert people[0].findtext(f"{SVG}title") == "Ada Lovelace, Analyst. Fair"
    assert [one.text for one in of_class(root, "graph__initials")] == ["AL"] * 5
    assert [one.text for one in of_class(root, "graph__heading")] == ["Fair", "Fair"]


def test_as_a_file_it_stands_alone():
    text = drawn(a_picture(3, 2), WORDS, with_links=False)

    assert "href" not in text
    assert "<rect" in text
    assert "style" not in text
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")


def test_ties_within_a_group_and_between_groups_are_lines_apart():
    picture = a_picture(2, 3)
    ties = [(0, 1), (2, 3), (3, 4), (1, 2), (0, 4)]

    root = read(Picture(picture.nodes, picture.groups, ties))

    within = [str(path.get("d")).count("M") for path in of_class(root, "graph__ties")]
    (between,) = of_class(root, "graph__bridges")
    assert within == [1, 2]
    assert str(between.get("d")).count("M") == 2


def test_connectors_have_a_ring_and_contacts_of_contacts_are_small():
    picture = a_picture(4)
    nodes = [*picture.nodes[:3], Node("Con Nector", "Con", is_connector=True, url="/c")]
    friend = Node("Fay", "Fay", url="/f")

    root = read(Picture(nodes, picture.groups, [], [(friend, 3)]))

    assert len(of_class(root, "graph__ring")) == 1
    (small,) = of_class(root, "graph__friend")
    assert small.findtext(f"{SVG}title") == "Fay – Con Nector"


@given(st.lists(texts, min_size=1, max_size=6), texts)
def test_it_is_well_formed_whatever_people_are_called(names: list[str], title: str):
    nodes = [Node(name, name, name, "/x") for name in names]
    picture = Picture(nodes, [Group(title, title, range(len(nodes)))], [], [(nodes[0], 0)])

    for with_links in (True, False):
        root = ET.fromstring(drawn(picture, Words(title, title), with_links=with_links))

        assert len(of_class(root, "graph__person")) == len(names)
        assert not [one for one in root.iter() if one.tag.endswith(("script", "image", "use"))]


def test_names_are_in_a_file_as_long_as_one_can_read_them():
    few = drawn(a_picture(DENSE), WORDS, with_links=False)
    many = drawn(a_picture(DENSE + 1), WORDS, with_links=False)

    assert 'class="graph__name"' in few
    assert 'class="graph__name"' not in many
    assert 'class="graph__name"' in drawn(a_picture(DENSE + 1), WORDS, with_links=True)


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_painted_whatever_people_are_called(name: str):
    png = painted(drawn(a_picture(2, 1, name=name, title=name), WORDS, with_links=False))

    assert png.startswith(b"\x89PNG")


def test_the_same_picture_is_the_same_file():
    first, second = (drawn(a_picture(9, 5), WORDS, with_links=False) for _ in range(2))

    assert first == second


def test_two_cliques_are_two_circles_though_one_tie_joins_them():
    left = list(combinations(range(5), 2))
    right = list(combinations(range(5, 9), 2))

    found = circles(11, [*left, *right, (4, 5)])

    assert [sorted(circle) for circle in found[:2]] == [[0, 1, 2, 3, 4], [5, 6, 7, 8]]
    assert sorted(found[2:]) == [[9], [10]]
    assert found[0][0] == 4, "who knows the most comes first"


@given(st.integers(0, 30), st.data())
def test_everybody_is_in_one_circle(count: int, data):
    pair = st.tuples(*[st.integers(0, max(0, count - 1))] * 2)
    ties = data.draw(st.lists(pair, max_size=40)) if count else []

    found = circles(count, [(one, other) for one, other in ties if one != other])

    assert sorted(number for circle in found for number in circle) == list(range(count))
