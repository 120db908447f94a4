"""What all commands share: the app around them, and what is refused as a sentence."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from flask import Flask

    from eventmatch.events.models import Event

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


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


OUTPUT = _Output()


@contextmanager
def written(output: Path) -> Iterator[None]:
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
        from sqlalchemy.exc import OperationalError

        from eventmatch.errors import Refusal

        try:
            with app_or_sentence().app_context(), _parting():
                return command(*args, **options)
        except Refusal as refusal:
            raise click.ClickException(_sentence(refusal)) from None
        except OperationalError as problem:
            raise click.ClickException(f"The database does not answer: {problem.orig}") from None

    return run


@contextmanager
def _parting() -> Iterator[None]:
    """Close the database at the end, whatever happens."""
    from eventmatch.db import db

    try:
        yield
    finally:
        db.session.remove()
        db.engine.dispose()


def app_or_sentence() -> "Flask":
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


def secret() -> str:
    """Return the key of this instance."""
    from flask import current_app

    key: str = current_app.config["SECRET_KEY"]
    return key


def migrate_database() -> None:
    """Bring the tables up to date."""
    from flask_migrate import upgrade

    upgrade()


def find_or_refuse(slug: str) -> "Event":
    """Return the event; the command may be the first of a new version."""
    from eventmatch.events.queries import find_event

    migrate_database()
    event = find_event(slug)
    if event is None:
        raise click.ClickException(f"There is no event {slug!r}.")
    return event


def one_line(text: str, longest: int, option: str) -> str:
    """Return the text as a form keeps it, within the same bounds."""
    from eventmatch.web.cleaning import cleaned

    line = cleaned(text)
    if len(line) > longest:
        raise click.BadParameter(f"It has room for {longest} characters.", param_hint=option)
    return line
