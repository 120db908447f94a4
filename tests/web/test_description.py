"""What programs read about the API is true of all of it."""

from typing import Any
from uuid import uuid4

from flask import Flask

from tests.checkin.conftest import a_token, said
from tests.factories import a_registration, badge_of


def description(app: Flask) -> Any:
    return app.test_client().get("/api/v1/openapi.json").json


def test_the_description_names_the_token_and_the_shape_of_errors(app: Flask):
    described = description(app)

    operations = [
        operation
        for methods in described["paths"].values()
        for method, operation in methods.items()
        if method != "parameters"
    ]
    refused = {
        answer["content"]["application/json"]["schema"]["$ref"].split("/")[-1]
        for operation in operations
        for status, answer in operation["responses"].items()
        if status.startswith("4")
    }
    assert described["components"]["securitySchemes"] == {
        "bearer": {"type": "http", "scheme": "bearer"}
    }
    assert described["security"] == [{"bearer": []}]
    assert len(operations) >= 5
    for name in refused:
        assert list(described["components"]["schemas"][name]["properties"]) == ["error"]


def test_every_answer_is_described(app: Flask):
    described = description(app)
    known = described["components"]["schemas"]

    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            if method == "parameters":
                continue
            schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
            assert known[schema["$ref"].split("/")[-1]]["properties"], (path, method)


def test_what_the_door_answers_is_what_is_described(app: Flask):
    guest = a_registration()
    program = a_token(guest.event)
    address = f"/api/v1/events/{guest.event.slug}/scans"
    known = description(app)["components"]["schemas"]
    code = badge_of(guest)
    browser = app.test_client()

    one = said(browser.put(f"{address}/{uuid4()}", json={"code": code}, headers=program))
    batch = {"scans": [{"id": str(uuid4()), "code": code}, {"id": "nonsense"}]}
    again, refused = said(browser.post(address, json=batch, headers=program))["results"]
    listed = said(browser.get(address, headers=program))

    assert set(one) == set(known["AnswerOut"]["properties"])
    assert set(again) == set(known["BatchOut.BatchedAnswerOut"]["properties"])
    assert set(refused) == set(known["BatchOut.RefusedScanOut"]["properties"])
    assert set(listed) == set(known["EntriesOut"]["properties"])
    assert set(listed["items"][0]) == set(known["EntriesOut.EntryOut"]["properties"])
    assert set(again["first_entry"]) == set(known["AnswerOut.FirstEntryOut"]["properties"])
    assert one["verdict"] in known["AnswerOut.Verdict"]["enum"]


def test_the_description_holds_the_api_alone(app: Flask):
    described = description(app)

    assert all(path.startswith("/api/v1/") for path in described["paths"])
