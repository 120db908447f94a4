"""Commands of those who run the server."""

from pathlib import Path
from typing import Any

import click

from eventmatch.cli.base import FILE, OUTPUT, with_app, written


@click.command()
@click.argument("place", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--keep", type=click.IntRange(1), help="Of the backups in a folder, keep the latest.")
@with_app
def backup(place: Path, keep: int | None) -> None:
    """Back up database and key into FILE, while people work; into a folder by date."""
    from eventmatch.operation.backups import make_backup

    if not place.is_dir():
        OUTPUT.convert(str(place), None, None)
        if keep:
            raise click.BadParameter("Give a folder to keep several in.", param_hint="--keep")
    with written(place):
        target, manifest = make_backup(place, keep=keep)
    rows = ", ".join(f"{count} rows of {name}" for name, count in manifest.rows.items())
    click.echo(f"{target}: {target.stat().st_size // 1024} kB, {rows}")
    if "secret_key" not in manifest.files:
        click.echo(
            "The key is set by EVENTMATCH_SECRET_KEY and not in it: keep it, too. "
            "Without it no badge and no ticket of this backup is known."
        )


@click.command()
@click.argument("file", type=FILE)
@with_app
def restore(file: Path) -> None:
    """Put a backup in the place of what is there, wholly or not at all."""
    from eventmatch.operation.backups import restore_backup

    with written(file):
        manifest, safety, has_other_key = restore_backup(file)
    rows = ", ".join(f"{count} rows of {name}" for name, count in manifest.rows.items())
    click.echo(f"Restored what was there on {manifest.made_at}: {rows}.")
    if safety:
        click.echo(f"What was there before is kept in {safety}. Delete it when you are sure.")
    if has_other_key:
        click.echo("The key is that of the backup from now on: restart eventmatch.")


@click.command()
@click.option("--rebuild", is_flag=True, help="Mend what differs.")
@with_app
def doctor(*, rebuild: bool) -> None:
    """Look at disk, database, clock, worker, mail and secrets, and compute anew who is inside."""
    from eventmatch.operation.diagnosis import State, diagnose

    findings = []
    for finding in diagnose():
        findings.append(finding)
        click.echo(f"{finding.state.value:5} {finding.topic}: {finding.sentence}")
    problems = [finding.topic for finding in findings if finding.state is State.BAD]
    if not {"database", "migrations"} & set(problems):
        _look_at_the_door(rebuild=rebuild)
    if problems:
        raise click.ClickException(f"Mend this first: {', '.join(problems)}.")


def _look_at_the_door(*, rebuild: bool) -> None:
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
