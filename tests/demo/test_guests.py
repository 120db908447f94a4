"""The made-up fair has guests as uneven as a real one, and the same ones every time."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from eventmatch.demo.guests import DemoGuest, guests

WRITTEN = guests()
MANY = guests(2000)

FICTION_NUMBERS = re.compile(
    r"\+49 (30 23125|40 66969|69 90009|89 99998) \d{3}|\+44 20 7946 0\d{3}"
)


def share(people, holds):
    return sum(1 for guest in people if holds(guest)) / len(people)


def words(text):
    return len(text.split())


def is_long(guest):
    return max(words(guest.interests), words(guest.offers), words(guest.seeks)) >= 60


def is_one_line(guest):
    total = words(guest.interests) + words(guest.offers) + words(guest.seeks)
    return 0 < total <= 15 and not (guest.offers and guest.seeks)


def word_stems(text):
    return {word[:6] for word in re.findall(r"[^\W\d_]{5,}", text.casefold())}


def test_200_guests_are_written_by_hand():
    assert len(WRITTEN) == 200
    assert len({guest.name for guest in WRITTEN}) == 200


@pytest.mark.parametrize("people", [WRITTEN, MANY], ids=["written", "many"])
def test_no_two_guests_share_a_mail_address(people):
    assert len({guest.email for guest in people}) == len(people)


def test_no_letter_or_call_can_reach_a_real_person():
    for guest in MANY:
        assert re.fullmatch(r"[a-z][a-z.0-9-]*@[a-z0-9-]+\.example", guest.email)
        assert not guest.phone or FICTION_NUMBERS.fullmatch(guest.phone)


@pytest.mark.parametrize("people", [WRITTEN, MANY], ids=["written", "many"])
def test_profiles_are_as_uneven_as_in_life(people):
    assert 0.10 <= share(people, lambda guest: guest.is_empty) <= 0.20
    assert 0.14 <= share(people, is_one_line) <= 0.26
    assert share(people, lambda guest: guest.offers and not guest.seeks) >= 0.04
    assert share(people, lambda guest: guest.seeks and not guest.offers) >= 0.04


def test_some_written_guests_write_a_lot_but_nobody_writes_a_novel():
    assert 0.08 <= share(WRITTEN, is_long) <= 0.16
    assert max(words(guest.offers) for guest in WRITTEN) <= 120
    assert max(words(guest.seeks) for guest in WRITTEN) <= 120


def test_the_fair_speaks_german_and_english():
    talking = [guest for guest in WRITTEN if not guest.is_empty]

    assert 0.50 <= share(talking, lambda guest: guest.language == "de") <= 0.68
    assert 0.32 <= share(talking, lambda guest: guest.language == "en") <= 0.50


def test_letters_are_written_in_the_first_language_the_product_speaks():
    by_mail = {guest.email: guest for guest in WRITTEN}

    assert by_mail["tom.ashworth@kilnlight.example"].language == "en"
    assert by_mail["ibrahim.sahin@freemail.example"].language == "de"
    assert by_mail["jonas.petersen@freemail.example"].language == "de"


def test_colleagues_come_together():
    sizes = Counter(guest.company for guest in WRITTEN if guest.company)
    teams = [size for size in sizes.values() if size >= 2]

    assert 23 <= len(teams) <= 32
    assert max(teams) <= 6


def test_names_come_in_many_scripts_and_lengths():
    scripts = {"Greek": "Δ", "Cyrillic": "к", "Arabic": "ل", "Hebrew": "נ", "Chinese": "王"}
    scripts |= {"Japanese": "佐", "Vietnamese": "ễ", "Turkish": "Ç", "Polish": "ń", "emoji": "🌻"}
    everything = "".join(guest.name for guest in WRITTEN)

    assert [script for script, sign in scripts.items() if sign not in everything] == []
    assert max(len(guest.name) for guest in WRITTEN) > 60
    assert any(" " not in guest.name for guest in WRITTEN)


@pytest.mark.parametrize("people", [WRITTEN, MANY], ids=["written", "many"])
@pytest.mark.parametrize(
    ("consent", "expected"),
    [
        ("may_be_suggested", 0.85),
        ("may_be_listed", 0.60),
        ("may_be_scanned", 0.90),
        ("may_be_found", 0.35),
    ],
)
def test_consents_are_as_uneven_as_in_life(people, consent, expected):
    assert share(people, lambda guest: getattr(guest, consent)) == pytest.approx(expected, abs=0.05)


def test_guests_without_a_profile_mostly_do_not_want_to_be_suggested():
    silent = [guest for guest in MANY if guest.is_empty]

    assert share(silent, lambda guest: guest.may_be_suggested) < 0.3


def test_the_first_two_guests_have_what_the_other_seeks_and_agree_to_everything():
    lena, tom = WRITTEN[:2]

    assert (lena.language, tom.language) == ("de", "en")
    assert len(word_stems(lena.seeks) & word_stems(tom.offers)) >= 3
    assert len(word_stems(tom.seeks) & word_stems(lena.offers)) >= 3
    for guest in (lena, tom):
        assert guest.may_be_suggested
        assert guest.may_be_listed
        assert guest.may_be_scanned
        assert guest.may_be_found


def test_a_larger_fair_only_adds_guests_at_the_end():
    assert guests(5) == WRITTEN[:5]
    assert guests(350) == MANY[:350]
    assert MANY[:200] == WRITTEN


def test_the_same_guests_come_every_time():
    assert guests(2000) == MANY
    # Pinned, since two runs in one process would also agree if they agreed on the process alone.
    assert (MANY[1999].name, MANY[1999].email) == (
        "Sophia Barlow",
        "sophia.barlow.2000@kolejka-signal.example",
    )


def test_guests_beyond_the_written_ones_keep_company_and_mail_together():
    company_of: dict[str, set[str]] = {}
    for guest in WRITTEN:
        company_of.setdefault(domain(guest), set()).add(guest.company)

    for guest in MANY[200:]:
        assert guest.company in company_of[domain(guest)]


def domain(guest: DemoGuest) -> str:
    return guest.email.partition("@")[2]
