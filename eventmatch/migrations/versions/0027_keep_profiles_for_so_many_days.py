"""Keep the profiles of an event for so many days."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "event", sa.Column("kept_days", sa.Integer(), nullable=False, server_default="90")
    )
    # Whoever held events before did not know of this: nothing is deleted by an upgrade.
    op.execute("UPDATE event SET kept_days = 730")
    op.add_column("event", sa.Column("forgotten_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("event", "forgotten_at")
    op.drop_column("event", "kept_days")
