"""How well two people fit, by the engine against plain definitions."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from eventmatch.matching.nearest import nearest
from eventmatch.matching.parameters import DEFAULT
from eventmatch.matching.profile import Profile
from eventmatch.matching.ranking import suggest
from eventmatch.matching.similarity import Apart, fields_of, fit, scores_of
from eventmatch.matching.space import Space
from eventmatch.matching.words import analyse

NOBODY = np.zeros(0, dtype=np.int64)


def scores(*profiles, parameters=DEFAULT):
    found = suggest(profiles, limit=len(profiles), parameters=parameters)
    return {(one, shown.other_id): shown.score for one in found for shown in found[one]}


def cosine(one, other, *others):
    space = Space([one, other, *others], DEFAULT)
    rows = space.learnt.matrix.toarray()
    return float(rows[0] @ rows[1])


@pytest.mark.parametrize(
    ("german", "english"),
    [
        ("KI", "artificial intelligence"),
        ("Lieferkette", "supply chain"),
        ("Vertrieb", "sales"),
        ("IT-Sicherheit", "cyber security"),
        ("maschinelles Lernen", "machine learning"),
        ("Datenschutz", "GDPR"),
    ],
)
def test_synonyms_of_two_languages_match(german, english):
    assert cosine(german, english, "Weinbau", "horses") > 0.3


def test_an_organiser_may_bring_their_own_synonyms():
    people = Profile(id="a", interests="Drohnen"), Profile(id="b", interests="UAV")

    own = replace(DEFAULT, synonyms="Drohnen = UAV = unbemannte Fluggeräte")

    assert scores(*people) == {}
    assert scores(*people, parameters=own)["a", "b"] > 0.3


def test_a_synonym_of_three_words_is_refused():
    with pytest.raises(ValueError, match="rote grüne Rüben"):
        Space([], replace(DEFAULT, synonyms="Salat = rote grüne Rüben"))


@pytest.mark.parametrize(
    ("compound", "phrase"),
    [
        ("Rehabilitationsmedizin", "rehabilitative Medizin"),
        ("Datenjournalismus", "Journalismus mit Daten"),
        ("Verkehrsplanung", "Planung des Verkehrs"),
        ("Waldbrandbekämpfung", "Bekämpfung von Waldbränden"),
    ],
)
def test_a_compound_is_close_to_its_phrase(compound, phrase):
    others = ["Weinbau in Franken", "nursing at home", "Planung von Reisen", "Medizin für Tiere"]

    assert cosine(compound, phrase, *others) > 0.2
    assert cosine(compound, phrase, *others) > 3 * cosine(compound, "Weinbau", phrase, *others)


def test_a_phrase_does_not_reach_from_one_tag_to_the_next():
    together = Space(["machine learning", "machine learning"], DEFAULT)
    apart = Space(["machine; learning", "machine\nlearning"], DEFAULT)

    assert len(together.pairs) == 1
    assert len(apart.pairs) == 0


def test_texts_are_unit_vectors_and_empty_texts_are_zeros():
    space = Space(["Weinbau", "", "und the", "Daten und Pflege " * 50, "🎉"], DEFAULT)

    lengths = np.sqrt(space.learnt.matrix.multiply(space.learnt.matrix).sum(axis=1))

    assert np.asarray(lengths).ravel() == pytest.approx([1, 0, 0, 1, 0], abs=1e-6)


def test_words_weigh_what_they_weigh_in_scikit_learn():
    texts = ["Wein Daten Daten Daten", "Daten Pflege Pflege", "", "Wein", "Drohne Wein Daten"]
    plain = replace(DEFAULT, rarity=1.0, pair_weight=0.0, gram_share=0.0, synonyms="")

    space = Space(texts, plain)

    stems = space.vocabulary.stems
    ours = space.learnt.matrix[:, : len(stems)].toarray()
    reference = TfidfVectorizer(
        sublinear_tf=True, vocabulary=stems, analyzer=lambda text: [*map(stem_of, text.split())]
    )
    theirs = reference.fit([text for text in texts if text]).transform(texts).toarray()
    assert ours == pytest.approx(theirs, abs=1e-6)


def stem_of(word):
    found = analyse(word)
    assert found
    return found.stem


def test_long_texts_have_less_need_of_character_grams():
    words = [f"wort{number}" for number in range(240)]
    space = Space(["wort1 wort2 wort3", " ".join(words)], DEFAULT)

    grams = space.learnt.matrix[:, space.vocabulary.stem_columns + len(space.pairs) :]
    share = np.asarray(grams.multiply(grams).sum(axis=1)).ravel()

    assert share == pytest.approx([0.4, 0.4 * 60 / 240], rel=1e-4)


def test_the_score_is_what_the_documentation_says():
    common, forth, back = (np.array([value], dtype=np.float32) for value in (0.3, 0.6, 0.2))

    score = fit(common, forth.copy(), back.copy(), DEFAULT)

    assert score[0] == pytest.approx(0.3 + 0.8 * (0.6 + 0.2) / 2 + 0.2 * 2 * 0.6 * 0.2 / 0.8)


def test_both_ways_count_for_more_than_one_way():
    one_way = scores(Profile(id="a", seeks="Weinbau"), Profile(id="b", offers="Weinbau"))
    both_ways = scores(
        Profile(id="a", seeks="Weinbau", offers="Pflege"),
        Profile(id="b", offers="Weinbau", seeks="Pflege"),
    )

    assert one_way["a", "b"] == pytest.approx(0.4, abs=1e-6)
    assert both_ways["a", "b"] == pytest.approx(1.0, abs=1e-6)


def test_two_who_seek_the_same_have_nothing_to_exchange():
    assert scores(Profile(id="a", seeks="Weinbau"), Profile(id="b", seeks="Weinbau")) == {}


def all_open(people):
    return np.zeros(people, dtype=np.int64), np.zeros((1, 1), dtype=bool)


def test_a_word_that_only_two_use_counts_for_both():
    assert scores(Profile(id="a", seeks="Weinbau"), Profile(id="b", offers="Weinbau"))
    assert scores(Profile(id="a", offers="Weinbau"), Profile(id="b", seeks="Weinbau"))
    assert scores(Profile(id="a", role="Weinbau"), Profile(id="b", role="Weinbau"))


def a_crowd(people, seed):
    generator = np.random.default_rng(seed)
    words = np.array([f"{start}{end}" for start in "bdfgk" for end in ("alt", "orn", "eif", "uch")])
    return [" ".join(generator.choice(words, generator.integers(0, 7))) for _ in range(3 * people)]


@pytest.mark.parametrize("block", [1, 7, 1000])
def test_blocks_find_what_a_plain_product_finds(monkeypatch, block):
    monkeypatch.setattr("eventmatch.matching.nearest._BLOCK", block)
    matrix = Space(a_crowd(40, seed=1), DEFAULT).learnt.matrix
    group = np.arange(40) // 2
    apart = Apart((group,), np.array([3]), np.array([30]), *all_open(40))

    found = nearest(matrix, places=39, apart=apart, parameters=DEFAULT)

    common, seeks, offers = matrix.toarray().reshape(3, 40, -1)
    plain = fit(common @ common.T, seeks @ offers.T, offers @ seeks.T, DEFAULT)
    plain[group[:, None] == group] = plain[3, 30] = plain[30, 3] = 0
    scattered = np.zeros_like(plain)
    row, place = np.nonzero(found.person >= 0)
    scattered[row, found.person[row, place]] = found.score[row, place]
    assert scattered == pytest.approx(plain, abs=1e-5)


def test_a_late_guest_is_scored_like_everybody():
    texts = a_crowd(30, seed=2)
    space = Space(texts, DEFAULT)
    late = space.place([texts[5], texts[35], texts[65]])

    found = scores_of(late.matrix, fields_of(space.learnt.matrix), DEFAULT)

    everybody = nearest(
        space.learnt.matrix,
        places=29,
        apart=Apart((), NOBODY, NOBODY, *all_open(30)),
        parameters=DEFAULT,
    )
    for person, score in zip(everybody.person[5], everybody.score[5], strict=True):
        if person >= 0:
            assert found[person] == pytest.approx(score, abs=1e-5)
