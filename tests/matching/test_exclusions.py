"""Who is never suggested to whom."""

import pytest

from eventmatch.matching.exclusions import (
    colleagues_by_employer,
    colleagues_by_mail,
    employer,
    mail_domain,
    ruled_out,
)
from eventmatch.matching.profile import Profile


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müller GmbH", "MUELLER"),
        ("Acme Inc.", "acme"),
        ("Beispiel GmbH & Co. KG", "Beispiel"),
        ("Verein für Kultur e. V.", "Verein für Kultur e.V."),
        ("Nordlicht AG", "Nordlicht A.G."),
        ("  Big   Data Ltd ", "Big Data Limited"),
    ],
)
def test_an_employer_is_known_by_any_spelling(one, other):
    assert employer(one) == employer(other) != ""


def test_different_employers_stay_different():
    assert employer("Stadtwerke Ulm") != employer("Stadtwerke Aalen")


@pytest.mark.parametrize("written", ["Freelance", "selbstständig", "Self-employed", "n/a", "–"])
def test_freelancers_are_nobodys_colleagues(written):
    assert employer(written) == ""


def test_a_company_called_like_a_legal_form_is_an_employer():
    assert employer("SE") == "se"


def test_people_without_a_company_are_nobodys_colleagues():
    people = [Profile(id="a"), Profile(id="b"), Profile(id="c", company="-")]

    assert colleagues_by_employer(people) == {}


@pytest.mark.parametrize(
    "address", ["", "ada", "ada@gmail.com", "ada@GMX.de", "ada@example.org", "ada@mail.test"]
)
def test_public_mail_providers_are_no_employers(address):
    assert mail_domain(address) == ""


def test_a_domain_that_half_the_event_uses_is_a_provider():
    many = [Profile(id=str(number), email=f"p{number}@regio-netz.eu") for number in range(30)]
    few = [Profile(id=f"x{number}", email=f"p{number}@acme.eu") for number in range(2)]

    assert colleagues_by_mail([*many, *few]) == {"acme.eu": [30, 31]}


def test_excluded_pairs_are_found_once_and_only_among_those_here():
    position = {"a": 2, "b": 0}
    excluded = [frozenset({"a", "b"}), frozenset({"b", "a"}), frozenset({"a", "gone"}), frozenset()]

    assert ruled_out(excluded, position) == [(0, 2)]
