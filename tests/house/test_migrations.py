"""The migrations make the tables that the models describe, forth and back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import create_engine, inspect, text

from eventmatch.app import create_app
from eventmatch.config import ROOT
from eventmatch.db import db
from tests.conftest import settings_for


@pytest.fixture(params=["sqlite", "postgres"])
def bare_app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An app whose database has no table yet."""
    settings = {}
    if request.param == "postgres":
        server = request.getfixturevalue("postgres_url")
        engine = create_engine(server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text("DROP DATABASE IF EXISTS bare"))
            connection.execute(text("CREATE DATABASE bare"))
        engine.dispose()
        settings["DATABASE_URL"] = server.replace("/postgres?", "/bare?")
    app = create_app(settings_for(tmp_path, **settings))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_the_migrations_make_what_the_models_say(bare_app: Flask):
    upgrade()

    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []


def test_the_migrations_can_be_taken_back(bare_app: Flask):
    upgrade()
    downgrade(revision="base")

    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}

    upgrade()

    assert "registration" in inspect(db.engine).get_table_names()


def test_a_migration_imports_nothing_of_ours():
    versions = (ROOT / "eventmatch" / "migrations" / "versions").glob("*.py")

    assert not [path.name for path in versions if "eventmatch" in path.read_text()]
