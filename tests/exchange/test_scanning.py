"""A guest's own scanner, also without network, and the code on a screen."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from eventmatch.clock import now
from eventmatch.codes import fresh_code
from eventmatch.db import db
from eventmatch.errors import NotFound
from eventmatch.exchange.actions import block, decline, withdraw
from eventmatch.exchange.models import CodeScan, Exchange, PhoneCode, Remark
from eventmatch.exchange.queries import find_exchange, mutual_of, requests_for
from eventmatch.exchange.scanning import Held, find_held, record_scan, show_code, take
from eventmatch.registration.models import Registration
from eventmatch.registration.queries import badge_short_code
from tests.exchange.pairs import a_pair, asked, long_over, made_mutual, without_tokens
from tests.factories import SECRET, a_registration, badge_of, guest_browser


def sent(
    app: Flask, guest: Registration, code: str, *, scan_id: UUID | None = None, **words: Any
) -> TestResponse:
    return guest_browser(app, guest).put(
        f"/my/{guest.event.slug}/scans/{scan_id or uuid4()}",
        data={"code": code, **words},
        headers={"Accept": "application/json"},
    )


def a_code_of(registration: Registration) -> str:
    code = show_code(registration, secret=SECRET)
    db.session.commit()
    return code


def held(code: str, guest: Registration) -> Held:
    found = find_held(code, guest, secret=SECRET)
    assert found is not None
    return found


def test_a_scan_asks_and_the_scan_of_the_other_agrees_in_either_order(app: Flask):
    for turn in (0, 1):
        pair = a_pair()
        first, second = pair[turn], pair[1 - turn]

        answers = [
            sent(app, first, f"HTTPS://FAIR.EXAMPLE/B/{badge_of(second)}").json,
            sent(app, second, badge_of(first)).json,
        ]

        assert [answer and answer["outcome"] for answer in answers] == ["asked", "mutual"]
        assert answers[1] is not None
        assert answers[1]["name"] == first.name
        assert first.name in guest_browser(app, second).get(answers[1]["page"]).text


def test_the_same_scan_delivered_again_does_nothing_and_gets_its_answer(app: Flask):
    ada, bob = a_pair()
    scan_id = uuid4()
    first = sent(app, ada, badge_of(bob), scan_id=scan_id).json
    exchange = find_exchange(ada, bob)
    assert exchange is not None
    withdraw(exchange, ada)
    db.session.commit()

    again = sent(app, ada, badge_of(bob), scan_id=scan_id).json

    assert first is not None
    assert again == first | {"name": "", "page": ""}, "what may be seen is seen anew"
    assert requests_for(bob) == []


def test_an_old_scan_does_not_undo_what_was_said_since(app: Flask):
    ada, bob = a_pair()
    scanned_at = (now() - timedelta(minutes=10)).isoformat()
    withdraw(asked(ada, bob), ada)
    db.session.commit()
    cleo = a_registration(ada.event)
    decline(asked(cleo, bob), bob)
    db.session.commit()

    taken_back = sent(app, ada, badge_of(bob), scanned_at=scanned_at).json
    refused = sent(app, bob, badge_of(cleo), scanned_at=scanned_at).json

    assert taken_back is not None
    assert refused is not None
    assert taken_back["outcome"] == refused["outcome"] == "overtaken"
    assert requests_for(bob) == mutual_of(bob) == []


def test_a_new_scan_counts_after_a_no(app: Flask):
    ada, bob = a_pair()
    decline(asked(ada, bob), bob)
    db.session.commit()

    answer = sent(app, bob, badge_of(ada), scanned_at=now().isoformat()).json

    assert answer is not None
    assert answer["outcome"] == "mutual"


@pytest.mark.parametrize(
    "scanned_at",
    ["", "yesterday", "9999-99-99", "0001-01-01T00:00:00+14:00", "2020-05-03T09:00:00"],
)
def test_a_strange_moment_is_now(app: Flask, scanned_at: str):
    """One without a zone is strange, too."""
    ada, bob = a_pair()
    before = now()

    assert sent(app, ada, badge_of(bob), scanned_at=scanned_at).status_code == 200
    if scanned_at[:4] != "0001":
        assert db.session.query(CodeScan).one().scanned_at >= before


def test_nobody_takes_the_id_of_somebody_elses_scan(app: Flask):
    ada, bob = a_pair()
    scan_id = uuid4()
    sent(app, ada, badge_of(bob), scan_id=scan_id)

    answer = sent(app, bob, badge_of(ada), scan_id=scan_id)

    assert answer.status_code == 404
    assert mutual_of(bob) == []


@pytest.mark.parametrize("kind", ["unknown", "other event", "opted out", "blocked", "shy phone"])
def test_who_is_to_learn_nothing_gets_one_answer(app: Flask, kind: str):
    ada, bob = a_pair()
    code = badge_of(bob)
    if kind == "unknown":
        code = fresh_code()
    elif kind == "other event":
        code = badge_of(a_registration())
    elif kind == "opted out":
        bob.may_be_scanned = False
    elif kind == "blocked":
        block(bob, ada)
    else:
        code = a_code_of(bob)
        block(bob, ada)
    db.session.commit()

    answer = sent(app, ada, code).json

    assert answer is not None
    assert {**answer, "scan": ""} == {
        "scan": "", "outcome": "nobody", "name": "", "page": "",
        "said": "This code shows nothing here. Some guests do not want to be scanned.",
    }  # fmt: skip


def test_the_code_under_the_badge_can_be_typed(app: Flask):
    ada, bob = a_pair()
    short = badge_short_code(bob, 1, secret=SECRET)
    form = {"code": f"{short[:4]}-{short[4:]}".lower(), "scan_id": str(uuid4())}

    answer = guest_browser(app, ada).post(
        f"/my/{ada.event.slug}/scans", data=form, follow_redirects=True
    )

    assert "Bob Babbage" in answer.text
    assert [one.card.name for one in requests_for(bob)] == ["Ada Lovelace"]


def test_a_typed_code_without_a_sign_is_refused_with_a_word(app: Flask):
    ada, _bob = a_pair()

    answer = guest_browser(app, ada).post(f"/my/{ada.event.slug}/scans", data={"code": ""})

    assert answer.status_code == 422
    assert "Type the code under the QR code." in answer.text


def test_trying_short_codes_is_stopped(app: Flask):
    ada, bob = a_pair()
    signs = "0123456789ABCDEFGHJKM"
    posters = {sent(app, ada, f"HTTPS://OTHER.EXAMPLE/{sign}").status_code for sign in signs}
    statuses = [sent(app, ada, f"0000000{sign}").status_code for sign in signs]

    assert posters == {200}, "a poster's code is no guess"
    assert statuses == [200] * 20 + [429]
    assert sent(app, bob, badge_of(ada)).status_code == 200, "others go on"


def test_a_code_on_a_screen_is_mutual_at_once(app: Flask):
    ada, bob = a_pair(consents={})
    code = a_code_of(bob)
    browser = guest_browser(app, ada)

    page = browser.get(f"/P/{code}")
    before = mutual_of(ada)
    answer = browser.post(f"/P/{code}", follow_redirects=True)

    assert "Bob Babbage" in page.text
    assert before == []
    assert "You have exchanged contacts." in answer.text
    assert [one.card.email for one in mutual_of(ada)] == [bob.email]
    assert [one.card.email for one in mutual_of(bob)] == [ada.email]


def test_a_code_on_a_screen_is_good_for_one(app: Flask):
    ada, bob = a_pair()
    cleo = a_registration(ada.event, name="Cleo")
    code = a_code_of(bob)

    first, again = (sent(app, ada, code).json for _ in range(2))
    third = sent(app, cleo, code).json

    assert [one and one["outcome"] for one in (first, again, third)] == [
        "mutual",
        "mutual",
        "asked",
    ]


def test_a_minute_later_the_code_only_asks(app: Flask):
    ada, bob = a_pair()
    code = a_code_of(bob)
    db.session.query(PhoneCode).update({"expires_at": now() - timedelta(seconds=1)})
    db.session.commit()
    browser = guest_browser(app, ada)

    page = browser.get(f"/P/{code}").text
    outcome = sent(app, ada, f"https://fair.example/P/{code}").json

    assert "This code is over." in page
    assert "Bob Babbage" not in page
    assert outcome is not None
    assert outcome["outcome"] == "asked"


def test_each_code_is_another_and_looking_makes_none(app: Flask):
    ada, _bob = a_pair()
    browser = guest_browser(app, ada)

    browser.get(f"/my/{ada.event.slug}/code")
    made_by_looking = db.session.query(PhoneCode).count()
    for _ in range(2):
        assert "<svg" in browser.post(f"/my/{ada.event.slug}/code").text

    assert made_by_looking == 0
    assert db.session.query(PhoneCode).count() == 2
    assert a_code_of(ada) != a_code_of(ada)


def test_long_after_the_event_there_is_no_code(app: Flask):
    ada, bob = a_pair()
    code = a_code_of(bob)
    long_over(ada.event)
    browser = guest_browser(app, bob)

    assert browser.post(f"/my/{ada.event.slug}/code").status_code == 404
    assert "No code any more" in browser.get(f"/my/{ada.event.slug}/code").text
    assert guest_browser(app, ada).post(f"/P/{code}").status_code == 409


def test_a_code_that_is_over_looks_the_same_to_the_blocked_and_of_who_opted_out(app: Flask):
    ada, bob = a_pair()
    shy = a_registration(ada.event, consents={})
    codes = [a_code_of(bob), a_code_of(shy)]
    block(bob, ada)
    db.session.query(PhoneCode).update({"expires_at": now() - timedelta(seconds=1)})
    db.session.commit()
    browser = guest_browser(app, ada)

    for method in ("GET", "POST"):
        pages = [browser.open(f"/P/{code}", method=method).text for code in codes]
        blocked, opted_out = (
            without_tokens(page).replace(code, "CODE")
            for page, code in zip(pages, codes, strict=True)
        )
        assert blocked == opted_out


def test_strangers_learn_nothing_from_a_code_on_a_screen(app: Flask):
    _ada, bob = a_pair()
    code = a_code_of(bob)
    elsewhere = guest_browser(app, a_registration())

    for browser in (app.test_client(), elsewhere):
        assert "This is a badge of an eventmatch event." in browser.get(f"/P/{code}").text
        assert "Bob" not in browser.post(f"/P/{code}").text


def test_ones_own_code_is_refused(app: Flask):
    ada, _bob = a_pair()
    code = a_code_of(ada)

    answer = sent(app, ada, code).json
    with pytest.raises(NotFound):
        take(held(code, ada), ada)
    assert answer is not None
    assert answer["outcome"] == "own"


def test_a_note_goes_with_the_scan_and_only_its_writer_sees_it(app: Flask):
    ada, bob = a_pair()
    scan_id = uuid4()
    words = {"text": "knows mills", "chips": ["send_info", "nonsense", "follow_up"]}

    answer = sent(app, ada, badge_of(bob), scan_id=scan_id, **words).json
    sent(app, ada, badge_of(bob), scan_id=scan_id, **words)
    made_mutual(ada, bob)

    assert answer is not None
    page = guest_browser(app, ada).get(answer["page"]).text
    assert page.count("knows mills") == 1
    assert (
        'value="follow_up" checked'
        in page.replace("checked ", "checked").replace(
            'checked class="pick__box" id="chips-0" name="chips" type="checkbox" value="follow_up"',
            'value="follow_up" checked',
        )
        or page.count("checked") == 2
    )
    exchange = db.session.query(Exchange).one()
    assert (
        "knows mills"
        not in guest_browser(app, bob).get(f"/my/{bob.event.slug}/exchanges/{exchange.uid}").text
    )


def test_words_that_follow_because_an_answer_was_lost_are_kept(app: Flask):
    ada, bob = a_pair()
    scan_id = uuid4()

    for words in ({}, {"text": "knows mills", "chips": ["follow_up"]}):
        assert sent(app, ada, badge_of(bob), scan_id=scan_id, **words).status_code == 200

    [remark] = db.session.query(Remark).all()
    assert (remark.text, remark.chips) == ("knows mills", ["follow_up"])


@pytest.mark.parametrize(
    ("sent_words", "kept"),
    [("a%00b", "a b"), ("a%ED%A0%80b", "a%ED%A0%80b"), ("%E2%80%AEa%1Bb", "a b"), ("%00", "")],
)
def test_signs_that_no_database_takes_do_no_harm(either_app: Flask, sent_words: str, kept: str):
    ada, bob = a_pair()
    browser, my = guest_browser(either_app, ada), f"/my/{ada.event.slug}"
    form = {"content_type": "application/x-www-form-urlencoded"}

    scan = f"code={badge_of(bob)}&text={sent_words}&chips={sent_words}"
    statuses = [
        browser.put(f"{my}/scans/{uuid4()}", data=scan, **form).status_code,
        browser.put(f"{my}/scans/{uuid4()}", data=f"code=X{sent_words}", **form).status_code,
        browser.post(
            f"{my}/people/{bob.uid}/report", data=f"reason=insult&text={sent_words}", **form
        ).status_code,
        browser.post(f"/B/{sent_words}").status_code,
        browser.post(f"/P/{sent_words}").status_code,
    ]

    assert statuses == [200, 200, 303, 200, 200]
    assert [one.text for one in db.session.query(Remark)] == ([kept] if kept else [])


def test_a_note_is_changed_on_the_page_of_the_other(app: Flask):
    ada, bob = a_pair()
    exchange = asked(ada, bob)
    browser = guest_browser(app, ada)
    page = f"/my/{ada.event.slug}/exchanges/{exchange.uid}"

    for text in ("first", "second"):
        browser.post(f"{page}/remark", data={"text": text, "chips": ["meet_again"]})
    too_long = browser.post(f"{page}/remark", data={"text": "x" * 10_001})

    shown = browser.get(page).text
    assert "second" in shown
    assert "first" not in shown
    assert shown.count("checked") == 1
    assert too_long.status_code == 422


def test_notes_of_several_scans_stay_within_what_the_page_takes(app: Flask):
    ada, bob = a_pair()
    for text in ("recall the mill", "call", "call", "mill", "x" * 9000, "y" * 9000):
        assert sent(app, ada, badge_of(bob), text=text).status_code == 200
    [exchange] = db.session.query(Exchange).all()
    [remark] = db.session.query(Remark).all()

    assert remark.text.split("\n")[:3] == ["recall the mill", "call", "mill"]
    assert remark.text.count("x") == 9000
    again = guest_browser(app, ada).post(
        f"/my/{ada.event.slug}/exchanges/{exchange.uid}/remark", data={"text": remark.text}
    )
    assert again.status_code == 303


def test_the_page_of_a_meeting_is_for_the_two_alone(app: Flask):
    ada, bob = a_pair()
    exchange = asked(ada, bob)
    page = f"/my/{ada.event.slug}/exchanges/{exchange.uid}"
    cleo = a_registration(ada.event)

    assert guest_browser(app, cleo).get(page).status_code == 404
    assert guest_browser(app, cleo).post(f"{page}/remark", data={"text": "x"}).status_code == 404
    assert guest_browser(app, bob).get(page).status_code == 200
    block(bob, ada)
    db.session.commit()
    assert guest_browser(app, ada).get(page).status_code == 404


def test_questions_that_nobody_answered_are_counted_and_not_named(app: Flask):
    ada, bob = a_pair()
    exchange = asked(ada, bob)
    long_over(ada.event)
    browser = guest_browser(app, ada)

    page = browser.get(f"/my/{ada.event.slug}/contacts").text

    assert "1 question was not answered in time." in page
    assert "Bob Babbage" not in page
    assert browser.get(f"/my/{ada.event.slug}/exchanges/{exchange.uid}").status_code == 404


def test_a_scan_on_its_way_twice_is_recorded_once(either_app: Flask):
    from concurrent.futures import ThreadPoolExecutor
    from threading import Barrier

    ada, bob = a_pair()
    code, scan_id, barrier = badge_of(bob), uuid4(), Barrier(4)

    def deliver(_number: int) -> UUID:
        barrier.wait()
        with either_app.app_context():
            guest = db.session.get_one(Registration, ada.id)
            scan = record_scan(guest, scan_id=scan_id, code=code, scanned_at=None, secret=SECRET)
            db.session.commit()
            return scan.id

    with ThreadPoolExecutor(4) as pool:
        stored = list(pool.map(deliver, range(4)))

    assert stored == [scan_id] * 4
    assert db.session.query(CodeScan).count() == db.session.query(Exchange).count() == 1


def test_a_no_since_the_scan_holds_though_the_other_asks_again(app: Flask):
    ada, bob = a_pair()
    withdraw(made_mutual(ada, bob), ada)
    db.session.commit()
    scanned_at = (now() - timedelta(minutes=10)).isoformat()
    asked(bob, ada)

    answer = sent(app, ada, badge_of(bob), scanned_at=scanned_at).json

    assert answer is not None
    assert answer["outcome"] == "overtaken"
    assert mutual_of(ada) == mutual_of(bob) == []


def test_an_old_scan_of_what_was_agreed_on_again_says_so(app: Flask):
    ada, bob = a_pair()
    scanned_at = (now() - timedelta(minutes=10)).isoformat()
    withdraw(made_mutual(ada, bob), ada)
    made_mutual(ada, bob)

    answer = sent(app, ada, badge_of(bob), scanned_at=scanned_at).json

    assert answer is not None
    assert answer["outcome"] == "mutual"


def test_a_code_on_a_screen_is_no_yes_any_more_after_a_no(app: Flask):
    ada, bob = a_pair()
    code = a_code_of(bob)
    exchange = take(held(code, ada), ada)
    withdraw(exchange, bob)
    db.session.commit()

    again = take(held(code, ada), ada)
    db.session.commit()

    assert not again.is_mutual
    assert mutual_of(bob) == []
    assert requests_for(bob) == []
    assert take(held(a_code_of(bob), ada), ada).is_mutual, "a new one is a new yes"


@pytest.mark.parametrize("body", [1, "x", [], {"code": 1, "text": 2, "chips": 3}])
def test_a_phone_that_sends_json_is_told_that_this_is_no_form(app: Flask, body: object):
    ada, _bob = a_pair()

    answer = guest_browser(app, ada).put(f"/my/{ada.event.slug}/scans/{uuid4()}", json=body)

    assert answer.status_code == 415
