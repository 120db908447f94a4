"""Count how often one guest asks another, so that taking back and asking again is limited."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "exchange", sa.Column("times_asked", sa.Integer(), nullable=False, server_default="1")
    )


def downgrade() -> None:
    op.drop_column("exchange", "times_asked")
