"""Note when each of two guests last said no to the other."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_COLUMNS = ("low_refused_at", "high_refused_at")


def upgrade() -> None:
    for name in _COLUMNS:
        op.add_column("exchange", sa.Column(name, sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for name in reversed(_COLUMNS):
        op.drop_column("exchange", name)
