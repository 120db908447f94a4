"""The page and the files by which a network goes home, into whatever keeps one's addresses."""

import json
from collections.abc import Iterator
from itertools import chain

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from eventmatch.i18n import LANGUAGES
from eventmatch.network.access import is_offered
from eventmatch.network.entries import described, entry_of
from eventmatch.network.programs import (
    google_headings,
    google_row,
    outlook_headings,
    outlook_row,
)
from eventmatch.network.queries import contacts_of
from eventmatch.people.access import signed_in_person
from eventmatch.web.downloads import csv_download, download

bp = Blueprint("taking_home", __name__)


@bp.get("/network/home")
def show_ways() -> str:
    """Say which file is for which phone or program."""
    person = signed_in_person()
    return render_template(
        "network/home.html",
        person=person,
        count=len(contacts_of(person)),
        can_subscribe=is_offered(),
    )


@bp.get("/network/contacts-google.csv")
def download_for_google() -> Response:
    """Send all contacts as Google Contacts wants them."""
    entries = [entry_of(view) for view in contacts_of(signed_in_person())]
    rows = chain([google_headings()], map(google_row, entries))
    return csv_download(rows, name="eventmatch-google.csv", is_marked=False)


@bp.get(f"/network/contacts-outlook-<any({', '.join(sorted(LANGUAGES))}):language>.csv")
def download_for_outlook(language: str) -> Response:
    """Send all contacts as an Outlook in this language wants them."""
    entries = [entry_of(view) for view in contacts_of(signed_in_person())]
    rows = chain([outlook_headings(language)], map(outlook_row, entries))
    return csv_download(rows, name=f"eventmatch-outlook-{language}.csv")


@bp.get("/network/contacts.json")
def download_json() -> Response:
    """Send all contacts for a program, one on each line."""
    views = contacts_of(signed_in_person())

    def parts() -> Iterator[str]:
        yield '{"format": "eventmatch-contacts", "version": 1, "contacts": ['
        for number, view in enumerate(views):
            yield ("," if number else "") + "\n" + json.dumps(described(view), ensure_ascii=False)
        yield "\n]}\n"

    return download(parts(), name="eventmatch.json", content_type="application/json; charset=utf-8")
