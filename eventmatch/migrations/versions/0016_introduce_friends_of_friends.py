"""Let willing people introduce contacts of theirs to each other."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "connector",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("is_willing", sa.Boolean(), nullable=False),
        sa.Column("groups", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_connector_person_id_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_connector")),
    )
    op.create_table(
        "warm_introduction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("asker_id", sa.Integer(), nullable=False),
        sa.Column("connector_id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "not_passed",
                "passed",
                "declined",
                "accepted",
                "withdrawn",
                name="introductionstate",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("is_refused", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "asker_id <> target_id AND asker_id <> connector_id AND target_id <> connector_id",
            name=op.f("ck_warm_introduction_three_people"),
        ),
        sa.ForeignKeyConstraint(
            ["asker_id"],
            ["person.id"],
            name=op.f("fk_warm_introduction_asker_id_person"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["connector_id"],
            ["person.id"],
            name=op.f("fk_warm_introduction_connector_id_person"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["target_id"],
            ["person.id"],
            name=op.f("fk_warm_introduction_target_id_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warm_introduction")),
        sa.UniqueConstraint(
            "asker_id", "target_id", name=op.f("uq_warm_introduction_asker_id_target_id")
        ),
        sa.UniqueConstraint("uid", name=op.f("uq_warm_introduction_uid")),
    )
    op.create_index(
        op.f("ix_warm_introduction_connector_id"), "warm_introduction", ["connector_id"]
    )
    op.create_index(op.f("ix_warm_introduction_target_id"), "warm_introduction", ["target_id"])


def downgrade() -> None:
    op.drop_table("warm_introduction")
    op.drop_table("connector")
