"""Beside the files that any room may have, a room has nouns that know no web and no database."""

import tomllib

from eventmatch.config import ROOT

USUAL = {
    "__init__", "models", "queries", "actions", "access", "forms", "organiser_forms", "jobs",
    "letters", "views", "organiser_views", "guest_views", "home_views", "lead_views", "kiosk_views",
    "device_views", "rule_views",
    "known_views", "upkeep_views", "introduction_views", "conflict_views", "door_views",
    "conflict_queries", "letter_views", "team_views",
    "graph_views", "api", "dav", "blueprint",
}  # fmt: skip
NOT_PURE = {
    "badges.printing",  # reads the event's badges
    "checkin.answers",  # words a row
    "checkin.attendance",  # writes who is inside
    "checkin.batches",  # records scans
    "checkin.conflicts",  # the actions on what does not fit
    "checkin.door_set",  # reads and writes passes
    "checkin.hours",  # reads an event's row
    "checkin.owners",  # holds those whose code it is
    "checkin.quarantine",  # stores scans aside
    "checkin.recording",  # the action of recording scans
    "checkin.arrivals",  # reads when guests came
    "checkin.badge_printing",  # reads whose badge it is
    "checkin.calls",  # the actions of calling staff
    "checkin.desk",  # the actions at the desk
    "checkin.devices",  # the actions of devices
    "checkin.listing",  # reads the guests
    "checkin.walk_ins",  # the action of letting somebody in
    "demo.seed",
    "demo.wishes",  # lets guests ask
    "events.team",  # the actions of the team
    "exchange.remarks",  # what guests write of each other
    "exchange.scanning",  # takes what phones read
    "organiser.figures",  # counts rows
    "matching.digest",  # writes letters
    "matching.figures",  # counts rows
    "matching.introducing",  # the actions of asking to meet
    "matching.introductions",  # reads who asked whom
    "matching.kept",  # what a worker keeps of a run
    "matching.ruling",  # the actions of rules
    "matching.material",  # reads what a run needs
    "matching.swapping",  # replaces lists
    "matching.marks",  # reads what guests say of each other
    "network.acquainting",  # makes contacts
    "network.address_book",  # Radicale's storage
    "network.graph",  # reads who knows whom
    "network.entries",  # reads views of contacts
    "network.friends",  # reads who knows whom
    "network.introducing",  # changes introductions
    "network.looking",  # looks at views that queries make
    "network.moving",  # reads what is still to be moved
    "network.ties",  # reads what ties two people
    "network.upkeep",  # changes contacts
    "operation.backups",  # the actions of backing up
    "operation.databases",  # copies whole databases
    "operation.diagnosis",  # looks at the instance
    "operation.metrics",  # counts rows
    "organiser.readiness",  # reads an event's row
    "privacy.retention",  # deletes what is over
    "privacy.holdings",  # names the tables
    "people.imports",  # the actions of bringing an address book
    "registration.answers",  # keeps and forgets answers
    "registration.acquainted",  # asks which guests know each other
    "registration.groups",  # puts guests into groups
    "registration.imports",  # the actions of importing
}


def test_a_noun_file_is_on_the_list_of_the_pure_core():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    pure = set(settings["tool"]["importlinter"]["contracts"][-1]["source_modules"])

    nouns = {
        f"{path.parent.name}.{path.stem}"
        for path in (ROOT / "eventmatch").glob("*/*.py")
        if path.parent.name not in {"migrations", "web", "cli"} and path.stem not in USUAL
    }

    assert {f"eventmatch.{noun}" for noun in nouns - NOT_PURE} <= pure
    assert nouns >= NOT_PURE
