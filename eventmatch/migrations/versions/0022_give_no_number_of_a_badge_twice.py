"""Give no badge the number of one that was deleted, as SQLite would: devices know it by it."""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def _count_on(*, for_ever: bool) -> None:
    if op.get_bind().dialect.name == "sqlite":  # others never give a number twice
        with op.batch_alter_table(
            "badge", recreate="always", table_kwargs={"sqlite_autoincrement": for_ever}
        ):
            pass


def upgrade() -> None:
    _count_on(for_ever=True)


def downgrade() -> None:
    _count_on(for_ever=False)
