"""Keep whom guests know already, by their own address books."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "acquaintance_list",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["person.id"],
            name=op.f("fk_acquaintance_list_owner_id_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acquaintance_list")),
    )
    op.create_index(op.f("ix_acquaintance_list_owner_id"), "acquaintance_list", ["owner_id"])
    op.create_index(op.f("ix_acquaintance_list_created_at"), "acquaintance_list", ["created_at"])
    op.create_table(
        "acquaintance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("taken_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["list_id"],
            ["acquaintance_list.id"],
            name=op.f("fk_acquaintance_list_id_acquaintance_list"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["person.id"],
            name=op.f("fk_acquaintance_owner_id_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acquaintance")),
        sa.UniqueConstraint("list_id", "email", name=op.f("uq_acquaintance_list_id_email")),
    )
    op.create_index(op.f("ix_acquaintance_owner_id"), "acquaintance", ["owner_id"])
    op.create_index(op.f("ix_acquaintance_email"), "acquaintance", ["email"])


def downgrade() -> None:
    op.drop_table("acquaintance")
    op.drop_table("acquaintance_list")
