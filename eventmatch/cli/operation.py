"""Commands of those who run the server."""

from typing import Any

import click

from eventmatch.cli.base import with_app


@click.command()
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
