"""What an organiser rules: in runs, for late guests, in rounds and on the command line."""

import json
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask

from eventmatch.cli import main
from eventmatch.db import db
from eventmatch.errors import Invalid, NotFound
from eventmatch.events.actions import EventClosed
from eventmatch.events.models import Event, EventState
from eventmatch.jobs import run_due
from eventmatch.matching.actions import give_late_lists, refresh_suggestions
from eventmatch.matching.introducing import ask_for_introduction
from eventmatch.matching.material import rules_of
from eventmatch.matching.queries import find_run, suggestions_for
from eventmatch.matching.rules import Rules, RulesOfFile, UnreadableRules, read_rules
from eventmatch.matching.ruling import (
    find_guest,
    keep_apart,
    kept_apart,
    let_meet,
    set_rules,
    trial_of,
    try_rules,
)
from eventmatch.registration.models import Registration
from eventmatch.registration.queries import get_registration
from eventmatch.rounds.actions import plan_rounds
from eventmatch.rounds.models import TakingPart
from eventmatch.rounds.planning import NobodyCanMeet
from tests.factories import a_registration, an_event

TEXTS: dict[str, Any] = {"offers": "timber frames and joinery", "seeks": "timber frames and glue"}


def a_guest(event: Event, name: str, group: str = "") -> Registration:
    return a_registration(event, name=name, company=name, group=group, **TEXTS)


def names(registration: Registration) -> set[str]:
    return {suggestion.name for suggestion in suggestions_for(registration)}


@pytest.fixture
def fair(app: Flask) -> Event:
    """An event with two exhibitors and two visitors who all fit each other."""
    event = an_event()
    for name, group in (("Eva", "Exhibitor"), ("Emil", "Exhibitor"), ("Vera", "Visitor")):
        a_guest(event, name, group)
    return event


def the(event: Event, name: str) -> Registration:
    return find_guest(event, name, field="one")


def test_without_rules_everybody_is_shown_to_everybody(fair: Event):
    refresh_suggestions(fair)

    assert names(the(fair, "Eva")) == {"Emil", "Vera"}


def test_a_closed_field_of_the_matrix_holds_in_one_direction(fair: Event):
    set_rules(fair, Rules(closed=frozenset({("Visitor", "Exhibitor")})))
    refresh_suggestions(fair)

    assert names(the(fair, "Vera")) == set()
    assert names(the(fair, "Eva")) == {"Emil", "Vera"}
    run = find_run(fair)
    assert run is not None
    assert run.without == {"groups": 1}


def test_late_guests_follow_the_rules(fair: Event):
    set_rules(fair, Rules(closed=frozenset({("Visitor", "Visitor"), ("", "Exhibitor")})))
    refresh_suggestions(fair)
    visitor, other = a_guest(fair, "Viktor", "Visitor"), a_guest(fair, "Otto")

    assert give_late_lists(fair) == 2

    assert names(visitor) == {"Eva", "Emil"}
    assert names(other) == {"Vera"}


def test_a_pair_is_kept_apart_at_once_and_in_every_later_list(fair: Event):
    refresh_suggestions(fair)
    eva, vera = the(fair, "Eva"), the(fair, "Vera")

    keep_apart(fair, vera, eva)
    keep_apart(fair, eva, vera)  # twice is once
    db.session.commit()

    assert names(eva) == {"Emil"}
    assert names(vera) == {"Emil"}
    assert len(kept_apart(fair)) == 1
    run_due()
    assert names(eva) == {"Emil"}

    let_meet(fair, vera, eva)
    db.session.commit()
    run_due()
    assert names(eva) == {"Emil", "Vera"}


def test_colleagues_may_meet_where_the_organiser_wants_it(app: Flask):
    event = an_event()
    one = a_registration(event, name="Ada", company="Acme", **TEXTS)
    a_registration(event, name="Bob", company="ACME Ltd", **TEXTS)
    refresh_suggestions(event)
    assert names(one) == set()

    set_rules(event, Rules(apart_by_company=False))
    db.session.commit()
    run_due()

    assert names(one) == {"Bob"}


def test_nobody_is_shown_more_often_than_the_organiser_allows(app: Flask):
    event = an_event()
    guests = [a_guest(event, f"Guest {number}") for number in range(8)]
    set_rules(event, Rules(shown_at_most=2))
    db.session.commit()

    run_due()

    shown = [name for guest in guests for name in names(guest)]
    assert len(shown) == 16
    assert max(map(shown.count, shown)) == 2


def test_the_rules_hold_in_the_rounds(fair: Event):
    def tables(rounds: int) -> None:
        plan_rounds(fair, rounds=rounds, table_size=2, who=TakingPart.CONFIRMED)

    tables(1)
    everybody = frozenset(permutations(("Visitor", "Exhibitor"), 2)) | {("Exhibitor", "Exhibitor")}
    set_rules(fair, Rules(closed=everybody))
    db.session.commit()

    with pytest.raises(NobodyCanMeet):
        tables(2)


def test_trying_rules_tells_what_they_would_do_and_changes_nothing(fair: Event):
    refresh_suggestions(fair)
    rules = Rules(closed=frozenset({("Visitor", "Exhibitor")}), shown_at_most=5)

    try_rules(fair, rules)
    db.session.commit()
    trial = trial_of(fair)
    assert trial is not None
    assert trial.is_under_way
    run_due()

    trial = trial_of(fair)
    assert trial is not None
    assert trial.coverage is not None
    assert (trial.rules, trial.without) == (rules, {"groups": 1})
    assert (trial.coverage.people, trial.coverage.shown, trial.coverage.suggestions) == (2, 3, 4)
    assert rules_of(fair) == Rules()
    assert names(the(fair, "Vera")) == {"Eva", "Emil"}

    set_rules(fair, rules)
    db.session.commit()
    run_due()
    assert trial_of(fair) is None
    assert names(the(fair, "Vera")) == set()


def test_an_answer_about_other_rules_than_the_last_is_dropped(fair: Event):
    try_rules(fair, Rules(shown_at_most=3))
    db.session.commit()
    try_rules(fair, Rules(shown_at_most=4))
    db.session.commit()

    run_due()

    trial = trial_of(fair)
    assert trial is not None
    assert trial.rules.shown_at_most == 4
    assert trial.coverage is not None


def test_a_closed_event_has_no_new_rules(fair: Event):
    one, other = the(fair, "Eva"), the(fair, "Vera")
    fair.state = EventState.CLOSED
    db.session.commit()

    for act in (
        lambda: set_rules(fair, Rules(shown_at_most=3)),
        lambda: try_rules(fair, Rules(shown_at_most=3)),
        lambda: keep_apart(fair, one, other),
        lambda: let_meet(fair, one, other),
    ):
        with pytest.raises(EventClosed):
            act()
        db.session.rollback()


def test_a_guest_is_found_by_address_or_whole_name(fair: Event):
    eva = the(fair, "Eva")
    assert the(fair, eva.email) is eva
    assert the(fair, "EVA") is eva
    for text in ("Ev", "nobody@example.org"):
        with pytest.raises(Invalid):
            the(fair, text)
    a_guest(fair, "Eva")
    with pytest.raises(Invalid) as refusal:
        the(fair, "Eva")
    assert list(refusal.value.fields) == ["one"]
    with pytest.raises(Invalid):
        keep_apart(fair, eva, eva)


def test_rules_read_what_they_write():
    rules = Rules(closed=frozenset({("a", ""), ("", "b")}), apart_by_domain=False, shown_at_most=3)

    assert Rules.of(json.loads(json.dumps(rules.plain()))) == rules
    assert Rules.of({}) == Rules()


PEOPLE = """\
id,company,group,offers,seeks
a,Acme,Exhibitor,timber frames,glue
b,Acme GmbH,Exhibitor,glue,timber frames
c,Nord,Visitor,glue and timber,timber frames
d,West,Visitor,timber frames,glue and timber
"""


def suggested(tmp_path: Path, rules: object) -> set[tuple[str, str]]:
    (tmp_path / "people.csv").write_text(PEOPLE)
    (tmp_path / "rules.json").write_text(json.dumps(rules))
    output = tmp_path / "out.csv"
    arguments = ["suggest", str(tmp_path / "people.csv"), "--output", str(output)]
    outcome = CliRunner().invoke(main, [*arguments, "--rules", str(tmp_path / "rules.json")])
    assert outcome.exit_code == 0, outcome.output
    lines = [line.split(",") for line in output.read_text().splitlines()[1:]]
    return {(line[0], line[1]) for line in lines}


def test_the_command_line_takes_the_same_rules(tmp_path: Path):
    together = {frozenset("ab")}
    everybody = {pair for pair in permutations("abcd", 2) if frozenset(pair) not in together}

    assert suggested(tmp_path, {}) == everybody
    assert suggested(tmp_path, {"closed": [["Visitor", "Visitor"]]}) == everybody - {
        ("c", "d"),
        ("d", "c"),
    }
    assert suggested(tmp_path, {"apart": [["a", "c"]]}) == everybody - {("a", "c"), ("c", "a")}
    assert suggested(tmp_path, {"apart_by_company": False}) == everybody | {("a", "b"), ("b", "a")}
    shown = [other for _reader, other in suggested(tmp_path, {"shown_at_most": 1})]
    assert sorted(shown) == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no JSON"),
        ("[]", "no object"),
        ('{"cap": 3}', "cap: no such rule"),
        ('{"closed": [["a"]]}', "closed: give a list of pairs"),
        ('{"apart": "ab"}', "apart: give a list of pairs"),
        ('{"apart_by_company": 1}', "apart_by_company: give true or false"),
        ('{"shown_at_most": 0}', "shown_at_most: give a whole number"),
        ('{"shown_at_most": true}', "shown_at_most: give a whole number"),
        ("[" * 100_000, "no JSON"),
    ],
)
def test_a_file_that_is_no_rules_is_refused_in_a_sentence(tmp_path: Path, text: str, said: str):
    path = tmp_path / "rules.json"
    path.write_text(text)

    with pytest.raises(UnreadableRules, match=said):
        read_rules(path)


def test_an_empty_object_is_no_rules(tmp_path: Path):
    path = tmp_path / "rules.json"
    path.write_bytes(b"\xef\xbb\xbf{}")

    assert read_rules(path) == RulesOfFile()


def test_who_is_kept_apart_cannot_be_asked_from_a_page_that_was_open(fair: Event):
    refresh_suggestions(fair)
    eva, vera, emil = (
        get_registration(the(fair, name).uid, fair) for name in ("Eva", "Vera", "Emil")
    )
    ask_for_introduction(eva, emil, reason="Timber", was_shown=True, most_waiting=5)
    keep_apart(fair, eva, vera)
    keep_apart(fair, eva, emil)
    db.session.commit()

    with pytest.raises(NotFound):
        ask_for_introduction(eva, vera, reason="Timber", was_shown=True, most_waiting=5)
    ask_for_introduction(
        eva, emil, reason="Timber", was_shown=True, most_waiting=5
    )  # theirs already
