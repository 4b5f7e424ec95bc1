"""Sessions, consents, turns, stages, journal, check-ins and reports."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("booth", sa.String(200), nullable=False),
        sa.Column("started_at", sa.String(40), nullable=False, index=True),
        sa.Column("touched_at", sa.String(40), nullable=False),
        sa.Column("owner_key", sa.String(128), index=True),
        sa.Column("state", sa.String(16), nullable=False, index=True),
        sa.Column("head", sa.LargeBinary, nullable=False),
        sa.Column("record", sa.LargeBinary),
    )
    op.create_table(
        "consents",
        _session_id(),
        sa.Column("purpose", sa.String(32), primary_key=True),
        sa.Column("is_given", sa.Boolean, nullable=False),
    )
    op.create_table(
        "turns",
        _session_id(),
        sa.Column("turn", sa.Integer, primary_key=True),
        sa.Column("question_id", sa.String(120), nullable=False, index=True),
        sa.Column("ended_by", sa.String(16), nullable=False),
        sa.Column("recogniser_certainty", sa.Float),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "stages",
        _session_id(),
        sa.Column("turn", sa.Integer, primary_key=True),
        sa.Column("n", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("at_s", sa.Float, nullable=False),
        sa.Index("ix_stages_name", "name"),
    )
    op.create_table(
        "journal",
        _session_id(),
        sa.Column("n", sa.Integer, primary_key=True),
        sa.Column("entry", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "check_ins",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("session_id", sa.String(64), sa.ForeignKey("sessions.id", ondelete="CASCADE"), index=True),
        sa.Column("owner_key", sa.String(128), index=True),
        sa.Column("checked_in_at", sa.String(40), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "reports",
        _session_id(),
        sa.Column("media_type", sa.String(64), primary_key=True),
        sa.Column("code_sha256", sa.String(64), index=True),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )


def downgrade() -> None:
    for table in ("reports", "check_ins", "journal", "stages", "turns", "consents", "sessions"):
        op.drop_table(table)


def _session_id() -> sa.Column[str]:
    return sa.Column("session_id", sa.String(64), sa.ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True)
