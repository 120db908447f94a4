"""Who is suggested to whom: the promises that hold for every crowd."""

import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import asdict, replace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from eventmatch.matching.parameters import Parameters
from eventmatch.matching.profile import Profile
from eventmatch.matching.ranking import SameIdTwice, gather, lists_of, suggest, suggest_for

TEXT = """
    Weinbau Winzerin Daten data Datenjournalismus Pflege nursing KI AI künstliche Intelligenz
    Drohnen Lieferkette supply chain Vertrieb sales C++ R Rehabilitationsmedizin rehabilitative
    Medizin und the QGIS GeoServer Straßenbahn Mueller Müller Klima climate protection 4.0 Industrie
"""
WORDS = [*TEXT.split(), ";"]

texts = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)
profiles = st.builds(
    Profile,
    id=st.just(""),
    interests=texts,
    offers=texts,
    seeks=texts,
    role=st.sampled_from(["", "Winzerin", "Pflege"]),
    company=st.sampled_from(["", "", "", "Acme GmbH", "ACME", "Nordlicht AG"]),
    email=st.sampled_from(["", "a@gmail.com", "a@gmail.com", "b@acme.eu"]),
    group=st.sampled_from(["", "buyer", "seller"]),
)
rules = st.sets(st.tuples(*[st.sampled_from(["", "buyer", "seller", "nobody's"])] * 2))
crowds = st.lists(profiles, max_size=9).map(
    lambda people: [replace(person, id=f"p{number}") for number, person in enumerate(people)]
)
quickly = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def pairs(found):
    return {(one, shown.other_id): shown for one in found for shown in found[one]}


@quickly
@given(crowds, st.sampled_from([None, 1, 2, 3]))
def test_shares_of_all_reasons_sum_to_the_score(crowd, cap):
    for shown in pairs(suggest(crowd, cap=cap)).values():
        assert sum(reason.share for reason in shown.reasons) == pytest.approx(shown.score, abs=1e-9)


@quickly
@given(crowds)
def test_every_suggestion_names_words_that_both_wrote(crowd):
    said = {
        person.id: {kind: text.split() for kind, text in told(person).items()} for person in crowd
    }
    answer = {"you_seek": "you_offer", "you_offer": "you_seek", "both": "both"}

    for (one, other), shown in pairs(suggest(crowd)).items():
        assert any(reason.mine and reason.theirs for reason in shown.reasons)
        for reason in shown.reasons:
            assert set(reason.mine) <= set(said[one][reason.kind])
            assert set(reason.theirs) <= set(said[other][answer[reason.kind]])


def told(person):
    return {
        "you_seek": person.seeks,
        "you_offer": person.offers,
        "both": f"{person.interests} {person.tags} {person.role}",
    }


@quickly
@given(crowds, st.integers(1, 4), st.integers(1, 4))
def test_nobody_is_shown_more_often_than_the_cap(crowd, limit, cap):
    found = suggest(crowd, limit=limit, cap=cap)

    shown = Counter(other for _, other in pairs(found))
    assert max(shown.values(), default=0) <= cap
    assert all(len(others) <= limit for others in found.values())


@quickly
@given(crowds, st.sampled_from([None, 2]), st.randoms(use_true_random=False), st.integers(0, 3))
def test_the_order_of_the_profiles_does_not_matter(crowd, cap, random, seed):
    shuffled = random.sample(crowd, len(crowd))

    assert suggest(shuffled, cap=cap, seed=seed) == suggest(crowd, cap=cap, seed=seed)


@quickly
@given(crowds)
def test_two_people_have_one_score_and_one_explanation(crowd):
    found = pairs(suggest(crowd, limit=20))
    mirrored = {"you_seek": "you_offer", "you_offer": "you_seek", "both": "both"}

    for (one, other), shown in found.items():
        back = found[other, one]
        assert back.score == shown.score
        assert {(mirrored[r.kind], r.theirs, r.mine, r.share) for r in back.reasons} == {
            (r.kind, r.mine, r.theirs, r.share) for r in shown.reasons
        }


@quickly
@given(crowds, st.sampled_from([None, 2]), st.sets(st.tuples(st.integers(0, 8), st.integers(0, 8))))
def test_exclusions_always_hold(crowd, cap, ruled_out):
    excluded = {frozenset({f"p{one}", f"p{other}"}) for one, other in ruled_out}
    company = {person.id for person in crowd if "acme" in person.company.casefold()}
    mail = {person.id for person in crowd if "acme" in person.email}

    for one, other in pairs(suggest(crowd, cap=cap, excluded=excluded)):
        assert one != other
        assert frozenset({one, other}) not in excluded
        assert not {one, other} <= company
        assert not {one, other} <= mail


@quickly
@given(crowds, st.sampled_from([None, 1, 2]), rules)
def test_a_rule_between_groups_always_holds_and_keeps_nobody_else_apart(crowd, cap, closed):
    group = {person.id: person.group for person in crowd}

    free, found = suggest(crowd, limit=20), suggest(crowd, limit=20, cap=cap, closed=closed)

    assert not {(group[one], group[other]) for one, other in pairs(found)} & closed
    if cap is None:
        assert set(pairs(found)) == {
            (one, other) for one, other in pairs(free) if (group[one], group[other]) not in closed
        }


@quickly
@given(crowds.filter(bool), rules)
def test_a_rule_between_groups_holds_for_a_late_guest(crowd, closed):
    late, *others = crowd
    group = {person.id: person.group for person in crowd}

    found = suggest_for(late, gather(others), limit=20, closed=closed)

    assert not {(late.group, group[one.other_id]) for one in found} & closed


@quickly
@given(crowds, rules)
def test_whom_a_rule_parts_in_either_direction_does_not_share_a_table(crowd, closed):
    gathered = gather(crowd)
    group = [person.group for person in gathered.profiles]

    _, apart = gathered.compared(closed=closed)

    for one, here in enumerate(group):
        for other, there in enumerate(group):
            if {(here, there), (there, here)} & closed:
                assert apart[one, other]


@quickly
@given(crowds.filter(lambda crowd: len(crowd) > 1))
def test_a_rare_word_that_two_share_never_lowers_their_score(crowd):
    one, other, *others = (replace(person, company="", email="") for person in crowd)
    before = pairs(suggest([one, other, *others], limit=20)).get(("p0", "p1"))
    # Two texts that are nearly the same can only lose by growing: their likeness cannot pass 1.
    assume(before is None or before.score < 0.5)

    one, other = (
        replace(person, tags="Nachtigallengesang", interests=person.interests)
        for person in (one, other)
    )
    after = pairs(suggest([one, other, *others], limit=20))["p0", "p1"]

    assert after.score > (before.score if before else 0)


@quickly
@given(crowds, st.integers(1, 3))
def test_whoever_fits_somebody_has_a_list_and_is_on_one_while_the_cap_allows(crowd, limit):
    fits = suggest(crowd, limit=20)

    found = suggest(crowd, limit=limit, cap=len(crowd) or 1)

    shown = {other for _, other in pairs(found)}
    for one, others in fits.items():
        assert len(found[one]) == min(limit, len(others))
        assert (one in shown) == bool(others) or is_crowded_out(one, fits, limit)


def is_crowded_out(one, fits, limit):
    """Return whether those who fit have so many others that not all can be on their short lists."""
    return any(len(fits[shown.other_id]) > limit for shown in fits[one])


@quickly
@given(crowds, st.sampled_from([None, 1, 2]), st.integers(1, 2))
def test_behind_a_list_stand_the_own_best_who_are_not_on_it(crowd, cap, limit):
    gathered = gather(crowd)

    found = lists_of(gathered, limit=limit, cap=cap, reserve=2)

    without, best = (
        lists_of(gathered, limit=limit, cap=cap),
        lists_of(gathered, limit=20),
    )
    for one, shown in found.items():
        listed = [other for other in shown if other.rank <= limit]
        assert listed == without[one]
        here = {other.other_id for other in listed}
        others = [other for other in best[one] if other.other_id not in here][:2]
        assert [other.score for other in shown[len(listed) :]] == [one.score for one in others]
        assert [other.rank for other in shown[len(listed) :]] == [limit + 1, limit + 2][
            : len(others)
        ]


def test_ranks_count_from_one_and_scores_fall():
    crowd = [Profile(id=str(n), interests=" ".join(WORDS[n : n + 9])) for n in range(12)]

    for shown in suggest(crowd).values():
        assert [one.rank for one in shown] == list(range(1, len(shown) + 1))
        assert [one.score for one in shown] == sorted((one.score for one in shown), reverse=True)


def test_no_profiles_have_no_suggestions():
    assert suggest([]) == {}


def test_one_person_alone_has_nobody_to_meet():
    assert suggest([Profile(id="a", interests="Weinbau")], cap=1) == {"a": []}


@pytest.mark.parametrize("text", ["", " \n ", "und der the", "🎉 !?", "a" * 40_000])
def test_profiles_without_a_word_that_counts_are_left_out(text):
    crowd = [Profile(id=name, interests=text, seeks=text, offers=text) for name in "abc"]

    assert suggest(crowd, cap=2) == {"a": [], "b": [], "c": []}


def test_identical_texts_fit_completely():
    crowd = [
        Profile(id=name, interests="Data science", offers="Weinbau", seeks="Weinbau")
        for name in "abc"
    ]

    found = suggest(crowd)

    assert all(len(shown) == 2 for shown in found.values())
    assert all(one.score == pytest.approx(2, abs=1e-6) for one in pairs(found).values())


def test_very_long_texts_are_read_to_the_end():
    filler = " ".join(f"w{number}" for number in range(6_000))[:40_000]
    long = [
        Profile(id=name, interests=f"{filler} {word}")
        for name, word in (("a", "Weinbau"), ("b", ""))
    ]

    found = suggest([*long, Profile(id="c", interests="Weinbau")])

    assert found["c"][0].other_id == "a"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("人工知能と医療", "医療の人工知能"),
        ("искусственный интеллект", "интеллект и медицина"),
        ("الذكاء الاصطناعي", "الذكاء"),
        ("कृत्रिम बुद्धि", "कृत्रिम"),
        ("τεχνητή νοημοσύνη", "νοημοσύνη"),
        ("ปัญญาประดิษฐ์", "ปัญญา"),
    ],
)
def test_every_script_can_be_matched(one, other):
    found = suggest([Profile(id="a", interests=one), Profile(id="b", interests=other)])

    assert found["a"][0].reasons[0].mine


def test_ids_of_any_kind_are_kept():
    crowd = [Profile(id=name, interests="Weinbau") for name in ("", "ä;=1", "\ud800", "𝔸")]

    assert list(suggest(crowd)) == ["", "ä;=1", "\ud800", "𝔸"]


def test_an_id_that_stands_twice_is_refused():
    with pytest.raises(SameIdTwice):
        suggest([Profile(id="a"), Profile(id="a")])


@pytest.mark.parametrize("wrong", [{"limit": 0}, {"cap": 0}])
def test_lists_without_a_place_are_refused(wrong):
    with pytest.raises(ValueError, match="at least on"):
        suggest([], **wrong)


def test_people_of_one_mail_domain_may_meet_if_the_organiser_wants():
    crowd = [Profile(id=name, interests="Weinbau", email=f"{name}@acme.eu") for name in "ab"]
    crowd[0] = replace(crowd[0], company="Acme Süd")
    assert not pairs(suggest(crowd))
    assert pairs(suggest(crowd, parameters=Parameters(apart_by_domain=False)))


def test_people_of_one_company_may_meet_if_the_organiser_wants():
    crowd = [Profile(id=name, interests="Weinbau", company="Acme") for name in "ab"]

    assert not pairs(suggest(crowd))
    assert pairs(suggest(crowd, parameters=Parameters(apart_by_company=False)))


def test_suggestions_can_be_stored_as_json():
    found = suggest([Profile(id="a", seeks="KI, Wein"), Profile(id="b", offers="AI, Wein")])

    stored = json.loads(json.dumps([asdict(one) for one in found["a"]]))

    assert stored[0]["other_id"] == "b"
    assert {reason["kind"] for reason in stored[0]["reasons"]} == {"you_seek"}


def test_a_late_guest_gets_the_list_they_would_have_had():
    crowd = [Profile(id=str(n), interests=" ".join(WORDS[n : n + 9])) for n in range(12)]
    everybody = suggest(crowd, limit=3)

    late = suggest_for(crowd[4], gather(crowd), limit=3)

    assert [one.other_id for one in late] == [one.other_id for one in everybody["4"]]
    assert late[0].score == pytest.approx(everybody["4"][0].score, abs=1e-6)
    assert sum(reason.share for reason in late[0].reasons) == pytest.approx(late[0].score, abs=1e-9)


def test_a_late_guest_is_kept_apart_like_everybody():
    crowd = gather(
        [
            Profile(id="colleague", interests="Weinbau", company="Acme"),
            Profile(id="neighbour", interests="Weinbau", email="x@acme.eu"),
            Profile(id="blocked", interests="Weinbau"),
            Profile(id="full", interests="Weinbau"),
            Profile(id="free", interests="Weinbau"),
        ]
    )
    late = Profile(id="late", interests="Weinbau", company="ACME GmbH", email="y@acme.eu")

    found = suggest_for(late, crowd, excluded=[frozenset({"late", "blocked"})], full=["full"])

    assert [one.other_id for one in found] == ["free"]


@pytest.mark.parametrize("text", ["", "Nachtigall", "x" * 50_000])
def test_a_late_guest_with_unknown_words_has_no_list_yet(text):
    crowd = gather([Profile(id="a", interests="Weinbau"), Profile(id="b")])

    assert suggest_for(Profile(id="late", interests=text), crowd) == []


def test_a_late_guest_may_come_first():
    assert suggest_for(Profile(id="late", interests="Weinbau"), gather([])) == []


@pytest.mark.parametrize(
    ("start", "unwanted"),
    [
        (
            "import eventmatch.matching.ranking, eventmatch.matching.table,"
            " eventmatch.matching.unmatched, eventmatch.matching.jobs, eventmatch.cli",
            {"sklearn", "scipy", "numpy"},
        ),
        ("from eventmatch.app import create_app; create_app()", {"sklearn", "scipy"}),
    ],
)
def test_nothing_heavy_is_loaded_before_there_is_matching_work(tmp_path, start, unwanted):
    loaded = subprocess.run(
        [sys.executable, "-c", f"import sys; {start}\nprint(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"EVENTMATCH_INSTANCE": str(tmp_path)},
    )

    assert not unwanted & set(loaded.stdout.split())


@quickly
@given(
    st.lists(st.builds(Profile, id=st.just(""), interests=st.text(), offers=st.text()), max_size=5),
    st.sampled_from([None, 2]),
)
def test_no_text_makes_it_stumble(crowd, cap):
    people = [replace(one, id=str(number)) for number, one in enumerate(crowd)]

    found = suggest([*people, *(replace(one, id=f"twin {one.id}") for one in people)], cap=cap)

    for shown in pairs(found).values():
        assert sum(reason.share for reason in shown.reasons) == pytest.approx(shown.score, abs=1e-9)


@quickly
@given(crowds, st.sampled_from([None, 2]), st.integers(2, 5))
def test_the_number_of_processors_changes_nothing(crowd, cap, processors):
    with pytest.MonkeyPatch.context() as patch:
        for module in ("crowd", "counting", "nearest", "fairness"):
            patch.setattr(f"eventmatch.matching.{module}.processors", lambda: 1)
        alone = suggest(crowd, cap=cap)
        for module in ("crowd", "counting", "nearest", "fairness"):
            patch.setattr(f"eventmatch.matching.{module}.processors", lambda: processors)
        together = suggest(crowd, cap=cap)

    assert together == alone


@quickly
@given(crowds, st.sampled_from([None, 2]))
def test_dividing_the_work_into_portions_changes_nothing(crowd, cap):
    whole = suggest(crowd, cap=cap)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("eventmatch.matching.counting._GRAMS_AT_ONCE", 7)
        patch.setattr("eventmatch.matching.counting._TEXTS_AT_ONCE", 3)
        patch.setattr("eventmatch.matching.crowd._WORDS_AT_ONCE", 5)
        patch.setattr("eventmatch.matching.crowd._PAIRS_AT_ONCE", 2)
        assert suggest(crowd, cap=cap) == whole


def test_late_guests_may_each_bring_compounds_that_nobody_had_used():
    crowd = gather([Profile(id="a", offers="Weinbau am Hang"), Profile(id="b", offers="Pflege")])

    for number, seeks in enumerate(("Weinbauberatung", "Steillagenweinbau", "Weinbauschule")):
        found = suggest_for(Profile(id=f"late {number}", seeks=seeks), crowd)

        assert [shown.other_id for shown in found] == ["a"]
        named = [reason for reason in found[0].reasons if reason.mine]
        assert [(one.mine, one.theirs) for one in named] == [((seeks,), ("Weinbau",))]
