"""What a profile's words would bring."""

from eventmatch.matching.meter import Answer, Example, answer, count_words, words_of
from eventmatch.matching.profile import Profile


def test_words_are_counted_once_a_person_and_in_all_their_forms():
    counts = dict(
        count_words(
            [
                Profile(id="1", offers="Hydraulische Pressen, noch mehr Presse"),
                Profile(id="2", offers="eine Presse", seeks="KI"),
                Profile(id="3", interests="AI", tags="Presse"),
            ]
        )
    )

    assert counts[stem_of("Pressen")] == {"offers": 2, "seeks": 0, "interests": 1}
    assert counts[stem_of("AI")] == {"offers": 0, "seeks": 1, "interests": 1}


def stem_of(word: str) -> str:
    return next(iter(words_of(word)))


def test_words_that_say_nothing_are_not_counted():
    assert not list(count_words([Profile(id="1", offers="und the of")]))
    assert not list(count_words([]))


def test_a_field_is_answered_with_the_word_as_it_was_written():
    words = words_of("Holzbau und Lehm")

    told = answer("offers", words, {stem_of("Lehm"): 1, stem_of("Holzbau"): 4})

    assert told == Answer(
        "offers", is_empty=False, examples=[Example("Lehm", 1), Example("Holzbau", 4)]
    )


def test_nothing_is_promised_for_words_that_nobody_uses():
    assert answer("seeks", words_of("Zeppelin"), {}).examples == []
    assert answer("seeks", words_of(""), {}).is_empty
