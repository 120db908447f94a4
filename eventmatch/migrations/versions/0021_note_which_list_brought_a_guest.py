"""Note which guest list brought a registration, so that an import can be taken back."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("registration", sa.Column("guest_list_id", sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_registration_guest_list_id"), "registration", ["guest_list_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_registration_guest_list_id"), table_name="registration")
    op.drop_column("registration", "guest_list_id")
