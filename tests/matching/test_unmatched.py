"""Why somebody has no list."""

import pytest
from hypothesis import given

from eventmatch.matching.profile import Profile
from eventmatch.matching.ranking import gather, lists_of
from eventmatch.matching.unmatched import Why, why_unmatched
from tests.matching.test_ranking import crowds, quickly, rules

ADA = Profile(id="ada", interests="Weinbau", company="Acme", group="student")


def why(*others, one=ADA, **rules):
    return why_unmatched(gather([one, *others]), [one.id], **rules)[one.id]


def a_winegrower(name, **fields):
    return Profile(id=name, interests="Weinbau", **fields)


@pytest.mark.parametrize("text", ["", "und the", "🎉 !?"])
def test_who_wrote_nothing_that_counts(text):
    assert why(a_winegrower("ben"), one=Profile(id="ada", seeks=text)) is Why.NO_WORDS


def test_whose_words_nobody_shares():
    assert why(Profile(id="ben", interests="Pflege")) is Why.NOTHING_IN_COMMON
    assert why() is Why.NOTHING_IN_COMMON


def test_who_shares_too_little():
    assert why(a_winegrower("ben", offers="Pflege"), weakest=1.5) is Why.NOTHING_IN_COMMON


def test_who_fits_only_colleagues():
    assert why(a_winegrower("ben", company="ACME GmbH")) is Why.COLLEAGUES


def test_who_fits_only_people_kept_apart_one_by_one():
    assert why(a_winegrower("ben"), excluded=[frozenset({"ada", "ben"})]) is Why.PAIRS


def test_who_fits_only_groups_that_theirs_is_not_shown():
    sponsor = a_winegrower("ben", group="sponsor")

    assert why(sponsor, closed=[("student", "sponsor")]) is Why.GROUPS
    assert why(sponsor, closed=[("sponsor", "student")]) is Why.CAP


def test_who_is_kept_from_all_by_several_rules():
    others = a_winegrower("ben", company="Acme"), a_winegrower("cem", group="sponsor")

    assert why(*others, closed=[("student", "sponsor")]) is Why.RULES


def test_whom_the_cap_leaves_without_a_list():
    crowd = gather([a_winegrower("host"), *(a_winegrower(name, group="guest") for name in "ab")])
    apart = [("guest", "guest")]

    lists = lists_of(crowd, limit=1, cap=1, closed=apart)

    [left_out] = [one for one, shown in lists.items() if not shown]
    assert why_unmatched(crowd, [left_out], closed=apart) == {left_out: Why.CAP}


@quickly
@given(crowds, rules)
def test_without_a_cap_nobody_is_left_out_who_could_be_shown_somebody(crowd, closed):
    gathered = gather(crowd)
    lists = lists_of(gathered, limit=20, closed=closed)

    reasons = why_unmatched(gathered, lists, closed=closed)

    assert sorted(reasons) == sorted(lists)
    for one, shown in lists.items():
        assert (reasons[one] is Why.CAP) == bool(shown)
