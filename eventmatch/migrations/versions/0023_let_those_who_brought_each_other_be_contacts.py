"""Note whether those who brought each other's address want to be contacts."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "acquaintance",
        sa.Column("becomes_contact", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_index("ix_acquaintance_owner_id_email", "acquaintance", ["owner_id", "email"])
    op.drop_index("ix_acquaintance_owner_id", table_name="acquaintance")


def downgrade() -> None:
    op.create_index("ix_acquaintance_owner_id", "acquaintance", ["owner_id"])
    op.drop_index("ix_acquaintance_owner_id_email", table_name="acquaintance")
    op.drop_column("acquaintance", "becomes_contact")
