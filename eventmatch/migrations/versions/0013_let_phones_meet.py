"""Let guests scan with their own phone, show a code on it, and write a note at once."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "phone_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=32), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_phone_code_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["used_by_id"],
            ["registration.id"],
            name=op.f("fk_phone_code_used_by_id_registration"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_code")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_phone_code_fingerprint")),
    )
    op.create_index(op.f("ix_phone_code_registration_id"), "phone_code", ["registration_id"])
    op.create_table(
        "remark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("chips", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("registration_id <> other_id", name=op.f("ck_remark_not_oneself")),
        sa.ForeignKeyConstraint(
            ["other_id"],
            ["registration.id"],
            name=op.f("fk_remark_other_id_registration"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_remark_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remark")),
        sa.UniqueConstraint(
            "registration_id", "other_id", name=op.f("uq_remark_registration_id_other_id")
        ),
    )
    op.create_index(op.f("ix_remark_other_id"), "remark", ["other_id"])
    op.create_table(
        "code_scan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("exchange_id", sa.Integer(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "asked",
                "mutual",
                "own",
                "nobody",
                "overtaken",
                name="outcome",
                native_enum=False,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["exchange_id"],
            ["exchange.id"],
            name=op.f("fk_code_scan_exchange_id_exchange"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_code_scan_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_scan")),
    )
    op.create_index(op.f("ix_code_scan_exchange_id"), "code_scan", ["exchange_id"])
    op.create_index(op.f("ix_code_scan_registration_id"), "code_scan", ["registration_id"])


def downgrade() -> None:
    op.drop_table("code_scan")
    op.drop_table("remark")
    op.drop_table("phone_code")
