"""Give devices of the door a PIN and the paper that they print badges on."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("device") as batch_op:
        batch_op.add_column(
            sa.Column("paper", sa.String(length=20), nullable=False, server_default="label-62")
        )
        batch_op.add_column(sa.Column("pin_fingerprint", sa.String(length=32), nullable=True))
        batch_op.add_column(
            sa.Column("pin_misses", sa.Integer(), nullable=False, server_default="0")
        )
        batch_op.add_column(
            sa.Column("pin_locked_until", sa.DateTime(timezone=True), nullable=True)
        )


def downgrade() -> None:
    with op.batch_alter_table("device") as batch_op:
        batch_op.drop_column("pin_locked_until")
        batch_op.drop_column("pin_misses")
        batch_op.drop_column("pin_fingerprint")
        batch_op.drop_column("paper")
