"""Commands on an event: make, fill, print, match, close."""

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from eventmatch.cli.base import (
    FILE,
    OUTPUT,
    find_or_refuse,
    migrate_database,
    one_line,
    secret,
    with_app,
    written,
)


@click.group("event")
def event_group() -> None:
    """Fairs and meetings."""


def _moment(text: str, zone: ZoneInfo, option: str) -> datetime:
    from eventmatch.web.fields import YEARS

    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        message = f"{text!r} is not a moment such as 2027-05-03T09:00."
        raise click.BadParameter(message, param_hint=option) from None
    if moment.year not in YEARS:
        raise click.BadParameter(f"{text!r} is not in 2000 to 2100.", param_hint=option)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


@event_group.command("create")
@click.option("--title", required=True)
@click.option("--starts", required=True, help="ISO 8601; in the event's zone if it names none.")
@click.option("--ends", required=True)
@click.option("--timezone", default="Europe/Berlin", show_default=True)
@click.option("--capacity", required=True, type=click.IntRange(1, 100_000))
@click.option("--place", default="")
@click.option("--owner", default="", help="Address of the account that organises it.")
@with_app
def event_create(
    title: str, starts: str, ends: str, timezone: str, capacity: int, place: str, owner: str
) -> None:
    """Create an event that is open for registration, and print its slug."""
    from eventmatch.accounts.queries import find_account
    from eventmatch.db import db
    from eventmatch.events.actions import create_event, open_event
    from eventmatch.events.models import LONGEST_PLACE, LONGEST_TITLE

    migrate_database()
    title = one_line(title, LONGEST_TITLE, "--title")
    if not title:
        raise click.BadParameter("Please give the event a title.", param_hint="--title")
    try:
        zone = ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError):
        message = f"{timezone!r} is not a time zone such as Europe/Berlin."
        raise click.BadParameter(message, param_hint="--timezone") from None
    account = find_account(owner) if owner else None
    if owner and account is None:
        message = (
            f"There is no account {owner!r}. `eventmatch account invite` makes a link for one."
        )
        raise click.BadParameter(message, param_hint="--owner")
    event = create_event(
        title=title,
        place=one_line(place, LONGEST_PLACE, "--place"),
        starts_at=_moment(starts, zone, "--starts"),
        ends_at=_moment(ends, zone, "--ends"),
        timezone=timezone,
        capacity=capacity,
        owner=account,
    )
    open_event(event)
    db.session.commit()
    click.echo(event.slug)


@event_group.command("import")
@click.argument("slug")
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.option("--letters/--no-letters", default=True, help="Write to the people imported.")
@with_app
def event_import(slug: str, file: Path, *, dry_run: bool, letters: bool) -> None:
    """Import people from an XLSX or CSV file with a line of headings; name and email are needed."""
    from eventmatch.registration.importing import read_rows
    from eventmatch.registration.imports import import_rows, plan_import

    event = find_or_refuse(slug)
    table = read_rows(file.read_bytes())
    if table.missing:
        raise click.ClickException(f"no column is called {' or '.join(table.missing)}")
    for complaint in table.complaints:
        click.echo(f"line {complaint.line}: {_complaint(complaint)}", err=True)
    refused = len(table.complaints)
    if dry_run:
        plan = plan_import(event, table)
        click.echo(
            f"new: {len(plan.new)}  known: {len(plan.known)}  refused: {refused}  "
            f"without a seat, for the waiting list: {plan.waiting}"
        )
        for line, first in plan.repeated.items():
            click.echo(f"line {line}: the same address as line {first}", err=True)
        return
    report = import_rows(event, table.rows, secret=secret(), write_letters=letters)
    click.echo(
        f"confirmed: {report.confirmed}  waiting: {report.waiting}  "
        f"known: {report.known}  refused: {refused}"
    )


def _complaint(complaint: Any) -> str:
    from eventmatch.registration.importing import REASONS

    return f"{complaint.field}: {REASONS[complaint.reason]}"


@event_group.command("badges")
@click.argument("slug")
@click.option(
    "--layout",
    type=click.Choice(["a6", "a7", "a4-4", "a4-8", "90x54", "label-62"]),
    default="a6",
    show_default=True,
)
@click.option("--output", required=True, type=OUTPUT)
@with_app
def event_badges(slug: str, layout: str, output: Path) -> None:
    """Print the badges of all who have a seat into a PDF file."""
    from flask import current_app

    from eventmatch.badges.actions import note_all_printed
    from eventmatch.badges.jobs import further_fonts
    from eventmatch.badges.printing import print_badges
    from eventmatch.badges.sheet import Layout
    from eventmatch.db import db

    event = find_or_refuse(slug)
    pdf = print_badges(
        event,
        Layout(layout),
        secret=secret(),
        base_url=current_app.config["BASE_URL"],
        fonts=further_fonts(),
    )
    with written(output):
        output.write_bytes(pdf)
    note_all_printed(event)
    db.session.commit()
    click.echo(f"{output}: {len(pdf) // 1024} kB", err=True)


@event_group.command("match")
@click.argument("slug")
@with_app
def event_match(slug: str) -> None:
    """Make the event's suggestions now."""
    from eventmatch.matching.actions import refresh_suggestions
    from eventmatch.matching.figures import coverage_of

    event = find_or_refuse(slug)
    run = refresh_suggestions(event)
    if not run.profiles:
        click.echo(
            "No suggestions: nobody with a seat has agreed to be suggested. "
            "Guests decide that on their own page, which their ticket opens."
        )
        return
    coverage = coverage_of(event)
    click.echo(
        f"{coverage.suggestions} suggestions for {coverage.people} of {run.profiles} people "
        f"in {run.seconds:.1f} s."
    )


@event_group.command("close")
@click.argument("slug")
@with_app
def event_close(slug: str) -> None:
    """Close the event, and move mutual contacts into everybody's network."""
    from eventmatch.db import db
    from eventmatch.jobs import run_due
    from eventmatch.network.actions import close_event

    close_event(find_or_refuse(slug))
    db.session.commit()
    run_due()
    click.echo("Closed.")
