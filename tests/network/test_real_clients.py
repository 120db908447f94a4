"""The address book, fetched by programs that others wrote: vdirsyncer fetches, khard reads."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from eventmatch.db import db
from eventmatch.exchange.actions import withdraw
from eventmatch.network.actions import change_note, close_event
from eventmatch.network.jobs import follow_up
from eventmatch.people.actions import create_app_password, revoke_app_password
from eventmatch.people.models import AppPassword
from tests.browser import live_app, served
from tests.exchange.pairs import a_pair, made_mutual
from tests.factories import SECRET, a_registration, an_event
from tests.network.test_network_page import contact_of, owner_of

__all__ = ["live_app"]

FETCHING = """
[general]
status_path = "{folder}/status/"

[pair book]
a = "server"
b = "here"
collections = ["from a"]
conflict_resolution = "a wins"

[storage server]
type = "carddav"
url = "{address}"
username = "{user}"
password = "{password}"
read_only = true

[storage here]
type = "filesystem"
path = "{folder}/cards/"
fileext = ".vcf"
"""
READING = """
[addressbooks]
[[network]]
path = {folder}/cards/contacts

[general]
debug = no
"""


class Client:
    """Both programs, with a folder of their own."""

    def __init__(self, folder: Path, *, address: str, user: str, password: str) -> None:
        self.folder = folder
        settings = {"folder": folder, "address": address, "user": user, "password": password}
        (folder / "fetching").write_text(FETCHING.format(**settings))
        (folder / "reading").write_text(READING.format(**settings))

    def run(self, *command: str, answer: str = "") -> subprocess.CompletedProcess[str]:
        program = str(Path(sys.executable).with_name(command[0]))
        return subprocess.run(
            [program, *command[1:]],
            input=answer,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env={**os.environ, "HOME": str(self.folder), "EDITOR": "true", "MERGE_EDITOR": "true"},
        )

    def fetch(self, *command: str) -> subprocess.CompletedProcess[str]:
        config = str(self.folder / "fetching")
        return self.run("vdirsyncer", "-c", config, *command, answer="y\n" * 9)

    def read(self, *command: str) -> str:
        shown = self.run("khard", "-c", str(self.folder / "reading"), *command)
        assert shown.returncode == 0, shown.stderr
        return shown.stdout

    def cards(self) -> dict[str, str]:
        return {path.name: path.read_text() for path in self.folder.glob("cards/contacts/*.vcf")}


@pytest.mark.browser
def test_other_peoples_programs_fetch_the_address_book(live_app: Flask, tmp_path: Path):
    with live_app.app_context():
        event = an_event(title="Messe; Berlin, für alle")
        ada, bob = a_pair(event, name="Bob O'Babbage", first_name="Bob", phone="+44 1")
        cleo = a_registration(event, name="Κλεοπάτρα 😀", role="a;b,c\\d")
        made_mutual(ada, bob)
        exchange = made_mutual(ada, cleo)
        close_event(event)
        db.session.commit()
        follow_up()
        person, bobs_uid = owner_of(ada), contact_of(ada, bob).uid
        change_note(contact_of(ada, cleo), 'says "hi"\nand: more;')
        password, code = create_app_password(person, label="Laptop", secret=SECRET)
        db.session.commit()
        with served(live_app) as address:
            client = Client(tmp_path, address=address, user=person.email, password=code)

            found = client.fetch("discover")
            fetched = client.fetch("sync")

            assert found.returncode == fetched.returncode == 0, found.stderr + fetched.stderr
            assert len(client.cards()) == 2
            shown = client.read("show", "--format", "yaml", "Κλεοπάτρα")
            assert "a;b,c\\d" in shown
            assert r"says \"hi\"\nand: more;\n" in shown

            withdraw(exchange, cleo)
            change_note(contact_of(ada, bob), "new words")
            db.session.commit()
            again = client.fetch("sync")

            assert again.returncode == 0, again.stderr
            (card,) = client.cards().values()
            assert f"UID:{bobs_uid.urn}" in card
            shown = client.read("show", "")
            assert "Bob O'Babbage" in shown
            assert "+44 1" in shown
            assert "new words" in shown
            assert "Κλεοπάτρα" not in shown

            revoke_app_password(db.session.get_one(AppPassword, password.id))
            db.session.commit()

            refused = client.fetch("sync")

    assert refused.returncode != 0
    assert "401" in refused.stderr
