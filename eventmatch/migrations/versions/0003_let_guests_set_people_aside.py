"""Let guests set people aside, block them, and say what came of meeting them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_SET_ASIDE = sa.Enum("not_now", "known", name="setaside", native_enum=False, length=30)
_FEEDBACK = sa.Enum(
    "useful", "known", "not_useful", "not_met", name="feedback", native_enum=False, length=30
)


def _about_another(table: str) -> list[sa.schema.SchemaItem]:
    """Return the columns in which one guest says something of another, and their rules."""
    return [
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("registration_id <> other_id", name=op.f(f"ck_{table}_not_oneself")),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f(f"fk_{table}_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["other_id"],
            ["registration.id"],
            name=op.f(f"fk_{table}_other_id_registration"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint(
            "registration_id", "other_id", name=op.f(f"uq_{table}_registration_id_other_id")
        ),
    ]


def upgrade() -> None:
    op.create_table(
        "block",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        *_about_another("block"),
    )
    op.create_index(op.f("ix_block_made_at"), "block", ["made_at"])
    op.create_index(op.f("ix_block_other_id"), "block", ["other_id"])
    op.create_table(
        "mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("set_aside", _SET_ASIDE, nullable=True),
        sa.Column("set_aside_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("feedback", _FEEDBACK, nullable=True),
        sa.Column("feedback_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_mark_event_id_event"), ondelete="CASCADE"
        ),
        *_about_another("mark"),
    )
    op.create_index("ix_mark_event", "mark", ["event_id", "feedback"])
    op.create_index(op.f("ix_mark_other_id"), "mark", ["other_id"])
    with op.batch_alter_table("suggestion") as batch_op:
        batch_op.add_column(
            sa.Column("is_kept_back", sa.Boolean(), nullable=False, server_default=sa.false())
        )


def downgrade() -> None:
    with op.batch_alter_table("suggestion") as batch_op:
        batch_op.drop_column("is_kept_back")
    op.drop_table("mark")
    op.drop_table("block")
