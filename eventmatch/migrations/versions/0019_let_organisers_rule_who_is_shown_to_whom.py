import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "registration",
        sa.Column("group", sa.String(length=60), nullable=False, server_default=""),
    )
    op.add_column("match_run", sa.Column("without", sa.JSON(), nullable=False, server_default="{}"))
    op.create_table(
        "match_rules",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("tried", sa.JSON(), nullable=False),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["event.id"],
            name=op.f("fk_match_rules_event_id_event"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_match_rules")),
    )
    op.create_table(
        "kept_apart",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("low_id", sa.Integer(), nullable=False),
        sa.Column("high_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("low_id < high_id", name=op.f("ck_kept_apart_pair_in_order")),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["event.id"],
            name=op.f("fk_kept_apart_event_id_event"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["low_id"],
            ["registration.id"],
            name=op.f("fk_kept_apart_low_id_registration"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["high_id"],
            ["registration.id"],
            name=op.f("fk_kept_apart_high_id_registration"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_apart")),
        sa.UniqueConstraint("low_id", "high_id", name=op.f("uq_kept_apart_low_id_high_id")),
    )
    op.create_index(op.f("ix_kept_apart_event_id"), "kept_apart", ["event_id"])
    op.create_index(op.f("ix_kept_apart_high_id"), "kept_apart", ["high_id"])


def downgrade() -> None:
    op.drop_table("kept_apart")
    op.drop_table("match_rules")
    op.drop_column("match_run", "without")
    op.drop_column("registration", "group")
