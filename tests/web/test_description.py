"""What programs read about the API is true of all of it."""

from typing import Any

from flask import Flask


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


def test_the_description_holds_the_api_alone(app: Flask):
    described = description(app)

    assert all(path.startswith("/api/v1/") for path in described["paths"])
