"""List conflicts at the door and scans that cannot count, until somebody ticks them off."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_KIND = sa.Enum(
    "double", "let_in", "turned_away", name="conflictkind", native_enum=False, length=30
)
_REASON = sa.Enum(
    "id_reused", "seq_reused", "revoked", "undo_too_late",
    name="quarantinereason", native_enum=False, length=30,
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "door_conflict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=True),
        sa.Column("kind", _KIND, nullable=False),
        sa.Column("scan_number", sa.Integer(), nullable=False),
        sa.Column("other_number", sa.Integer(), nullable=True),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("noticed_at", _MOMENT, nullable=False),
        sa.Column("ticked_at", _MOMENT, nullable=True),
        sa.Column("ticked_by", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        _to("door_conflict", "event_id", "event", "id", "CASCADE"),
        _to("door_conflict", "registration_id", "registration", "id", "CASCADE"),
        _to("door_conflict", "scan_number", "scan", "number", "CASCADE"),
        _to("door_conflict", "other_number", "scan", "number", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_door_conflict")),
        sa.UniqueConstraint("scan_number", "kind", name=op.f("uq_door_conflict_scan_number_kind")),
    )
    op.create_index("ix_door_conflict_event", "door_conflict", ["event_id", "is_current", "id"])
    op.create_index("ix_door_conflict_registration_id", "door_conflict", ["registration_id"])
    op.create_table(
        "quarantined_scan",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=True),
        sa.Column("token_id", sa.Integer(), nullable=True),
        sa.Column("registration_id", sa.Integer(), nullable=True),
        sa.Column("scan_id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.Uuid(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("reason", _REASON, nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("received_at", _MOMENT, nullable=False),
        sa.Column("ticked_at", _MOMENT, nullable=True),
        sa.Column("ticked_by", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        _to("quarantined_scan", "event_id", "event", "id", "CASCADE"),
        _to("quarantined_scan", "device_id", "device", "id", "SET NULL"),
        _to("quarantined_scan", "token_id", "api_token", "id", "SET NULL"),
        _to("quarantined_scan", "registration_id", "registration", "id", "SET NULL"),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_quarantined_scan")),
        sa.UniqueConstraint("event_id", "digest", name=op.f("uq_quarantined_scan_event_id_digest")),
    )
    op.create_index("ix_quarantined_scan_id", "quarantined_scan", ["scan_id"])


def _to(table: str, column: str, other: str, key: str, when_gone: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.{key}"], name=name, ondelete=when_gone)


def downgrade() -> None:
    op.drop_table("quarantined_scan")
    op.drop_table("door_conflict")
