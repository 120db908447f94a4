"""Reasons are true: their words made the score, and their shares say how much of it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventmatch.matching.crowd import Crowd
from eventmatch.matching.profile import Profile
from eventmatch.matching.ranking import Reason, gather, lists_of
from eventmatch.matching.similarity import fields_of, scores_of
from eventmatch.matching.words import analyse, grams
from tests.matching.test_ranking import quickly

ALONE = [
    *("Drohne", "Kaffee", "Quarz", "Zimt", "Fjord", "Pixel"),
    *("Gummi", "Wolke", "Yacht", "Nerz", "Obst", "Igel"),
]
"""Words that have no piece of four letters in common."""

word_lists = st.lists(st.sampled_from(ALONE), max_size=5, unique=True).map("; ".join)
people = st.builds(
    Profile, id=st.just(""), interests=word_lists, offers=word_lists, seeks=word_lists
)


def reasons_of_two(one: Profile, other: Profile) -> tuple[Crowd, float, list[Reason]]:
    """Return the crowd of these and a third, with the score of the two and its reasons."""
    third = Profile(id="third", interests="; ".join(ALONE), company="Acme")
    crowd = gather([one, other, third])
    shown = {
        suggestion.other_id: suggestion for suggestion in lists_of(crowd, limit=2)[one.id]
    }.get(other.id)
    return crowd, shown.score if shown else 0.0, list(shown.reasons) if shown else []


FIELD = {"both": 0, "you_seek": 1, "you_offer": 2}


def score_with_less_of(crowd: Crowd, one: str, other: str, reason: Reason, *, kept: float) -> float:
    """Return the score if the one had said these words that much less, all else being equal."""
    people, place = len(crowd.profiles), crowd._position[one]
    texts = crowd._texts
    stems = {found.stem for word in reason.mine if (found := analyse(word))}
    numbers = [number for number, stem in enumerate(crowd._space.vocabulary.stems) if stem in stems]
    row = FIELD[reason.kind] * people + place
    matrix = texts.matrix.copy()
    entries = np.arange(*matrix.indptr[row : row + 2])
    matrix.data[entries[np.isin(texts.sole[entries], numbers)]] *= kept
    rows = matrix[[place, people + place, 2 * people + place]]
    score = scores_of(rows, fields_of(texts.matrix), crowd.parameters)
    return float(score[crowd._position[other]])


def test_the_words_of_these_tests_share_no_pieces():
    pieces = [piece for word in ALONE for piece in set(grams(word.casefold()))]

    assert len(pieces) == len(set(pieces))


@quickly
@given(people, people, st.sampled_from(["interests", "offers", "seeks"]))
def test_taking_out_the_words_of_a_reason_lowers_the_score_by_its_share(one, other, field):
    facing = {"interests": "interests", "offers": "seeks", "seeks": "offers"}[field]
    mine = Profile(id="one", **{field: getattr(one, field)})
    theirs = Profile(id="other", **{facing: getattr(other, facing)})

    crowd, score, reasons = reasons_of_two(mine, theirs)

    for reason in reasons:
        if reason.mine:
            without = score_with_less_of(crowd, "one", "other", reason, kept=0.0)
            assert score - without == pytest.approx(reason.share, abs=1e-6)


@quickly
@given(people, people)
def test_saying_the_words_of_a_reason_a_little_less_lowers_the_score_by_that_part_of_it(one, other):
    """Where both directions count together, a share is the slope of the score."""
    mine = Profile(id="one", interests=one.interests, offers=one.offers, seeks=one.seeks)
    theirs = Profile(id="other", interests=other.interests, offers=other.offers, seeks=other.seeks)

    crowd, score, reasons = reasons_of_two(mine, theirs)

    less = 1e-2
    for reason in reasons:
        if reason.mine:
            weaker = score_with_less_of(crowd, "one", "other", reason, kept=1 - less)
            assert (score - weaker) / less == pytest.approx(reason.share, abs=5e-3)


@quickly
@given(people, people)
def test_all_words_that_two_share_are_named_or_in_the_rest(one, other):
    mine = Profile(id="one", interests=one.interests)
    theirs = Profile(id="other", interests=other.interests)

    _, score, reasons = reasons_of_two(mine, theirs)

    shared = {*one.interests.split("; ")} & {*other.interests.split("; ")} - {""}
    named = {word for reason in reasons for word in reason.mine}
    assert named <= shared
    assert sum(reason.share for reason in reasons) == pytest.approx(score, abs=1e-9)
    assert bool(named) == bool(shared)
