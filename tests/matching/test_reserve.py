"""Who moves up: the reader's own best who are not on the list."""

from eventmatch.matching.ranking import Suggestion
from eventmatch.matching.reserve import with_reserve


def one(other: str, rank: int) -> Suggestion:
    return Suggestion(other, rank, 1 / rank, ())


def test_the_own_best_who_are_not_on_the_list_stand_behind_it():
    lists = {"a": [one("c", 1)], "b": []}
    best = {"a": [one("b", 1), one("c", 2), one("d", 3), one("e", 4)], "b": []}

    found = with_reserve(lists, best, length=10, reserve=2)

    assert [(other.other_id, other.rank) for other in found["a"]] == [
        ("c", 1),
        ("b", 11),
        ("d", 12),
    ]
    assert found["b"] == []
