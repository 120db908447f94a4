"""Let guests ask to meet each other."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_STATE = sa.Enum(
    "asked",
    "accepted",
    "not_now",
    "declined",
    "withdrawn",
    name="introductionstate",
    native_enum=False,
    length=30,
)


def _to_registration(column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column],
        ["registration.id"],
        name=op.f(f"fk_introduction_{column}_registration"),
        ondelete="CASCADE",
    )


def upgrade() -> None:
    op.create_table(
        "introduction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("low_id", sa.Integer(), nullable=False),
        sa.Column("high_id", sa.Integer(), nullable=False),
        sa.Column("asker_id", sa.Integer(), nullable=False),
        sa.Column("refuser_id", sa.Integer(), nullable=True),
        sa.Column("refused_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", _STATE, nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("yes_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("low_id < high_id", name=op.f("ck_introduction_pair_in_order")),
        sa.CheckConstraint(
            "asker_id IN (low_id, high_id)", name=op.f("ck_introduction_asker_of_pair")
        ),
        sa.CheckConstraint(
            "refuser_id IN (low_id, high_id)", name=op.f("ck_introduction_refuser_of_pair")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["event.id"],
            name=op.f("fk_introduction_event_id_event"),
            ondelete="CASCADE",
        ),
        _to_registration("low_id"),
        _to_registration("high_id"),
        _to_registration("asker_id"),
        _to_registration("refuser_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_introduction")),
        sa.UniqueConstraint("low_id", "high_id", name=op.f("uq_introduction_low_id_high_id")),
        sa.UniqueConstraint("uid", name=op.f("uq_introduction_uid")),
    )
    op.create_index("ix_introduction_event", "introduction", ["event_id", "state"])
    op.create_index("ix_introduction_high", "introduction", ["high_id"])
    op.create_index("ix_introduction_asker", "introduction", ["asker_id", "asked_at"])
    op.create_index("ix_introduction_untold", "introduction", ["state", "told_at"])


def downgrade() -> None:
    op.drop_table("introduction")
