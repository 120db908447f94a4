"""Every page keeps the house's rules."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventmatch.config import ROOT

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", re.IGNORECASE)
OUTSIDE = re.compile(r"(?:src|href|action)=[\"']?(?:https?:)?//", re.IGNORECASE)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_has_nothing_inline_and_asks_nobody_else(path: Path):
    if "mail" in path.parts:
        return
    source = path.read_text()

    assert not INLINE.search(source)
    assert not OUTSIDE.search(source)


def test_the_check_for_inline_parts_sees_them():
    planted = ['<p style="x">', "<style>", '<a onclick="x">', "<script>x</script>"]

    assert all(INLINE.search(part) for part in planted)
    assert OUTSIDE.search('<img src="//cdn.example/x.png">')


PUBLIC = {
    "guest.show_worker",
    "static", "styles", "openapi.spec", "security.static", "security.login", "security.logout",
    "security.verify", "security.forgot_password", "security.reset_password",
    "web.show_front", "web.show_health", "web.show_readiness", "web.show_design",
    "accounts.show_invitation", "accounts.accept_invitation",
    "events.show_accent", "team.show_invitation", "team.accept_invitation",
    "people.show_sign_in", "people.request_link", "people.show_link", "people.use_link",
    "people.sign_out",
    "dav.find_address_book",
    "registration.new_registration", "registration.create_registration",
    "registration.show_thanks", "registration.show_ticket_link", "registration.open_ticket",
    "registration.send_ticket_again",
    "exchange.show_badge", "exchange.create_exchange",
    "exchange.show_phone_code", "exchange.take_phone_code",
    "operation.show_metrics",  # to the machine itself, as this client is
    "door.show_worker", "door.show_shell",
    "checkin.show_pairing", "checkin.pair", "checkin.show_door", "checkin.leave",
}  # fmt: skip


def a_path(rule: str) -> str:
    """Return an address that fits the rule, of something that exists for nobody."""
    rule = re.sub(r"<uuid:[^>]+>", "00000000-0000-0000-0000-000000000000", rule)
    return re.sub(r"<int:[^>]+>", "1", re.sub(r"<(?!int|uuid)[^>]+>", "nothing", rule))


def test_every_other_address_turns_a_stranger_away(app: Flask, client: FlaskClient):
    open_to_strangers = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint in PUBLIC:
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            takes_json = method in {"PUT", "PATCH"} and rule.rule.startswith(("/api/", "/door/"))
            body: dict[str, str] | None = {} if takes_json else None
            answer = client.open(a_path(rule.rule), method=method, json=body)
            if answer.status_code not in {302, 303, 401, 403, 404, 422}:
                open_to_strangers.append((rule.endpoint, method, answer.status_code))

    assert open_to_strangers == []


def test_no_page_with_fields_for_a_stranger_is_missing_from_the_list(app: Flask):
    assert {rule.endpoint for rule in app.url_map.iter_rules()} >= PUBLIC


@pytest.mark.parametrize("path", ["/", "/sign-in", "/account/sign-in", "/nothing-here", "/healthz"])
def test_every_answer_carries_the_headers(client: FlaskClient, path: str):
    headers = client.get(path).headers

    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-inline" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


def test_another_host_name_is_refused(client: FlaskClient):
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400
