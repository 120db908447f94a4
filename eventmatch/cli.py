"""The command line: parse, act, commit, say.

Only the commands that need the app import it, so that the others start at once.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

if TYPE_CHECKING:
    from flask import Flask

    from eventmatch.events.models import Event

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class _Output(click.Path):
    """A file to write; that its folder takes one is known before the work begins."""

    def __init__(self) -> None:
        super().__init__(dir_okay=False, writable=True, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path.

        Raises: click.BadParameter.
        """
        path: Any = super().convert(value, param, ctx)
        if not path.exists() and not os.access(path.parent, os.W_OK | os.X_OK):
            self.fail(f"{str(path.parent)!r} is no folder that can be written to.", param, ctx)
        return path


_OUTPUT = _Output()
_RULES = click.option(
    "--rules", type=_FILE, help="A JSON file: which groups and pairs stay apart, as in the API."
)


@contextmanager
def _written(output: Path) -> Iterator[None]:
    """Say in a sentence when the disk is full, or gone."""
    try:
        yield
    except OSError as problem:
        message = f"{problem.filename or output} cannot be used: {problem.strerror}."
        raise click.ClickException(message) from None


def with_app(command: Callable[..., Any]) -> Callable[..., Any]:
    """Run the command inside the app; what is refused becomes a sentence and status 1."""

    @wraps(command)
    def run(*args: Any, **options: Any) -> Any:
        from eventmatch.errors import Refusal

        try:
            with _app().app_context():
                return command(*args, **options)
        except Refusal as refusal:
            raise click.ClickException(_sentence(refusal)) from None

    return run


def _app() -> "Flask":
    """Return the app; a setting that cannot be used becomes a sentence and status 1."""
    from eventmatch.app import create_app
    from eventmatch.config import BadSetting

    try:
        return create_app()
    except BadSetting as problem:
        raise click.ClickException(str(problem)) from None


def _sentence(refusal: Any) -> str:
    fields = [f"{name}: {' '.join(sentences)}" for name, sentences in refusal.fields.items()]
    return " ".join([str(refusal.message), *fields])


def _secret() -> str:
    from flask import current_app

    key: str = current_app.config["SECRET_KEY"]
    return key


@click.group()
def main() -> None:
    """Run eventmatch: badges, door, matching and contacts for fairs and meetings."""


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, envvar="PORT")
@click.option("--workers", default=2, show_default=True, help="Processes that answer.")
@click.option("--threads", default=8, show_default=True, help="Threads in each.")
@click.option(
    "--demo/--no-demo",
    default=None,
    help="Make a demo event if there is none; unless told, only where the address is not https.",
)
def run(host: str, port: int, workers: int, threads: int, *, demo: bool | None) -> None:
    """Migrate the database and serve, together with the background worker."""
    os.environ.setdefault("EVENTMATCH_BASE_URL", f"http://{host}:{port}")
    from eventmatch.serving import serve

    app = _app()
    with app.app_context():
        _migrate()
        if _is_at_home(app) if demo is None else demo:
            from eventmatch.demo.seed import describe, ensure_demo

            click.echo(describe(ensure_demo()))
    serve(app, bind=f"{host}:{port}", workers=workers, threads=threads)


def _is_at_home(app: "Flask") -> bool:
    """Tell whether this is somebody's own machine: what is public gets no invented guests."""
    return not app.config["BASE_URL"].startswith("https://")


@main.command()
def worker() -> None:
    """Send letters and do other work in the background, until stopped."""
    from eventmatch.serving import work_until_stopped

    work_until_stopped(_app())


@main.command()
@with_app
def migrate() -> None:
    """Bring the database's tables up to date."""
    _migrate()
    click.echo("The database is up to date.")


def _migrate() -> None:
    from flask_migrate import upgrade

    upgrade()


@main.command()
@click.option("--guests", default=200, show_default=True, type=click.IntRange(2, 100_000))
@with_app
def demo(guests: int) -> None:
    """Make the demo fair, or fill it up to so many guests."""
    from eventmatch.demo.seed import describe, ensure_demo

    _migrate()
    click.echo(describe(ensure_demo(guests)))


@main.command()
@click.argument("input", type=_FILE)
@click.option("--top", default=10, show_default=True, type=click.IntRange(1), help="Per person.")
@click.option("--output", required=True, type=_OUTPUT)
@click.option("--cap", type=click.IntRange(1), help="How often one person is shown at most.")
@click.option("--seed", default=0, show_default=True)
@_RULES
def suggest(
    input: Path, top: int, output: Path, cap: int | None, seed: int, rules: Path | None
) -> None:
    """Suggest whom to meet to everybody in a CSV file, with reasons."""
    from eventmatch.matching.rules import NO_RULES, UnreadableRules, read_rules
    from eventmatch.matching.table import UnreadableTable, run_suggest

    try:
        ruled = read_rules(rules) if rules else NO_RULES
        with _written(output):
            rows = run_suggest(input, output, top=top, cap=cap, seed=seed, ruled=ruled)
    except (UnreadableTable, UnreadableRules) as problem:
        raise click.ClickException(str(problem)) from None
    except OSError as problem:
        raise click.FileError(str(problem.filename or output), problem.strerror) from None
    click.echo(f"{rows} suggestions written to {output}.", err=True)


@main.command()
@click.argument("input", type=_FILE)
@click.option("--rounds", "count", default=6, show_default=True, type=click.IntRange(1, 30))
@click.option(
    "--table-size", default=2, show_default=True, type=click.IntRange(2, 8), help="People a table."
)
@click.option("--output", required=True, type=_OUTPUT)
@click.option("--seed", default=0, show_default=True)
@_RULES
def rounds(
    input: Path, count: int, table_size: int, output: Path, seed: int, rules: Path | None
) -> None:
    """Plan who sits with whom in speed-networking rounds, for everybody in a CSV file."""
    from eventmatch.matching.rules import NO_RULES, UnreadableRules, read_rules
    from eventmatch.matching.table import UnreadableTable
    from eventmatch.rounds.planning import NoPlan
    from eventmatch.rounds.table import run_rounds, said

    try:
        ruled = read_rules(rules) if rules else NO_RULES
        with _written(output):
            plan = run_rounds(
                input, output, rounds=count, table_size=table_size, seed=seed, ruled=ruled
            )
    except (UnreadableTable, UnreadableRules, NoPlan) as problem:
        raise click.ClickException(str(problem)) from None
    click.echo(said(plan), err=True)


@main.group()
def account() -> None:
    """Those who sign in to organise."""


@account.command("invite")
@click.argument("email")
@with_app
def account_invite(email: str) -> None:
    """Print a link by which somebody can make an account."""
    from flask import current_app

    from eventmatch.accounts.actions import invite
    from eventmatch.db import db
    from eventmatch.web.cleaning import read_address

    _migrate()  # it is the first command of a new house
    try:
        code = invite(read_address(email), secret=_secret())
    except ValueError as problem:
        raise click.ClickException(str(problem)) from None
    db.session.commit()
    click.echo(f"{current_app.config['BASE_URL']}/invitations/{code}")


@main.group("event")
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


def _line(text: str, longest: int, option: str) -> str:
    """Return the text as a form keeps it, within the same bounds."""
    from eventmatch.web.cleaning import cleaned

    line = cleaned(text)
    if len(line) > longest:
        raise click.BadParameter(f"It has room for {longest} characters.", param_hint=option)
    return line


def _event(slug: str) -> "Event":
    """Return the event; the command may be the first of a new version."""
    from eventmatch.events.queries import find_event

    _migrate()
    event = find_event(slug)
    if event is None:
        raise click.ClickException(f"There is no event {slug!r}.")
    return event


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

    _migrate()
    title = _line(title, LONGEST_TITLE, "--title")
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
        place=_line(place, LONGEST_PLACE, "--place"),
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
@click.argument("file", type=_FILE)
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.option("--letters/--no-letters", default=True, help="Write to the people imported.")
@with_app
def event_import(slug: str, file: Path, *, dry_run: bool, letters: bool) -> None:
    """Import people from an XLSX or CSV file with a line of headings; name and email are needed."""
    from eventmatch.registration.importing import read_rows
    from eventmatch.registration.imports import import_rows, plan_import

    event = _event(slug)
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
        return
    report = import_rows(event, table.rows, secret=_secret(), write_letters=letters)
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
@click.option("--output", required=True, type=_OUTPUT)
@with_app
def event_badges(slug: str, layout: str, output: Path) -> None:
    """Print the badges of all who have a seat into a PDF file."""
    from flask import current_app

    from eventmatch.badges.actions import note_all_printed
    from eventmatch.badges.jobs import further_fonts
    from eventmatch.badges.printing import print_badges
    from eventmatch.badges.sheet import Layout
    from eventmatch.db import db

    event = _event(slug)
    pdf = print_badges(
        event,
        Layout(layout),
        secret=_secret(),
        base_url=current_app.config["BASE_URL"],
        fonts=further_fonts(),
    )
    with _written(output):
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

    event = _event(slug)
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

    close_event(_event(slug))
    db.session.commit()
    run_due()
    click.echo("Closed.")


@main.command()
@click.option("--rebuild", is_flag=True, help="Mend what differs.")
@with_app
def doctor(*, rebuild: bool) -> None:
    """Compute from the scans alone who is inside, and say where the tables differ."""
    from sqlalchemy import select

    from eventmatch.checkin.attendance import rebuild as compute_anew
    from eventmatch.db import db
    from eventmatch.events.models import Event

    found = 0
    for event in db.session.scalars(select(Event).order_by(Event.id)).all():
        for one in compute_anew(event):
            found += 1
            click.echo(f"{event.slug}: registration {one.registration_id}: {_said(one)}")
    if rebuild:
        db.session.commit()
    else:
        db.session.rollback()
    click.echo(f"The door: {found} differences." + (" Mended." if found and rebuild else ""))
    if found and not rebuild:
        raise click.ClickException("Run it with --rebuild to mend them.")


def _said(difference: Any) -> str:
    places = {"stored": difference.stored, "by the scans": difference.computed}
    return ", ".join(
        f"{name} {'inside' if place.is_inside else 'outside'} with {place.entries} entries"
        if place
        else f"{name} nothing"
        for name, place in places.items()
    )


@main.group()
def token() -> None:
    """Rights of programs."""


@token.command("create")
@click.option("--event", "slug", required=True)
@click.option("--scope", type=click.Choice(["door", "organiser", "read"]), required=True)
@click.option("--label", default="")
@with_app
def token_create(slug: str, scope: str, label: str) -> None:
    """Print a bearer token for one event; it is shown only now."""
    from eventmatch.db import db
    from eventmatch.events.actions import create_token
    from eventmatch.events.models import Scope

    label = _line(label, 100, "--label")
    code = create_token(_event(slug), Scope(scope), secret=_secret(), label=label)
    db.session.commit()
    click.echo(code)


if __name__ == "__main__":
    sys.exit(main())
