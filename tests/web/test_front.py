import pytest

from tests.conftest import a_browser


def test_the_front_page_shows_guests_and_organisers_their_way(client):
    page = client.get("/")

    assert page.status_code == 200
    assert 'href="/network"' in page.text
    assert 'href="/organise"' in page.text


@pytest.mark.parametrize("language", ["de", "en"])
def test_what_is_not_there_says_what_to_do_next_in_the_visitors_language(app, language):
    page = a_browser(app, language).get("/no-such-page")

    assert page.status_code == 404
    assert f'<html lang="{language}"' in page.text
    assert 'href="/"' in page.text


def test_a_page_has_nothing_inline(client):
    page = client.get("/")

    assert "<style" not in page.text
    assert "style=" not in page.text
    assert "onclick" not in page.text
