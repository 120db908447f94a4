"""No form of an organiser breaks over a number that no computer compares."""

import pytest
from flask import Flask

from tests.factories import an_account, an_event, organiser_browser


@pytest.mark.parametrize(
    ("where", "field"),
    [
        ("settings", "capacity"), ("settings", "most_inside"), ("questions", "kept_days"),
        ("matching/rules", "shown_at_most"), ("rounds", "rounds"), ("rounds", "table_size"),
    ],
)  # fmt: skip
def test_a_number_with_four_hundred_digits_is_refused(app: Flask, where: str, field: str):
    owner = an_account()
    event = an_event(owner)

    answer = organiser_browser(app, owner).post(
        f"/organise/events/{event.slug}/{where}", data={field: "9" * 400}
    )

    assert answer.status_code == 422
