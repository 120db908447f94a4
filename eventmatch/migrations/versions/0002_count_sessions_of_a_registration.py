"""Let a guest sign out everywhere, and tell a return from the first registration."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("registration") as batch_op:
        batch_op.add_column(
            sa.Column("session_version", sa.Integer(), nullable=False, server_default="1")
        )
        batch_op.add_column(sa.Column("registered_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE registration SET registered_at = created_at")
    with op.batch_alter_table("registration") as batch_op:
        batch_op.alter_column("registered_at", nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("registration") as batch_op:
        batch_op.drop_column("registered_at")
        batch_op.drop_column("session_version")
