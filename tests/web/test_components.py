"""Parts of pages that several rooms share keep their promises."""

import re

import pytest
from flask import Flask, flash, render_template_string
from flask_babel import Babel
from flask_wtf import CSRFProtect
from werkzeug.datastructures import MultiDict

from eventmatch.checkin.verdict import Verdict
from eventmatch.config import ROOT
from eventmatch.web.assets import STATIC
from eventmatch.web.filters import init_filters
from eventmatch.web.forms import SpecimenForm

SCAN_STYLE = (STATIC / "css" / "components" / "scan.css").read_text(encoding="utf-8")


@pytest.fixture
def bare_app():
    app = Flask("eventmatch", template_folder=str(ROOT / "templates"), static_folder=str(STATIC))
    app.config.update(SECRET_KEY="only for this test", TESTING=True)
    Babel(app)
    CSRFProtect(app)
    init_filters(app)
    return app


@pytest.fixture
def shown(bare_app):
    def show(template, **context):
        with bare_app.test_request_context():
            return " ".join(render_template_string(template, **context).split())

    return show


def test_a_field_tells_a_screen_reader_its_hint_and_its_error(bare_app, shown):
    with bare_app.test_request_context():
        form = SpecimenForm(MultiDict())
        form.validate()
    html = shown('{% from "components/form.html" import field %}{{ field(form.email) }}', form=form)

    assert 'for="email"' in html
    assert 'aria-describedby="email-hint email-error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="email-hint"' in html
    assert 'id="email-error"' in html


def test_a_right_field_is_not_called_wrong_and_takes_attributes(bare_app, shown):
    with bare_app.test_request_context():
        form = SpecimenForm()
    html = shown(
        '{% from "components/form.html" import field %}{{ field(form.name, autocomplete="name") }}',
        form=form,
    )

    assert 'autocomplete="name"' in html
    assert "aria-invalid" not in html


def test_only_fields_that_may_stay_empty_say_so(bare_app, shown):
    with bare_app.test_request_context():
        form = SpecimenForm()
    template = '{% from "components/form.html" import field %}{{ field(f) }}'

    assert "optional" in shown(template, f=form.offers)
    assert "optional" not in shown(template, f=form.name)


def test_the_error_summary_links_to_each_wrong_field_and_to_no_other(bare_app, shown):
    with bare_app.test_request_context():
        form = SpecimenForm(MultiDict({"name": "Zoë"}))
        form.validate()
    html = shown(
        '{% from "components/form.html" import error_summary %}{{ error_summary(form) }}', form=form
    )

    assert 'href="#email"' in html
    assert 'href="#name"' not in html


@pytest.mark.parametrize("confirm", [None, "Cancel your place?"])
def test_a_post_button_is_a_form_with_a_token(shown, confirm):
    html = shown(
        '{% from "components/form.html" import post_button %}'
        '{{ post_button("/x", "Cancel", confirm=confirm, fields={"n": "<1>"}) }}',
        confirm=confirm,
    )

    assert re.search(r'<form[^>]+method="post" action="/x"', html)
    assert re.search(r'name="csrf_token" value="\S+"', html)
    assert 'name="n" value="&lt;1&gt;"' in html
    assert ("Cancel your place?" in html) == (confirm is not None)


@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_verdict_has_a_word_a_symbol_and_a_colour(shown, verdict):
    html = shown(
        '{% from "components/verdict.html" import verdict %}{{ verdict(kind, name="Anna K.") }}',
        kind=verdict,
    )
    style = verdict.value.replace("_", "-")

    assert re.search(r'icons\.svg#[a-z0-9-]+"', html)
    assert re.search(r'class="scan__word">[A-Z]', html)
    assert "Anna K." in html
    assert f".scan--{style} {{" in SCAN_STYLE


def test_no_two_verdicts_share_a_word_a_symbol_or_a_colour(shown):
    html = shown(
        '{% from "components/verdict.html" import verdict_templates %}{{ verdict_templates() }}'
    )
    words = re.findall(r'class="scan__word">([^<]+)<', html)
    symbols = re.findall(r'scan__symbol.*?icons\.svg#([a-z0-9-]+)"', html)
    colours = re.findall(r"\.scan--[a-z-]+ \{\s+--scan-paper: (#[0-9a-f]+)", SCAN_STYLE)

    assert (
        len(words) == len(symbols) == len(colours) == len(Verdict) + 2
    )  # the test code, and unsure
    assert len(set(words)) == len(set(symbols)) == len(set(colours)) == len(words)


def test_a_suggestion_marks_the_words_that_match_in_both_texts(shown):
    reason = {
        "kind": "you_seek",
        "mine": ["pilot"],
        "theirs": ["pilot"],
        "my_text": "A pilot site",
        "their_text": "Room for a pilot",
    }
    html = shown(
        '{% from "components/suggestion.html" import suggestion %}{{ suggestion(s) }}',
        s={"name": "Eleni <P>", "role": "", "company": "", "reasons": [reason]},
    )

    assert html.count("<mark>pilot</mark>") == 2
    assert "Eleni offers" in html
    assert "Eleni &lt;P&gt;" in html


@pytest.mark.parametrize(
    ("name", "initials"), [("Zoë Müller", "ZM"), ("Ng", "N"), ("王小明", "王"), ("", "")]
)
def test_an_avatar_shows_the_initials(shown, name, initials):
    html = shown('{% from "components/person.html" import avatar %}{{ avatar(name) }}', name=name)

    assert re.sub("<[^>]+>|&zwnj;", "", html) == initials


def test_what_an_action_said_is_shown_once_as_text(bare_app):
    template = '{% from "components/flash.html" import flashes %}{{ flashes() }}'
    with bare_app.test_request_context():
        flash("Saved <b>", "success")
        html = render_template_string(template)

    assert "notice--success" in html
    assert "Saved &lt;b&gt;" in html
