"""Lists under a cap: even attention, close to the best possible."""

from collections import Counter

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from eventmatch.matching.fairness import share_out
from eventmatch.matching.mending import Shares
from eventmatch.matching.nearest import Nearest


def a_crowd(people, places, seed):
    """Return candidates with a few whom everybody wants to see, as in life."""
    generator = np.random.default_rng(seed)
    taste = generator.random((people, 6)) ** 3
    score = taste @ taste.T + 0.3 * generator.random(people)
    score = ((score + score.T) / 4).astype(np.float32)
    np.fill_diagonal(score, 0)
    person = np.argsort(-score, axis=1)[:, :places].astype(np.int32)
    return Nearest(person, np.take_along_axis(score, person, axis=1)), score


def best_possible(score, shares):
    """Return the sum of scores that no lists within the shares exceed (a transport problem)."""
    people = len(score)
    one, other = np.nonzero(score)
    ones, number = np.ones(len(one)), np.arange(len(one))
    lists = sp.csr_array((ones, (one, number)), shape=(people, len(one)))
    shown = sp.csr_array((ones, (other, number)), shape=(people, len(one)))
    limits = np.repeat([shares.length, shares.even, -shares.least], people)
    solved = linprog(
        -score[one, other], A_ub=sp.vstack([lists, shown, -shown]), b_ub=limits, bounds=(0, 1)
    )
    return -solved.fun


@pytest.mark.parametrize(("limit", "cap"), [(5, 8), (5, 5), (10, 12), (4, 4)])
def test_lists_are_close_to_the_best_possible(limit, cap):
    candidates, score = a_crowd(120, 119, seed=3)
    shares = Shares.under(cap, limit=limit, evenness=0.2)

    lists = share_out(candidates, shares)

    total = sum(float(score[one, other]) for one, shown in enumerate(lists) for other in shown)
    assert total >= 0.995 * best_possible(score, shares)


@pytest.mark.parametrize(("limit", "cap"), [(5, 8), (5, 5), (10, 30), (3, 1)])
def test_attention_is_even_and_lists_are_full(limit, cap):
    candidates, _ = a_crowd(200, 60, seed=4)
    shares = Shares.under(cap, limit=limit, evenness=0.2)

    lists = share_out(candidates, shares)

    shown = Counter(other for one in lists for other in one)
    assert {len(one) for one in lists} == {min(limit, cap)}
    assert min(shown[person] for person in range(200)) >= shares.least
    assert max(shown.values()) <= shares.even <= cap
    assert gini([shown[person] for person in range(200)]) <= 0.1


def gini(values):
    ordered = np.sort(values)
    weight = 2 * np.arange(1, len(ordered) + 1) - len(ordered) - 1
    return weight @ ordered / (len(ordered) * ordered.sum())


def among(allowed, score=0.5):
    """Return candidates for people of whom `allowed` says whom each may see."""
    places = max(len(others) for others in allowed)
    person = np.full((len(allowed), places), -1, dtype=np.int32)
    for one, others in enumerate(allowed):
        person[one, : len(others)] = others
    return Nearest(person, np.where(person >= 0, np.float32(score), np.float32(0)))


def test_where_few_can_be_shown_to_many_everybody_gets_a_share():
    few, many = range(4), range(4, 20)
    candidates = among([list(many) if one in few else list(few) for one in range(20)])

    lists = share_out(candidates, Shares.under(8, limit=5, evenness=0.2))

    shown = Counter(other for one in lists for other in one)
    assert max(shown[person] for person in few) == 8
    assert min(shown[person] for person in many) >= 1
    assert {len(lists[one]) for one in many} == {2}
    assert {len(lists[one]) for one in few} == {5}


def test_somebody_whom_only_a_full_list_can_show_is_shown():
    everybody_else = [[other for other in range(6) if other != one] for one in range(6)]
    candidates = among([*everybody_else, [0]])

    lists = share_out(candidates, Shares.under(6, limit=2, evenness=0.2))

    assert 6 in lists[0]
    assert lists[6] == [0]


def test_who_sees_nobody_is_shown_to_those_who_may_see_them():
    visitors = [[other for other in range(5) if other != one] for one in range(5)]
    candidates = among([*visitors, [-1]])
    readers = among([*visitors, [3]])

    lists = share_out(candidates, Shares.under(6, limit=2, evenness=0.2), readers=readers)

    assert lists[5] == []
    assert [one for one, shown in enumerate(lists) if 5 in shown] == [3]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.integers(2, 9).flatmap(
        lambda people: st.lists(
            st.sets(st.integers(0, people - 1)), min_size=people, max_size=people
        )
    ),
    st.integers(1, 3),
    st.integers(1, 3),
)
def test_whatever_the_rules_the_cap_holds_and_nobody_reachable_is_left_without(meeting, limit, cap):
    allowed = [
        sorted(
            other for other in range(len(meeting)) if other != one and knows(meeting, one, other)
        )
        for one in range(len(meeting))
    ]
    shares = Shares.under(cap, limit=limit, evenness=0.2)

    lists = share_out(among([others or [-1] for others in allowed]), shares)

    shown = Counter(other for one in lists for other in one)
    assert max(shown.values(), default=0) <= cap
    for one, others in enumerate(lists):
        assert len(others) == len(set(others)) <= shares.length
        assert set(others) <= set(allowed[one])
        if not others:
            assert all(shown[other] == cap for other in allowed[one])


def knows(meeting, one, other):
    return other in meeting[one] or one in meeting[other]
