"""Commands that give rights: to people by an account, to programs by a token."""

import click

from eventmatch.cli.base import find_or_refuse, migrate_database, one_line, secret, with_app


@click.group()
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

    migrate_database()  # it is the first command of a new house
    try:
        code = invite(read_address(email), secret=secret())
    except ValueError as problem:
        raise click.ClickException(str(problem)) from None
    db.session.commit()
    click.echo(f"{current_app.config['BASE_URL']}/invitations/{code}")


@click.group()
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

    label = one_line(label, 100, "--label")
    code = create_token(find_or_refuse(slug), Scope(scope), secret=secret(), label=label)
    db.session.commit()
    click.echo(code)
