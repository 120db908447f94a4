"""A phone or program that subscribes to somebody's contacts, by plain requests."""

import re
from base64 import b64encode
from html import unescape

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from eventmatch.db import db
from eventmatch.people.actions import create_app_password
from eventmatch.people.models import Person
from tests.conftest import a_browser
from tests.factories import SECRET

_NAMES = 'xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav"'


class Subscriber:
    """A program with a password of its own."""

    def __init__(self, app: Flask, person: Person, *, code: str = "", label: str = "Phone") -> None:
        if not code:
            self.password, code = create_app_password(person, label=label, secret=SECRET)
            db.session.commit()
            self.book = f"/dav/{self.password.id.hex}/contacts/"
        self.browser: FlaskClient = a_browser(app)
        said = b64encode(f"{person.email}:{code}".encode()).decode()
        self.headers = {"Authorization": f"Basic {said}"}

    def ask(
        self, method: str, path: str = "", body: str = "", depth: str = "0", **headers: str
    ) -> TestResponse:
        return self.browser.open(
            path or self.book,
            method=method,
            data=body.encode(),
            content_type="application/xml",
            headers={**self.headers, "Depth": depth, **headers},
        )

    def listed(self) -> dict[str, str]:
        """Return the etags of all cards, by where they are."""
        body = f"<propfind {_NAMES}><prop><getetag/></prop></propfind>"
        answer = self.ask("PROPFIND", body=body, depth="1")
        assert answer.status_code == 207, answer.text
        return dict(
            re.findall(
                r"<href>([^<]+\.vcf)</href>.*?<getetag>(.*?)</getetag>", answer.text, re.DOTALL
            )
        )

    def fetched(self, *hrefs: str) -> str:
        """Return the cards at these addresses, one after the other."""
        asked = "".join(f"<href>{href}</href>" for href in hrefs)
        body = (
            f"<C:addressbook-multiget {_NAMES}><prop><getetag/><C:address-data/></prop>"
            f"{asked}</C:addressbook-multiget>"
        )
        answer = self.ask("REPORT", body=body, depth="1")
        assert answer.status_code == 207, answer.text
        cards = re.findall(r"<CR:address-data>(.*?)</CR:address-data>", answer.text, re.DOTALL)
        return "".join(map(unescape, cards))

    def synced(self, token: str = "") -> tuple[str, list[str]]:
        """Return the token of this moment, and where something has changed."""
        body = (
            f"<sync-collection {_NAMES}><sync-token>{token}</sync-token><sync-level>1</sync-level>"
            "<prop><getetag/></prop></sync-collection>"
        )
        answer = self.ask("REPORT", body=body)
        assert answer.status_code == 207, answer.text
        (new,) = re.findall(r"<sync-token>(.*?)</sync-token>", answer.text)
        return new, re.findall(r"<href>([^<]+\.vcf)</href>", answer.text)
