"""Commands that serve: the web, the worker, the demo."""

import os
from typing import TYPE_CHECKING

import click

from eventmatch.cli.base import app_or_sentence, migrate_database, with_app

if TYPE_CHECKING:
    from flask import Flask


@click.command()
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

    app = app_or_sentence()
    with app.app_context():
        migrate_database()
        if _is_at_home(app) if demo is None else demo:
            from eventmatch.demo.seed import describe, ensure_demo

            click.echo(describe(ensure_demo()))
    serve(app, bind=f"{host}:{port}", workers=workers, threads=threads)


def _is_at_home(app: "Flask") -> bool:
    """Tell whether this is somebody's own machine: what is public gets no invented guests."""
    return not app.config["BASE_URL"].startswith("https://")


@click.command()
def worker() -> None:
    """Send letters and do other work in the background, until stopped."""
    from eventmatch.serving import work_until_stopped

    work_until_stopped(app_or_sentence())


@click.command()
@with_app
def migrate() -> None:
    """Bring the database's tables up to date."""
    migrate_database()
    click.echo("The database is up to date.")


@click.command()
@click.option("--guests", default=200, show_default=True, type=click.IntRange(2, 100_000))
@with_app
def demo(guests: int) -> None:
    """Make the demo fair, or fill it up to so many guests."""
    from eventmatch.demo.seed import describe, ensure_demo

    migrate_database()
    click.echo(describe(ensure_demo(guests)))
