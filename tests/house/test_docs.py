"""The documents name what is there."""

import re

import pytest

from eventmatch.config import ROOT


def missing_tests(text: str) -> list[str]:
    """Return which of the tests that the text names are nowhere."""
    gone = []
    for path, name in re.findall(r"`((?:\w+/)?test_\w+\.py)(?:::(\w+))?`", text):
        file = ROOT / "tests" / path
        if not file.exists() or (name and f"def {name}(" not in file.read_text()):
            gone.append(f"{path}::{name}")
    return gone


@pytest.mark.parametrize("page", ["security.md"])
def test_every_test_that_a_page_names_is_there(page: str):
    text = (ROOT / "docs" / page).read_text()

    assert missing_tests(text) == []
    assert text.count("::test_") > 20


def test_a_name_that_is_gone_is_found():
    assert missing_tests("`house/test_docs.py::test_of_nothing` and `nowhere/test_x.py`") == [
        "house/test_docs.py::test_of_nothing", "nowhere/test_x.py::",
    ]  # fmt: skip
