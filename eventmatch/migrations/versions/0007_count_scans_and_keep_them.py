"""Count the scans of a device, keep what it showed, and let nobody change a scan."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_WORD = sa.String(length=30)
_FACTS = (
    "number, id, event_id, epoch, seq, gate, direction, target, reaches_all, verdict, judged, shown, "
    "mode, note, code_fingerprint, text, device_time, offset_ms, set_version, clock_is_odd, "
    "scanned_at, received_at"
)


def upgrade() -> None:
    op.add_column(
        "event", sa.Column("may_return", sa.Boolean(), server_default=sa.true(), nullable=False)
    )
    op.add_column("event", sa.Column("most_inside", sa.Integer(), nullable=True))
    op.add_column("device", sa.Column("unsent_since", _MOMENT, nullable=True))
    for column in (
        sa.Column("epoch", sa.Uuid(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("target", sa.Uuid(), nullable=True),
        sa.Column("reaches_all", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("judged", _WORD, server_default="", nullable=False),
        sa.Column("shown", _WORD, nullable=True),
        sa.Column("mode", _WORD, server_default="online", nullable=False),
        sa.Column("note", sa.String(length=200), server_default="", nullable=False),
        sa.Column("offset_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("set_version", sa.BigInteger(), nullable=True),
        sa.Column("clock_is_odd", sa.Boolean(), server_default=sa.false(), nullable=False),
    ):
        op.add_column("scan", column)
    op.execute("UPDATE scan SET judged = verdict")
    op.create_index("ix_scan_target", "scan", ["target"])
    op.create_index("uq_scan_seq", "scan", ["device_id", "epoch", "seq"], unique=True)
    for column in (
        sa.Column("entries", sa.Integer(), server_default="1", nullable=False),
        sa.Column("gate", sa.String(length=80), server_default="", nullable=False),
        sa.Column("moved_at", _MOMENT, nullable=True),
        sa.Column("changes", sa.Integer(), server_default="0", nullable=False),
    ):
        op.add_column("attendance", column)
    op.execute(
        "UPDATE attendance SET "
        "entries = (SELECT count(*) FROM scan WHERE scan.verdict = 'admitted' "
        "AND scan.registration_id = attendance.registration_id), "
        "moved_at = (SELECT max(scan.scanned_at) FROM scan "
        "WHERE scan.registration_id = attendance.registration_id), "
        "gate = coalesce((SELECT scan.gate FROM scan WHERE scan.number = first_entry_id), '')"
    )
    op.create_table(
        "device_epoch",
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Uuid(), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("heard_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"],
            ["device.id"],
            name=op.f("fk_device_epoch_device_id_device"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("device_id", "epoch", name=op.f("pk_device_epoch")),
    )
    op.create_table(
        "late_shown",
        sa.Column("scan_number", sa.Integer(), nullable=False),
        sa.Column("shown", _WORD, nullable=False),
        sa.Column("received_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["scan_number"],
            ["scan.number"],
            name=op.f("fk_late_shown_scan_number_scan"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("scan_number", name=op.f("pk_late_shown")),
    )
    for statement in _append_only(op.get_bind().dialect.name):
        op.execute(statement)


def _append_only(dialect: str) -> tuple[str, ...]:
    if dialect == "sqlite":
        return (
            f"CREATE TRIGGER scan_never_changes BEFORE UPDATE OF {_FACTS} ON scan "
            "BEGIN SELECT RAISE(ABORT, 'a scan is never changed'); END",
            "CREATE TRIGGER scan_stays BEFORE DELETE ON scan WHEN EXISTS (SELECT 1 FROM event "
            "WHERE id = OLD.event_id AND ends_at > datetime('now', '-30 days')) "
            "BEGIN SELECT RAISE(ABORT, 'a scan is kept'); END",
        )
    return (
        "CREATE FUNCTION scan_is_a_fact() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT 1 FROM event WHERE id = OLD.event_id "
        "AND ends_at > now() - interval '30 days') THEN RETURN OLD; END IF; "
        "RAISE EXCEPTION 'a scan is never changed'; END $$",
        f"CREATE TRIGGER scan_never_changes BEFORE UPDATE OF {_FACTS} ON scan "
        "FOR EACH ROW EXECUTE FUNCTION scan_is_a_fact()",
        "CREATE TRIGGER scan_stays BEFORE DELETE ON scan "
        "FOR EACH ROW EXECUTE FUNCTION scan_is_a_fact()",
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION scan_is_a_fact() CASCADE")
    else:
        op.execute("DROP TRIGGER scan_stays")
        op.execute("DROP TRIGGER scan_never_changes")
    op.drop_table("late_shown")
    op.drop_table("device_epoch")
    with op.batch_alter_table("attendance") as batch:
        for name in ("changes", "moved_at", "gate", "entries"):
            batch.drop_column(name)
    op.drop_index("uq_scan_seq", "scan")
    op.drop_index("ix_scan_target", "scan")
    with op.batch_alter_table("scan") as batch:
        for name in (
            "clock_is_odd", "set_version", "offset_ms", "note", "mode", "shown", "judged",
            "reaches_all", "target", "seq", "epoch",
        ):  # fmt: skip
            batch.drop_column(name)
    with op.batch_alter_table("device") as batch:
        batch.drop_column("unsent_since")
    with op.batch_alter_table("event") as batch:
        batch.drop_column("most_inside")
        batch.drop_column("may_return")
