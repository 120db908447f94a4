"""Keep what a device of the door may carry offline, with the version of its last change."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "door_pass",
        sa.Column("badge_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column(
            "standing",
            sa.Enum(
                "unknown",
                "other_event",
                "withdrawn",
                "cancelled",
                "waiting",
                "confirmed",
                name="standing",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("line", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_door_pass_event_id_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("badge_id", name=op.f("pk_door_pass")),
    )
    op.create_index("ix_door_pass_version", "door_pass", ["event_id", "version"])
    op.create_table(
        "door_source",
        sa.Column("badge_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("first_name", sa.String(length=200), nullable=False),
        sa.Column("ticket_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["badge_id"],
            ["badge.id"],
            name=op.f("fk_door_source_badge_id_badge"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("badge_id", name=op.f("pk_door_source")),
    )


def downgrade() -> None:
    op.drop_table("door_source")
    op.drop_table("door_pass")
