from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import event as engine_events

from eventmatch.checkin.actions import record_scan
from eventmatch.clock import now
from eventmatch.db import db
from eventmatch.events.models import Event, EventState, Scope
from eventmatch.registration.actions import cancel, give_badge
from eventmatch.registration.models import Badge
from tests.checkin.conftest import a_device, a_token, all_scans, said
from tests.conftest import a_browser
from tests.factories import SECRET, a_registration, an_event, badge_of, ticket_of


def test_a_program_hears_the_whole_answer(app: Flask, put):
    guest = a_registration(name="Ada Lovelace")
    headers, scan_id = a_token(guest.event), uuid4()
    at = now() - timedelta(minutes=5)

    answer = put(guest.event, headers, badge_of(guest), scan_id=scan_id, scanned_at=at.isoformat())

    assert answer.status_code == 200
    assert said(answer) == {
        "scan": str(scan_id),
        "verdict": "admitted",
        "reason": "First entry.",
        "name": "Ada Lovelace",
        "registration": str(guest.uid),
        "direction": "in",
        "gate": "main",
        "scanned_at": at.isoformat(),
        "first_entry": None,
    }


def test_the_same_scan_sent_again_gets_the_same_answer(app: Flask, put):
    guest, scan_id = a_registration(), uuid4()
    headers = a_token(guest.event)

    answers = [put(guest.event, headers, badge_of(guest), scan_id=scan_id) for _each in range(3)]

    assert [answer.status_code for answer in answers] == [200] * 3
    assert answers[0].json == answers[1].json == answers[2].json
    assert len(all_scans()) == 1


def test_a_repeat_is_told_when_and_where_the_first_entry_was(app: Flask, put):
    guest = a_registration()
    north, south = a_token(guest.event, label="north 1"), a_token(guest.event, label="south 1")
    at = (now() - timedelta(minutes=5)).isoformat()

    put(guest.event, north, badge_of(guest), gate="North", scanned_at=at)
    answer = put(guest.event, south, badge_of(guest), gate="South").json

    assert answer["verdict"] == "already_in"
    assert answer["first_entry"] == {"at": at, "gate": "North", "device": "north 1"}
    assert "gate North, north 1" in answer["reason"]


def test_the_same_badge_again_at_the_same_place_is_here_just_now(app: Flask, put):
    guest = a_registration()
    headers = a_token(guest.event)

    put(guest.event, headers, badge_of(guest))
    answer = put(guest.event, headers, badge_of(guest)).json

    assert answer["reason"] == "Here, just now."


def test_the_reason_is_in_the_language_of_the_asker(app: Flask):
    event = an_event()
    headers = a_token(event)
    address = f"/api/v1/events/{event.slug}/scans/{uuid4()}"

    answers = [
        said(a_browser(app, language).put(address, json={"code": "nothing"}, headers=headers))
        for language in ("en", "de")
    ]

    assert answers[0]["verdict"] == answers[1]["verdict"] == "unknown"
    assert answers[0]["reason"] == "No badge and no ticket has this code."
    assert answers[1]["reason"] not in {"", answers[0]["reason"]}


def _withdraw(guest) -> None:
    db.session.scalars(db.select(Badge)).one().withdrawn_at = now()
    give_badge(guest, version=2, secret=SECRET)


def _close(guest) -> None:
    guest.event.state = EventState.CLOSED
    guest.event.closed_at = now()


def _open_later(guest) -> None:
    guest.event.doors_open_at = now() + timedelta(hours=1)


def _close_doors(guest) -> None:
    guest.event.doors_close_at = now()


@pytest.mark.parametrize(
    ("prepare", "body", "verdict"),
    [
        (lambda guest: None, {}, "admitted"),
        (lambda guest: None, {"direction": "out"}, "gone_out"),
        (lambda guest: None, {"code": "nothing"}, "unknown"),
        (lambda guest: None, {"code": "0" * 26}, "unknown"),
        (cancel, {}, "cancelled"),
        (_withdraw, {}, "withdrawn"),
        (_open_later, {}, "too_early"),
        (_close_doors, {}, "too_late"),
        (_close, {}, "too_late"),
    ],
)
def test_each_verdict_is_answered_with_200_and_a_reason(app: Flask, put, prepare, body, verdict):
    guest = a_registration()
    headers = a_token(guest.event)
    prepare(guest)
    db.session.commit()

    answer = put(guest.event, headers, **({"code": badge_of(guest)} | body))

    assert (answer.status_code, said(answer)["verdict"]) == (200, verdict)
    assert said(answer)["reason"]
    assert (said(answer)["name"] is None) == (verdict == "unknown")


def test_a_place_on_the_waiting_list_and_another_event_are_told(app: Flask, put):
    event = an_event(capacity=0)
    waiting, stranger = a_registration(event), a_registration(name="Mallory")
    headers = a_token(event)

    assert put(event, headers, badge_of(waiting)).json["verdict"] == "waiting"
    other = put(event, headers, badge_of(stranger)).json

    assert other["verdict"] == "other_event"
    assert (other["name"], other["registration"]) == (None, None)
    assert "Mallory" not in str(other)


def test_without_a_good_token_nothing_is_told(app: Flask, put):
    event, other = an_event(), an_event()
    reader = a_token(event, Scope.READ)

    no_token = put(event, {}, "x")
    bad_token = put(event, {"Authorization": "Bearer nonsense"}, "x")
    wrong_scope = put(event, reader, "x")
    other_event = put(event, a_token(other), "x")
    invalid_too = put(event, {}, "")

    for answer, status, code in [
        (no_token, 401, "not_signed_in"),
        (bad_token, 401, "not_signed_in"),
        (wrong_scope, 403, "not_allowed"),
        (other_event, 404, "not_found"),
        (invalid_too, 401, "not_signed_in"),
    ]:
        assert answer.status_code == status
        assert said(answer)["error"]["code"] == code
        assert set(said(answer)["error"]) == {"code", "message", "fields"}
    assert all_scans() == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "code"),
        ({"code": ""}, "code"),
        ({"code": None}, "code"),
        ({"code": 7}, "code"),
        ({"code": "   "}, "code"),
        ({"code": "x" * 6000}, "code"),
        ({"code": "x", "direction": "up"}, "direction"),
        ({"code": "x", "gate": "g" * 81}, "gate"),
        ({"code": "x", "extra": 1}, "extra"),
        ({"code": "x", "scanned_at": "yesterday"}, "scanned_at"),
        ({"code": "x", "scanned_at": "2026-06-01T10:02:00"}, "scanned_at"),
        ({"code": "x", "scanned_at": 1780300000}, "scanned_at"),
        ({"code": "x", "scanned_at": "0001-01-01T00:00:00+14:00"}, "scanned_at"),
        ({"code": "x", "scanned_at": "99999-01-01T00:00:00Z"}, "scanned_at"),
    ],
)
def test_what_cannot_be_understood_is_refused_by_name(app: Flask, body, field):
    event = an_event()
    headers = a_token(event)

    answer = app.test_client().put(
        f"/api/v1/events/{event.slug}/scans/{uuid4()}", json=body, headers=headers
    )

    assert answer.status_code == 422
    assert list(said(answer)["error"]["fields"]) == [field]
    assert all_scans() == []


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'"x"', b"null"])
def test_a_body_that_is_no_object_is_refused_in_the_one_shape(app: Flask, content: bytes):
    event = an_event()
    headers = a_token(event) | {"Content-Type": "application/json"}
    address = f"/api/v1/events/{event.slug}/scans"

    for answer in (
        app.test_client().put(f"{address}/{uuid4()}", data=content, headers=headers),
        app.test_client().post(address, data=content, headers=headers),
    ):
        assert answer.status_code in {400, 422}
        assert set(said(answer)["error"]) == {"code", "message", "fields"}


@pytest.mark.parametrize("clock_says", ["0001-01-01T00:00:00Z", "2099-01-01T00:00:00Z"])
def test_an_absurd_clock_does_not_stop_the_door(app: Flask, put, clock_says: str):
    guest = a_registration()

    answer = put(guest.event, a_token(guest.event), badge_of(guest), scanned_at=clock_says)

    assert said(answer)["verdict"] == "admitted"
    assert said(answer)["scanned_at"][:10] == now().isoformat()[:10]


def test_an_id_that_is_none_is_not_found(app: Flask, put):
    event = an_event()

    answer = put(event, a_token(event), "x", scan_id="17")

    assert (answer.status_code, said(answer)["error"]["code"]) == (404, "not_found")


def test_an_id_with_another_content_is_a_conflict(app: Flask, put):
    guest, scan_id = a_registration(), uuid4()
    headers = a_token(guest.event)
    put(guest.event, headers, badge_of(guest), scan_id=scan_id)

    answer = put(guest.event, headers, "something else", scan_id=scan_id)

    assert (answer.status_code, said(answer)["error"]["code"]) == (409, "scan_id_reused")
    assert len(all_scans()) == 1


def test_a_batch_is_answered_one_by_one_and_a_bad_element_spoils_no_other(app: Flask):
    event = an_event()
    one, two = a_registration(event), a_registration(event)
    headers, ids = a_token(event), [str(uuid4()) for _each in range(5)]
    batch = [
        {"id": ids[0], "code": badge_of(one)},
        {"id": ids[1], "code": badge_of(one)},
        {"id": ids[2]},
        {"id": ids[3], "code": badge_of(two), "scanned_at": "2026-06-01T10:02:00"},
        {"id": ids[4], "code": badge_of(two)},
        {"id": ids[4], "code": "another"},
        {"code": badge_of(two)},
        "no scan",
        {"id": "no id", "code": "x"},
    ]

    answer = app.test_client().post(
        f"/api/v1/events/{event.slug}/scans", json={"scans": batch}, headers=headers
    )

    results = said(answer)["results"]
    assert answer.status_code == 200
    assert [result["id"] for result in results] == [*ids, ids[4], None, None, "no id"]
    assert [result.get("verdict") or result["error"]["code"] for result in results] == [
        "admitted", "already_in", "invalid", "invalid", "admitted",
        "scan_id_reused", "invalid", "invalid", "invalid",
    ]  # fmt: skip
    assert list(results[3]["error"]["fields"]) == ["scanned_at"]
    assert {result["status"] for result in results} == {"ok", "refused", "quarantined"}
    assert len(all_scans()) == 3


def test_an_id_that_is_none_comes_back_as_it_was_sent(app: Flask):
    event = an_event()
    ids = ["\ud800", [1, {"a": "\ud800"}], 9**400, None]
    batch = [{"id": strange, "code": "x"} for strange in ids]

    answer = app.test_client().post(
        f"/api/v1/events/{event.slug}/scans", json={"scans": batch}, headers=a_token(event)
    )

    assert [result["id"] for result in said(answer)["results"]] == ids


def test_a_batch_sent_again_gets_the_same_answers(app: Flask):
    event = an_event()
    batch = [{"id": str(uuid4()), "code": badge_of(a_registration(event))} for _each in range(10)]
    headers, address = a_token(event), f"/api/v1/events/{event.slug}/scans"

    first, again = (
        app.test_client().post(address, json={"scans": batch}, headers=headers).json
        for _time in range(2)
    )

    assert first == again
    assert len(all_scans()) == 10


def test_a_batch_holds_at_most_a_hundred(app: Flask):
    event = an_event()
    batch = [{"id": str(uuid4()), "code": "x"}] * 101

    answer = app.test_client().post(
        f"/api/v1/events/{event.slug}/scans", json={"scans": batch}, headers=a_token(event)
    )

    assert (answer.status_code, list(said(answer)["error"]["fields"])) == (422, ["scans"])


def test_batches_of_many_gates_with_the_same_people_do_not_block_each_other(either_app: Flask):
    event = an_event()
    codes = [badge_of(a_registration(event)) for _each in range(12)]
    headers, address = a_token(event), f"/api/v1/events/{event.slug}/scans"

    def send(turn: int) -> list[str]:
        order = codes[turn:] + codes[:turn]
        batch = [{"id": str(uuid4()), "code": code} for code in order]
        with either_app.app_context():
            browser = either_app.test_client()
            answer = browser.post(address, json={"scans": batch}, headers=headers)
        assert answer.status_code == 200, said(answer)
        return [result["verdict"] for result in said(answer)["results"]]

    with ThreadPoolExecutor(6) as gates:
        heard = [verdict for answers in gates.map(send, range(0, 12, 2)) for verdict in answers]

    assert heard.count("admitted") == 12
    assert heard.count("already_in") == 60


def test_of_sixteen_requests_at_once_one_is_admitted(either_app: Flask):
    guest = a_registration()
    headers, code = a_token(guest.event), badge_of(guest)
    address = f"/api/v1/events/{guest.event.slug}/scans"

    def send(_number: int) -> str:
        with either_app.app_context():
            browser = either_app.test_client()
            answer = browser.put(f"{address}/{uuid4()}", json={"code": code}, headers=headers)
        assert answer.status_code == 200
        return str(said(answer)["verdict"])

    with ThreadPoolExecutor(16) as gates:
        heard = list(gates.map(send, range(16)))

    assert sorted(heard) == ["admitted"] + ["already_in"] * 15


def test_the_list_of_scans_is_followed_by_its_cursor(app: Flask, put):
    guest = a_registration(name="Ada Lovelace")
    headers = a_token(guest.event)
    put(guest.event, headers, badge_of(guest), gate="North")
    put(guest.event, headers, "nothing of ours")
    put(guest.event, headers, ticket_of(guest), direction="out")
    browser, address = app.test_client(), f"/api/v1/events/{guest.event.slug}/scans"

    first = said(browser.get(f"{address}?limit=2", headers=a_token(guest.event, Scope.READ)))
    second = said(browser.get(f"{address}?limit=2&after={first['next']}", headers=headers))
    third = said(browser.get(f"{address}?limit=2&after={second['next']}", headers=headers))

    assert [item["verdict"] for item in first["items"]] == ["admitted", "unknown"]
    assert [item["code"] for item in first["items"]] == [badge_of(guest), "nothing of ours"]
    assert [item["gate"] for item in first["items"]] == ["North", "main"]
    assert first["items"][0]["name"] == "Ada Lovelace"
    assert first["items"][0]["device"] == "turnstile"
    assert [item["verdict"] for item in second["items"]] == ["gone_out"]
    assert ticket_of(guest) not in str(second)
    assert third == {"items": [], "next": None}


def test_a_list_never_shows_scans_of_another_event(app: Flask, put):
    event, other = an_event(), an_event()
    put(other, a_token(other), "elsewhere")

    answer = app.test_client().get(f"/api/v1/events/{event.slug}/scans", headers=a_token(event))

    assert said(answer)["items"] == []


@pytest.mark.parametrize("query", ["after=x", "after=-1", "limit=0", "limit=5000", "other=1"])
def test_a_list_that_cannot_be_understood_is_refused(app: Flask, query: str):
    event = an_event()

    answer = app.test_client().get(
        f"/api/v1/events/{event.slug}/scans?{query}", headers=a_token(event)
    )

    assert answer.status_code == 422


def test_scans_of_a_paired_device_are_listed_with_its_name(app: Flask, put):
    guest = a_registration()
    device = a_device(guest.event)
    record_scan(guest.event, scan_id=uuid4(), code=badge_of(guest), secret=SECRET, device=device)
    db.session.commit()

    answer = app.test_client().get(
        f"/api/v1/events/{guest.event.slug}/scans", headers=a_token(guest.event)
    )

    [item] = said(answer)["items"]
    assert (item["device"], item["gate"]) == ("device 3", "North")


def test_a_scan_by_a_program_takes_at_most_six_statements(app: Flask, put):
    guest = a_registration()
    headers, code, event, statements = a_token(guest.event), badge_of(guest), guest.event, []
    db.session.remove()

    def note(_connection, _cursor, statement, *_rest) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "PRAGMA")):
            statements.append(statement)

    engine_events.listen(db.engine, "before_cursor_execute", note)
    try:
        assert put(event, headers, code).json["verdict"] == "admitted"
    finally:
        engine_events.remove(db.engine, "before_cursor_execute", note)

    assert 0 < len(statements) <= 6, statements
    assert isinstance(event, Event)
